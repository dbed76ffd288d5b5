# SPDX-License-Identifier: Apache-2.0
"""Who wins among equal prices: the order of the law, and a draw that anybody can repeat. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

DRAW = "public_draw"


@dataclass(frozen=True, slots=True)
class Tied:
    """A bid at the lowest price, with the size of its company (micro, small, medium, or anything else)."""

    bid_id: str
    size: str


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A bid in the draw: SHA-256 hex of `seed:lot:bid`."""

    bid_id: str
    ticket: str


class TieBreak(msgspec.Struct, frozen=True, kw_only=True):
    """How a tie ended. `step`: the size of company that decided, or `public_draw` with its seed and tickets."""

    bids: tuple[str, ...]
    winner: str
    step: str
    seed: str = ""
    tickets: tuple[Ticket, ...] = ()


def ticket(seed: str, lot: int, bid_id: str) -> str:
    """The ticket of a bid in the draw of a lot, lower-case hex."""
    return hashlib.sha256(f"{seed}:{lot}:{bid_id}".encode()).hexdigest()


def decide(tied: Sequence[Tied], order: Sequence[str], *, seed: str, lot: int) -> TieBreak:
    """The winner among bids at one price, by `order` (sizes of company, then `public_draw`).

    A size that some of the bids left in have keeps those only; the draw takes the lowest ticket. `ValueError` when
    fewer than two bids are tied, or when the order ends without deciding.
    """
    everyone = tuple(sorted(t.bid_id for t in tied))
    if len(everyone) < 2:  # noqa: PLR2004 - a tie is between two
        raise ValueError("a tie is between two bids or more")
    left = list(tied)
    for step in order:
        if step == DRAW:
            tickets = sorted(
                (Ticket(bid_id=t.bid_id, ticket=ticket(seed, lot, t.bid_id)) for t in left), key=lambda t: t.ticket
            )
            return TieBreak(bids=everyone, winner=tickets[0].bid_id, step=DRAW, seed=seed, tickets=tuple(tickets))
        left = [t for t in left if t.size == step] or left
        if len(left) == 1:
            return TieBreak(bids=everyone, winner=left[0].bid_id, step=step)
    raise ValueError("the order of the tie rule decides nothing")
