# SPDX-License-Identifier: Apache-2.0
"""The projection of the schedule: one row for each act of each purchase. Nobody else writes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from vitrina.cycle.contracting.terms import term
from vitrina.cycle.core.models import Process
from vitrina.ledger import bulk
from vitrina.ledger.erasing import BodyErased
from vitrina.ledger.models import Position
from vitrina.ledger.projections import Placed, Projection, register
from vitrina.portal.models import ScheduledAct

from .schedule import WHICH, Act, Term, Told, fold


def acts_of(ocid: str, until: int) -> list[Act]:
    """The acts of a purchase after the entry at position `until`."""
    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}", entry__kind__in=WHICH, position__lte=until)
    placed = rows.filter(entry__visibility="public").select_related("entry").order_by("position")
    return fold((Told(row.position, row.entry.at, row.entry.event) for row in placed), _signature_by(ocid))


def _signature_by(ocid: str) -> Term:
    """The last instant for signing after a ruling, by the rulebook that the purchase keeps."""

    def by(ruled_at: datetime) -> datetime | None:
        process = Process.objects.select_related("unit", "buyer").filter(ocid=ocid).first()
        running = term(process, "term.award_to_signature.max", ruled_at) if process else None
        return running.closes_at if running else None

    return by


def _apply(batch: Sequence[Placed]) -> None:
    changed = {p.entry.ocid: p.position for p in batch if p.entry.ocid and p.entry.kind in WHICH | {BodyErased.kind}}
    rows = [{"id": f"{act.key}.{ocid}", "ocid": ocid, **dataclasses.asdict(act)}
            for ocid, until in changed.items() for act in acts_of(ocid, until)]  # fmt: skip
    ScheduledAct.objects.filter(ocid__in=changed).delete()
    bulk.insert(ScheduledAct, rows)


register(Projection("schedule", (ScheduledAct,), _apply))
