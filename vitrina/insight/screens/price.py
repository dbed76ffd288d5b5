# SPDX-License-Identifier: Apache-2.0
"""Price screens as functions of a matrix: one row a tender, its n bids ascending; nan where not computable.

Tenders of equal n are computed together, so that a nation's bids are some hundred calls. Every function takes
`bids` (k x n, ascending, positive) and `estimate` (k, nan where unknown) and returns k doubles.
Standard deviations are with n - 1. Source: design page of the screens, 3.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

NEAR = 0.02
DRAWS = 400
ALL_TRIADS_UP_TO = 15
SEED = 20260101
CELLS_AT_ONCE = 1 << 22
CENT = 0.01


def over(top: Matrix | Vector, bottom: Matrix | Vector) -> Vector:
    """Top / bottom, nan where the bottom is zero or so small beside the top that it is rounding."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0, top / bottom, np.nan)


def _sd(x: Matrix) -> Vector:
    """Standard deviation of each row, exactly zero where all are equal."""
    return np.where(x.max(axis=1) > x.min(axis=1), x.std(axis=1, ddof=1), 0.0)


def cv(bids: Matrix, _: Vector) -> Vector:
    """Coefficient of variation."""
    return _sd(bids) / bids.mean(axis=1)


def spread(bids: Matrix, _: Vector) -> Vector:
    """(highest - lowest) / lowest."""
    return (bids[:, -1] - bids[:, 0]) / bids[:, 0]


def diffp(bids: Matrix, _: Vector) -> Vector:
    """(second - first) / first."""
    return (bids[:, 1] - bids[:, 0]) / bids[:, 0]


def rd(bids: Matrix, _: Vector) -> Vector:
    """(second - first) / sd of the losers."""
    return over(bids[:, 1] - bids[:, 0], _sd(bids[:, 1:]))


def rdalt(bids: Matrix, _: Vector) -> Vector:
    """(second - first) / mean of the other gaps."""
    return over(bids[:, 1] - bids[:, 0], (bids[:, -1] - bids[:, 1]) / (bids.shape[1] - 2))


def rdnor(bids: Matrix, _: Vector) -> Vector:
    """(second - first) / mean of all gaps."""
    return over(bids[:, 1] - bids[:, 0], (bids[:, -1] - bids[:, 0]) / (bids.shape[1] - 1))


def _standard(bids: Matrix) -> Matrix:
    """Bids less their mean over their sd; nan where all are equal."""
    sd = _sd(bids)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sd > 0, (bids - bids.mean(axis=1, keepdims=True)) / sd, np.nan)


def skew(bids: Matrix, _: Vector) -> Vector:
    """Adjusted Fisher-Pearson skewness."""
    n = bids.shape[1]
    return n / ((n - 1) * (n - 2)) * (_standard(bids) ** 3).sum(axis=1)


def kurt(bids: Matrix, _: Vector) -> Vector:
    """Adjusted excess kurtosis."""
    n = bids.shape[1]
    fourth = (_standard(bids) ** 4).sum(axis=1)
    return n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def _distance(share: Matrix) -> Vector:
    """Kolmogorov-Smirnov distance of ascending probabilities to the uniform law."""
    n = share.shape[1]
    step = np.arange(n)
    return np.maximum((step + 1) / n - share, share - step / n).max(axis=1)


def ks_uniform(bids: Matrix, _: Vector) -> Vector:
    """Distance of the bids, stretched to [0, 1], to the uniform law; nan where all are equal."""
    return _distance(over(bids - bids[:, :1], bids[:, -1:] - bids[:, :1]))


def ks_normal(bids: Matrix, _: Vector) -> Vector:
    """Distance of the standardised bids to the normal law."""
    z = _standard(bids) / math.sqrt(2)
    below = np.fromiter(map(math.erf, z.ravel()), float, z.size).reshape(z.shape)
    return _distance(0.5 * (1 + below))


def loser_cv(bids: Matrix, _: Vector) -> Vector:
    """Coefficient of variation of all bids but the lowest."""
    return cv(bids[:, 1:], _)


def mad(bids: Matrix, _: Vector) -> Vector:
    """Median distance from the median, over the median."""
    middle = np.median(bids, axis=1, keepdims=True)
    return np.median(np.abs(bids - middle), axis=1) / middle[:, 0]


def top3_cv(bids: Matrix, _: Vector) -> Vector:
    """Coefficient of variation of the three lowest."""
    return cv(bids[:, :3], _)


def triads(bids: Matrix) -> dict[str, Vector]:
    """min, median, max and mean of the coefficients of variation of every subset of three bids; with more than 15
    bids, of 400 subsets drawn by a fixed seed (the same places for every tender of that size).
    """
    n = bids.shape[1]
    places = np.array(list(itertools.combinations(range(n), 3))) if n <= ALL_TRIADS_UP_TO else _drawn(n)
    found: dict[str, list[Vector]] = {"min": [], "median": [], "max": [], "mean": []}
    step = max(1, CELLS_AT_ONCE // len(places))
    for at in range(0, max(1, len(bids)), step):
        part = bids[at : at + step]
        a, b, c = (part[:, places[:, i]] for i in range(3))
        mean = (a + b + c) / 3
        square = ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / 2
        each = np.where(c > a, np.sqrt(square) / mean, 0.0)  # a <= b <= c: all three equal is exactly zero
        for name, reduce in (("min", np.min), ("median", np.median), ("max", np.max), ("mean", np.mean)):
            found[name].append(reduce(each, axis=1))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _drawn(n: int) -> NDArray[np.int64]:
    rng = np.random.default_rng([SEED, n])
    return np.sort(np.array([rng.choice(n, 3, replace=False) for _ in range(DRAWS)]), axis=1)


def win_over_estimate(bids: Matrix, estimate: Vector) -> Vector:
    """Lowest bid over the estimate."""
    return over(bids[:, 0], estimate)


def near_estimate(bids: Matrix, estimate: Vector) -> Vector:
    """Share of the bids within 2 % of the estimate."""
    away = np.abs(bids - estimate[:, None]) <= NEAR * estimate[:, None]
    return np.where(estimate > 0, away.mean(axis=1), np.nan)


def identical(bids: Matrix, _: Vector) -> Vector:
    """N less the number of distinct prices, to the cent."""
    cents = np.rint(bids / CENT)
    return (cents[:, 1:] == cents[:, :-1]).sum(axis=1).astype(float)


def roundness(bids: Matrix, _: Vector) -> Vector:
    """Mean share of trailing zeros among the digits of the price in whole units; cents other than zero: no share."""
    whole = np.rint(bids).astype(np.int64)
    is_whole = np.abs(bids - whole) < CENT / 2
    zeros = np.zeros(bids.shape)
    left, going = whole.copy(), is_whole & (whole > 0)
    while going.any():
        going &= left % 10 == 0
        zeros += going
        left = np.where(going, left // 10, left)
        going &= left > 0
    digits = np.floor(np.log10(np.maximum(whole, 1).astype(float))) + 1
    return (zeros / digits).mean(axis=1)


def step(bids: Matrix, _: Vector) -> Vector:
    """Coefficient of variation of the gaps between consecutive bids, the smaller of absolute and relative gaps."""
    gaps = np.diff(bids, axis=1)
    relative = gaps / bids[:, :-1]
    return np.fmin(over(_sd(gaps), gaps.mean(axis=1)), over(_sd(relative), relative.mean(axis=1)))
