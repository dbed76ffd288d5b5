# SPDX-License-Identifier: Apache-2.0
"""A list into a store: every row of the file is stored, or in quarantine with its reason, or the same as another."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vitrina.compranet.refusals import UnreadableFileError
from vitrina.compranet.source import Row, probe, rows
from vitrina.insight.ingest.run import writing
from vitrina.insight.store import Store, schema
from vitrina.insight.store.folder import Source

from . import pdn, values
from .layouts import KINDS, Layout, latest, recognised
from .values import BadCell

PREAMBLE = 10  # lines among which the header is looked for
EXCERPT = 400


class BadList(ValueError):
    """The file is no list of that kind, or does not tell its day."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a list; `was_there`: the store holds it already. `reasons`: of the quarantine, with counts."""

    source: Source
    layout: str = ""
    cut: date | None = None
    is_told: bool = True
    was_there: bool = False
    reasons: dict[str, int] = field(default_factory=dict)


def add(store: Store, kind: str, path: Path, *, cut: date | None = None) -> Added:
    """Read a list of a kind (`layouts.KINDS`) into the store. `cut`: the day it was made, where the file does not tell
    it; what the file tells wins. `BadList`, `BadStore` (another writer), `OSError`.
    """
    if kind not in KINDS:
        raise BadList(f"{kind} is no kind of list: {', '.join(KINDS)}")
    try:
        seen = probe(path)
    except UnreadableFileError as error:
        raise BadList(f"{path}: {error}") from error
    with writing(store):
        same = [s for s in store.manifest.sources if (s.format, s.sha256) == (f"list:{kind}", seen.sha256)]
        if same:
            return Added(same[0], was_there=True)
        number = max((s.number for s in store.manifest.sources), default=-1) + 1
        found = pdn.rows(path) if pdn.is_json(path) else rows(path, seen.codec)
        reading = Reading(kind, found, number)
        reading.find_buyers(store)
        day, is_told = reading.day_of(cut)
        if day is None:
            raise BadList(f"{path} does not tell on which day it was made: say it")
        source = Source(number, str(path), seen.sha256, path.stat().st_size, f"list:{kind}", **reading.counts())
        store.write(reading.tables(day, is_told=is_told))
        store.manifest.sources.append(source)
        store.save()
    return Added(source, reading.layout.name, day, is_told, reasons=dict(sorted(reading.reasons.items())))


class Reading:
    """The rows of one list, made and refused."""

    def __init__(self, kind: str, found: Iterator[Row], source: int) -> None:
        self.source = source
        self.made: list[dict[str, Any]] = []
        self.bad: list[dict[str, Any]] = []
        self.reasons: Counter[str] = Counter()
        self.duplicates = 0
        self.told: date | None = None
        self.layout, self._places, self._width = self._header(kind, found)
        self._seen: set[tuple[Any, ...]] = set()
        for row in found:
            try:
                self._add(row)
            except BadCell as error:
                self._refuse(row, error)

    def _header(self, kind: str, found: Iterator[Row]) -> tuple[Layout, dict[str, int], int]:
        """The layout, once its header has come; a legend above it may tell the day of the list."""
        for _ in range(PREAMBLE):
            row = next(found, None)
            if row is None:
                break
            self.told = self.told or values.written_day(" ".join(row.cells))
            for layout, places in recognised(kind, row.cells):
                return layout, places, len(row.cells)
        raise BadList(f"No header of a list of kind {kind} in the first {PREAMBLE} lines")

    def _add(self, row: Row) -> None:
        if row.problem:
            raise BadCell(row.problem)
        if len(row.cells) != self._width and any(cell.strip() for cell in row.cells[self._width :]):
            raise BadCell("too_many_cells", found=str(len(row.cells)))
        if len(row.cells) <= max(self._places.values()):
            raise BadCell("too_few_cells", found=str(len(row.cells)))
        cells = {column: row.cells[at] for column, at in self._places.items()}
        made = self.layout.make(cells)
        if "updated" in cells:
            day = values.day(cells["updated"], "updated")
            self.told = max((d for d in (self.told, day) if d), default=None)
        key = tuple(made.values())
        if key in self._seen:
            self.duplicates += 1
            return
        self._seen.add(key)
        self.made.append({"source": self.source, "line": row.line, **made})

    def _refuse(self, row: Row, error: BadCell) -> None:
        self.reasons[error.reason] += 1
        is_private = self.layout.is_private
        self.bad.append({
            "source": self.source,
            "line": row.line,
            "reason": error.reason,
            "path": error.column or None,
            "detail": None if is_private else error.found[:EXCERPT],
            "excerpt": None if is_private else (row.text or _joined(row.cells))[:EXCERPT],
        })  # fmt: skip

    def find_buyers(self, store: Store) -> None:
        """Give the rows that name a buyer its number; those of a buyer that the store does not know are refused."""
        if "buyer_oid" not in schema.COLUMNS[self.layout.table]:
            return
        known: dict[str, int] = {}
        for file in store.files("org"):
            org = pq.read_table(file, columns=["id", "oid"])
            known |= zip(org["id"].to_pylist(), org["oid"].to_pylist(), strict=True)
        given, self.made = self.made, []
        for row in given:
            oid = known.get(row["buyer_id"])
            if oid is None:
                self._refuse(
                    Row(row["line"], [row["buyer_id"]]), BadCell("unknown_buyer", "buyer_id", row["buyer_id"])
                )
            else:
                self.made.append({**row, "buyer_oid": oid})

    def day_of(self, given: date | None) -> tuple[date | None, bool]:
        """The day of the list, and whether anybody told it: else the latest of its rows."""
        known = self.told or given
        return (known, True) if known else (latest(self.made, self.layout.days), False)

    def counts(self) -> dict[str, int]:
        """Rows read = stored + quarantined + duplicates; blank lines are no rows."""
        n_stored, n_bad = len(self.made), len(self.bad)
        return {
            "n_read": n_stored + n_bad + self.duplicates,
            "n_stored": n_stored,
            "n_quarantined": n_bad,
            "n_duplicates": self.duplicates,
        }

    def tables(self, cut: date, *, is_told: bool) -> dict[str, pa.Table]:
        """What is written."""
        told = {"source": self.source, "kind": self.layout.kind, "layout": self.layout.name}
        return {
            self.layout.table: _table(self.layout.table, [{**row, "cut": cut} for row in self.made]),
            "list_source": _table("list_source", [{**told, "cut": cut, "is_told": is_told}]),
            "quarantine": _table("quarantine", self.bad),
        }


def _table(name: str, made: list[dict[str, Any]]) -> pa.Table:
    columns = schema.SCHEMAS[name]
    return pa.Table.from_pylist([{c: row.get(c) for c in columns.names} for row in made], schema=columns)


def _joined(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
