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
    rows: list[dict[str, Any]] = table.to_pylist()
    if is_public:
        rows = public(rows)
    numbers = [f.name for f in SCHEMA if pa.types.is_floating(f.type)]
    rows = [row | {name: rounded(row[name]) for name in numbers} for row in rows]
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".jsonl":
        out.write_bytes(b"".join(msgspec.json.encode(_line(row)) + b"\n" for row in rows))
    else:
        found = pa.Table.from_pylist(rows, schema=SCHEMA)
        if out.suffix == ".csv":
            pyarrow.csv.write_csv(found, out)
        else:
            pq.write_table(found, out, compression="zstd")
    return len(rows)


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
