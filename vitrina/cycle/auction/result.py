# SPDX-License-Identifier: Apache-2.0
"""Who wins when the auction is over: the first of the ranking, or whom the tie rule picks among equals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vitrina.kernel.ranking import decided_by
from vitrina.kernel.ties import TieBreak, Tied, decide

from .profile import DRAW, EARLIEST
from .room import Room


@dataclass(frozen=True, slots=True)
class Result:
    """The winner's alias and what put it before the second.

    `rule`: `alone`, `score`, `instant` or `ledger` (equal scores, the earlier offer), a size of company, or
    `public_draw`.
    """

    winner: str
    rule: str
    tie: TieBreak | None = None


def result(room: Room, sizes: Mapping[str, str], *, seed: str) -> Result:
    """The result of a room whose time is over. `sizes`: alias -> size of company; `seed`: that of a draw.

    Errors: `ValueError` without bids, and for a draw without a seed.
    """
    ranked = room.ranking
    if not ranked:
        raise ValueError("nobody is ranked")
    first = [offer.bidder for place, offer in ranked if place == 1]
    if len(first) > 1 and room.rules.tie_break != (EARLIEST,):
        if not seed and needs_draw(room, sizes):
            raise ValueError("the tie needs a draw, and a draw needs a seed")
        tie = decide([Tied(a, sizes.get(a, "")) for a in first], room.rules.tie_break, seed=seed, lot=room.lot)
        return Result(tie.winner, tie.step, tie)
    best = ranked[0][1]
    return Result(best.bidder, decided_by(best, ranked[1][1]) if len(ranked) > 1 else "alone")


def needs_draw(room: Room, sizes: Mapping[str, str]) -> bool:
    """Whether a tie at the first place is left to the draw: the seed has to be waited for."""
    first = [Tied(offer.bidder, sizes.get(offer.bidder, "")) for place, offer in room.ranking if place == 1]
    if len(first) < 2 or room.rules.tie_break == (EARLIEST,):  # noqa: PLR2004 - a tie is between two
        return False
    return decide(first, room.rules.tie_break, seed="?", lot=room.lot).step == DRAW
