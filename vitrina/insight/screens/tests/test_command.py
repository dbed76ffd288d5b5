# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight screens`: tables and cards of a store on disk."""

from __future__ import annotations

import json
import re

import pyarrow.parquet as pq
from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.generate import write as generate
from vitrina.insight.generate.golden import Reference
from vitrina.insight.screens import cards
from vitrina.insight.store import Store


def test_it_writes_tables_and_cards(tmp_path) -> None:
    generate.store(Reference(1, is_cartel=True), tmp_path / "store")
    asked = ["screens", "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out"), "--csv", "--json"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    rows = json.loads(told.output)["rows"]
    assert rows["tenders.parquet"] == rows["tenders.csv"] == 480
    queue = pq.read_table(tmp_path / "out" / "queue.parquet").to_pylist()
    assert [row["priority"] for row in queue] == sorted((row["priority"] for row in queue), reverse=True)
    lines = (tmp_path / "out" / "cards.jsonl").read_bytes().splitlines()
    first = cards.decode(lines[0])
    assert first.ocid == queue[0]["ocid"]
    assert first.run_on is not None
    assert len(lines) == rows["cards.jsonl"] > 0


def test_a_folder_that_is_no_store_is_told(tmp_path) -> None:
    told = CliRunner().invoke(app, ["screens", "--store", str(tmp_path), "--out", str(tmp_path / "out")])
    assert told.exit_code == 2
    assert "nostore" in re.sub(r"[\s│]", "", told.output)  # a long path is broken into lines


def test_an_empty_store_gives_empty_tables(tmp_path) -> None:
    Store.create(tmp_path / "store")
    told = CliRunner().invoke(app, ["screens", "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    assert pq.read_table(tmp_path / "out" / "tenders.parquet").num_rows == 0
