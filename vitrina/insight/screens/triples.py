# SPDX-License-Identifier: Apache-2.0
"""Triples of firms that bid together: the smallest coalition, beside the communities, which may be too wide or wrong.

A triple is three firms that all bid in at least three processes of the window. Told: how close their three prices are
(CV, the middle one of their tenders), with its rank among the triples of the same market; who of them wins (WON, the
share of their tenders; ENTROPY of their wins over log 3); how often they come in one order of price, with the chance
that some order comes so often (six times the binomial tail at 1/6: an upper bound). A triple of firms of one trade is
nothing odd; one with close prices that takes turns is worth a look. Source: design page of the screens, 4.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from . import cells
from .communities import Communities
from .field import Field, Ints
from .pairs import Pairs, at_least

Vector = NDArray[np.float64]
LEAST_MEETINGS = 3
ORDERS = 6
ROWS_AT_ONCE = 1 << 20
EPOCH = date(1970, 1, 1)


def triples(found: Communities, pairs: Pairs) -> pa.Table:
    """One row for each triple of a window, by its firms in the order in which they first appear."""
    field = found.field
    group, firms, at = _met(field, pairs)
    key = np.searchsorted(_keys(pairs), firms[:, 0] * field.n_firms + firms[:, 1]) * field.n_firms + firms[:, 2]
    _, first, triple = np.unique(key, return_index=True, return_inverse=True)
    many = len(first)
    joint = np.unique(np.stack([triple, field.process[group]]), axis=1)[0]
    c = np.bincount(joint, minlength=many)
    kept = c[triple] >= LEAST_MEETINGS
    again = np.cumsum(c >= LEAST_MEETINGS) - 1
    group, firms, at, triple = group[kept], firms[kept], at[kept], again[triple[kept]]
    c, many = c[c >= LEAST_MEETINGS], int((c >= LEAST_MEETINGS).sum())
    who = np.zeros((many, 3), dtype=np.int64)
    who[triple] = firms
    price = field.lots.price[at]
    cv = _middle(triple, _cv(price), many)
    rank = cells.among_cells(cv, [_market(field, group, triple, many), np.zeros(many, dtype=np.int64)])
    wins = np.stack([np.bincount(triple[field.winner[group] == firms[:, i]], minlength=many) for i in range(3)])
    n = np.bincount(triple, minlength=many)
    most, n_ordered = _commonest(triple, price, many)
    label = found.label[who]
    same = (label[:, 0] == label[:, 1]) & (label[:, 1] == label[:, 2]) & (label[:, 0] >= 0)
    columns = {
        "window_since": pa.array([EPOCH + timedelta(days=field.since)] * many, pa.date32()),
        "window_until": pa.array([EPOCH + timedelta(days=field.until)] * many, pa.date32()),
        **{f"oid_{name}": pa.array(field.oid[who[:, i]], pa.int64()) for i, name in enumerate("ijk")},
        "community": pa.array(label[:, 0], pa.int32(), mask=~same),
        "c": pa.array(c, pa.int64()),
        "n": pa.array(n, pa.int64()),
        "jaccard": pa.array(_closest(pairs, who), pa.float64(), from_pandas=True),
        "cv": pa.array(cv, pa.float64(), from_pandas=True),
        "cv_rank": pa.array(1 - rank.share, pa.float64(), from_pandas=True),
        "cv_peers": pa.array(rank.peers, pa.int64()),
        "won": pa.array(wins.sum(axis=0) / np.maximum(n, 1), pa.float64()),
        "entropy": pa.array(_entropy(wins), pa.float64(), from_pandas=True),
        "order_share": pa.array(most / np.maximum(n_ordered, 1), pa.float64(), mask=n_ordered == 0),
        "order_p": pa.array([_chance(int(k), int(m)) for k, m in zip(most, n_ordered, strict=True)], pa.float64()),
    }
    return pa.table(columns)


def _keys(pairs: Pairs) -> Ints:
    return pairs.i * pairs.field.n_firms + pairs.j


def _met(field: Field, pairs: Pairs) -> tuple[Ints, Ints, Ints]:
    """(group, firms, at): every three bids of one group whose firms meet often two by two; firms ascending, `at` their
    places among all bids, k x 3.
    """
    parts = list(_parts(field, _keys(pairs)))
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 3), dtype=np.int64), np.zeros((0, 3), dtype=np.int64)
    group, firms, at = zip(*parts, strict=True)
    return np.concatenate(group), np.concatenate(firms), np.concatenate(at)


def _parts(field: Field, keys: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    _, first, size = np.unique(field.lot, return_index=True, return_counts=True)
    for n in np.unique(size[size >= 3]):  # noqa: PLR2004 - three make a triple
        places = np.array(list(itertools.combinations(range(int(n)), 3)))
        starts = first[size == n]
        step = max(1, ROWS_AT_ONCE // len(places))
        for begin in range(0, len(starts), step):
            rows = (starts[begin : begin + step, None, None] + places).reshape(-1, 3)
            rows = np.take_along_axis(rows, np.argsort(field.firm[rows], axis=1, kind="stable"), axis=1)
            firms = field.firm[rows]
            often = firms[:, 0] < firms[:, 1]
            for a, b in ((0, 1), (0, 2), (1, 2)):
                often &= _known(keys, firms[:, a] * field.n_firms + firms[:, b])
            yield field.lot[rows[often, 0]], firms[often], field.at[rows[often]]


def _known(keys: Ints, wanted: Ints) -> NDArray[np.bool_]:
    """Whether each is among the keys, which ascend."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: NDArray[np.bool_] = keys[place] == wanted
    return found


def _cv(price: Vector) -> Vector:
    """Coefficient of variation of each row; equal prices are exactly zero."""
    spread = price.max(axis=1) > price.min(axis=1)
    return np.round(np.where(spread, price.std(axis=1, ddof=1) / price.mean(axis=1), 0.0), 12)


def _middle(triple: Ints, x: Vector, many: int) -> Vector:
    """The median of x by triple."""
    order = np.lexsort((x, triple))
    n = np.bincount(triple, minlength=many)
    start = np.cumsum(n) - n
    low, high = order[start + (n - 1) // 2], order[start + n // 2]
    return (x[low] + x[high]) / 2


def _market(field: Field, group: Ints, triple: Ints, many: int) -> Ints:
    """The market where a triple mostly meets; of two, the first of them."""
    market = cells.codes(field.lots.column("market"))[group]
    key, n = np.unique(triple * (int(market.max(initial=0)) + 1) + market, return_counts=True)
    of, place = np.divmod(key, int(market.max(initial=0)) + 1)
    found = np.zeros(many, dtype=np.int64)
    order = np.lexsort((-place, n))  # what is written last stays: the commonest, then the first
    found[of[order]] = place[order]
    return found


def _closest(pairs: Pairs, who: Ints) -> Vector:
    """The least Jaccard of the three pairs."""
    keys, n = _keys(pairs), pairs.field.n_firms
    each = [pairs.jaccard[np.searchsorted(keys, who[:, a] * n + who[:, b])] for a, b in ((0, 1), (0, 2), (1, 2))]
    return np.min(each, axis=0) if len(who) else np.zeros(0)


def _entropy(wins: Ints) -> Vector:
    """Of the shares of wins over log 3; nan where none of the three ever wins."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = wins / wins.sum(axis=0)
        return -np.where(share > 0, share * np.log(share), np.where(np.isnan(share), np.nan, 0.0)).sum(
            axis=0
        ) / np.log(3)


def _commonest(triple: Ints, price: Vector, many: int) -> tuple[Ints, Ints]:
    """By triple, how often the commonest order of price comes, and in how many tenders there is one: equal prices are
    in no order.
    """
    sorted_ = np.sort(price, axis=1)
    apart = (sorted_[:, 1:] > sorted_[:, :-1]).all(axis=1)
    triple, price = triple[apart], price[apart]
    code = np.argsort(price, axis=1, kind="stable") @ np.array([9, 3, 1])
    key, n = np.unique(triple * 27 + code, return_counts=True)
    found = np.zeros(many, dtype=np.int64)
    np.maximum.at(found, key // 27, n)
    return found, np.bincount(triple, minlength=many)


@functools.cache
def _chance(k: int, n: int) -> float:
    """Upper bound of the chance that one of the six orders comes at least k times of n."""
    return min(1.0, ORDERS * at_least(k, n, 1 / ORDERS))
