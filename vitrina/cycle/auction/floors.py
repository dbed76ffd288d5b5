# SPDX-License-Identifier: Apache-2.0
"""Floors: what a bidder left with the room, so that a power cut does not cost it the contract.

While a bidder does not lead and a step below the leader is not under its floor, the room offers that step in its name.
Two floors settle at once, in one offer: the lower one wins, at a step below the other but not under itself; of equal
floors the one committed earlier leads, at the floor. "Lower" is by score, where a criterion weighs more than price.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .criteria import amount_at, score_at
from .room import Room


@dataclass(frozen=True, slots=True, order=True)
class Contender:
    """A bidder with a floor that can still act: the score that it has there, since which entry, who, centavos."""

    score: Fraction
    seq: int
    alias: str
    centavos: int


def answer(room: Room) -> tuple[str, int] | None:
    """(alias, centavos) of the one offer that the floors make now; nothing when none can or need act.

    After that offer it answers nothing: no floor left can beat it by a step.
    """
    segment = room.segment
    if not room.rules.proxy or segment is None or segment.part != "open" or not room.bids:
        return None
    leader = room.leader
    able = sorted(c for c in _contenders(room) if c.alias != leader and c.centavos <= _under(room, c.alias, 1))
    if not able:
        return None
    champion = able[0]
    rivals = able[1:] + [c for c in _contenders(room) if c.alias == leader and c.centavos <= _leaders_reply(room, c)]
    if not rivals:
        return champion.alias, _under(room, champion.alias, 1)
    winner, loser = sorted([champion, min(rivals)])[:2]
    if winner.score == loser.score:
        return winner.alias, winner.centavos
    bid = room.bids[winner.alias]
    return winner.alias, max(winner.centavos, room.whole(amount_at(bid, loser.score) - room.step))


def _contenders(room: Room) -> list[Contender]:
    """Bidders whose floor is known and lies under what they ask now."""
    found = []
    for alias, floor in room.floors.items():
        bid = room.bids.get(alias)
        if bid is not None and floor.centavos is not None and floor.centavos < bid.amount:
            found.append(Contender(score_at(bid, floor.centavos), floor.seq, alias, floor.centavos))
    return found


def _under(room: Room, alias: str, steps: int) -> int:
    """The amount with which a bidder lies so many steps below the leader, rounded down to one that can be offered."""
    return room.whole(amount_at(room.bids[alias], room.scores[room.leader]) - steps * room.step)


def _leaders_reply(room: Room, leader: Contender) -> int:
    """What the leader would have to offer after a rival's single step: two steps below itself."""
    return room.bids[leader.alias].amount - 2 * room.step
