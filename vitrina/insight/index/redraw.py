# SPDX-License-Identifier: Apache-2.0
"""How sure a score is: purchases of each cell drawn anew with replacement, everything computed again.

The same number of purchases is drawn from each cell. The interval holds 90 % of the redraws; so does the interval of
the rank among the cells of the same type and year. Scores of redraws use the same frozen reference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrina.insight.screens.cells import codes

from .facts import Ints, Vector
from .measure import Measure
from .score import Cells, Reference, score
from .weights import Weights

DRAWS = 100
SEED = 20260101
ENDS = (0.05, 0.95)


@dataclass(frozen=True)
class Intervals:
    """90 % intervals of score and rank (1 = riskiest); nan where there is no score."""

    low: Vector
    high: Vector
    rank_low: Vector
    rank_high: Vector


def intervals(
    measure: Measure, cells: Cells, frozen: Reference, weights: Weights, riesgo: Vector, draws: int = DRAWS
) -> Intervals:
    """The intervals of every cell."""
    rng = np.random.default_rng(SEED)
    panel = codes(cells.kind, cells.year)
    applies = measure.applicable()
    drawn, ranks = np.full((draws, len(riesgo)), np.nan), np.full((draws, len(riesgo)), np.nan)
    for draw in range(draws):
        values = measure.of(_weights(measure.groups.of, cells.n, rng))
        drawn[draw] = np.where(np.isnan(riesgo), np.nan, score(cells, values, frozen, weights, applies).riesgo)
        ranks[draw] = rank(drawn[draw], panel)
    with np.errstate(all="ignore"):
        ends = [_quantile(x, p) for x in (drawn, ranks) for p in ENDS]
    return Intervals(*ends)


def _weights(group: Ints, n: Ints, rng: np.random.Generator) -> Vector:
    """How often each purchase was drawn; each group keeps its number."""
    order = np.argsort(group, kind="stable")
    order = order[np.searchsorted(group[order], 0) :]
    start = np.cumsum(n) - n
    of = np.repeat(np.arange(len(n)), n)
    picked = order[start[of] + np.floor(rng.random(len(of)) * n[of]).astype(np.int64)]
    return np.bincount(picked, minlength=len(group)).astype(float)


def _quantile(x: NDArray[np.float64], p: float) -> Vector:
    """Of each column, nan left out; R-7 is enough for redraws."""
    known = ~np.isnan(x).all(axis=0)
    found = np.full(x.shape[1], np.nan)
    found[known] = np.nanquantile(x[:, known], p, axis=0)
    return found


def rank(riesgo: Vector, panel: Ints) -> Vector:
    """1 = the riskiest of its panel; equal ones share the middle; nan without a score."""
    found = np.full(len(riesgo), np.nan)
    known = np.flatnonzero(~np.isnan(riesgo))
    for each in np.unique(panel[known]):
        at = known[panel[known] == each]
        x = np.sort(riesgo[at])
        above = len(x) - np.searchsorted(x, riesgo[at], side="right")
        same = np.searchsorted(x, riesgo[at], side="right") - np.searchsorted(x, riesgo[at], side="left")
        found[at] = above + (same + 1) / 2
    return found
