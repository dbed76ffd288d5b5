# SPDX-License-Identifier: Apache-2.0
"""The acts of a room: which one it shows, what it says of it, the parts that only this kind of act has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.cycle.auction import events as auction
from vitrina.cycle.opening import board as boards
from vitrina.ledger.models import Position
from vitrina.portal import opening_page
from vitrina.portal.agenda import pages as agenda
from vitrina.portal.agenda import words as act_words
from vitrina.portal.agenda.queries import Shown
from vitrina.portal.agenda.schedule import AUCTION, CANCELLED, DEADLINES, KINDS, OPENING
from vitrina.portal.models import PurchaseCard, ScheduledAct

from . import presence, words

# Thousands of them may stand in one purchase, and nothing that a room says of its acts comes from them.
_FAST = (auction.OfferMade, auction.OfferRefused, auction.FloorCommitted, auction.TurnBegun)
OFFERS = frozenset(event.kind for event in _FAST)
ATTENDED = frozenset({OPENING, AUCTION})  # acts into which people sign in; of the others the call says who watches
LATEST = 12  # documents beside the page
SOON = timedelta(hours=2)  # so long before an act its room turns to it
STAYS = timedelta(hours=24)  # so long the room shows what was just held


def told_of(ocid: str) -> list[boards.Told]:
    """The public entries of a purchase that its room reads, in order; an auction's own page folds its offers."""
    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}", entry__visibility="public")
    rows = rows.exclude(entry__kind__in=OFFERS).select_related("entry").order_by("position")
    return [boards.Told(row.position, row.entry.at, row.entry.event) for row in rows]


def chosen(acts: Sequence[ScheduledAct], key: str, now: datetime) -> ScheduledAct | None:
    """The act with a key (or the first of a kind); else what goes on, comes next, or was last. 404 for none."""
    if key:
        found = next((a for a in acts if key in {a.key, a.kind}), None)
        if found is None and key not in KINDS:
            raise Http404
        return found
    alive = [a for a in acts if a.status != CANCELLED]
    going = [a for a in alive if a.began_at and not a.ended_at]
    waiting = [a for a in alive if not a.began_at]
    soon = [a for a in waiting if a.kind not in DEADLINES and a.starts_at - now < SOON]
    over = sorted((a for a in alive if a.ended_at), key=lambda a: a.ended_at or now, reverse=True)
    fresh = [a for a in over if a.ended_at and now - a.ended_at < STAYS]
    if first := going or soon or fresh or waiting:
        return first[0]
    return max(acts, key=lambda a: (a.changed_at, a.kind == OPENING), default=None)


def shown(act: ScheduledAct | None, told: Sequence[boards.Told], zone: str, now: datetime) -> dict[str, Any]:
    """Headline, lead, state, clock, who is there, and the parts that only this kind of act has."""
    if act is None:
        lead = _("Meetings, openings and rulings appear here as soon as the call gives them a date.")
        none = _("No public act of this purchase has a date yet.")
        return {"headline": none, "lead": lead, "state_kind": "wait", "state_text": _("Not called yet")}
    if act.kind == OPENING and (board := boards.read(told)).openers:
        return {**_common(act, told, zone, now), **_opening(board, act.ocid, zone)}
    last = next(t.event for t in reversed(told) if t.position == act.position)
    headline, lead = words.told(act, last, now, zone)
    return {**_common(act, told, zone, now), "headline": headline, "lead": lead}


def _common(act: ScheduledAct, told: Sequence[boards.Told], zone: str, now: datetime) -> dict[str, Any]:
    kind, text = act_words.state(act, now)
    caller = next((t for t in told if t.event.kind == "call.published"), None)
    signer = Position.objects.select_related("entry").get(position=caller.position).entry.actor if caller else {}
    is_ahead = act.began_at is None and act.status == "confirmed" and act.starts_at > now
    return {
        "act_name": act_words.name(act),
        "state_kind": kind,
        "state_text": text,
        "countdown": act.starts_at if is_ahead else None,
        "change": act_words.change(act, zone) if act.sequence and act.kind == OPENING else "",
        "is_attended": act.kind in ATTENDED,
        "present": presence.rows(act, told, signer.get("name", "")),
    }


def _opening(board: boards.Board, ocid: str, zone: str) -> dict[str, Any]:
    """The board of the envelopes, with its audit once they were opened."""
    shown = {**opening_page.shown_of(board, zone), **opening_page.audit_of(board, ocid)}
    for name in ("state_kind", "state_text"):
        shown.pop(name)
    return shown


def listed(act: ScheduledAct, card: PurchaseCard, zone: str, now: datetime) -> dict[str, Any]:
    """An act of the purchase as the list at the end shows it, leading to its own place in this room."""
    address = f"{reverse('portal:room', args=[act.ocid])}?acto={act.key}"
    return {**agenda.row(Shown(act, card, zone), now), "url": address, "title": "", "unit": ""}


def documents(told: Sequence[boards.Told]) -> list[dict[str, Any]]:
    """What can be read, the last first: each document of an act once, with the number of the act that published it."""
    found: dict[str, dict[str, Any]] = {}
    for one in told:
        for document in one.event.documents:
            url = reverse("document", args=[document.sha256])
            of = getattr(getattr(one.event, "bidder", None), "name", "")
            found[document.sha256] = {"label": document.title, "of": of, "url": url, "number": one.position}
    return list(found.values())[::-1][:LATEST]
