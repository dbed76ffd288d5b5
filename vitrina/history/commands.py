# SPDX-License-Identifier: Apache-2.0
"""Bringing a file in: every row becomes an entry once, or is explained. Transactions stay short, for the sequencer."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from vitrina.compranet.ocds import process_key
from vitrina.compranet.readers import Reading, Record, read
from vitrina.compranet.records import Rejected, Summary
from vitrina.compranet.source import opened
from vitrina.kernel import ids
from vitrina.ledger.append import append_many
from vitrina.parties.commands import OPERATOR

from .events import event_for
from .models import ImportedRow, ImportRun, RejectedRow
from .queries import match_key, row_key, unknown

LOCK = 0x5653_494D  # advisory lock: batches of two imports at once take turns
MOST_REJECTED = 1000  # rejected rows kept by run: a wrong file must not fill the database
SHOWN_TEXT = 1000
SECONDS = 0.5  # what a transaction should take
FIRST_BATCH, SMALLEST_BATCH, LARGEST_BATCH = 250, 25, 1000

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did: its run, the reader's summary, the seconds it took."""

    run: ImportRun
    summary: Summary
    seconds: float


def import_file(
    path: str | Path,
    *,
    at: datetime,
    progress: Progress = lambda _line, _lines, _rows: None,
    rejected: Callable[[Rejected], None] = lambda _row: None,
) -> Outcome:
    """Append every record of an official file that the ledger does not hold, and keep the rows that cannot be read.

    A row is known by its record's key and the digest of its cells: the same file again appends nothing, a row that
    changed appends its new state to the same purchase. `progress(line, lines, rows)` is called after each batch,
    `rejected` with each rejected row, also beyond the thousand that are kept. What is done stays done when cut short.
    Errors: `UnreadableFileError` when no row can be read; nothing is written then.
    """
    path, began = Path(path), time.monotonic()
    reading = read(path)
    summary = reading.summary
    run = _begin(summary, at)
    n_lines = _count_lines(path)
    for batch in _batches(reading):
        for item in batch:
            if isinstance(item, Rejected):
                rejected(item)
        _load(run, summary, batch, at)
        progress(_line(batch[-1]), n_lines, summary.rows_in)
    _load(run, summary, [], at)
    seconds = time.monotonic() - began
    run.finished_at = at + timedelta(seconds=seconds)
    run.save(update_fields=["finished_at"])
    progress(n_lines, n_lines, summary.rows_in)
    return Outcome(run, summary, seconds)


@transaction.atomic
def _begin(summary: Summary, at: datetime) -> ImportRun:
    """A new run; what an earlier one of the same file could not read will be found again."""
    RejectedRow.objects.filter(run__sha256=summary.sha256).delete()
    return ImportRun.objects.create(
        file=summary.file[:255], sha256=summary.sha256, layout=summary.layout, encoding=summary.encoding, started_at=at
    )


def _batches(reading: Reading) -> Iterator[list[Record | Rejected]]:
    """The items in batches whose size follows the time that the last one took to be written."""
    size = FIRST_BATCH
    while batch := list(islice(reading, size)):
        began = time.monotonic()
        yield batch
        fitting = int(size * SECONDS / max(time.monotonic() - began, 0.001))
        size = max(SMALLEST_BATCH, min(LARGEST_BATCH, fitting))


@transaction.atomic
def _load(run: ImportRun, summary: Summary, batch: list[Record | Rejected], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    records = [item for item in batch if not isinstance(item, Rejected)]
    fresh = unknown(records)
    entries = append_many([(stream_of(r), event_for(r)) for r in fresh], actor=OPERATOR, at=at)
    ImportedRow.objects.bulk_create(
        ImportedRow(
            key=row_key(r), row_sha256=r.source.row_sha256, layout=r.source.layout, match_key=match_key(r), entry=entry
        )
        for r, entry in zip(fresh, entries, strict=True)
    )
    room = max(0, MOST_REJECTED - run.rejected)
    refused = [item for item in batch if isinstance(item, Rejected)]
    RejectedRow.objects.bulk_create(_rejected_rows(run, refused[:room]))
    run.rows_in, run.duplicates = summary.rows_in, summary.duplicates
    run.rejected += len(refused)
    run.kept += len(fresh)
    run.already_there += len(records) - len(fresh)
    run.save()


def stream_of(record: Record) -> str:
    """The stream of the purchase that a record belongs to; contracts share it with their procedure."""
    return f"ocid:{ids.ocid(settings.OCID_PREFIX, process_key(record))}"


def _rejected_rows(run: ImportRun, refused: Iterable[Rejected]) -> Iterator[RejectedRow]:
    for row in refused:
        for problem in row.problems:
            yield RejectedRow(
                run=run,
                line=row.line,
                row=row.row,
                field=visible(problem.field)[:120],
                reason=problem.code,
                value=visible(problem.value)[:120],
                limit=problem.limit[:20],
                text=visible(row.text)[:SHOWN_TEXT],
            )


def visible(text: str) -> str:
    """The text with a sign for each character that cannot be shown; the database refuses the null character."""
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c not in "\n\t" else c for c in text)


def _line(item: Record | Rejected) -> int:
    return item.line if isinstance(item, Rejected) else item.source.line


def _count_lines(path: Path) -> int:
    with opened(path) as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
