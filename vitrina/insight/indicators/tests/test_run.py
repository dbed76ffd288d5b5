# SPDX-License-Identifier: Apache-2.0
"""The registry, the file that is written, and that neither order nor loads change a byte of it."""

from __future__ import annotations

import json
import random
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from vitrina.insight.cli.indicators import indicators as command
from vitrina.insight.indicators.bases import BASES
from vitrina.insight.indicators.registry import UnknownIndicator, chosen, indicators
from vitrina.insight.store import Store, schema


def test_the_whole_catalogue_is_declared() -> None:
    codes = {i.code for i in indicators().values()}
    expected = {f"U{n:03}" for n in range(1, 72) if n != 65}
    expected |= {f"A{n:02}" for n in range(1, 22)} | {f"O{n:02}" for n in range(1, 20)} | {"S01", "S02", "S03"}
    assert codes == expected
    for i in indicators().values():
        assert i.title.es and i.title.en and i.explanation.es and i.explanation.en and i.formula and i.inputs, i.key
        assert i.absent or i.base in BASES, i.key
        assert "SFP" not in i.title.es + i.explanation.es + i.source.es, i.key


def test_codes_name_all_parts_and_unknown_ones_are_refused() -> None:
    assert [i.key for i in chosen(["U059"])] == ["U059.mean", "U059.median", "U059.p90"]
    assert [i.key for i in chosen(["U059.p90"])] == ["U059.p90"]
    with pytest.raises(UnknownIndicator, match="U065"):
        chosen(["U001", "U065"])


def rows() -> dict[str, list[dict]]:
    draw = random.Random(3)
    releases, awards, suppliers = [], [], []
    for n in range(60):
        cents = draw.randrange(1, 10**9)
        releases.append(
            {
                "rid": n,
                "ocid": f"x-{n}",
                "buyer_id": f"B{n % 3}",
                "method": draw.choice(["open", "direct"]),
                "n_tenderers": draw.randrange(1, 4),
                "tender_start_day": date(2024 + n % 2, 1 + n % 12, 1),
            }
        )
        awards.append(
            {
                "rid": n,
                "award_no": 0,
                "status": "active",
                "centavos": cents,
                "currency": "MXN",
                "n_suppliers": 1,
                "date_day": date(2024 + n % 2, 1 + n % 12, 9),
            }
        )
        suppliers.append({"rid": n, "award_no": 0, "pos": 0, "oid": n % 7})
    return {"release": releases, "award": awards, "award_supplier": suppliers}


def store(path, given, parts: int) -> Store:
    found = Store.create(path)
    for part in range(parts):
        for name, all_rows in given.items():
            columns = schema.SCHEMAS[name]
            full = [{c: row.get(c) for c in columns.names} for row in all_rows[part::parts]]
            found.write({name: pa.Table.from_pylist(full, schema=columns)})
        found.save()
    return found


CODES = "U001,U005,U006,U015,U018,U025,A11,U033"


def measure(path, out, *more: str):
    import typer

    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(
        app, ["--store", str(path), "--out", str(out), "--codes", CODES, "--by", "buyer,year", *more]
    )


def test_loads_and_order_change_no_byte(tmp_path) -> None:
    given = rows()
    store(tmp_path / "one", given, 1)
    shuffled = {name: random.Random(1).sample(each, len(each)) for name, each in given.items()}
    store(tmp_path / "many", shuffled, 3)
    for name in ("one", "many"):
        assert measure(tmp_path / name, tmp_path / f"{name}.csv").exit_code == 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "many.csv").read_bytes()


def test_three_kinds_of_file_hold_the_same_rows(tmp_path) -> None:
    store(tmp_path / "s", rows(), 1)
    told = [measure(tmp_path / "s", tmp_path / f"x.{kind}", "--json") for kind in ("csv", "parquet", "jsonl")]
    counts = [json.loads(each.output)["rows"] for each in told]
    assert counts[0] == counts[1] == counts[2] > 20
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    table = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert [line.get("value") for line in lines] == [row["value"] for row in table]
    assert lines[0]["excluded"] == {}


def test_mistakes_are_told_in_one_line(tmp_path) -> None:
    store(tmp_path / "s", rows(), 1)
    for more, says in ((["--codes", "U065"], "U065"), (["--by", "colour"], "colour")):
        result = measure(tmp_path / "s", tmp_path / "x.csv", *more)
        assert result.exit_code == 2 and says in result.output and "Traceback" not in result.output
    assert measure(tmp_path / "s", tmp_path / "x.xls").exit_code == 2
    assert measure(tmp_path, tmp_path / "x.csv").exit_code == 2
