# SPDX-License-Identifier: Apache-2.0
"""A file of an official layout to records, one at a time, with every row accounted for.

`read(path)` is iterated once; its `.summary` is complete when the iteration has ended.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import msgspec

from .build import Cells, contract_from, procedure_from
from .layouts import Plan, detect, header_key
from .normalise import clean, one_line
from .records import ImportedContract, ImportedProcedure, Problem, Rejected, Repair, Source, Summary
from .refusals import SHOWN, BadValueError, UnreadableFileError
from .source import LONGEST_LINE, Row, probe, rows

Record = ImportedProcedure | ImportedContract
SHOWN_ROW = 4000
_LOOKED_AT = 25  # rows from which the usual width of a ragged file is taken


def read(path: str | Path) -> Reading:
    """The records and rejections of a file, in file order; `.summary` counts them.

    Errors: `UnreadableFileError` when no row can be read: unknown header, empty, spreadsheet, damaged gzip.
    """
    return Reading(Path(path))


class Reading:
    """An iterator over `ImportedProcedure`, `ImportedContract` and `Rejected`; exact duplicate rows are only counted.

    Memory: one row, and two integers per row read (to know duplicates and to number repeated keys).
    """

    def __init__(self, path: Path) -> None:
        found = probe(path)
        self._rows = rows(path, found.codec)
        header = next(self._rows, None)
        if header is None:
            raise UnreadableFileError("empty_file")
        self.plan: Plan = detect(header.cells)
        self.summary = Summary(
            file=path.name,
            sha256=found.sha256,
            encoding=found.encoding,
            layout=self.plan.layout.id,
            unknown_columns=self.plan.unknown,
            missing_columns=self.plan.missing,
        )
        self._header = [header_key(cell) for cell in header.cells]
        self._headers = {field: name for _, field, name in self.plan.columns}
        self._build = procedure_from if self.plan.layout.subject == "procedure" else contract_from
        self._seen: set[int] = set()
        self._times: Counter[int] = Counter()
        self._items = self._read()

    def __iter__(self) -> Iterator[Record | Rejected]:
        return self._items

    def __next__(self) -> Record | Rejected:
        return next(self._items)

    def _read(self) -> Iterator[Record | Rejected]:
        summary = self.summary
        head = list(islice(self._rows, _LOOKED_AT))
        usual = self._usual_width(head)
        for row in chain(head, self._rows):
            summary.rows_in += 1
            problem = row.problem or self._misshapen(row, usual)
            if problem:
                yield self._reject(row, [self._row_problem(row, problem)])
                continue
            cells = row.cells[: self.plan.width]
            fingerprint = hash(tuple(cells))
            if fingerprint in self._seen:
                summary.duplicates += 1
                continue
            self._seen.add(fingerprint)
            yield self._record(row, cells)
        if not summary.balanced:
            raise AssertionError(f"{summary.file}: rows are lost: {summary}")

    def _usual_width(self, head: list[Row]) -> int:
        """The width that most rows have: files exist of which every row carries more cells than the header."""
        widths = Counter(len(row.cells) for row in head if not row.problem)
        return max(self.plan.width, widths.most_common(1)[0][0] if widths else 0)

    def _misshapen(self, row: Row, usual: int) -> str | None:
        width = len(row.cells)
        if width == self.plan.width == len(self._header) and row.cells[0].strip().lower() == self._header[0]:
            return "repeated_header" if [header_key(cell) for cell in row.cells] == self._header else None
        if width > self.plan.width and width != usual and any(row.cells[self.plan.width :]):
            return "too_many_cells"
        return "too_few_cells" if width < len(self.plan.columns) // 2 else None

    def _record(self, row: Row, raw: list[str]) -> Record | Rejected:
        cells = Cells({}, self._headers)
        if len(row.cells) != self.plan.width:
            cells.repairs.append(Repair("", "padded" if len(row.cells) < self.plan.width else "trimmed", ""))
        self._clean(raw, cells)
        source = Source(
            file=self.summary.file,
            layout=self.plan.layout.id,
            line=row.line,
            row=self.summary.rows_in,
            row_sha256=_digest(raw),
        )
        record = None if cells.problems else self._build(cells, source)
        if record is None:
            return self._reject(row, cells.problems)
        record = self._numbered(record)
        self._count(record)
        return record

    def _clean(self, raw: list[str], cells: Cells) -> None:
        width = len(raw)
        for index, field, _ in self.plan.columns:
            text = raw[index] if index < width else ""
            if not text:
                continue
            try:
                tidy, repairs = clean(text)
            except BadValueError as bad:
                cells.cells[field] = text[:SHOWN]
                cells.problem(field, bad.code, bad.limit)
                continue
            if "\n" in tidy and field != "description":
                tidy = one_line(tidy)
            cells.cells[field] = tidy
            if repairs:
                for code in repairs.split():
                    cells.repair(field, code, text)

    def _numbered(self, record: Record) -> Record:
        """The record with `#2`, `#3`... on keys that came before: what only looks the same stays apart."""
        changes = {}
        for name in ("key", "match_key"):
            value = getattr(record, name, None)
            if value is None:
                continue
            mark = hash((name, value))
            self._times[mark] += 1
            if self._times[mark] > 1:
                changes[name] = f"{value}#{self._times[mark]}"
        if not changes:
            return record
        notes = (*record.notes, "key_repeated") if "key" in changes else record.notes
        return msgspec.structs.replace(record, notes=notes, **changes)

    def _count(self, record: Record) -> None:
        summary = self.summary
        summary.kept += 1
        if record.repairs:
            summary.repaired_rows += 1
            summary.repairs.update(repair.code for repair in record.repairs)
        summary.notes.update(record.notes)

    def _row_problem(self, row: Row, code: str) -> Problem:
        limits = {"line_too_long": LONGEST_LINE, "too_few_cells": self.plan.width, "too_many_cells": self.plan.width}
        counted = code in ("too_few_cells", "too_many_cells")
        value = str(len(row.cells)) if counted else row.text[:SHOWN]
        return Problem(field="", value=value, code=code, limit=str(limits.get(code, "")))

    def _reject(self, row: Row, problems: list[Problem]) -> Rejected:
        self.summary.rejected += 1
        self.summary.reasons.update({problem.code for problem in problems})
        text = row.text or ",".join(cell[:SHOWN_ROW] for cell in row.cells)
        return Rejected(
            file=self.summary.file,
            layout=self.plan.layout.id,
            line=row.line,
            row=self.summary.rows_in,
            row_sha256=_digest(row.cells or [row.text]),
            problems=tuple(problems),
            text=text[:SHOWN_ROW],
        )


def _digest(cells: list[str]) -> str:
    return hashlib.sha256("\x1f".join(cells).encode("utf-8", "replace")).hexdigest()
