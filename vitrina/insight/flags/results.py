# SPDX-License-Identifier: Apache-2.0
"""Results of flags as files and as a table to read: `group,id,code,value`, sorted, 12 significant digits."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .outcome import Outcome

COLUMNS = pa.schema([("group", pa.string()), ("id", pa.string()), ("code", pa.string()), ("value", pa.float64())])
KINDS = (".csv", ".parquet", ".jsonl")
DETAILS = ("threshold", "peer_n", "percentile", "basis")
SUMMARY = ("code", "flagged", "clear", "not_computable", "missing")


class BadOut(ValueError):
    """The name of the file says neither CSV, nor Parquet, nor JSON Lines."""


def rows(outcomes: Iterable[Outcome]) -> pa.Table:
    """The flagged rows of several flags: group, id, code, value, then threshold, peer_n, percentile and basis."""
    parts = [
        o.rows.select([c for c in (*COLUMNS.names, *DETAILS) if c != "code"]).append_column(
            "code", pa.array([o.code] * o.rows.num_rows, pa.string())
        )
        for o in outcomes
    ]
    if not parts:
        return COLUMNS.empty_table()
    return in_order(pa.concat_tables(parts).select([*COLUMNS.names, *DETAILS]))


def of_indicators(found: Iterable[tuple[str, pa.Table]]) -> pa.Table:
    """One table of what several of Cardinal's indicators found: (code, rows of group, id and value)."""
    parts = [
        rows.append_column("code", pa.array([code] * rows.num_rows, pa.string())).select(COLUMNS.names).cast(COLUMNS)
        for code, rows in found
    ]
    return in_order(pa.concat_tables([COLUMNS.empty_table(), *parts]))


def in_order(table: pa.Table) -> pa.Table:
    """The rows by group, id, code and value."""
    return table.take(pc.sort_indices(table, [(name, "ascending") for name in COLUMNS.names]))


def check(path: Path) -> None:
    """`BadOut` where a file of this name cannot be written."""
    if path.suffix not in KINDS:
        raise BadOut(f"{path}: the name must end in {', '.join(KINDS[:-1])} or {KINDS[-1]}.")


def write(table: pa.Table, path: Path) -> None:
    """Write rows to a .csv (the four columns), .parquet or .jsonl (all) file, whole or not at all."""
    check(path)
    part = path.with_name(path.name + ".part")
    if path.suffix == ".parquet":
        pq.write_table(table, part, compression="zstd")
    elif path.suffix == ".csv":
        with part.open("w", encoding="utf-8", newline="") as file:
            _csv(table, file)
    else:
        with part.open("wb") as lines:
            lines.writelines(msgspec.json.encode(row) + b"\n" for row in table.to_pylist())
    part.replace(path)


def _csv(table: pa.Table, file: TextIO) -> None:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(COLUMNS.names)
    columns = [table[name].to_pylist() for name in COLUMNS.names]
    for group, id_, code, value in zip(*columns, strict=True):
        out.writerow((group, id_, code, "" if value is None else f"{value:.12g}"))


def summary(outcomes: Iterable[Outcome]) -> list[tuple[str, int, int | None, int | None, str]]:
    """Code, units flagged, clear and not computable, and why: missing paths with their number, most first."""
    return [(o.code, o.flagged, o.clear, o.not_computable, _why(o.missing.items())) for o in outcomes]


def _why(missing: Iterable[tuple[str, int]]) -> str:
    ordered = sorted(missing, key=lambda pair: (-pair[1], pair[0]))
    return "; ".join(f"{paths.replace('|', ' + ')}: {n}" for paths, n in ordered)


def write_summary(lines: Sequence[tuple[str, int, int | None, int | None, str]], path: Path) -> None:
    """The summary as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(SUMMARY)
        out.writerows(lines)
