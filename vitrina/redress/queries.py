# SPDX-License-Identifier: Apache-2.0
"""Sanctions that stand, as their entries tell them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from .events import SanctionRef
from .models import Sanction


def standing() -> list[tuple[SanctionRef, datetime]]:
    """`(sanction, when it was published)` of every one that was neither withdrawn nor erased, by id."""
    rows = Sanction.objects.filter(withdrawn_at__isnull=True).select_related("entry__erasure").order_by("id")
    found = []
    for row in rows:
        if not row.entry.is_erased:
            event: Any = row.entry.event
            found.append((event.sanction, row.entry.at))
    return found


class Told(NamedTuple):
    """A sanction as it was published: by which entry and when; `withdrawn_at` where it no longer stands."""

    sanction: SanctionRef
    entry_id: int
    published_at: datetime
    withdrawn_at: datetime | None


def of_rfc(rfc: str) -> list[Told]:
    """Every sanction that was published of a supplier, also those that no longer stand, the newest first."""
    if not rfc:
        return []
    rows = Sanction.objects.filter(entry__body__contains=f'"rfc":"{rfc}"').select_related("entry__erasure")
    found = []
    for row in rows.order_by("-entry_id"):
        if row.entry.is_erased:
            continue
        event: Any = row.entry.event
        if event.sanction.rfc == rfc:
            found.append(Told(event.sanction, row.entry_id, row.entry.at, row.withdrawn_at))
    return found
