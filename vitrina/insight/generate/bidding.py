# SPDX-License-Identifier: Apache-2.0
"""Honest bids for the lots of tenders and invitations whose buyers publish them.

A bid is a cost with a margin that falls with the number of bidders; the lowest valid one is the awarded amount. Each
firm has its hour for sending, its machine and its few authors of papers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import profile
from .amounts import INVITATION, NONE
from .frame import DISQUALIFIED, INVITED, VALID, WITHDRAWN, Bids, Frame, empty_bids
from .suppliers import CANDIDATES, distinct
from .world import World, classes

Array = npt.NDArray[Any]
SPREAD_LOW, SPREAD_HIGH = 0.04, 0.18  # of log prices among honest bidders, by class; P
ESTIMATE_OVER, ESTIMATE_NOISE = 1.02, 0.06
AUTHORS = 3  # people of a firm who write bids
HOUR = 3600


def spread(item_class: Array) -> Array:
    """The spread of log prices in a class: the same for a class in every history."""
    step = (np.arange(len(classes().code)) * 37 % 29) / 28
    found: Array = (SPREAD_LOW + (SPREAD_HIGH - SPREAD_LOW) * step)[item_class]
    return found


def draw(frame: Frame, rivals: Array, rng: np.random.Generator) -> Bids:
    """Bids for the lots that have them and that no planted case writes."""
    lots = frame.lots
    kind = frame.of_lots("kind")
    decided = ~np.isnat(frame.of_lots("decided"))
    at = np.flatnonzero(frame.of_lots("has_bids") & decided & ~lots.is_scripted & (frame.of_lots("outcome") != 2))  # noqa: PLR2004
    n = len(at)
    if not n:
        return empty_bids()
    invited = kind[at] == INVITATION
    asked = np.where(invited, 3 + rng.poisson(profile.INVITED, n), 1 + rng.poisson(profile.OPEN_BIDDERS, n))
    awarded = lots.supplier[at] >= 0
    asked[~awarded] = np.minimum(asked[~awarded], rng.integers(0, 3, (~awarded).sum()))
    free = distinct(np.where(awarded, lots.supplier[at], -2), rivals[at])
    wanted = np.where(awarded, asked - 1, asked)
    losers = free & (np.cumsum(free, axis=1) <= np.minimum(wanted, CANDIDATES)[:, None])
    row, column = np.nonzero(losers)
    base = np.where(lots.amount[at] > 0, lots.amount[at], 100_000).astype(float)
    sigma = spread(frame.of_lots("item_class")[at])
    gap = np.abs(rng.normal(0, 1, len(row))) * sigma[row] * 1.4 + rng.exponential(0.004, len(row))
    status = np.full(len(row), VALID, np.int8)
    u = rng.random(len(row))
    status[u < profile.DISQUALIFIED] = DISQUALIFIED
    status[u > 1 - profile.WITHDRAWN] = WITHDRAWN
    status[invited[row] & (rng.random(len(row)) > profile.INVITED_BID)] = INVITED
    status[~awarded[row] & (status == VALID)] = DISQUALIFIED
    # Those that were thrown out may have been cheaper than the winner.
    cheaper = (status == DISQUALIFIED) & (rng.random(len(row)) < 0.5)  # noqa: PLR2004
    price = base[row] * np.exp(np.where(cheaper, -gap * 0.6, gap))
    amount = np.where(status == INVITED, NONE, _tidy(price, rng))
    lot = np.concatenate([at[awarded], at[row]])
    return _finish(
        frame,
        lot,
        np.concatenate([lots.supplier[at][awarded], rivals[at][row, column]]),
        np.concatenate([lots.amount[at][awarded], amount]),
        np.concatenate([np.full(awarded.sum(), VALID, np.int8), status]),
        rng,
    )


def _tidy(price: Array, rng: np.random.Generator) -> Array:
    """Centavos; some bidders round to whole pesos."""
    whole = rng.random(len(price)) < profile.WHOLE_PESOS
    found: Array = np.where(whole, np.rint(price / 100) * 100, np.rint(price)).astype(np.int64)
    return found


def _finish(frame: Frame, lot: Array, supplier: Array, amount: Array, status: Array, rng: np.random.Generator) -> Bids:
    """Bids in an order that says nothing of the winner, with their receipts and papers."""
    n = len(lot)
    order = np.lexsort((rng.random(n), lot))
    lot, supplier, amount, status = lot[order], supplier[order], amount[order], status[order]
    return Bids(lot, supplier, amount, status, *receipts(frame, lot, supplier, rng))


def receipts(frame: Frame, lot: Array, supplier: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """When each bid came in (before the opening), its author and its machine: habits of the firm."""
    n = len(lot)
    deadline = frame.of_lots("opening")[lot]
    habit = 1 + (supplier * 2_654_435_761 % 97) / 8  # hours before the deadline, by firm
    before = np.minimum(rng.exponential(habit * HOUR, n) + 120, 6 * 24 * HOUR)
    received = deadline - before.astype(np.int64).astype("timedelta64[s]")
    author = supplier * 1_000 + rng.integers(0, AUTHORS, n)
    device = supplier * 1_000 + 500 + rng.integers(0, 2, n)
    return received, author, device


def estimates(frame: Frame, world: World, rng: np.random.Generator) -> None:
    """The amount that was estimated before the call, where the buyer publishes it: around what honest bids cost.

    Planted cases that inflate prices do so after this, so the estimate does not follow them.
    """
    p, lots = frame.procedures, frame.lots
    n = len(p)
    told = world.publishes_estimate[world.unit_institution[p.unit]]
    total = np.bincount(lots.procedure, np.maximum(lots.amount, 0), minlength=n)
    sigma = spread(p.item_class)
    over = ESTIMATE_OVER * (1 + 0.8 * sigma) * np.exp(rng.normal(0, ESTIMATE_NOISE, n))
    p.estimate[:] = np.where(told & (total > 0), np.rint(total * over / 1e5) * 1e5, NONE).astype(np.int64)
