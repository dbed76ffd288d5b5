# SPDX-License-Identifier: Apache-2.0
"""A bad record goes to quarantine with its place and its reason, and the run goes on."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from tests.shared import shared
from vitrina.insight.ingest import reading
from vitrina.insight.ingest.run import BadRecord, ingest
from vitrina.insight.store import Store

from .stores import balance, lines, rows, stored

GOOD = {"ocid": "ocds-x-1", "tag": ["compiled"]}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"", "blank"),
        (b" \t ", "blank"),
        (b'{"ocid":"\xe9"}', "not_utf8"),
        (b'{"ocid":"x"', "not_json"),
        (b'{"ocid":"x","a":NaN}', "not_json"),
        (b'{"ocid":"x"} x', "not_json"),
        (b'[{"ocid":"x"}]', "not_object"),
        (b'"text"', "not_object"),
        (b"7", "not_object"),
        (b"{}", "no_ocid"),
        (b'{"ocid":null}', "no_ocid"),
        (b'{"ocid":7}', "no_ocid"),
        (b'{"ocid":"x","a":' + b"[" * 3000 + b"]" * 3000 + b"}", "not_json"),
    ],
)
def test_a_bad_line_is_told_with_its_place(tmp_path: Path, bad: bytes, reason: str) -> None:
    store, report = stored(tmp_path, lines(GOOD, bad, GOOD | {"ocid": "ocds-x-2"}))
    (row,) = rows(store, "quarantine")

    assert balance(report)
    assert report.total("n_stored") == 2
    assert (row["reason"], row["line"], row["offset"]) == (reason, 2, len(lines(GOOD)))
    assert row["sha"] == hashlib.sha256(bad).hexdigest()
    assert row["excerpt"] == bad[:800].decode("utf-8", "replace")[:200]


def test_a_line_that_is_too_large_is_told_and_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 2 << 20)
    huge = json.dumps({"ocid": "h", "x": "y" * (5 << 20)}).encode()
    store, report = stored(tmp_path, lines(GOOD, huge, GOOD | {"ocid": "ocds-x-2"}))

    assert report.reasons == {"too_large": 1}
    assert report.total("n_stored") == 2
    assert str(len(huge)) in rows(store, "quarantine")[0]["detail"]


def test_a_gzip_file_that_is_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    whole = lines(*({"ocid": f"ocds-x-{n}", "x": hashlib.sha256(bytes([n % 251])).hexdigest()} for n in range(5000)))
    packed = gzip.compress(whole)
    store, report = stored(tmp_path, packed[: len(packed) // 2], "a.jsonl.gz")

    assert balance(report)
    assert report.total("n_stored") > 1000
    assert "gzip" in {row["detail"][:4] for row in rows(store, "quarantine")}


@pytest.mark.parametrize(
    "data", [gzip.compress(lines(GOOD), mtime=0), b"\xef\xbb\xbf" + lines(GOOD), b'{"ocid":"c"}\r\n']
)
def test_gzip_marks_and_carriage_returns_are_read(tmp_path: Path, data: bytes) -> None:
    _, report = stored(tmp_path, data, "a.json")

    assert (report.total("n_stored"), report.total("n_quarantined")) == (1, 0)


def test_the_corpus_is_counted_as_its_manifest_says(tmp_path: Path) -> None:
    folder = shared("data/cardinal-parity")
    expected = json.loads((folder / "manifest.json").read_text())["lines_by_outcome"]
    store = Store.create(tmp_path / "store")
    report = ingest(store, [folder / "releases.jsonl.gz"])
    published = {row["rid"]: row["status"] for row in rows(store, "published_release")}
    status = {row["rid"]: row["status"] for row in rows(store, "release")} | published
    cancelled = list(status.values()).count("cancelled")

    assert balance(report)
    assert report.reasons == {k: v for k, v in expected.items() if k not in {"cancelled", "evaluated"}}
    assert cancelled == expected["cancelled"]
    assert report.total("n_stored") - cancelled == expected["evaluated"]


def test_a_strict_run_stops_and_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines(GOOD))
    before = (store.path / "manifest.json").read_bytes()
    files = sorted(store.path.rglob("*.parquet"))

    with pytest.raises(BadRecord, match=r"b\.jsonl, record 2: not_json"):
        stored(tmp_path, lines(GOOD | {"ocid": "n"}, b"{"), "b.jsonl", strict=True)

    assert (store.path / "manifest.json").read_bytes() == before
    assert sorted(store.path.rglob("*.parquet")) == files


def test_bytes_that_are_no_text_in_the_ocid_of_an_inner_release(tmp_path: Path) -> None:
    bad = b'{"ocid":"a","compiledRelease":{"ocid":"\xad"}}'
    _, report = stored(tmp_path, lines(bad, GOOD))

    assert report.reasons == {"not_utf8": 1}
    assert report.total("n_stored") == 1
