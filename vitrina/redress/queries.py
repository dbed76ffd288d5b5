# SPDX-License-Identifier: Apache-2.0
"""Sanctions that stand, as their entries tell them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from vitrina.cycle.core.barred import Bar

from .events import OfficialSanctionRef, SanctionRef
from .models import Sanction

S = TypeVar("S", SanctionRef, OfficialSanctionRef)


def standing() -> list[tuple[SanctionRef, datetime]]:
    """`(sanction, when it was published)` of every one of a supplier that was neither withdrawn nor erased, by id."""
    return _standing(SanctionRef)


def standing_of_officials() -> list[tuple[OfficialSanctionRef, datetime]]:
    """As `standing`, of officials for grave faults."""
    return _standing(OfficialSanctionRef)


def _standing(of: type[S]) -> list[tuple[S, datetime]]:
    rows = Sanction.objects.filter(withdrawn_at__isnull=True).select_related("entry__erasure").order_by("id")
    events = ((row.entry.event, row.entry.at) for row in rows if not row.entry.is_erased)
    return [(event.sanction, at) for event, at in events if isinstance(event.sanction, of)]


def debarred(rfcs: Collection[str], on: date) -> dict[str, Bar]:
    """RFC -> the debarment in force on a day, of those who have one; the one that ends last. Both ends are within."""
    found: dict[str, Bar] = {}
    for s, _published in standing():
        if s.rfc not in rfcs or not (s.debarred_from and s.debarred_until):
            continue
        bar = Bar(s.id, s.authority, s.file, s.debarred_from, s.debarred_until)
        if bar.first <= on <= bar.last and (s.rfc not in found or found[s.rfc].last < bar.last):
            found[s.rfc] = bar
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
