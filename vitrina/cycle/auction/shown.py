# SPDX-License-Identifier: Apache-2.0
"""What the room shows: to everybody a picture and its changes, to a bidder its own position. Plain values for JSON.

One place decides what may be seen. Before the close nobody sees what an alias entered with: the opening published
those prices with names, so one would give the other away. By life-cycle cost nobody sees a sum either: less the amount
it is the cost, which was published with a name too. Amounts are decimal text, instants ISO 8601 in UTC.
Whatever changes the rows brings all of them, so that a page is its last event and needs no arithmetic of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money

from . import acts, engine
from .acts import Told
from .criteria import amount_at, rational
from .room import Room
from .states import Phase

Values = dict[str, Any]
CENTAVO = Fraction(1, 100)
OVER = frozenset({Phase.CLOSED, Phase.REVEALED, Phase.CERTIFIED})


def snapshot(room: Room, *, now: datetime) -> Values:
    """The room as anybody may see it: state, end, leader, a row for each alias that has offered."""
    return {
        **_clock(room),
        "server_now": iso(now),
        "start": text(room.start),
        "step": text(room.step),
        "multiple": text(room.multiple),
        "bidders": len(room.commitments),
        "leader": leader(room),
        "rows": rows(room),
        "profile_digest": digest_of(acts.plain(room.rules)) if room.profile else "",
    }


def leader(room: Room) -> Values:
    """Alias and amount of the first; without alias while it is still the best opened bid."""
    first = room.leader
    if first and _is_seen(room, first):
        return {"alias": first, "amount": text(room.bids[first].amount)}
    return {"alias": "", "amount": text(room.start)}


def rows(room: Room) -> list[Values]:
    """The ranking, best first, of those who may be seen; amounts as the profile shows them, scores to two decimals."""
    shown, first = [], room.leader
    for place, offer in room.ranking if room.bids else ():
        alias = offer.bidder
        if not _is_seen(room, alias):
            continue
        row: Values = {"alias": alias, "rank": place, "offers": room.offered.get(alias, 0)}
        if room.rules.show_all_amounts or alias == first or room.phase in OVER:
            bid = room.bids[alias]
            row["amount"] = text(bid.amount)
            if room.rules.criterion != "added_cost" or room.phase in OVER:
                row["score"] = score_text(room, Fraction(offer.score))
            row["at"] = (
                iso(bid.at) if alias in room.offered else None
            )  # the hour of a sealed bid would name its bidder
        shown.append(row)
    return shown


def change(before: Room, after: Room, told: Told) -> tuple[str, Values] | None:
    """(event, data) of an act for whoever watches; nothing for one that changes nothing that may be seen."""
    show = _SHOWN.get(acts.body_of(told.act))
    return show(before, after, told) if show else None


def own(room: Room, alias: str) -> Values:
    """What a bidder sees of itself: amount, rank, the highest amount that it may offer, how far it is from the lead.

    `gap`: how much lower it would have to go to stand level with the leader, by price; `cost`: its life-cycle cost.
    """
    bid = room.bids[alias]
    place = next(place for place, offer in room.ranking if offer.bidder == alias)
    most = engine.limit(room, alias)
    told: Values = {
        "seq": room.seq,
        "alias": alias,
        "amount": text(bid.amount),
        "rank": place,
        "leads": room.leader == alias,
        "limit": None if most is None else text(most),
        "may_offer": room.phase == Phase.RUNNING and room.segment is not None and alias in room.segment.aliases,
        "has_floor": alias in room.floors,
    }
    if room.rules.criterion == "added_cost":
        told["cost"] = str(Money.of(rational(bid.merits.addition) * CENTAVO))
    elif room.rules.criterion not in {"points", "npv"}:
        told["gap"] = text(bid.amount - math.floor(amount_at(bid, room.scores[room.leader])))
    return told


def asks_twice(room: Room, alias: str, centavos: int) -> bool:
    """Whether an amount is so far below what would do that its bidder is asked whether it is meant."""
    most = engine.limit(room, alias)
    return most is not None and centavos < most * (1 - room.rules.confirm_share)


def iso(at: datetime | None) -> str | None:
    """An instant as the room tells it."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def text(centavos: int) -> str:
    """An amount as the room tells it."""
    return str(Money(centavos))


def score_text(room: Room, score: Fraction) -> str:
    """A score to two decimals, half up, as people count it: pesos or points, upwards where the highest wins."""
    if room.rules.criterion in {"points", "npv"}:
        return str(Money.of(-score))
    return str(Money.of(score * CENTAVO))


def _is_seen(room: Room, alias: str) -> bool:
    return alias in room.offered or room.phase in OVER


def _clock(room: Room) -> Values:
    segment = room.segment
    left = room.remaining
    return {
        "seq": room.seq,
        "state": room.phase,
        "part": segment.part if segment else "",
        "turn": segment.aliases[0] if segment and segment.part == "turn" else "",
        "ends_at": iso(segment.ends_at if segment and left is None else None),
        "remaining_ms": None if left is None else left // timedelta(milliseconds=1),
    }


def _ticked(_before: Room, after: Room, told: Told) -> tuple[str, Values]:
    return "clock", {**_clock(after), "cause": acts.COMMAND_OF[acts.body_of(told.act)]}


def _offer(before: Room, after: Room, told: Told) -> tuple[str, Values]:
    act: Any = told.act
    former = {offer.bidder: place for place, offer in before.ranking} if _is_seen(before, act.alias) else {}
    now = {offer.bidder: place for place, offer in after.ranking}
    return "offer", {
        "seq": told.seq,
        "at": iso(told.at),
        "alias": act.alias,
        "amount": text(act.amount.centavos),
        "rank_before": former.get(act.alias),
        "rank_after": now[act.alias],
        "leader": leader(after),
        "rows": rows(after),
        "ends_at": iso(act.ends_at),
    }


def _published(_before: Room, after: Room, told: Told) -> tuple[str, Values]:
    return "offers", {"seq": told.seq, "at": iso(told.at), "leader": leader(after), "rows": rows(after)}


def _paused(_before: Room, after: Room, told: Told) -> tuple[str, Values]:
    act: Any = told.act
    return "pause", {**_clock(after), "reason": act.reason, "cause": act.cause}


def _resumed(_before: Room, after: Room, told: Told) -> tuple[str, Values]:
    act: Any = told.act
    return "resume", {**_clock(after), "reason": act.reason}


def _closed(_before: Room, after: Room, told: Told) -> tuple[str, Values]:
    act: Any = told.act
    return "close", {**_clock(after), "order": [line.alias for line in act.ranking], "rows": rows(after)}


def _named(_before: Room, after: Room, told: Told) -> tuple[str, Values]:
    act: Any = told.act
    return "names", {**_clock(after), "names": {e.alias: e.name for e in act.entrants}}


def _certified(_before: Room, after: Room, told: Told) -> tuple[str, Values]:
    act: Any = told.act
    return "certified", {**_clock(after), "winner": act.winner, "order": [line.alias for line in act.ranking]}


_SHOWN: dict[type[acts.Lot], Callable[[Room, Room, Told], tuple[str, Values]]] = {
    **dict.fromkeys(
        (acts.Scheduled, acts.Rescheduled, acts.Convened, acts.Started, acts.RoundBegun, acts.TurnBegun,
         acts.FinalRoundBegun, acts.Voided), _ticked,
    ),
    acts.OfferMade: _offer,
    acts.OffersPublished: _published,
    acts.Paused: _paused,
    acts.Resumed: _resumed,
    acts.Closed: _closed,
    acts.Revealed: _named,
    acts.Certified: _certified,
}  # fmt: skip
