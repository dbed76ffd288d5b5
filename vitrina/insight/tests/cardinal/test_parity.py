# SPDX-License-Identifier: Apache-2.0
"""Cardinal's own results, row for row: the corpus under two settings, and its fifteen fixtures."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from tests.shared import shared
from vitrina.insight.flags import cardinal
from vitrina.insight.flags.settings import DEFAULT, Settings, load
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store

FIXTURES = (
    *("R003", "R003-procurement_method_details-x-5-y-10", "R003-procurement_methods-open+selective"),
    *("R003-threshold-10", "R018", "R024", "R025", "R028", "R030", "R035", "R036", "R038", "R038-tenderer"),
    *("R048-minimum_contracting_processes-1", "R058"),
)


@pytest.fixture(scope="module")
def corpus() -> Path:
    return shared("data/cardinal-parity")


@pytest.fixture(scope="module")
def store(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = Store.create(tmp_path_factory.mktemp("parity") / "store")
    ingest(made, [corpus / "releases.jsonl.gz"])
    return made


def expected(file: Path) -> dict[tuple[str, str, str], float]:
    rows = csv.DictReader(io.StringIO(gzip.decompress(file.read_bytes()).decode()))
    return {(r["group"], r["id"], r["code"]): float(r["value"]) for r in rows}


def results(table: pa.Table) -> dict[tuple[str, str, str], float]:
    found = {(r["group"], r["id"], r["code"]): r["value"] for r in table.to_pylist()}
    assert len(found) == table.num_rows
    return found


def same(found: dict[Any, float], wanted: dict[Any, float]) -> None:
    assert sorted(wanted.keys() - found.keys()) == []
    assert sorted(found.keys() - wanted.keys()) == []
    assert [k for k, v in wanted.items() if abs(found[k] - v) > 1e-9] == []


def test_default_settings(corpus: Path, store: Store) -> None:
    with store.tables() as t:
        same(results(cardinal.run(t, DEFAULT)), expected(corpus / "expected.csv.gz"))


def test_settings_of_a_file(corpus: Path, store: Store) -> None:
    with store.tables() as t:
        found = cardinal.run(t, load(corpus / "settings_b.json"))
        same(results(found), expected(corpus / "expected_settings_b.csv.gz"))


@pytest.mark.parametrize(("parts", "ending", "pack"), [(2, b"\r\n", None), (7, b"\n", gzip.compress)])
def test_lines_shuffled_and_split_give_the_same(
    corpus: Path, tmp_path: Path, parts: int, ending: bytes, pack: Any
) -> None:
    lines = gzip.decompress((corpus / "releases.jsonl.gz").read_bytes()).removesuffix(b"\n").split(b"\n")
    random.Random(parts).shuffle(lines)
    for n in range(parts):
        data = b"".join(line + ending for line in lines[n::parts])
        (tmp_path / f"part-{n}.jsonl").write_bytes(pack(data) if pack else data)
    store = Store.create(tmp_path / "store")
    report = ingest(store, sorted(tmp_path.glob("part-*")))

    assert report.total("n_read") == len(lines)
    with store.tables() as t:
        same(results(cardinal.run(t, DEFAULT)), expected(corpus / "expected.csv.gz"))


@pytest.mark.parametrize("name", FIXTURES)
def test_fixture_of_cardinal(tmp_path: Path, name: str) -> None:
    folder = shared("data/cardinal-fixtures")
    code, *words = name.split("-")
    section: dict[str, Any] = {}
    if len(words) == 2:
        section = {words[0]: int(words[1]) if words[1].isdigit() else words[1].replace("+", "|")}
    elif len(words) > 2:
        section = {words[0]: {words[n]: int(words[n + 1]) for n in range(1, len(words), 2)}}
    conf = {"no_price_comparison_procurement_methods": "NPC", "exclusions": {"procurement_method_details": "EXC"}}
    store = Store.create(tmp_path / "store")
    ingest(store, [folder / f"{name}.jsonl"])
    with store.tables() as t:
        rows = cardinal.run(t, msgspec.convert(conf | {code: section}, Settings)).to_pylist()
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(row["group"], {}).setdefault(row["id"], {})[row["code"]] = row["value"]

    assert found == json.loads((folder / f"{name}.expected").read_text())
