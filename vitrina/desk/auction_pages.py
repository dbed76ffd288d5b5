# SPDX-License-Identifier: Apache-2.0
"""A bidder's own place in an auction: the page, its facts as JSON, and the offers that its script sends.

An offer carries a key of its sender's: sent again over a bad line it is answered with what was answered first, and
never taken twice. Without scripts the form of `auction.offer` does the same in two pages.
"""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from vitrina.cycle.auction import acts, commands, shown
from vitrina.cycle.auction.events import REFUSALS
from vitrina.cycle.auction.folding import own_alias, room_of
from vitrina.cycle.auction.models import Auction, OfferKey
from vitrina.cycle.auction.queries import held_of
from vitrina.cycle.auction.room import Room
from vitrina.cycle.auction.states import Phase
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.words import money
from vitrina.cycle.planning.queries import lots_of as items_by_lot
from vitrina.kernel import clock
from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry, Position
from vitrina.parties.roles import Role

from . import auction_shown
from .inbox import open_processes, step_url
from .offices import Seat, seated
from .seal_api import BadRequest, answers, body_of, text_of

LONGEST_KEY = 64
LARGEST = 10**14  # centavos, as the forms take them


@require_GET
@ensure_csrf_cookie
@seated
def place(request: HttpRequest, seat: Seat, ocid: str, lot: int) -> HttpResponse:
    """`/mi-espacio/compra/<ocid>/subasta/<lot>/`: own place, limit, step and time; the offer in two gestures."""
    process, auction = _auction(seat, ocid, lot)
    room = room_of(auction)
    alias = _alias(seat, room)
    if not alias:
        return render(
            request, "desk/auction_not_yours.html", {"nav": "desk", "seat": seat, "process": process}, status=403
        )
    last = Position.objects.filter(entry__stream=process.stream).order_by("-position").first()
    facts = _facts(process, auction, room, alias, seat.at)
    context = {
        "nav": "desk",
        "seat": seat,
        "process": process,
        "lot": lot,
        "zone": process.unit.zone,
        "now": seat.at,
        "stream": f"/live/{ocid}/events",
        "last": last.position if last else 0,
        "data": {**facts, "urls": _urls(ocid, lot), "zone": process.unit.zone},
        "words": auction_shown.words(facts),
        "form_url": reverse("desk:step", args=[ocid, "auction.offer"]) + f"?key={lot}",
        "withdraw_url": step_url(ocid, "auction.withdraw_offer", str(lot)),
        "floor_url": step_url(ocid, "auction.leave_floor", str(lot)) if auction.takes_floors else "",
        **auction_shown.place(room, facts, alias),
    }
    return render(request, "desk/auction.html", context)


@require_GET
@seated
@answers
def facts(request: HttpRequest, seat: Seat, ocid: str, lot: int) -> JsonResponse:
    """The bidder's own facts now; with `?key=` what was answered to the offer of that key, if it arrived."""
    process, auction = _auction(seat, ocid, lot)
    room = room_of(auction)
    alias = _alias(seat, room)
    if not alias:
        raise Http404
    told = _facts(process, auction, room, alias, seat.at)
    if key := request.GET.get("key", ""):
        first = auction.keys.select_related("entry").filter(alias=alias, key=key[:LONGEST_KEY]).first()
        told["first"] = _answer_of(first) if first else None
    return JsonResponse(told)


@require_POST
@seated
@answers
def offers(request: HttpRequest, seat: Seat, ocid: str, lot: int) -> JsonResponse:
    """Take an offer, `{amount, idempotency_key, seen_seq, rules?, is_meant?}`: 201 with its number, or 409 with why.

    `amount`: decimal text for the whole lot, null to take a hidden offer back. A `seen_seq` that is old is no error.
    """
    found = body_of(request)
    key, rules = text_of(found, "idempotency_key"), text_of(found, "rules", optional=True)
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadRequest(_("«%(name)s» must be text.") % {"name": "idempotency_key"})
    centavos = _centavos(found.get("amount"))
    process, auction = _auction(seat, ocid, lot)
    if centavos and not found.get("is_meant"):
        room = room_of(auction)
        alias = _alias(seat, room)
        if alias and _is_to_ask(auction, room, alias, key, centavos):
            told = {"code": "confirm", "message": auction_shown.asked_twice()}
            return JsonResponse({**told, "own": _facts(process, auction, room, alias, seat.at)}, status=409)
    try:
        given = {"centavos": centavos, "received_at": _received_at(request), "key": key, "rules": rules}
        entry = commands.offer(seat.actor, ocid, at=seat.at, lot=lot, **given)
    except commands.Repeated as repeated:
        answer = {
            "code": "duplicate",
            "message": str(repeated.refusals[0].message),
            "first": _answer_of(repeated.first),
        }
    except Refused as refused:
        answer = {"code": refused.codes[0], "message": str(refused.refusals[0].message)}
    else:
        answer = _answer(entry)
    room = room_of(auction)
    alias = _alias(seat, room)
    own = _facts(process, auction, room, alias, seat.at) if alias else None
    return JsonResponse({**answer, "own": own}, status=409 if answer["code"] else 201)


def _received_at(request: HttpRequest) -> datetime:
    """When the request had arrived whole: before it waited for a thread, and before it waits for the ledger."""
    received, now = request.META.get("asgi.scope", {}).get("vitrina.received"), clock.now()
    waited = (time.monotonic_ns() - received) // 1000 if received else 0  # after the clock, which may ask the database
    return now - timedelta(microseconds=waited)


def _auction(seat: Seat, ocid: str, lot: int) -> tuple[Process, Auction]:
    """A purchase that the actor may see, and the auction of a lot of it that was not skipped."""
    rows = Auction.objects.select_related("process__unit", "process__buyer").exclude(state=Phase.SKIPPED)
    auction = rows.filter(process__in=open_processes(seat.actor).filter(ocid=ocid), lot=lot).first()
    if auction is None:
        raise Http404
    return auction.process, auction


def _alias(seat: Seat, room: Room) -> str:
    """The alias of the actor's company; empty where it takes no part."""
    return own_alias(room, seat.actor.supplier_key) if seat.actor.role is Role.SUPPLIER else ""


def _urls(ocid: str, lot: int) -> dict[str, str]:
    return {name: reverse(f"desk:auction_{name}", args=[ocid, lot]) for name in ("facts", "offers")}


def _is_to_ask(auction: Auction, room: Room, alias: str, key: str, centavos: int) -> bool:
    if not shown.asks_twice(room, alias, centavos):
        return False
    return not auction.keys.filter(alias=alias, key=key).exists()


def _centavos(given: Any) -> int | None:
    if given is None:
        return None
    try:
        amount = Money.parse(given) if isinstance(given, str) else None
    except ValueError:
        amount = None
    if amount is None or not -LARGEST < amount.centavos < LARGEST:
        raise BadRequest(_("«%(name)s» must be text.") % {"name": "amount"})
    return amount.centavos


def _facts(process: Process, auction: Auction, room: Room, alias: str, at: datetime) -> dict[str, Any]:
    """What the page knows of its bidder, plain values; amounts are decimal text."""
    items = items_by_lot(process).get(auction.lot, [])
    per = room.multiple if room.multiple > 1 and len(items) == 1 else 1
    held = room.floors.get(alias)
    told = {
        **shown.own(room, alias),
        **{k: v for k, v in shown.snapshot(room, now=at).items() if k in CLOCK},
        "lot": auction.lot,
        "per": str(per),
        "unit": items[0].unit_name if per > 1 else "",
        "floor": shown.text(held.centavos) if held and held.centavos is not None else None,
        "rules": digest_of(acts.plain(room.rules)),
        "is_hidden": bool(room.segment and room.segment.is_hidden),
        "can_withdraw": bool(room.rules.withdraw and room.segment and room.segment.is_hidden),
    }
    hidden = held_of(auction, alias) if told["can_withdraw"] else None
    told["held"] = None if hidden is None else shown.text(hidden)
    if told["limit"] is not None:
        most = Money.parse(told["limit"]).centavos
        told["ask_below"] = shown.text(math.ceil(most * (1 - room.rules.confirm_share)))
    return told


CLOCK = frozenset({"server_now", "state", "part", "turn", "ends_at", "remaining_ms", "step", "leader", "bidders"})


def _answer_of(first: OfferKey) -> dict[str, Any]:
    placed = Position.objects.filter(entry=first.entry).first()
    answer = _answer(first.entry, placed.position if placed else None)
    return {**answer, "amount": None if first.centavos is None else shown.text(first.centavos)}


def _answer(entry: Entry, position: int | None = None) -> dict[str, Any]:
    """What became of an offer, from its entry: the receipt, whether it was taken or not."""
    event: Any = entry.event
    code = getattr(event, "code", "")
    limit = getattr(event, "limit", None)
    return {
        "code": code,
        "message": _("Not accepted: %(why)s.") % {"why": REFUSALS[code]()} if code else "",
        "limit": str(limit) if limit else None,
        "amount": str(event.amount) if event.amount else None,
        "amount_words": money(event.amount) if event.amount else "",
        "is_hidden": entry.kind == "offer.hidden",
        "seq": entry.seq,
        "at": shown.iso(entry.at),
        "received_at": shown.iso(event.received_at),
        "digest": entry.digest,
        "position": position,
    }
