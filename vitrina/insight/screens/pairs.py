# SPDX-License-Identifier: Apache-2.0
"""Pairs of firms that bid together: how often, at what distance, who wins, and what they share.

JACCARD c / (n_i + n_j - c); PAIR-SD, standard deviation of log price difference over joint tenders (5 or more);
PAIR-ALT, the smaller share of the joint tenders that either won; LINE-RATIO, the least over processes of the sd over
lines (5 or more) of log(p_i / p_j): near 0, one sheet was scaled; joint receipts within five minutes, told against
each firm's own habit; files with the same author or device. Source: design page of the screens, 3 to 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .field import Field, Ints
from .lots import NO_TIME

Vector = NDArray[np.float64]
LEAST_MEETINGS = 3
LEAST_PRICES = 5
LEAST_LINES = 5
CLOSE = 5 * 60 * 1_000_000
COMMON_HASH = 10  # a hash that more firms share is a template or a common address, not a link


@dataclass(frozen=True)
class Pairs:
    """Firms `i` < `j` (places) with `c` joint processes, and the columns of the module's text; nan: not computable."""

    field: Field
    i: Ints
    j: Ints
    c: Ints
    n_i: Ints
    n_j: Ints
    jaccard: Vector
    sd: Vector
    alternation: Vector
    line_ratio: Vector
    n_timed: Ints
    n_close: Ints
    close_p: Vector
    n_author: Ints
    n_device: Ints

    def table(self) -> pa.Table:
        """What is published, firms by oid."""
        names = ("c", "n_i", "n_j", "jaccard", "sd", "alternation", "line_ratio", "n_timed", "n_close", "close_p")
        columns = {"oid_i": self.field.oid[self.i], "oid_j": self.field.oid[self.j]}
        columns |= {name: getattr(self, name) for name in (*names, "n_author", "n_device")}
        return pa.table({name: pa.array(column, from_pandas=True) for name, column in columns.items()})


@dataclass(frozen=True)
class Met:
    """Every pair of bids of the same group: the firms `i` < `j`, and the rows of their bids."""

    group: Ints
    i: Ints
    j: Ints
    left: Ints
    right: Ints


def meet(group: Ints, firm: Ints) -> Met:
    """All pairs within groups; rows are ordered by group. Pairs of a firm with itself are left out."""
    _, first, size = np.unique(group, return_index=True, return_counts=True)
    lefts, rights = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for n in np.unique(size):
        rows = first[size == n][:, None] + np.arange(n)
        a, b = np.triu_indices(int(n), 1)
        lefts.append(rows[:, a].ravel())
        rights.append(rows[:, b].ravel())
    left, right = np.concatenate(lefts), np.concatenate(rights)
    turn = firm[left] > firm[right]
    left, right = np.where(turn, right, left), np.where(turn, left, right)
    keep = firm[left] != firm[right]
    left, right = left[keep], right[keep]
    return Met(group[left], firm[left], firm[right], left, right)


def joint(field: Field) -> tuple[Ints, Ints, Ints, Ints]:
    """(i, j, c, n): pairs with their joint processes, ordered; and the processes of each firm."""
    process, firm = field.meetings()
    met = meet(process, firm)
    key, c = np.unique(met.i * field.n_firms + met.j, return_counts=True)
    return key // field.n_firms, key % field.n_firms, c, np.bincount(firm, minlength=field.n_firms)


def pairs(field: Field) -> Pairs:
    """The pairs with at least three joint processes in the window."""
    i, j, c, n = joint(field)
    often = c >= LEAST_MEETINGS
    i, j, c = i[often], j[often], c[often]
    keys = i * field.n_firms + j
    met = meet(field.lot, field.firm)
    place = np.searchsorted(keys, met.i * field.n_firms + met.j)
    known = place < len(keys)
    known[known] = keys[place[known]] == (met.i * field.n_firms + met.j)[known]
    place, left, right = place[known], field.at[met.left[known]], field.at[met.right[known]]
    group, lots, many = met.group[known], field.lots, len(keys)

    def total(chosen: NDArray[np.bool_]) -> Ints:
        return np.bincount(place[chosen], minlength=many)

    ratio = np.log(lots.price[left]) - np.log(lots.price[right])
    won_i, won_j = total(field.winner[group] == met.i[known]), total(field.winner[group] == met.j[known])
    either = won_i + won_j
    timed = (lots.received[left] != NO_TIME) & (lots.received[right] != NO_TIME)
    near = timed & (np.abs(lots.received[left] - lots.received[right]) <= CLOSE)
    n_timed, n_close = total(timed), total(near)
    with np.errstate(divide="ignore", invalid="ignore"):
        alternation = np.where(either >= LEAST_MEETINGS, np.minimum(won_i, won_j) / either, np.nan)
        jaccard = c / (n[i] + n[j] - c)
    return Pairs(
        field, i, j, c, n[i], n[j], jaccard,
        sd=_sd(place, ratio, many, LEAST_PRICES),
        alternation=alternation,
        line_ratio=_line_ratio(field, place, group, ratio, many),
        n_timed=n_timed,
        n_close=n_close,
        close_p=_habit(field, i, j, n_timed, n_close),
        n_author=total(_shared(lots.author, lots.oid, left, right)),
        n_device=total(_shared(lots.device, lots.oid, left, right)),
    )  # fmt: skip


def _sd(place: Ints, x: Vector, many: int, least: int) -> Vector:
    """Standard deviation of x by place, nan with fewer than `least`."""
    n = np.bincount(place, minlength=many)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(place, x, many) / n
        square = np.bincount(place, (x - mean[place]) ** 2, many)
        return np.where(n >= least, np.sqrt(square / (n - 1)), np.nan)


def _line_ratio(field: Field, place: Ints, group: Ints, ratio: Vector, many: int) -> Vector:
    """The least over processes of the sd over lines."""
    is_line = field.lots.column("line").astype(np.int64)[group] >= 0
    found = np.full(many, np.nan)
    if is_line.any():
        where, process = place[is_line], field.process[group[is_line]]
        key, inverse = np.unique(where * (int(process.max()) + 1) + process, return_inverse=True)
        sd = _sd(inverse, ratio[is_line], len(key), LEAST_LINES)
        np.fmin.at(found, key // (int(process.max()) + 1), sd)
    return found


def _shared(code: Ints, oid: Ints, left: Ints, right: Ints) -> NDArray[np.bool_]:
    """Where two bids of different firms have the same hash, which few firms have."""
    known = code >= 0
    pair = np.unique(np.stack([code[known], oid[known]]), axis=1)
    firms = np.bincount(pair[0], minlength=int(code.max(initial=0)) + 1)
    return (code[left] >= 0) & (code[left] == code[right]) & (firms[code[left]] <= COMMON_HASH)


def _habit(field: Field, i: Ints, j: Ints, n_timed: Ints, n_close: Ints) -> Vector:
    """P(at least so many receipts within five minutes), were each firm's hours before the deadline its own habit: any
    of i's hours meets any of j's, of different tenders. nan with fewer than three close receipts.
    """
    found = np.full(len(i), np.nan)
    deadline = field.lots.rows.column("deadline").cast("int64").combine_chunks().fill_null(NO_TIME).to_numpy()
    at, due = field.lots.received[field.at], deadline[field.lot]
    known = np.flatnonzero((at != NO_TIME) & (due != NO_TIME))
    order = known[np.argsort(field.firm[known], kind="stable")]
    firm = field.firm[order]
    for pair in np.flatnonzero(n_close >= LEAST_MEETINGS):
        a, b = (order[slice(*np.searchsorted(firm, [f, f + 1]))] for f in (i[pair], j[pair]))
        before_a, before_b = due[a] - at[a], due[b] - at[b]
        other = field.lot[a][:, None] != field.lot[b][None, :]
        meets = (np.abs(before_a[:, None] - before_b[None, :]) <= CLOSE) & other
        share = (meets.sum() + 1) / (other.sum() + 1)  # never zero: what was not seen may still happen
        found[pair] = at_least(int(n_close[pair]), int(n_timed[pair]), float(min(1.0, share)))
    return found


def at_least(k: int, n: int, p: float) -> float:
    """P(X >= k) for X binomial (n, p)."""
    return min(1.0, math.fsum(math.comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(k, n + 1)))
