# SPDX-License-Identifier: Apache-2.0
"""Writes indicators to a file, the same bytes for the same store: sorted rows, numbers to 12 significant digits."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from .run import SCHEMA, public

DIGITS = 12
KINDS = (".csv", ".parquet", ".jsonl")


class UnknownKind(ValueError):
    """The name of the file does not say how to write it."""


def rounded(x: float | None) -> float | None:
    """To 12 significant digits, so that the order in which an engine adds does not show."""
    return None if x is None else float(f"{x:.{DIGITS}g}")


def write(table: pa.Table, out: Path, *, is_public: bool = False) -> int:
    """Write the rows by the ending of the name (.csv, .parquet, .jsonl); returns how many there are."""
    if out.suffix not in KINDS:
        raise UnknownKind(f"{out.name} must end in one of {', '.join(KINDS)}")
    if is_public:
        table = pa.Table.from_pylist(public(table.to_pylist()), schema=SCHEMA)
    for number, field in enumerate(SCHEMA):
        if pa.types.is_floating(field.type):
            values = [rounded(x) for x in table.column(number).to_pylist()]
            table = table.set_column(number, field, pa.array(values, field.type))
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".csv":
        pyarrow.csv.write_csv(table, out)
    elif out.suffix == ".parquet":
        pq.write_table(table, out, compression="zstd")
    else:
        out.write_bytes(b"".join(msgspec.json.encode(_line(row)) + b"\n" for row in table.to_pylist()))
    return int(table.num_rows)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if value is not None}
    return told | {"excluded": msgspec.Raw(row["excluded"].encode())}


def states(table: pa.Table) -> dict[str, int]:
    """How many rows of the whole (not of the comparisons) are ok, few and not computable."""
    whole = [row["state"] for row in table.select(["state", "grouping"]).to_pylist() if not row["grouping"]]
    return {state: whole.count(state) for state in ("ok", "few", "nc")}


def groupings(asked: Iterable[str]) -> list[tuple[str, ...]]:
    """`["buyer,year", "method"]` -> the whole, then each of these."""
    return [(), *(tuple(part.strip() for part in each.split(",") if part.strip()) for each in asked)]
