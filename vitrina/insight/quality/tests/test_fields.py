# SPDX-License-Identifier: Apache-2.0
"""F01 to F12: each occurrence of a field; and the streaming pass over files."""

from __future__ import annotations

import gzip
import json

import pytest

from vitrina.insight.quality.coverage import Coverage
from vitrina.insight.quality.declare import State
from vitrina.insight.quality.fields import CHECKS, LEAVES, Lists
from vitrina.insight.quality.stream import check_files

LISTS = Lists(frozenset({"ocds-abc123"}), frozenset({"MX-RFC"}))
CASES = {  # code -> (passes, fails, undefined) ; undefined None: only where the field is not there
    "F03": ("ocds-abc123-1", "ocds-zzz999-1", None),
    "F04": ("2026-02-28T10:00:00Z", "1981-01-01", None),
    "F05": ("compras@ejemplo.gob.mx", "compras@ejemplo", None),
    "F06": ("MX-RFC", "RFC", None),
    "F07": ("+52 55 1234 5678 ext. 12", "12-34", None),
    "F08": ("x" * 250, "x" * 251, None),
    "F09": ("tenderNotice", "contractSigned", "localThing"),
    "F10": ("application/pdf", "PDF", None),
    "F11": (0, -1, None),
    "F12": ("es", "spa", None),
}


def test_there_are_twelve_checks() -> None:
    assert [check.code for check in CHECKS] == [f"F{n:02}" for n in range(1, 13)]


@pytest.mark.parametrize("code", sorted(CASES))
def test_passes_fails_and_is_undefined(code) -> None:
    leaf = dict(LEAVES.values())[code]
    good, bad, unknown = CASES[code]
    assert leaf(good, "tender", LISTS) is True
    assert leaf(bad, "tender", LISTS) is False
    if unknown is not None:
        assert leaf(unknown, "tender", LISTS) is None


@pytest.mark.parametrize(
    ("code", "value"), [("F04", 20260101), ("F11", "7"), ("F11", True), ("F10", 3), ("F12", None)]
)
def test_a_wrong_type_is_a_failure(code, value) -> None:
    assert dict(LEAVES.values())[code](value, "tender", LISTS) is False


def test_without_their_lists_prefixes_and_schemes_are_undefined() -> None:
    leaves = dict(LEAVES.values())
    assert leaves["F03"]("ocds-abc123-1", "", Lists()) is None
    assert leaves["F03"]("abc", "", Lists()) is False
    assert leaves["F06"]("MX-RFC", "", Lists()) is None


def test_coverage_counts_objects_that_exist_and_not_those_that_do_not() -> None:
    found = Coverage()
    found.add({"ocid": "a", "awards": [{"id": "1", "value": {"amount": 5}}, {"id": "", "value": None}]})
    found.add({"ocid": "b", "tender": {}})
    counts = {one.path: (one.possible, one.present, one.filled) for one in found.fields()}
    assert counts["ocid"] == (2, 2, 2)
    assert counts["awards"] == (2, 1, 1)
    assert counts["awards.id"] == (2, 2, 1)
    assert counts["awards.value"] == (2, 2, 1)
    assert counts["awards.value.amount"] == (1, 1, 1)
    assert counts["awards.value.currency"] == (1, 0, 0)
    assert counts["tender"] == (2, 1, 0)
    assert counts["tender.title"] == (0, 0, 0)


def test_parts_add_up_to_the_whole(tmp_path) -> None:
    releases = [
        {"ocid": f"ocds-abc123-{n}", "date": "2026-01-01" if n % 3 else "1900-01-01", "buyer": {"id": n}}
        for n in range(60)
    ]
    lines = [json.dumps(release) for release in releases]
    whole = tmp_path / "all.jsonl.gz"
    whole.write_bytes(gzip.compress("\n".join([*lines, "", "{", "7"]).encode()))
    halves = [tmp_path / "one.jsonl", tmp_path / "two.json"]
    halves[0].write_text("\n".join(lines[:31]))
    halves[1].write_text(json.dumps({"releases": releases[31:]}))
    one, two = check_files([whole], LISTS), check_files(halves, LISTS, workers=2)
    assert one.refused == {"blank": 1, "not_json": 1, "not_object": 1}
    assert (one.releases, two.releases) == (60, 60)
    assert one.states == two.states
    for mine, theirs in zip(one.coverage.fields(), two.coverage.fields(), strict=True):
        assert (mine.path, mine.possible, mine.filled, mine.failed) == (
            theirs.path,
            theirs.possible,
            theirs.filled,
            theirs.failed,
        )
    date = next(one for one in one.coverage.fields() if one.path == "date")
    assert (date.passed, date.failed) == (40, 20)
    assert date.examples[0] == ("F04", "ocds-abc123-0", "'1900-01-01'")


def test_a_failing_record_is_told_with_its_path_and_line(tmp_path) -> None:
    file = tmp_path / "a.jsonl"
    good = {"ocid": "x", "tender": {"numberOfTenderers": 0, "tenderers": []}}
    file.write_text(
        "\n".join(
            json.dumps(each)
            for each in (good, {**good, "ocid": "y", "tender": {"numberOfTenderers": 1, "tenderers": []}})
        )
    )
    found = check_files([file])
    assert found.examples["R13"] == [("R13", "y", "tender.numberOfTenderers", 2)]
    assert found.states["R13", State.PASS] == found.states["R13", State.FAIL] == 1
