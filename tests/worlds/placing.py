# SPDX-License-Identifier: Apache-2.0
"""Placing what was written within a transaction that will be undone: the sequencer waits for commits, a test cannot."""

from __future__ import annotations

from django.db.models import Max

from vitrina.ledger.models import Outbox, Position
from vitrina.ledger.projections import PROJECTIONS, advance


def place_here() -> None:
    """Give every waiting entry its position, in the order of writing, and bring the projections up to date."""
    head = Position.objects.aggregate(head=Max("position"))["head"] or 0
    waiting = list(Outbox.objects.order_by("entry_id").values_list("entry_id", flat=True))
    Position.objects.bulk_create(
        Position(position=n, entry_id=entry) for n, entry in enumerate(waiting, start=head + 1)
    )
    Outbox.objects.filter(entry_id__in=waiting).delete()
    for projection in PROJECTIONS.values():
        advance(projection)
