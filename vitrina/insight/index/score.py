# SPDX-License-Identifier: Apache-2.0
"""From indicators to `riesgo`: the rank in a frozen reference, weighted means, shrinkage. Pure functions of arrays.

Scale: an indicator's share of the reference (cells of the same type and stratum) that lies below it, equal ones half,
linear between reference values, clipped at the ends; turned so that 100 is worst. Where a stratum has fewer than
`least_reference` known values, all strata of the type; then all types. Scores of concepts are weighted means of what
is available, `riesgo` the weighted mean of the concepts; then (n score + k mean) / (n + k), with the mean of the
stratum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .facts import Ints, Vector
from .weights import Weights, nominal

ALL = -1
ANY_KIND = ""
Pool = tuple[str, int]  # type, stratum; ("", -1): everything
MEAN = "mean"


@dataclass(frozen=True)
class Cells:
    """Unit x type x year: keys, purchases `n`, value, and the stratum by n."""

    agency: NDArray[np.object_]
    unit: NDArray[np.object_]
    kind: NDArray[np.object_]
    year: Ints
    n: Ints
    value: Vector

    def stratum(self, weights: Weights) -> Ints:
        """Place in `weights.strata`."""
        return np.searchsorted(weights.strata, self.n, side="right") - 1


Curve = tuple[Vector, Vector, int]  # ascending values, mid-ranks 0 to 1, known values


@dataclass(frozen=True)
class Reference:
    """Frozen: `curves[code][pool]`, and `means[pool]`, the mean score of the pool's cells."""

    curves: dict[str, dict[Pool, Curve]]
    means: dict[Pool, float]

    def table(self) -> pa.Table:
        """What is published; `means` under the code `mean`."""
        rows = [
            {"code": code, "kind": kind, "stratum": stratum, "value": float(x), "rank": float(p), "n": n}
            for code, pools in sorted(self.curves.items())
            for (kind, stratum), (values, ranks, n) in sorted(pools.items())
            for x, p in zip(values, ranks, strict=True)
        ]
        rows += [
            {"code": MEAN, "kind": kind, "stratum": stratum, "value": mean, "rank": None, "n": None}
            for (kind, stratum), mean in sorted(self.means.items())
        ]
        kinds = {"code": pa.string(), "kind": pa.string(), "stratum": pa.int64()}
        schema = pa.schema({**kinds, "value": pa.float64(), "rank": pa.float64(), "n": pa.int64()})
        return pa.Table.from_pylist(rows, schema=schema)


@dataclass(frozen=True)
class Scores:
    """`scaled[code]` 0 to 100, 100 worst; `concept`, `raw` (before shrinkage), `riesgo`, `coverage` 0 to 1,
    `used[code]`: weight that the indicator had in the score.
    """

    scaled: dict[str, Vector]
    concept: dict[str, Vector]
    raw: Vector
    riesgo: Vector
    coverage: Vector
    used: dict[str, Vector]


def curve(values: Vector) -> Curve:
    """The mid-rank curve of known values."""
    known = values[~np.isnan(values)]
    points, n = np.unique(known, return_counts=True)
    below = np.cumsum(n) - n
    return points, (below + n / 2) / max(1, len(known)), len(known)


def reference(cells: Cells, values: Mapping[str, Vector], chosen: NDArray[np.bool_], weights: Weights) -> Reference:
    """The reference made of the chosen cells that have enough purchases."""
    rows = np.flatnonzero(chosen & (cells.n >= weights.least_procedures))
    stratum = cells.stratum(weights)
    pools: dict[Pool, Ints] = {(ANY_KIND, ALL): rows}
    for kind in sorted(set(cells.kind[rows])):
        of_kind = rows[cells.kind[rows] == kind]
        pools[kind, ALL] = of_kind
        for each in np.unique(stratum[of_kind]):
            pools[kind, int(each)] = of_kind[stratum[of_kind] == each]
    curves: dict[str, dict[Pool, Curve]] = {}
    for code in nominal(weights):
        if code in values:
            found = {pool: curve(values[code][at]) for pool, at in pools.items()}
            if known := {pool: each for pool, each in found.items() if each[2]}:
                curves[code] = known
    empty = Reference(curves, {})
    raw = score(cells, values, empty, weights).raw
    means = {}
    for pool, at in pools.items():
        own = raw[at][~np.isnan(raw[at])]
        if len(own):
            means[pool] = float(own.mean())
    return Reference(curves, means)


def score(
    cells: Cells,
    values: Mapping[str, Vector],
    frozen: Reference,
    weights: Weights,
    applicable: Mapping[str, NDArray[np.bool_]] | None = None,
) -> Scores:
    """The scores of cells. `riesgo` is nan with too few purchases or too little coverage: the weight of what is known
    over the weight of what applies (everything, for codes that `applicable` does not name).
    """
    whole = nominal(weights)
    many = len(cells.n)
    stratum = cells.stratum(weights)
    scaled = {
        code: scale(values[code], cells.kind, stratum, frozen.curves[code], weights.indicators[code].sign, weights)
        for code in whole
        if code in values and code in frozen.curves
    }
    concept, weight_of, used = {}, {}, {}
    for name in weights.concepts:
        codes = [code for code in scaled if weights.indicators[code].concept == name]
        total, weight = np.zeros(many), np.zeros(many)
        for code in codes:
            known = ~np.isnan(scaled[code])
            total += np.where(known, scaled[code], 0.0) * weights.indicators[code].weight
            weight += known * weights.indicators[code].weight
        with np.errstate(divide="ignore", invalid="ignore"):
            concept[name] = np.where(weight > 0, total / weight, np.nan)
        weight_of[name] = weight
    total, weight = np.zeros(many), np.zeros(many)
    for name, share in weights.concepts.items():
        known = ~np.isnan(concept[name])
        total += np.where(known, concept[name], 0.0) * share
        weight += known * share
    covered = sum((whole[code] * ~np.isnan(scaled[code]) for code in scaled), np.zeros(many))
    applies = applicable or {}
    due = sum(
        (
            share * (applies.get(code, True) | (~np.isnan(scaled[code]) if code in scaled else False))
            for code, share in whole.items()
        ),
        np.zeros(many),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where(weight > 0, total / weight, np.nan)
        coverage = np.where(due > 0, covered / due, 0.0)
        for code, each in scaled.items():
            own = weights.indicators[code]
            part = weights.concepts[own.concept] / weight * own.weight / weight_of[own.concept]
            used[code] = np.where(np.isnan(each), 0.0, part)
    k = weights.shrink_k
    mean = _means(cells.kind, stratum, frozen, many)
    shrunk = np.where(np.isnan(mean), raw, (cells.n * raw + k * mean) / (cells.n + k))
    enough = (cells.n >= weights.least_procedures) & (coverage >= weights.least_coverage - 1e-9)
    return Scores(scaled, concept, raw, np.where(enough, shrunk, np.nan), coverage, used)


def scale(
    x: Vector, kind: NDArray[np.object_], stratum: Ints, pools: Mapping[Pool, Curve], sign: int, weights: Weights
) -> Vector:
    """0 to 100, 100 worst: the rank of each value on the curve of its pool; nan where the value is."""
    found = np.full(len(x), np.nan)
    known = np.flatnonzero(~np.isnan(x))
    for each in {(kind[i], int(stratum[i])) for i in known}:
        at = known[(kind[known] == each[0]) & (stratum[known] == each[1])]
        points, ranks, _ = _pool(pools, each, weights)
        found[at] = np.interp(x[at], points, ranks)
    return 100 * (found if sign > 0 else 1 - found)


def _pool(pools: Mapping[Pool, Curve], asked: Pool, weights: Weights) -> Curve:
    """The narrowest pool with enough values; the widest there is where none has."""
    for pool in (asked, (asked[0], ALL), (ANY_KIND, ALL)):
        if pool in pools and pools[pool][2] >= weights.least_reference:
            return pools[pool]
    return pools[ANY_KIND, ALL]


def _means(kind: NDArray[np.object_], stratum: Ints, frozen: Reference, many: int) -> Vector:
    found = np.full(many, np.nan)
    for i in range(many):
        for pool in ((kind[i], int(stratum[i])), (kind[i], ALL), (ANY_KIND, ALL)):
            if pool in frozen.means:
                found[i] = frozen.means[pool]
                break
    return found
