# SPDX-License-Identifier: Apache-2.0
"""ENTRY: the price falls when an outsider comes, and recovers when it is gone.

Price of a tender: lowest bid over quantity where one item and its quantity are known; else lowest bid over estimate;
else none. p_before: median of the (at most 12) tenders of the community just before the newcomer's first; p_after:
median of the (at most 12) tenders, from the first on, in which it bids. Source: design page of the screens, 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .communities import Communities
from .field import Ints
from .tenders import Tenders

if TYPE_CHECKING:
    from .groups import History

NEAR = 12
LEAST_BEFORE, LEAST_AFTER = 6, 2
FALL = 0.15
SIDES = ("left", "right")


class Entry(NamedTuple):
    """The newcomer (`oid`) with the greatest fall above 15 %: place `at` of its first tender in the community's
    history, `rid` of it, `fall` = (before - after) / before, `recovery` = the same from its tenders to those without
    it after.
    """

    oid: int
    at: int
    rid: int
    fall: float
    recovery: float


def prices(tenders: Tenders, lots: Ints) -> NDArray[np.float64]:
    """The comparable price of each of these groups; nan where none."""
    found = tenders.lots
    lowest = found.price[found.start[lots]]
    quantity, estimate = (found.column(name).astype(float)[lots] for name in ("quantity", "estimate"))
    has_line = found.column("line").astype(np.int64)[lots] >= 0
    by_unit = np.where(has_line, lowest, np.where(quantity > 0, lowest / quantity, np.nan))
    known = ~np.isnan(by_unit)
    return by_unit if known.sum() >= LEAST_BEFORE + LEAST_AFTER else np.where(estimate > 0, lowest / estimate, np.nan)


def entry(found: Communities, history: History, tenders: Tenders) -> Entry | None:
    """The newcomer whose entry lowered the price most, none where no fall passes 15 %."""
    field, lots = found.field, history.lots
    if len(lots) < LEAST_BEFORE + LEAST_AFTER:
        return None
    price = prices(tenders, lots)
    bids: dict[int, list[int]] = {}
    for place, (low, high) in enumerate(zip(*(np.searchsorted(field.lot, lots, side) for side in SIDES), strict=True)):
        for firm in field.firm[low:high].tolist():
            bids.setdefault(firm, []).append(place)
    best: Entry | None = None
    for firm, seen in sorted(bids.items()):
        there = np.unique(seen)
        if there[0] < LEAST_BEFORE or len(there) < LEAST_AFTER:
            continue
        before = _median(price[max(0, there[0] - NEAR) : there[0]])
        after = _median(price[there[:NEAR]])
        fall = (before - after) / before
        if fall > FALL and (best is None or fall > best.fall):
            absent = np.setdiff1d(np.arange(there[0], len(lots)), there)
            recovery = (_median(price[absent]) - after) / after if len(absent) else np.nan
            rid = int(tenders.lots.column("rid")[lots[there[0]]])
            best = Entry(int(field.oid[firm]), int(there[0]), rid, float(fall), float(recovery))
    return best


def _median(x: NDArray[np.float64]) -> float:
    known = x[~np.isnan(x)]
    return float(np.median(known)) if len(known) else np.nan
