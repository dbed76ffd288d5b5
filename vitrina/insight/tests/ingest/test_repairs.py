# SPDX-License-Identifier: Apache-2.0
"""A release with wrong types is mended by rule and told; as published, what was mended is absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vitrina.insight.ingest.repairs import Lenient, Repair, decode, published

from .stores import lines, rows, stored


def mended(text: str) -> tuple[Any, list[Repair]]:
    read = decode(text.encode())
    repairs = list(read.repairs)
    return Lenient(repairs).read(read.value), repairs


@pytest.mark.parametrize(
    ("field", "given", "rule", "kept"),
    [
        ("buyer", {"id": 7}, "number_to_text", "7"),
        ("buyer", {"id": 7.0}, "number_to_text", "7"),
        ("buyer", {"id": True}, "dropped", None),
        ("buyer", [{"id": "a"}], "list_to_single", "a"),
    ],
)
def test_ids_and_objects(field: str, given: Any, rule: str, kept: str | None) -> None:
    text = json.dumps({"ocid": "x", field: given})
    release, (repair,) = mended(text)

    assert repair.rule == rule
    assert release.buyer.id == kept
    assert published(json.loads(text)).buyer is None or published(json.loads(text)).buyer.id is None


@pytest.mark.parametrize(
    ("given", "rule", "kept"),
    [("1", "text_to_number", 1), (1.0, "float_to_whole", 1), (True, "dropped", None), ("1.5", "dropped", None)],
)
def test_number_of_tenderers(given: Any, rule: str, kept: int | None) -> None:
    text = json.dumps({"ocid": "x", "tender": {"numberOfTenderers": given}})
    release, (repair,) = mended(text)

    assert (repair.path, repair.rule) == ("tender/numberOfTenderers", rule)
    assert release.tender.number_of_tenderers == kept
    assert published(json.loads(text)).tender.number_of_tenderers is None


def test_a_single_object_becomes_a_list_and_its_amount_in_quotes_a_number() -> None:
    text = json.dumps({"ocid": "x", "awards": {"id": 1, "status": "Active", "value": {"amount": "100.50"}}})
    release, repairs = mended(text)

    (award,) = release.awards
    assert (award.id, award.status, award.value.amount) == ("1", "active", 100.5)
    assert [r.rule for r in repairs] == ["single_to_list", "number_to_text", "text_to_number", "status"]
    assert published(json.loads(text)).awards is None


def test_members_of_a_list_that_are_no_objects_count_as_published() -> None:
    text = json.dumps({"ocid": "x", "awards": [{"suppliers": [None, {"id": "s"}, 7]}]})
    release, _ = mended(text)

    assert [s.id for s in release.awards[0].suppliers] == ["s"]
    assert [s.id for s in published(json.loads(text)).awards[0].suppliers] == [None, "s", None]


@pytest.mark.parametrize(
    "text", ['{"ocid":"x","title":"\\ud800"}', '{"ocid":"x","tender":{"value":{"amount":1e9999}}}']
)
def test_what_a_strict_reader_of_json_refuses_is_kept_but_not_as_published(tmp_path: Path, text: str) -> None:
    store, report = stored(tmp_path, lines(text.encode()))

    assert report.total("n_stored") == 1
    assert rows(store, "repair")[0]["rule"] in {"lone_surrogate", "number_too_large"}
    assert rows(store, "published_release") == []


def test_the_store_tells_a_mended_release_twice(tmp_path: Path) -> None:
    good = {"ocid": "g", "tender": {"numberOfTenderers": 1}}
    bad = {"ocid": "b", "tender": {"numberOfTenderers": "1"}}
    store, _ = stored(tmp_path, lines(good, bad))

    assert [(r["ocid"], r["n_tenderers"]) for r in rows(store, "release")] == [("g", 1), ("b", 1)]
    assert [(r["rid"], r["ocid"], r["n_tenderers"]) for r in rows(store, "published_release")] == [(1, "b", None)]
    assert [(r["rid"], r["path"], r["before"], r["after"]) for r in rows(store, "repair")] == [
        (1, "tender/numberOfTenderers", "1", "1")
    ]


def test_the_last_of_two_equal_keys_counts(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, b'{"ocid":"a","ocid":"b","tender":{"title":"one","title":"two"}}\n')

    assert [(r["ocid"], r["title"]) for r in rows(store, "release")] == [("b", "two")]
