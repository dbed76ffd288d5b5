# SPDX-License-Identifier: Apache-2.0
"""`/live/<ocid>`: the room of a purchase, where its acts fall. `/live/<ocid>/events`, its stream, is not Django's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.kernel import clock
from vitrina.kernel.workdays import local_day
from vitrina.ledger import feed
from vitrina.ledger.models import Position
from vitrina.parties.models import Unit

from . import auction_room, queries
from .models import PurchaseCard

LAST_ACTS = 12  # those that the aside tells; all stand on the page of the purchase


@require_safe
def room(request: HttpRequest, ocid: str) -> HttpResponse:
    """What is happening in a purchase now, the clock, and each act with its ledger number."""
    card = get_object_or_404(PurchaseCard, ocid=ocid)
    rows = list(_acts(ocid))
    if not rows:
        raise Http404
    unit = Unit.objects.filter(key=card.unit_key).first()
    zone = unit.zone if unit else settings.TIME_ZONE
    now = clock.now()
    auctions = auction_room.shown_of(ocid, now, zone)  # after `rows`: what came since comes again in the stream
    context: dict[str, Any] = {
        "nav": "live",
        "card": card,
        "zone": zone,
        "now": now,
        "ledger_size": feed.head(),
        "stream": f"/live/{ocid}/events",
        "last": rows[0].position,
        "acts": [
            {**queries.act_of(row, {}), "url": "", "who": "", "is_dated": _is_of_another_day(row, now, zone)}
            for row in rows
        ],
        "pattern": [{"sentence": "-", "at": now, "number": rows[-1].position, "proof_url": _proof(rows[-1])}],
        "auctions": auctions,
        **_answer(rows, auctions),
    }
    return render(request, "portal/room.html", context)


def _is_of_another_day(row: Position, now: datetime, zone: str) -> bool:
    return local_day(row.entry.at, zone) != local_day(now, zone)


def _proof(row: Position) -> str:
    return reverse("portal:act", args=[row.position])


def _acts(ocid: str) -> Any:
    """The last acts of a purchase, newest first."""
    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}", entry__visibility="public")
    return rows.select_related("entry").order_by("-position")[:LAST_ACTS]


def _answer(rows: list[Position], auctions: list[dict[str, Any]]) -> dict[str, Any]:
    """State, headline and lead of the page: of the auction that goes on, else of the last act."""
    going = next((a for a in auctions if a["is_going"]), None) or (auctions[-1] if auctions else None)
    if going:
        told = {name: going[name] for name in ("headline", "lead", "state_kind", "state_text")}
        return {**told, "going": going["lot"] if going["is_going"] else None}
    return {
        "headline": rows[0].entry.event.sentence() + ".",
        "lead": _("Each act of this purchase shows here when it falls."),
        "state_kind": "wait",
        "state_text": _("Nothing is being held now"),
    }
