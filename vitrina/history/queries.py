# SPDX-License-Identifier: Apache-2.0
"""What is already in the ledger, and what happened to a file."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from vitrina.compranet.readers import Record
from vitrina.compranet.records import ImportedContract

from .models import ImportedRow, ImportRun, RejectedRow


def row_key(record: Record) -> str:
    """The record's key as `ImportedRow` holds it, cut to its column."""
    return record.key[:200]


def match_key(record: Record) -> str:
    """What is equal for the same contract in two layouts; empty for a procedure."""
    return record.match_key if isinstance(record, ImportedContract) else ""


def unknown(records: Sequence[Record]) -> list[Record]:
    """Those records that the ledger does not hold: neither this row, nor the same contract from another layout."""
    keys = {row_key(r) for r in records}
    matches = {m for r in records if (m := match_key(r))}
    rows = set(ImportedRow.objects.filter(key__in=keys).values_list("key", "row_sha256"))
    elsewhere = set(ImportedRow.objects.filter(match_key__in=matches).values_list("match_key", "layout"))
    layouts: dict[str, set[str]] = {}
    for match, layout in elsewhere:
        layouts.setdefault(match, set()).add(layout)
    return [
        r
        for r in records
        if (row_key(r), r.source.row_sha256) not in rows and not layouts.get(match_key(r), set()) - {r.source.layout}
    ]


def runs() -> QuerySet[ImportRun]:
    """Every reading of a file, the latest first."""
    return ImportRun.objects.order_by("-id")


def rejections(run: ImportRun) -> QuerySet[RejectedRow]:
    """What was kept of the rows that a run could not read, in file order."""
    return run.rejected_rows.order_by("line", "id")
