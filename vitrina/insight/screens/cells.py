# SPDX-License-Identifier: Apache-2.0
"""What a tender is compared with, and its rank among them.

A cell is market (4 digits) x procedure x number of bidders (2, 3, 4, 5-6, 7+) x era. Where fewer than 30 tenders of it
have the value: market of 3 digits; then all tenders of that number of bidders; never across numbers of bidders, for
the number alone tells much. The rank is the mid-rank, 0 to 1: (below + half of the equal ones, itself among them) / n.

A market where every tender is rigged hides its members from each other, so that the rank among tenders for other
things (another class of item, same number of bidders) is told beside it. Source: design page of the screens, 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vitrina.insight.flags.declare import Side

LEAST = 30
LEVELS = ("market", "market3", "bidders")
CLASSES = np.array([0, 1, 2, 3, 4, 5, 5, 7])  # number of bidders -> class: 5 is five or six, 7 is seven and more

Codes = NDArray[np.int64]
Vector = NDArray[np.float64]


class Rank(NamedTuple):
    """`share` 0 to 1 (nan: not computable), `peers` compared with, `level` (place in `LEVELS`, -1 where none)."""

    share: Vector
    peers: Codes
    level: Codes


class Count(NamedTuple):
    """Of each row: values of its group that are lower, equal (itself among them), and known."""

    below: Codes
    same: Codes
    known: Codes

    def minus(self, other: Count) -> Count:
        """Without the members of a group that lies inside this one."""
        return Count(self.below - other.below, self.same - other.same, self.known - other.known)

    def rank(self) -> Vector:
        """Mid-rank, 0 to 1."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return (self.below + self.same / 2) / self.known


def size_class(n: NDArray[np.int64]) -> Codes:
    """The class of a number of bidders."""
    return CLASSES[np.minimum(n, len(CLASSES) - 1)]


def codes(*keys: Sequence[object] | NDArray[np.generic]) -> Codes:
    """Rows with equal keys have equal numbers, from 0."""
    found: Codes = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        _, each = np.unique(np.asarray(key).astype(str) if _is_text(key) else np.asarray(key), return_inverse=True)
        _, found = np.unique(found * (int(each.max(initial=0)) + 1) + each, return_inverse=True)
    return found


def _is_text(key: object) -> bool:
    return np.asarray(key).dtype == object


def count(values: Vector, group: Codes) -> Count:
    """How each known value stands in its group; nan rows get zeros."""
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.lexsort((values[known], group[known]))]
    g, x = group[order], values[order]
    at = np.arange(len(order))
    new_group = np.append(True, g[1:] != g[:-1])[: len(order)]
    new_value = new_group | np.append(True, x[1:] != x[:-1])[: len(order)]
    first = np.maximum.accumulate(np.where(new_group, at, 0))
    tie = np.maximum.accumulate(np.where(new_value, at, 0))
    ties = np.bincount(np.cumsum(new_value) - 1, minlength=1) if len(order) else np.zeros(1, dtype=np.int64)
    sizes = np.bincount(np.cumsum(new_group) - 1, minlength=1) if len(order) else np.zeros(1, dtype=np.int64)
    found = [np.zeros(len(values), dtype=np.int64) for _ in range(3)]
    found[0][order] = tie - first
    found[1][order] = ties[np.cumsum(new_value) - 1]
    found[2][order] = sizes[np.cumsum(new_group) - 1]
    return Count(*found)


def among_cells(values: Vector, levels: Sequence[Codes], least: int = LEAST) -> Rank:
    """The rank of each value in the first of its cells that has enough known values."""
    share = np.full(len(values), np.nan)
    peers = np.zeros(len(values), dtype=np.int64)
    level = np.full(len(values), -1, dtype=np.int64)
    is_open = ~np.isnan(values)
    for number, group in enumerate(levels):
        if not is_open.any():
            break
        found = count(values, group)
        fits = is_open & (found.known >= least)
        share[fits], peers[fits], level[fits] = found.rank()[fits], found.known[fits], number
        is_open &= ~fits
    return Rank(share, peers, level)


def outside(values: Vector, pool: Codes, own: Codes, least: int = LEAST) -> Rank:
    """The rank of each value in its pool without those for its own item; `own` lies inside `pool`. The value itself
    counts as one of those it is compared with, so that a rank never is 0 or 1.
    """
    found = count(values, pool).minus(count(values, own))
    fits = ~np.isnan(values) & (found.known >= least)
    share = np.where(fits, (found.below + (found.same + 1) / 2) / (found.known + 1), np.nan)
    return Rank(share, np.where(fits, found.known, 0), np.where(fits, LEVELS.index("bidders"), -1))


def suspicion(share: Vector, side: Side) -> Vector:
    """The rank turned so that 1 is the most suspicious."""
    if side is Side.LOW:
        return 1 - share
    return 2 * np.abs(share - 0.5) if side is Side.BOTH else share
