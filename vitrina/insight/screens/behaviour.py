# SPDX-License-Identifier: Apache-2.0
"""How the members of a community share what they win: rotation, stable shares, repeated order, own territories.

Each statistic is told with its rank among 199 redraws of the same history, so that the size of the group and of its
shares does not decide. ROTATION and PRO-RATA deal the winners anew over the tenders (every firm wins as often as it
did): a firm that wins because it is cheap looks like its redraws, a turn-taking one does not. ORDER shuffles names
inside each tender. Source: design page of the screens, 4.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .field import Ints

Vector = NDArray[np.float64]
REDRAWS = 199
LEAST = 10
MOST_MEMBERS = 12
LEAST_IN_PLACE = 3
ORDER_FIRMS = 3
MOST = 2_000  # tenders whose order is looked at
SEED = 20260101


@dataclass(frozen=True, slots=True)
class Rotation:
    """`entropy`: of win shares over log k, 1 = even; `runs` of one winner; `max_wait`: most tenders between two wins
    of one member. `runs_rank`: share of redraws with fewer runs. `drift`: mean distance, over time, of the shares of
    value won so far from those at the end, 0 = always in step; `rank`: share of redraws that drift more.
    """

    entropy: float
    runs: int
    max_wait: int
    runs_rank: float
    drift: float
    rank: float


def mid_rank(value: float, drawn: Vector) -> float:
    """Share of draws below the value, equal ones half, the value itself among them."""
    return float(((drawn < value).sum() + ((drawn == value).sum() + 1) / 2) / (len(drawn) + 1))


def rotation(winner: Ints, k: int, rng: np.random.Generator, value: Vector | None = None) -> Rotation | None:
    """Of a sequence of winners in time, 0..k - 1 members and k somebody else, and the value of each tender (all equal
    unless told); none with fewer than 10 tenders or with fewer than two members that win.
    """
    wins = np.bincount(winner, minlength=k + 1)[:k]
    if len(winner) < LEAST or (wins > 0).sum() < 2:  # noqa: PLR2004 - it takes two to take turns
        return None
    share = wins[wins > 0] / wins.sum()
    drawn = _redrawn(winner, rng)
    runs = int((np.diff(winner) != 0).sum()) + 1
    runs_rank = mid_rank(runs, (np.diff(drawn, axis=1) != 0).sum(axis=1) + 1)
    waits = [np.diff(np.flatnonzero(winner == member)).max(initial=0) for member in range(k)]
    worth = np.ones(len(winner)) if value is None else value
    drift = float(_drift(winner[None, :], worth, k)[0])
    entropy = float(-(share * np.log(share)).sum() / math.log(k))
    rank = 1 - mid_rank(drift, _drift(drawn, worth, k))
    return Rotation(entropy, runs, int(max(waits)), runs_rank, drift, rank)


def _drift(winner: NDArray[np.int64], value: Vector, k: int) -> Vector:
    """Mean over time of the L1 distance between shares so far and shares at the end, for each row of winners."""
    so_far = np.cumsum(value)
    found = np.zeros(len(winner))
    # Of a large group only the twelve that win most are followed.
    wins = np.bincount(winner[0], minlength=k + 1)
    for member in np.lexsort((np.arange(k + 1), -wins))[:MOST_MEMBERS]:
        share = np.cumsum(np.where(winner == member, value, 0.0), axis=1) / so_far
        found += np.abs(share - share[:, -1:]).mean(axis=1)
    return np.round(found, 12)


def _redrawn(winner: Ints, rng: np.random.Generator) -> NDArray[np.int64]:
    return rng.permuted(np.tile(winner, (REDRAWS, 1)), axis=1)


def pro_rata(winner: Ints, value: Vector, year: Ints, k: int, rng: np.random.Generator) -> tuple[float, float] | None:
    """(distance, rank): mean L1 distance of the members' value shares in consecutive years, 0 = the same, 2 = nothing
    in common; and the share of redraws whose shares are less stable. None with fewer than 10 tenders or than two
    years.
    """
    n_winners = (np.bincount(winner, minlength=k + 1)[:k] > 0).sum()
    if len(winner) < LEAST or min(len(np.unique(year)), n_winners) < 2:  # noqa: PLR2004 - two years, two winners
        return None
    drawn = _distances(_redrawn(winner, rng), value, year, k)
    own = _distances(winner[None, :], value, year, k)[0]
    if math.isnan(own):
        return None
    return float(own), 1 - mid_rank(own, drawn[~np.isnan(drawn)])


def _distances(winner: NDArray[np.int64], value: Vector, year: Ints, k: int) -> Vector:
    """Mean distance for each row of winners."""
    rows = np.arange(len(winner))[:, None] * (k + 1)
    shares = []
    for each in np.unique(year):
        at = np.flatnonzero(year == each)
        won = np.bincount((rows + winner[:, at]).ravel(), np.tile(value[at], len(winner)), len(winner) * (k + 1))
        own = won.reshape(len(winner), k + 1)[:, :k]
        with np.errstate(divide="ignore", invalid="ignore"):
            shares.append(own / own.sum(axis=1, keepdims=True))
    apart = np.stack([np.abs(b - a).sum(axis=1) for a, b in itertools.pairwise(shares)])
    return np.round(apart.mean(axis=0), 12)


def order(tenders: list[list[int]], rng: np.random.Generator) -> tuple[float, float] | None:
    """(share, z): how often the members of the most common set of at least three firms came in their most common order
    of price, against names shuffled inside each tender. None with fewer than 10 tenders of that set.
    """
    sets = Counter(tuple(sorted(tender)) for tender in tenders if len(tender) >= ORDER_FIRMS)
    if not sets:
        return None
    common, n = min(sets.items(), key=lambda item: (-item[1], item[0]))
    if n < LEAST:
        return None
    share = Counter(tuple(tender) for tender in tenders if tuple(sorted(tender)) == common).most_common(1)[0][1] / n
    ranks = rng.permuted(np.tile(np.arange(len(common)), (REDRAWS * n, 1)), axis=1)
    code = (ranks * len(common) ** np.arange(len(common))).sum(axis=1).reshape(REDRAWS, n)
    drawn = np.array([np.unique(row, return_counts=True)[1].max() / n for row in code])
    sd = drawn.std(ddof=1)
    return share, float((share - drawn.mean()) / sd) if sd > 0 else math.nan


def allocation(winner: Ints, place: Ints, k: int) -> float | None:
    """Share of the places (units, regions) with at least three tenders where one member wins them all, of those where
    somebody of the group wins; none where no place has three tenders or where all is won by one firm.
    """
    if len(np.unique(winner)) < 2:  # noqa: PLR2004
        return None
    firms, n = [], 0
    for each in np.unique(place[place >= 0]):
        here = winner[place == each]
        if len(here) >= LEAST_IN_PLACE:
            n += 1
            if len(np.unique(here)) == 1 and here[0] < k:
                firms.append(int(here[0]))
    return (len(firms) / n if len(set(firms)) > 1 else 0.0) if n else None
