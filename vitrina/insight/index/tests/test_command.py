# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight index`, and the script of the documentation that recomputes the score from what was published."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.index.tests.purchases import together, toys, unit
from vitrina.insight.store import Store, schema

SCRIPT = Path(__file__).parents[4] / "docs" / "how-to" / "recompute-index.py"


def store(path: Path, *loads) -> Path:
    made = Store.create(path)
    for rows in loads:
        made.write({
            name: pa.Table.from_pylist([{c: r.get(c) for c in schema.COLUMNS[name]} for r in given], schema.SCHEMAS[name])
            for name, given in rows.items()
        })  # fmt: skip
    made.save()
    return path


def index(at: Path, out: Path, *more: str) -> dict:
    told = CliRunner().invoke(app, ["index", "--store", str(at), "--out", str(out), "--json", *more])
    assert told.exit_code == 0, told.output
    return json.loads(told.output)


def history():
    return [
        unit(f"u{i}", 100_000 * y + 1000 * i, year=2020 + y, n=15 + 5 * i, direct=i / 12, single=i / 20, amended=0.1 * y, agency=f"A{i % 3}")
        for i in range(10)
        for y in range(4)
    ]  # fmt: skip


def test_the_score_is_recomputed_from_the_published_files(tmp_path) -> None:
    told = index(store(tmp_path / "store", together(*history())), tmp_path / "out", "--draws", "3")
    assert told["reference"] == [2020, 2022]
    assert told["rows"]["index.parquet"] == 40
    run = subprocess.run([sys.executable, SCRIPT, tmp_path / "out"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert float(run.stdout.split()[-1]) < 1e-9
    rows = pq.read_table(tmp_path / "out" / "index.parquet").to_pylist()
    assert {row["state"] for row in rows} == {"calculado", "insuficiente"}
    assert "higher is safer" in json.loads((tmp_path / "out" / "about.json").read_text())["compat_imco_v2"]


def test_one_load_or_two_give_the_same_tables_byte_for_byte(tmp_path) -> None:
    parts = history()
    index(store(tmp_path / "one", together(*parts)), tmp_path / "a", "--draws", "2")
    index(store(tmp_path / "two", together(*parts[1::2]), together(*parts[::2])), tmp_path / "b", "--draws", "2")
    for file in sorted((tmp_path / "a").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


def test_units_and_agencies_weigh_by_value_up_to_a_cap(tmp_path) -> None:
    index(
        store(tmp_path / "store", together(*history())), tmp_path / "out", "--draws", "0", "--reference", "2020..2021"
    )
    units = pq.read_table(tmp_path / "out" / "units.parquet").to_pylist()
    agencies = pq.read_table(tmp_path / "out" / "agencies.parquet").to_pylist()
    for agency in agencies:
        parts = [u for u in units if (u["agency"], u["year"]) == (agency["agency"], agency["year"])]
        whole = sum(u["value"] for u in parts)
        share = [min(0.5, u["value"] / whole) for u in parts]
        assert agency["riesgo"] == pytest.approx(
            sum(s * u["riesgo"] for s, u in zip(share, parts, strict=True)) / sum(share)
        )
        assert agency["unweighted"] == pytest.approx(sum(u["riesgo"] for u in parts) / len(parts))


def test_comparisons_tell_how_many_purchases(tmp_path) -> None:
    index(store(tmp_path / "store", toys()), tmp_path / "out", "--draws", "0")
    rows = pq.read_table(tmp_path / "out" / "compare.parquet").to_pylist()
    assert {row["dimension"] for row in rows} >= {"agency", "unit", "procedure", "month"}
    assert sum(row["n"] for row in rows if row["dimension"] == "procedure") == 120


@pytest.mark.parametrize("years", ["2020", "2021..2020", "a..b"])
def test_years_that_are_none_are_refused(tmp_path, years: str) -> None:
    at = store(tmp_path / "store", toys())
    told = CliRunner().invoke(app, ["index", "--store", str(at), "--out", str(tmp_path), "--reference", years])
    assert told.exit_code == 2


def test_an_empty_store_has_an_empty_index(tmp_path) -> None:
    assert index(store(tmp_path / "store"), tmp_path / "out")["rows"]["index.parquet"] == 0
