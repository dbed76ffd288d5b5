# SPDX-License-Identifier: Apache-2.0
"""What follows: is this offer accepted, does a floor answer, does the end move, what does the clock owe.

Pure functions of the room and an instant. Commands write the acts that these return; the verifier asks them again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import msgspec

from vitrina.kernel.money import Money

from . import acts, floors
from .acts import Attempt, Told
from .criteria import amount_at
from .npv import contract_amount, present_value
from .room import Room, Segment, apply
from .states import Phase

TOO_HIGH, NOT_POSITIVE, NOT_MULTIPLE, NOT_YOUR_TURN, CLOSED, PAUSED, BINDING, UNREADABLE = CODES = (
    "too_high", "not_positive", "not_multiple", "not_your_turn", "closed", "paused", "binding", "unreadable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether an offer is accepted (`code` is empty), and the highest amount that would be, in centavos."""

    code: str
    limit: int | None = None


def limit(room: Room, alias: str) -> int | None:
    """The highest amount that a bidder may offer now, whole centavos; None where only a value is compared (npv).

    What is shown is what is enforced: an exact limit between two amounts that can be offered is the lower one.
    """
    if room.rules.criterion == "npv":
        return None
    bid, leader = room.bids[alias], room.leader
    base = Fraction(bid.amount) if room.rules.beat == "own" or alias == leader else amount_at(bid, room.scores[leader])
    return room.whole(base - room.step)


def judge(room: Room, asked: Attempt) -> Judgement:
    """Whether the rules accept an offer, or its withdrawal, as the room stands. `asked.code` is not read."""
    if code := _untimely(room, asked):
        return Judgement(code)
    return weigh(room, asked)


def weigh(room: Room, asked: Attempt) -> Judgement:
    """As `judge`, whatever the hour: whose turn it is, and the amount against the limit."""
    segment = room.segment
    if segment is None or asked.alias not in segment.aliases or asked.alias not in room.bids:
        return Judgement(NOT_YOUR_TURN)
    if asked.is_withdrawal:
        return Judgement("" if segment.is_hidden and room.rules.withdraw else BINDING)
    return _weigh_value(room, asked) if room.rules.criterion == "npv" else _weigh_amount(room, asked)


def _weigh_amount(room: Room, asked: Attempt) -> Judgement:
    if asked.energy is not None or asked.amount is None:
        return Judgement(UNREADABLE)
    most = limit(room, asked.alias)
    if asked.amount.centavos <= 0:
        return Judgement(NOT_POSITIVE, most)
    if asked.amount.centavos % room.multiple:
        return Judgement(NOT_MULTIPLE, most)
    return Judgement(TOO_HIGH if most is None or asked.amount.centavos > most else "", most)


def _weigh_value(room: Room, asked: Attempt) -> Judgement:
    """An energy contract is worth a step more than its bidder's own one: the step in pesos of present value."""
    former = room.bids[asked.alias].merits.energy
    if asked.energy is None or former is None:
        return Judgement(UNREADABLE)
    if (asked.energy.rate, asked.energy.savings, asked.energy.announced) != (
        former.rate, former.savings, former.announced,
    ):  # fmt: skip
        return Judgement(UNREADABLE)  # only share and length are offered; what was announced stands
    if asked.amount != Money.of(contract_amount(asked.energy)) or asked.amount.centavos <= 0:
        return Judgement(NOT_POSITIVE)
    gained = present_value(asked.energy) - present_value(former)
    return Judgement("" if gained >= Fraction(room.step, 100) else TOO_HIGH)


def _untimely(room: Room, asked: Attempt) -> str:
    """`paused` or `closed` when nothing can be offered at the instant at which the server received it."""
    if room.phase == Phase.PAUSED:
        return PAUSED
    segment = room.segment
    if room.phase != Phase.RUNNING or segment is None or segment.is_published:
        return CLOSED
    tolerance = timedelta(milliseconds=room.rules.late_tolerance_ms)
    return "" if asked.received_at < segment.ends_at + tolerance else CLOSED


def receive(room: Room, asked: Attempt, *, seq: int, at: datetime) -> list[acts.Lot]:
    """The acts that an offer in the open makes: made or refused, then what the floors answer. `seq`: of the first."""
    verdict = judge(room, asked)
    if verdict.code:
        return [refusal(room, asked, verdict)]
    made = offer_of(room, asked, at=at)
    return [made, *settle(apply(room, Told(seq, at, made)), asked.received_at, at=at)]


def settle(room: Room, received_at: datetime, *, at: datetime) -> list[acts.Lot]:
    """The offer that the floors make after an act of this instant; none, or one."""
    owed = owed_by_floors(room)
    if owed is None:
        return []
    alias, centavos = owed
    asked = Attempt(alias=alias, received_at=received_at, amount=Money(centavos))
    return [offer_of(room, asked, at=at, answers=room.cause)]


def owed_by_floors(room: Room) -> tuple[str, int] | None:
    """(alias, centavos) of the offer that the room owes to a floor before anything else happens."""
    return floors.answer(room) if room.phase == Phase.RUNNING and room.cause else None


def offer_of(room: Room, asked: Attempt, *, at: datetime, answers: str = "") -> acts.OfferMade:
    """The act of an accepted offer, with the lead and the end that follow from it."""
    unmoved = room.segment.ends_at if room.segment else at
    made = acts.OfferMade(
        lot=room.lot,
        alias=asked.alias,
        received_at=asked.received_at,
        leads=False,
        ends_at=unmoved,
        amount=asked.amount or Money(0),
        energy=asked.energy,
        answers=answers,
    )
    leads = apply(room, Told(room.seq + 1, at, made)).leader == asked.alias
    end = moved_end(room, asked.received_at, leads=leads, answers=answers)
    return msgspec.structs.replace(made, leads=leads, ends_at=end)


def moved_end(room: Room, received_at: datetime, *, leads: bool, answers: str) -> datetime:
    """The end after an offer: moved by a leading one in the last minutes, while extensions are left.

    A floor that answers an offer moves nothing: the offer that it answers has done so.
    """
    segment = room.segment
    if segment is None:
        raise ValueError("the auction has not begun")
    extension = room.rules.extension
    if extension is None or not leads or answers == "offer" or room.extensions >= extension.max_extensions:
        return segment.ends_at
    if received_at < segment.ends_at - timedelta(seconds=extension.window_s):
        return segment.ends_at
    return max(segment.ends_at, received_at + timedelta(seconds=extension.extend_s))


def refusal(room: Room, asked: Attempt, verdict: Judgement) -> acts.OfferRefused:
    """The act of an offer that is not accepted."""
    return acts.OfferRefused(
        lot=room.lot,
        alias=asked.alias,
        received_at=asked.received_at,
        code=verdict.code,
        amount=asked.amount,
        energy=asked.energy,
        limit=None if verdict.limit is None else Money(verdict.limit),
    )


def ranked(room: Room) -> tuple[acts.Ranked, ...]:
    """The ranking as acts keep it."""
    return tuple(
        acts.Ranked(place=place, alias=o.bidder, amount=Money(room.bids[o.bidder].amount), score=str(o.score))
        for place, o in room.ranking
    )


def start_end(room: Room, at: datetime) -> datetime:
    """When the first part ends, of an auction that begins at `at`. Rounds of turns begin with a pause of their own."""
    return at + timedelta(seconds=room.rules.duration_s)


def due(room: Room, now: datetime, hidden: tuple[Attempt, ...] = ()) -> Callable[[datetime], acts.Lot] | None:
    """What the clock owes at `now`, as a function of the instant of its act; nothing while its hour has not come.

    `hidden`: what was offered in the turn or sealed round that runs, in order, each with its code.
    """
    segment = room.segment
    if room.phase != Phase.RUNNING or segment is None or now < segment.ends_at:
        return None
    if segment.is_hidden and not segment.is_published:
        return lambda _at: acts.OffersPublished(lot=room.lot, attempts=hidden)
    return lambda at: following(room, segment, at)


def following(room: Room, segment: Segment, at: datetime) -> acts.Lot:
    """The act with which the part after this one begins, or the close. Each part has its whole length from its act."""
    rules, turns = room.rules, room.rules.turns
    if turns and segment.part in {"pause", "turn"}:
        turn = segment.turn + 1 if segment.part == "turn" else 0
        if segment.number and turn < len(room.order):
            ends_at = at + timedelta(seconds=turns.turn_s)
            alias = room.order[turn]
            return acts.TurnBegun(lot=room.lot, number=segment.number, turn=turn, alias=alias, ends_at=ends_at)
        if segment.number < turns.rounds:
            ends_at = at + timedelta(seconds=turns.pause_s[segment.number])
            number = segment.number + 1
            return acts.RoundBegun(lot=room.lot, number=number, order=turn_order(room, number), ends_at=ends_at)
    if rules.final_round_s and segment.part != "sealed":
        return acts.FinalRoundBegun(lot=room.lot, ends_at=at + timedelta(seconds=rules.final_round_s))
    return acts.Closed(lot=room.lot, ranking=ranked(room))


def turn_order(room: Room, number: int) -> tuple[str, ...]:
    """Who goes when in a round: the worst of the ranking first; in a drawn first round, by digest of the alias."""
    turns = room.rules.turns
    if turns and number == 1 and turns.first_round == "drawn":
        return tuple(sorted(room.commitments, key=lambda alias: (room.commitments[alias], alias)))
    return tuple(offer.bidder for _, offer in reversed(room.ranking))


def paused(
    room: Room, *, at: datetime, cause: str, reason: str, alive_at: datetime | None = None, floors_lost: bool = False
) -> acts.Paused:
    """The act that stops the clock. `alive_at`: when the platform was last known to work, for a pause by the system.

    The time since then is given back. Errors: `ValueError` when the part that runs was over by then:
    the clock owes its end first, and what came too late stays too late.
    """
    if room.segment is None or room.at is None:
        raise ValueError("the auction has not begun")
    since = at if alive_at is None else min(at, max(alive_at, room.at))
    left = room.segment.ends_at - since
    if left <= timedelta():
        raise ValueError("the part that ran is over")
    return acts.Paused(
        lot=room.lot,
        cause=cause,
        reason=reason,
        since=since,
        remaining_us=left // timedelta(microseconds=1),
        floors_lost=floors_lost,
    )


def has_lost_floors(room: Room) -> bool:
    """Whether the room cannot read a floor that it holds: it pauses, and asks its bidder to leave it again."""
    return room.phase == Phase.RUNNING and any(floor.centavos is None for floor in room.floors.values())


def with_answers(room: Room, act: acts.Lot, *, seq: int, at: datetime) -> list[acts.Lot]:
    """An act of the clock or of a floor, then what the floors answer to it at the same instant."""
    return [act, *settle(apply(room, Told(seq, at, act)), at, at=at)]


def was_silent(room: Room, *, alive_at: datetime, at: datetime) -> bool:
    """Whether the platform was silent for longer than the profile allows while the auction ran: it has to pause."""
    if room.phase != Phase.RUNNING or room.at is None:
        return False
    return at - max(alive_at, room.at) > timedelta(seconds=room.rules.max_gap_s)


def resumed(room: Room, *, at: datetime, reason: str) -> acts.Resumed:
    """The act with which the clock goes on, with exactly what was left."""
    if room.remaining is None:
        raise ValueError("the auction is not paused")
    return acts.Resumed(lot=room.lot, reason=reason, ends_at=at + room.remaining)


def floor_refusal(room: Room, alias: str, floor: int) -> str:
    """Why a floor is not taken, or nothing: `no_floors`, `closed`, `not_positive`, `not_multiple`, `raised`
    above the one in force.
    """
    if not room.rules.proxy or alias not in room.commitments:
        return "no_floors"
    if room.phase not in {Phase.SCHEDULED, Phase.WARMUP, Phase.RUNNING, Phase.PAUSED}:
        return CLOSED
    former = room.floors.get(alias)
    if floor <= 0:
        return NOT_POSITIVE
    if floor % room.multiple:
        return NOT_MULTIPLE
    return "raised" if former and former.centavos is not None and floor > former.centavos else ""
