# SPDX-License-Identifier: Apache-2.0
"""Who gets the lot of an auction once prices were asked about: the one ranking, without those that were rejected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from vitrina.cycle.auction.abnormal import Mark, marks
from vitrina.cycle.auction.acts import Ranked
from vitrina.cycle.auction.engine import ranked
from vitrina.cycle.auction.result import result
from vitrina.cycle.auction.room import Room


@dataclass(frozen=True, slots=True)
class Award:
    """The alias that gets the lot (none: no price is left), what put it first (`result.Result.rule`), the ranking.

    `marks`: what makes its price abnormally low beside those that are left.
    """

    winner: str = ""
    rule: str = ""
    ranking: tuple[Ranked, ...] = ()
    marks: tuple[Mark, ...] = ()


def award(room: Room, rejected: Collection[str], sizes: Mapping[str, str], *, seed: str) -> Award:
    """The award of a room whose time is over. `sizes`: alias -> size of company; `seed`: that of a draw.

    By points the lowest price is that of the bids which are left, so their order is asked for again and not kept.
    Errors: `ValueError` for a draw without a seed.
    """
    left = replace(room, bids={alias: bid for alias, bid in room.bids.items() if alias not in rejected})
    if not left.bids:
        return Award()
    found = result(left, sizes, seed=seed)
    return Award(found.winner, found.rule, ranked(left), tuple(marks_on(left, found.winner)))


def marks_on(room: Room, first: str) -> list[Mark]:
    """What marks the price of the first as abnormally low, by the profile; none while bids are secret."""
    entered = {e.alias: e.amount.centavos for e in room.secrets.entrants}
    if not room.bids or not room.bids.keys() <= entered.keys():
        return []
    order = [first, *(offer.bidder for _place, offer in room.ranking if offer.bidder != first)]
    return marks(
        [entered[alias] for alias in order],
        [room.bids[alias].amount for alias in order],
        mean=room.rules.mean_share,
        following=room.rules.next_share,
    )
