# SPDX-License-Identifier: Apache-2.0
"""What is done in an auction. The purchase's row lock orders the offers; what follows from each `engine` says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.cycle.clarifying import aliases
from vitrina.cycle.core.command import command, record_all
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refusal, Refused, refuse
from vitrina.cycle.evaluation import queries as evaluation
from vitrina.kernel import ids
from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money
from vitrina.kernel.states import NoMove
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.parties.actors import PLATFORM, Actor

from . import acting, acts, engine, folding, guards, keeping
from .acts import Attempt, Told
from .events import OfferHidden, written
from .folding import own_alias, room_of
from .justifying import commands as justifying
from .models import Auction, EntrantRow, FloorRow, HiddenOffer, OfferKey
from .queries import (
    GOING,
    auction_of,
    entries_of,
    held_of,
    hidden_of,
    multiple_of,
    solvent_bids,
)
from .room import Room, apply
from .states import Phase

# What is a rule of the procedure stands in the profile (`doors_s`, `queue_s`, `max_gap_s`). These two say how the
# platform keeps those rules, and nobody wins or loses by them.
# The sign of life is renewed so often: a fraction of the silence that pauses an auction (`max_gap_s`, 20 s as
# proposed), because what is given back after one is exact to this; more often would write each second for nothing.
ALIVE = timedelta(seconds=5)
# An open clock closes after so long with nothing written: whatever arrived in time waits for the row lock, whose turns
# are far shorter (`benchmarks.last_second`); `queue_s` ends the wait in any case.
QUIET = timedelta(seconds=2)
OVER = frozenset({Phase.CLOSED, Phase.REVEALED, Phase.CERTIFIED, Phase.VOIDED})
FLOOR_REFUSALS = {
    "no_floors": lambda: _("No floor can be left in this auction."),
    "closed": lambda: _("No floor can be left any more."),
    "not_positive": lambda: _("Write an amount."),
    "not_multiple": lambda: _("It is no whole price per piece."),
    "raised": lambda: _("A floor can only be lowered."),
}


@command("auction.schedule")
def schedule(actor: Actor, process: Process, *, at: datetime, lot: int, starts_at: datetime) -> Entry:
    """Announce the auction of a lot, at least one working day ahead; with fewer than two bidders it is not held.

    Each solvent bid gets an alias drawn at random; nobody but the room knows which is whose until the end.
    """
    guards.require_due(process, lot)
    profile = guards.profile_at(process, at)
    auction = Auction(process=process, lot=lot, state="", takes_floors=profile.proxy)
    auction.save(force_insert=True)
    _draw_aliases(auction, solvent_bids(process, lot))
    entrants, multiple = folding.entrants_of(auction), multiple_of(process, lot)
    act = acting.announced(auction.name, lot, profile, entrants, starts_at=starts_at, multiple=multiple)
    if isinstance(act, acts.Scheduled):
        guards.require_notice(process, at, starts_at)
    return _write(actor, process, auction, room_of(auction), act, at=at)[-1]


@command("auction.reschedule")
def reschedule(actor: Actor, process: Process, *, at: datetime, lot: int, starts_at: datetime, reason: str) -> Entry:
    """Move the hour of an auction that has not begun, again with a working day's notice and a public reason."""
    auction = _auction(process, lot)
    guards.require_notice(process, at, starts_at)
    act = acts.Rescheduled(lot=lot, starts_at=starts_at, reason=guards.published_reason(reason))
    return _write(actor, process, auction, room_of(auction), act, at=at)[-1]


class Repeated(Refused):
    """An offer came again with the key of an earlier one; `first` is what was answered to that."""

    def __init__(self, first: OfferKey) -> None:
        super().__init__(Refusal("duplicate", str(_("This offer had arrived already."))))
        self.first = first


@command("auction.offer")
def offer(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    lot: int,
    centavos: int | None,
    received_at: datetime | None = None,
    key: str = "",
    rules: str = "",
) -> Entry:
    """An offer in the name of the actor's company; with None the withdrawal of a hidden one.

    `received_at`: when the server received it, before it waited for anything (`at` when not told): whether it was in
    time follows from that. What is not accepted is written too, with the reason and the limit: the entry is the
    receipt either way. The platform signs it, as nobody may know who is behind the alias. `key`: the sender's own,
    taken once. `rules`: digest of the profile that the sender saw. Errors: `Repeated`.
    """
    auction = _auction(process, lot)
    room = room_of(auction)
    alias = _own_alias(room, actor)
    if key and (first := auction.keys.select_related("entry").filter(alias=alias, key=key).first()):
        raise Repeated(first)
    room = _readable(process, auction, room, at)
    if rules and room.profile and rules != digest_of(acts.plain(room.profile)):
        raise refuse("stale_profile", _("The rules of the auction changed since this page was loaded. Load it again."))
    amount = None if centavos is None else Money(centavos)
    received = min(received_at or at, at)  # nothing is received after it is written, whatever two clocks say
    entry = _offered(process, auction, room, Attempt(alias=alias, received_at=received, amount=amount), at)
    if key:
        OfferKey.objects.create(auction=auction, alias=alias, key=key, centavos=centavos, entry=entry)
    return entry


@command("auction.withdraw_offer")
def withdraw_offer(actor: Actor, process: Process, *, at: datetime, lot: int) -> Entry:
    """Take back the hidden offer of the actor's company; what it asked before stands."""
    auction = _auction(process, lot)
    room = room_of(auction)
    alias = _own_alias(room, actor)
    if held_of(auction, alias) is None:
        raise refuse("nothing_held", _("Your company has no hidden offer to take back."))
    return _offered(process, auction, room, Attempt(alias=alias, received_at=at), at)


def _offered(process: Process, auction: Auction, room: Room, asked: Attempt, at: datetime) -> Entry:
    segment = room.segment
    if room.phase == Phase.RUNNING and segment is not None and segment.is_hidden and not segment.is_published:
        return _keep_hidden(process, auction, asked, engine.judge(room, asked).code, at)
    try:
        made = engine.receive(room, asked, seq=room.seq + 1, at=_instant(auction, at))
        return _write(PLATFORM, process, auction, room, *made, at=at)[0]
    except NoMove as error:
        code = "closed" if room.phase in OVER else "state"
        raise refuse(code, _("Nothing can be offered now.")) from error


@command("auction.leave_floor")
def leave_floor(actor: Actor, process: Process, *, at: datetime, lot: int, centavos: int) -> Entry:
    """Leave a floor with the room, or lower it: while the company does not lead, the room offers down to it.

    The ledger notes a digest; what the floor is, the room alone knows until the end, and whoever runs it with the key.
    """
    auction = _auction(process, lot)
    room = room_of(auction)
    alias = _own_alias(room, actor)
    room = _readable(process, auction, room, at)
    if code := engine.floor_refusal(room, alias, centavos):
        raise refuse(code, FLOOR_REFUSALS[code](), field="floor")
    commitment, sealed = keeping.sealed(auction, alias, centavos)
    FloorRow.objects.create(auction=auction, commitment=commitment, box=sealed)
    act = acts.FloorCommitted(lot=lot, alias=alias, commitment=commitment, received_at=at)
    room = replace(room, secrets=folding.secrets_of(auction))
    return _write(PLATFORM, process, auction, room, *_answered(auction, room, act, at), at=at)[0]


@command("auction.pause")
def pause(actor: Actor, process: Process, *, at: datetime, lot: int, cause: str, reason: str) -> Entry:
    """Stop the clock by a reasoned act: `official` or `force_majeure`. What is left is given back."""
    if cause not in {"official", "force_majeure"}:
        raise refuse("cause", _("Say whether it is force majeure."), field="cause")
    auction = _auction(process, lot)
    room = room_of(auction)
    try:
        act = engine.paused(room, at=_instant(auction, at), cause=cause, reason=guards.published_reason(reason))
    except ValueError as error:
        raise refuse("state", _("There is nothing to pause: no part of the auction is running.")) from error
    return _write(actor, process, auction, room, act, at=at)[-1]


@command("auction.resume")
def resume(actor: Actor, process: Process, *, at: datetime, lot: int, reason: str) -> Entry:
    """Let the clock go on, with exactly the time that was left."""
    auction = _auction(process, lot)
    room = room_of(auction)
    try:
        act = engine.resumed(room, at=_instant(auction, at), reason=guards.published_reason(reason))
    except ValueError as error:
        raise refuse("state", _("The auction is not paused.")) from error
    auction.alive_at = at
    entry = _write(actor, process, auction, room, act, at=at)[0]
    room = room_of(auction)
    _write(PLATFORM, process, auction, room, *engine.settle(room, at, at=_instant(auction, at)), at=at)
    return entry


@command("auction.void")
def void(actor: Actor, process: Process, *, at: datetime, lot: int, reason: str) -> Entry:
    """Declare an auction void, by a reasoned act alone."""
    auction = _auction(process, lot)
    return _write(
        actor, process, auction, room_of(auction), acts.Voided(lot=lot, reason=guards.published_reason(reason)), at=at
    )[-1]


@command("auction.certify")
def certify(actor: Actor, process: Process, *, at: datetime, lot: int) -> Entry:
    """Certify the result, which the ledger alone must give again; what does not hold is refused with where.

    Where the price of the first is marked as abnormally low, its bidder is asked to justify it by the same act.
    """
    auction = _auction(process, lot)
    try:
        act = acting.certified(entries_of(process), lot=lot)
    except acting.DoesNotHold as error:
        raise refuse("recompute", _("The ledger gives another result: %(why)s") % {"why": error}) from error
    except acting.NotYet as error:
        raise refuse("state", _("The auction has not ended.")) from error
    entry = _write(actor, process, auction, room_of(auction), act, at=at)[-1]
    justifying.ask_if_low(process, auction, at)
    return entry


def tend(at: datetime) -> int:
    """What the platform does by itself in auctions when their hour comes. Returns acts done."""
    going = Auction.objects.filter(state__in=[*GOING, Phase.CLOSED]).values_list("process_id", "lot")
    return sum(tend_lot(ocid, lot, at) for ocid, lot in going)


def tend_lot(ocid: str, lot: int, at: datetime) -> int:
    """What the platform does by itself in one auction. Returns acts done."""
    with transaction.atomic():
        process = Process.objects.select_for_update(of=("self",)).select_related("unit", "buyer").get(ocid=ocid)
        auction = _auction(process, lot)
        if process.halt or auction.state not in {*GOING, Phase.CLOSED}:
            return 0
        return _tend(process, auction, at)


def _tend(process: Process, auction: Auction, at: datetime) -> int:
    """Write what is due, one act after another, until nothing is."""
    alive = auction.alive_at or at
    if not _may_be_due(auction, alive, at):
        return 0
    room, done = room_of(auction), 0
    if room.at is not None and engine.was_silent(room, alive_at=alive, at=at):
        silent = "La plataforma estuvo fuera de servicio."
        act = engine.paused(room, at=_instant(auction, at), cause="system", reason=silent, alive_at=alive)
        _write(PLATFORM, process, auction, room, act, at=at)
        return 1
    if engine.has_lost_floors(room):
        _readable(process, auction, room, at)
        return 1
    while act := _due(room, auction, _instant(auction, at)):
        hidden = isinstance(act, acts.OffersPublished)
        made = _answered(auction, room, act, at) if isinstance(act, acts.Started) else [act]
        _write(PLATFORM, process, auction, room, *made, at=at)
        if hidden:
            auction.hidden.filter(is_published=False).update(is_published=True)
        room, done = room_of(auction), done + 1
    Auction.objects.filter(pk=auction.pk).update(alive_at=at)
    return done


def _may_be_due(auction: Auction, alive: datetime, at: datetime) -> bool:
    """Whether the room must be looked at: an hour has come, or a sign of life is due."""
    if auction.state == Phase.SCHEDULED:
        return auction.opens_at is None or at >= auction.opens_at
    if auction.state == Phase.WARMUP:
        return auction.starts_at is not None and at >= auction.starts_at
    over = auction.ends_at is not None and at >= auction.ends_at
    return over or auction.state == Phase.CLOSED or auction.alive_at is None or at - alive >= ALIVE


def _due(room: Room, auction: Auction, at: datetime) -> acts.Lot | None:
    if room.opens_at is not None and room.phase == Phase.SCHEDULED and at >= room.opens_at:
        return acts.Convened(lot=room.lot)
    if room.starts_at is not None and room.phase == Phase.WARMUP and at >= room.starts_at:
        return acting.started(room, at=at)
    if room.phase == Phase.CLOSED:
        told = [one for _row, one in folding.rows_of(auction.process, auction.lot)]
        return acting.revealed(room, keeping.shown_floors(auction, told))
    if room.segment and room.segment.part == "open" and at < _quiet_since(room, room.segment.ends_at):
        return None
    owed = engine.due(room, at, hidden_of(auction))
    return owed(at) if owed else None


def _quiet_since(room: Room, end: datetime) -> datetime:
    """When an open clock may be closed: nothing was written for a while, so that who was in time is not shut out by
    those before it in the queue. An offer is judged by the instant of its receipt, however late it is written.
    """
    last = max(end, room.at) if room.at else end
    return min(last + QUIET, end + timedelta(seconds=room.rules.queue_s))


def _write(actor: Actor, process: Process, auction: Auction, room: Room, *made: acts.Lot, at: datetime) -> list[Entry]:
    """Append acts in their order, and keep in the row where the auction stands after them."""
    found = record_all(actor, process, [written(act) for act in made], at=at)
    for entry, act in zip(found, made, strict=True):
        try:
            room = apply(room, Told(entry.seq, entry.at, act))
        except NoMove as error:
            code = "closed" if room.phase in OVER else "state"
            raise refuse(code, _("This step is not possible now: the auction is at another point.")) from error
    if not found:
        return found
    ends_at = room.segment.ends_at if room.segment and room.remaining is None else None
    told = {"state": room.phase, "opens_at": room.opens_at, "starts_at": room.starts_at, "ends_at": ends_at}
    if any(getattr(auction, name) != value for name, value in told.items()):
        for name, value in told.items():
            setattr(auction, name, value)
        auction.save()
    auction.head_at = found[-1].at
    transaction.on_commit(lambda: folding.keep(auction, found[-1], room))
    return found


def _answered(auction: Auction, room: Room, act: acts.Lot, at: datetime) -> list[acts.Lot]:
    return engine.with_answers(room, act, seq=room.seq + 1, at=_instant(auction, at))


def _readable(process: Process, auction: Auction, room: Room, at: datetime) -> Room:
    """The room, paused when it holds a floor that it cannot read: whoever left it is asked to leave it again."""
    if not engine.has_lost_floors(room):
        return room
    try:
        act = engine.paused(
            room,
            at=_instant(auction, at),
            cause="system",
            reason="La sala no puede leer los pisos que guarda.",
            floors_lost=True,
        )
    except ValueError:  # the part that ran is over: nothing is left that a floor could answer
        return room
    _write(PLATFORM, process, auction, room, act, at=at)
    return room_of(auction)


def _own_alias(room: Room, actor: Actor) -> str:
    alias = own_alias(room, actor.supplier_key)
    if not alias:
        raise refuse("not_invited", _("Your company has no solvent bid in this lot."))
    return alias


def _instant(auction: Auction, at: datetime) -> datetime:
    """The instant that an entry of now bears: a stream never runs backwards, and what follows from it must agree."""
    return max(at, auction.head_at) if auction.head_at else at


def _keep_hidden(process: Process, auction: Auction, asked: Attempt, code: str, at: datetime) -> Entry:
    """A hidden offer as a row, and as a blinded entry in a stream of its own: its digest is the receipt."""
    HiddenOffer.objects.create(
        auction=auction,
        alias=asked.alias,
        received_at=asked.received_at,
        centavos=asked.amount.centavos if asked.amount else None,
        code=code,
    )
    event = OfferHidden(
        ocid=process.ocid,
        lot=auction.lot,
        alias=asked.alias,
        received_at=asked.received_at,
        amount=asked.amount,
        code=code,
    )
    return append(f"offer:{ids.ulid(at)}", event, actor=PLATFORM.signer, at=at)


def _draw_aliases(auction: Auction, bids: list[str]) -> None:
    taken: list[str] = []
    suppliers = {r.bid_id: r.supplier_key for r in evaluation.results(auction.process, auction.lot)}
    for bid in bids:
        alias = aliases.draw(taken)
        taken.append(alias)
        EntrantRow.objects.create(
            auction=auction, alias=alias, salt=ids.token(32), bid_id=bid, supplier_key=suppliers[bid]
        )


def _auction(process: Process, lot: int) -> Auction:
    found = auction_of(process, lot)
    if found is None:
        raise refuse("lot", _("This lot has no auction."), field="lot")
    return found
