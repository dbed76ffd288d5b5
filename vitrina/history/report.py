# SPDX-License-Identifier: Apache-2.0
"""What an import says at the end: to a person in lines, to a program as JSON, and the rejected rows as a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self

from django.utils.translation import gettext as _

from vitrina.compranet import refusals
from vitrina.compranet.records import Rejected
from vitrina.compranet.refusals import UnreadableFileError
from vitrina.kernel.text import plain_cell

from .commands import MOST_REJECTED, Outcome, visible

SHOWN = 20
COLUMNS = ("file", "line", "field", "reason", "sentence", "mend", "value", "text")


class Rejections:
    """Gathers the first rejected rows of each file and, when a path is given, writes all of them to a CSV file."""

    def __init__(self, path: Path | None, language: str) -> None:
        self.path, self.language = path, language
        self.first: list[dict[str, Any]] = []
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self.path:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")  # spreadsheets know UTF-8 by its mark
            csv.writer(self._file).writerow(COLUMNS)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file:
            self._file.close()

    def add(self, row: Rejected) -> None:
        """One rejected row, with each of its reasons."""
        for problem in row.problems:
            said = {
                "file": row.file,
                "line": row.line,
                "field": visible(problem.field),
                "reason": problem.code,
                "sentence": visible(problem.sentence(self.language)),
                "mend": problem.mend(self.language),
                "value": visible(problem.value),
                "text": visible(row.text),
            }
            if len(self.first) < SHOWN:
                self.first.append(said)
            if self._file:
                csv.writer(self._file).writerow([_plain(said[name]) for name in COLUMNS])


def _plain(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return plain_cell(value) if isinstance(value, str) else value


def answer(outcome: Outcome, rejections: Rejections) -> dict[str, Any]:
    """An import as JSON: `rows_in == kept + already_there + duplicates + rejected`."""
    run, summary = outcome.run, outcome.summary
    return {
        "file": summary.file,
        "sha256": summary.sha256,
        "layout": summary.layout,
        "encoding": summary.encoding,
        "rows_in": run.rows_in,
        "kept": run.kept,
        "already_there": run.already_there,
        "duplicates": run.duplicates,
        "rejected": run.rejected,
        "repaired_rows": summary.repaired_rows,
        "repairs": dict(summary.repairs),
        "notes": dict(summary.notes),
        "reasons": dict(summary.reasons),
        "unknown_columns": list(summary.unknown_columns),
        "missing_columns": list(summary.missing_columns),
        "rejections": [{name: one[name] for name in COLUMNS[1:6]} for one in rejections.first],
        "run": run.pk,
        "seconds": round(outcome.seconds, 2),
        "rows_per_second": round(run.rows_in / max(outcome.seconds, 0.001)),
    }


def unread(path: Path, error: UnreadableFileError | OSError, language: str) -> dict[str, Any]:
    """A file of which no row was read, as JSON."""
    if isinstance(error, UnreadableFileError):
        said = {"error": error.code, "sentence": visible(error.sentence(language)), "mend": error.mend(language)}
    else:
        said = {"error": "io", "sentence": f"{error.strerror}.", "mend": refusals.mend("empty_file", language)}
    return {"file": path.name, **said}


def lines(said: dict[str, Any], out: Path | None) -> Iterator[str]:
    """The same in lines for a person, in the language in force."""
    if "error" in said:
        yield f"{said['file']}: {said['sentence']} {said['mend']}"
        return
    yield f"{said['file']} ({said['layout']}, {said['encoding']})"
    yield "  " + _(
        "%(rows_in)s rows in = %(kept)s kept + %(already_there)s already there + %(duplicates)s duplicates"
        " + %(rejected)s rejected"
    ) % {k: f"{said[k]:,}" for k in ("rows_in", "kept", "already_there", "duplicates", "rejected")}
    yield "  " + _("%(seconds)s s, %(rate)s rows per second") % {
        "seconds": said["seconds"], "rate": f"{said['rows_per_second']:,}",
    }  # fmt: skip
    for label, counts in ((_("Repaired"), said["repairs"]), (_("Worth a look"), said["notes"])):
        if counts:
            yield f"  {label}: " + ", ".join(f"{code} {n:,}" for code, n in sorted(counts.items()))
    if said["unknown_columns"]:
        yield "  " + _("Columns that were not read: %(names)s") % {"names": ", ".join(said["unknown_columns"])}
    for one in said["rejections"]:
        where = _("line %(line)s") % {"line": one["line"]}
        field = f", {one['field']}" if one["field"] else ""
        yield f"  {where}{field}: {one['sentence']} {one['mend']}"
    yield from _what_else(said, out)


def _what_else(said: dict[str, Any], out: Path | None) -> Iterator[str]:
    """Where the rejected rows are that were not shown."""
    if not said["rejected"]:
        return
    if out:
        yield "  " + _("All rejected rows, with their text: %(path)s") % {"path": out}
    elif said["rejected"] > SHOWN:
        yield "  " + _("Only the first are shown. To write all of them to a file: --rejected-out FILE")
    if said["rejected"] > MOST_REJECTED:
        text = _("The database keeps the first %(n)s rejected rows of a run.")
        yield "  " + text % {"n": f"{MOST_REJECTED:,}"}
