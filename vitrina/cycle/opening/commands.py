# SPDX-License-Identifier: Apache-2.0
"""What is done in the opening act."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from vitrina.cycle.bidding.commands import open_received
from vitrina.cycle.bidding.disclosure import set_aside
from vitrina.cycle.clarifying.queries import is_closed as is_meeting_closed
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.research.queries import revelation
from vitrina.cycle.tendering.limits import calendar_of, rule_of
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel.money import Money, total
from vitrina.kernel.text import has_unsafe_characters
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.models import Person

from .events import (
    AttendanceNoted,
    Attendee,
    BidsOpened,
    OpeningClosed,
    OpeningStarted,
    ReferencePriceRevealed,
    RevealedPrice,
    RevealedRequest,
    RevealedSource,
)
from .models import Act, Attendance
from .queries import act_of, opened_event, started_event
from .states import TABLE

MAX_OBSERVATIONS = 4000


@command("opening.start")
def start(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Begin the act at or after the hour of the call, and tell the reference price. The last entry is the price's.

    Refuses before that hour, without a published call, and while the clarification meeting is open.
    """
    tender = tender_of(process)
    if tender is None:
        raise refuse("not-called", _("The call is not published yet."))
    if at < tender.opening_at:
        hour = formats.date_format(timezone.localtime(tender.opening_at, process.zone), "DATETIME_FORMAT")
        raise refuse("early", _("The act begins on %(hour)s, not before.") % {"hour": hour})
    if not is_meeting_closed(process):
        message = _("The clarification meeting is still open. Answer what is asked and close it first.")
        raise refuse("clarification", message, article="33 Bis")
    act = act_of(process) or Act(process=process, state="", started_at=at)
    move(act, TABLE, "start")
    act.save(force_insert=True)
    event = OpeningStarted(scheduled_at=tender.opening_at, presided_by=_attendee(actor))
    started = record(actor, process, event, at=at)
    revealed = _revealed(process)
    return record(actor, process, revealed, at=at) if revealed.prices else started


def _revealed(process: Process) -> ReferencePriceRevealed:
    found = revelation(process)
    prices = tuple(
        RevealedPrice(
            item=p["item_number"],
            unit_price=Money.parse(p["unit_price"]),
            statistic=p["statistic"],
            n_sources=p["n_sources"],
            salt=p["salt"],
            commitment=p["commitment"],
        )
        for p in found["prices"]
    )
    sources = tuple(
        RevealedSource(
            item=s["item_number"],
            kind=s["kind"],
            origin=s["origin"],
            unit_price=Money.parse(s["unit_price"]),
            observed_on=date.fromisoformat(s["observed_on"]),
        )
        for s in found["sources"]
    )
    requests = tuple(
        RevealedRequest(
            number=r["number"],
            companies=tuple(r["companies"]),
            requested_at=datetime.fromisoformat(r["requested_at"]),
            due_at=datetime.fromisoformat(r["due_at"]),
        )
        for r in found["requests"]
    )
    quantities = {item.number: item.quantity for item in items_of(process)}
    amounts = [p.unit_price.times(quantities[p.item]) for p in prices]
    return ReferencePriceRevealed(prices=prices, sources=sources, requests=requests, total=total(amounts))


@command("opening.attend")
def attend(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Sign in to the act, once, from its start to its end."""
    act = _act(process)
    move(act, TABLE, "attend")
    if Attendance.objects.filter(process=process, person=actor.person_id).exists():
        raise refuse("again", _("Your attendance is already noted."))
    attendee = _attendee(actor)
    Attendance.objects.create(
        process=process,
        person_id=actor.person_id,
        role=attendee.role,
        name=attendee.name,
        position=attendee.position,
        party=attendee.party,
        noted_at=at,
    )
    return record(actor, process, AttendanceNoted(attendee=attendee), at=at)


@command("opening.open_bids")
def open_bids(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Open every envelope: one entry each, then one that counts them. With no bid at all, only the last."""
    act = _act(process)
    move(act, TABLE, "open_bids")
    act.opened_at = at
    act.save()
    entries = open_received(actor, process, at=at)
    return record(actor, process, BidsOpened(n_bids=len(entries), set_aside=set_aside(process)), at=at)


@command("opening.close")
def close(actor: Actor, process: Process, *, at: datetime, observations: str = "") -> Entry:
    """End the act with its minutes. `observations`: what those who attended asked to be written down."""
    if len(observations) > MAX_OBSERVATIONS or has_unsafe_characters(observations):
        message = _("Write at most %(n)d characters of plain text.") % {"n": MAX_OBSERVATIONS}
        raise refuse("observations", message, field="observations")
    act = _act(process)
    move(act, TABLE, "close")
    act.closed_at = at
    act.save()
    opened, tender = opened_event(process), tender_of(process)
    told = {bid.bid for bid in opened.set_aside}
    cal, limit = calendar_of(process), rule_of(process, "term.opening_to_award.max", at)
    days = (cal.local_day(tender.award_by) - cal.local_day(act.started_at)).days
    event = OpeningClosed(
        started_at=act.started_at,
        presided_by=started_event(process).presided_by,
        attendees=tuple(
            Attendee(role=a.role, name=a.name, party=a.party, position=a.position)
            for a in Attendance.objects.filter(process=process)
        ),
        n_bids=opened.n_bids,
        observations=observations.strip(),
        award_by=tender.award_by,
        set_aside=tuple(b for b in set_aside(process) if b.bid not in told),
        rules=(applied(limit, days),),
    )
    return record(actor, process, event, at=at)


def _act(process: Process) -> Act:
    act = act_of(process)
    if act is None:
        raise refuse("state", _("The opening act has not begun."))
    return act


def _attendee(actor: Actor) -> Attendee:
    signer = actor.signer
    position = "" if actor.supplier_key else Person.objects.get(pk=actor.person_id).position
    return Attendee(role=signer.role, name=signer.name, party=signer.party, position=position)
