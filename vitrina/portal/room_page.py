# SPDX-License-Identifier: Apache-2.0
"""`/live/<ocid>`: the room of a purchase, where its acts fall. `/live/<ocid>/events`, its stream, is not Django's.

The server draws everything; the stream says when to look again, and without scripts the page loads itself again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from vitrina.kernel import clock
from vitrina.kernel.workdays import local_day
from vitrina.ledger import feed
from vitrina.ledger.models import Position
from vitrina.parties.models import Unit

from . import auction_room, queries
from .agenda.schedule import AUCTION
from .models import PurchaseCard, ScheduledAct
from .rooms import acts, asking

LAST_ACTS = 12  # those that the aside tells; all stand on the page of the purchase


@require_safe
def room(request: HttpRequest, ocid: str) -> HttpResponse:
    """What is happening in a purchase now, the clock, who is there, and each act with its ledger number.

    `acto` chooses one of its acts; else the one that goes on, was just held, comes next, or was last.
    """
    card = get_object_or_404(PurchaseCard, ocid=ocid)
    rows = list(_acts(ocid))
    if not rows:
        raise Http404
    zone = Unit.objects.filter(key=card.unit_key).values_list("zone", flat=True).first() or settings.TIME_ZONE
    now = clock.now()
    told = acts.told_of(ocid)
    scheduled = list(ScheduledAct.objects.filter(ocid=ocid).order_by("starts_at", "id"))
    act = acts.chosen(scheduled, request.GET.get("acto", ""), now)
    context: dict[str, Any] = {
        "nav": "calendar",
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
        "act": act,
        "acts_of_purchase": [acts.listed(one, card, zone, now) for one in scheduled],
        "documents": acts.documents(told),
        **acts.shown(act, told, zone, now),
        **(_auctions(ocid, now, zone) if act is not None and act.kind == AUCTION else {}),
        **asking.shown(ocid, whole=request.GET.get("preguntas") == "todas"),
        "just_asked": request.GET.get("pregunta", "").isdigit(),
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


def _auctions(ocid: str, now: datetime, zone: str) -> dict[str, Any]:
    """The auctions of the purchase; state, headline and lead are those of the one that goes on, else of the last."""
    auctions = auction_room.shown_of(ocid, now, zone)  # after the rows: what came since comes again in the stream
    going = next((a for a in auctions if a["is_going"]), None) or (auctions[-1] if auctions else None)
    if going is None:
        return {}
    told = {name: going[name] for name in ("headline", "lead", "state_kind", "state_text")}
    return {**told, "auctions": auctions, "countdown": None, "going": going["lot"] if going["is_going"] else None}
