# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight ingest` and `flags` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from vitrina.insight.cli import app


def call(*arguments: Any) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    one = {"ocid": "ocds-x-1", "tender": {"procurementMethod": "open", "numberOfTenderers": 1}}
    two = {"ocid": "ocds-x-2", "tender": {"procurementMethod": "open"}}
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(r) for r in (one, two)) + "\n{")
    result = call("ingest", tmp_path / "a.jsonl", "--store", tmp_path / "store", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["total"]["n_read"], told["total"]["n_stored"], told["quarantine"]) == (3, 2, {"not_json": 1})
    return tmp_path / "store"


def test_flags_as_csv_with_a_summary_beside(store: Path, tmp_path: Path) -> None:
    result = call("flags", "--store", store, "--out", tmp_path / "f.csv", "--codes", "r018,R003")

    assert result.exit_code == 0, result.output
    assert (tmp_path / "f.csv").read_bytes() == b"group,id,code,value\nOCID,ocds-x-1,R018,1\n"
    assert (tmp_path / "f.summary.csv").read_text().splitlines() == [
        "code,flagged,clear,not_computable,missing",
        "R018,1,0,1,tender.numberOfTenderers: 1",
        "R003,0,0,2,tender.tenderPeriod.startDate + tender.tenderPeriod.endDate: 2",
    ]
    assert "tender.numberOfTenderers: 1" in " ".join(result.stdout.split())


def test_flags_as_parquet_tell_more(store: Path, tmp_path: Path) -> None:
    assert call("flags", "--store", store, "--out", tmp_path / "f.parquet", "--codes", "R018").exit_code == 0
    (row,) = pq.read_table(tmp_path / "f.parquet").to_pylist()
    assert (row["id"], row["code"], row["threshold"]) == ("ocds-x-1", "R018", 1.0)
    assert call("flags", "--store", store, "--out", tmp_path / "f.jsonl", "--codes", "R018").exit_code == 0
    assert [json.loads(line) for line in (tmp_path / "f.jsonl").open()] == [row]


def test_cardinal_under_its_defaults_and_under_a_file(store: Path, tmp_path: Path) -> None:
    assert call("flags", "--store", store, "--out", tmp_path / "c.csv", "--cardinal").exit_code == 0
    assert (tmp_path / "c.csv").read_text().splitlines()[1:] == ["OCID,ocds-x-1,R018,1"]
    (tmp_path / "s.json").write_text('{"R018": {"procurement_methods": "direct"}}')
    with_file = ("--cardinal", "--settings", tmp_path / "s.json")
    assert call("flags", "--store", store, "--out", tmp_path / "c.csv", *with_file).exit_code == 0
    assert (tmp_path / "c.csv").read_text() == "group,id,code,value\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "f.txt"), ".parquet or .jsonl"),
        (("--out", "f.csv", "--codes", "R999"), "R999"),
        (("--out", "f.csv", "--settings", "s.json"), "--cardinal"),
        (("--out", "f.csv", "--cardinal", "--codes", "R001"), "R001 in Cardinal"),
        (("--out", "f.csv", "--cardinal", "--settings", "absent.json"), "absent.json"),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(store: Path, arguments: tuple[str, ...], said: str) -> None:
    result = call("flags", "--store", store, *arguments)
    assert (result.exit_code, said in result.output) == (2, True), result.output


def test_a_strict_ingest_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{")
    result = call("ingest", tmp_path / "a.jsonl", "--store", tmp_path / "store", "--strict", "--format", "ocds")
    assert result.exit_code == 1
    assert "not_json" in result.output
