# SPDX-License-Identifier: Apache-2.0
"""The price screens: code, words, formula, least number of bids, suspicious side. One row of the list each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vitrina.insight.flags.declare import Side
from vitrina.insight.text import Text

from . import price
from .price import Matrix, Vector

CLOSE = Text(
    "Los precios se parecen más entre sí que los de sus pares: quien acuerda suele agruparse.",
    "Prices are closer to each other than those of the peers: who agrees tends to bunch.",
)
GAP = Text(
    "El ganador queda solo y los demás juntos: así se ven las posturas de relleno.",
    "The winner stands alone and the others together: cover bids look like that.",
)
SHAPE = Text(
    "La forma de las posturas no es la usual entre sus pares.",
    "The shape of the bids is unusual among the peers.",
)
DEAR = Text(
    "Se ganó cerca del estimado, o por encima: competir suele abaratar.",
    "It was won near the estimate or above it: competition tends to make things cheaper.",
)


@dataclass(frozen=True, slots=True)
class Screen:
    """A price screen. `least`: bids without which it is not computable; `by_estimate`: its meaning depends on whether
    an estimate is public, so tenders with one are compared with tenders with one.
    """

    code: str
    column: str
    title: Text
    formula: str
    least: int
    side: Side
    why: Text
    compute: Callable[[Matrix, Vector], Vector]
    by_estimate: bool = False
    needs_estimate: bool = False


def _triad(name: str) -> Callable[[Matrix, Vector], Vector]:
    return lambda bids, _: price.triads(bids)[name]


def _screen(
    code: str, es: str, en: str, formula: str, least: int, side: Side, why: Text, compute: object, **more: bool
) -> Screen:
    column = code.lower().replace("-", "_").replace("/", "_")
    return Screen(code, column, Text(es, en), formula, least, side, why, compute, **more)  # type: ignore[arg-type]


LOW, HIGH, BOTH = Side.LOW, Side.HIGH, Side.BOTH
SCREENS = (
    _screen("CV", "Dispersión", "Dispersion", "s / m", 2, LOW, CLOSE, price.cv),
    _screen("SPD", "Amplitud", "Spread", "(b_n - b_1) / b_1", 2, LOW, CLOSE, price.spread),
    _screen("DIFFP", "Distancia al segundo", "Second's distance", "(b_2 - b_1) / b_1", 2, BOTH, GAP, price.diffp),
    _screen(
        "RD", "Distancia relativa", "Relative distance", "(b_2 - b_1) / sd(b_2..b_n)", 3, HIGH, GAP, price.rd,
        by_estimate=True,
    ),
    _screen(
        "RDALT", "Distancia alternativa", "Alternative distance", "(b_2 - b_1) / mean(b_i+1 - b_i, i >= 2)", 3, HIGH,
        GAP, price.rdalt, by_estimate=True,
    ),
    _screen(
        "RDNOR", "Distancia normada", "Normalised distance", "(b_2 - b_1) / mean(b_i+1 - b_i)", 3, HIGH, GAP,
        price.rdnor, by_estimate=True,
    ),
    _screen("SKEW", "Asimetría", "Skewness", "n / ((n-1)(n-2)) sum(z^3)", 3, LOW, SHAPE, price.skew),
    _screen("KURT", "Curtosis", "Kurtosis", "adjusted excess kurtosis", 4, BOTH, SHAPE, price.kurt),
    _screen(
        "KS-U", "Distancia a lo uniforme", "Distance to the uniform", "sup |F((b - b_1)/(b_n - b_1)) - u|", 2, HIGH,
        SHAPE, price.ks_uniform, by_estimate=True,
    ),
    _screen(
        "KS-N", "Distancia a lo normal", "Distance to the normal", "sup |F(z) - Phi(z)|", 2, BOTH, SHAPE,
        price.ks_normal, by_estimate=True,
    ),
    _screen("LCV", "Dispersión de perdedores", "Dispersion of losers", "cv(b_2..b_n)", 3, LOW, CLOSE, price.loser_cv),
    _screen("MAD", "Desviación mediana", "Median deviation", "median |b - med| / med", 3, LOW, CLOSE, price.mad),
    _screen("TOP3", "Dispersión de los tres menores", "Three lowest", "cv(b_1..b_3)", 3, LOW, CLOSE, price.top3_cv),
    _screen("TRIAD-MIN", "Tríada más cerrada", "Closest triad", "min cv(b_i, b_j, b_k)", 3, LOW, CLOSE, _triad("min")),
    _screen("TRIAD", "Tríada mediana", "Median triad", "median cv(b_i, b_j, b_k)", 3, LOW, CLOSE, _triad("median")),
    _screen("TRIAD-MAX", "Tríada más abierta", "Widest triad", "max cv(b_i, b_j, b_k)", 3, LOW, CLOSE, _triad("max")),
    _screen("TRIAD-MEAN", "Tríada media", "Mean triad", "mean cv(b_i, b_j, b_k)", 3, LOW, CLOSE, _triad("mean")),
    _screen(
        "WIN/EST", "Menor postura entre estimado", "Lowest over estimate", "b_1 / estimate", 1, HIGH, DEAR,
        price.win_over_estimate, needs_estimate=True,
    ),
    _screen(
        "NEAR-EST", "Posturas junto al estimado", "Bids near the estimate", "share of |b - e| <= .02 e", 2, HIGH, DEAR,
        price.near_estimate, by_estimate=True, needs_estimate=True,
    ),
    _screen("IDENT", "Precios idénticos", "Identical prices", "n - distinct cents", 2, HIGH, CLOSE, price.identical),
    _screen("ROUND", "Precios redondos", "Round prices", "mean(zeros / digits)", 1, HIGH, SHAPE, price.roundness),
    _screen("STEP", "Escalones iguales", "Equal steps", "min(cv of gaps, cv of % gaps)", 4, LOW, SHAPE, price.step),
)  # fmt: skip
BY_CODE = {screen.code: screen for screen in SCREENS}

# The composite that needs no labels: how suspicious a tender is, in the mean of these.
COMPOSITE = ("CV", "SPD", "MAD", "TRIAD", "RD", "WIN/EST")
COMPOSITE_LEAST = 2
DIGITS = 9
DECIMALS = 10


def values(bids: Matrix, estimate: Vector) -> dict[str, Vector]:
    """Code -> value of every price screen for tenders of one size; nan where not computable. Values are rounded to 9
    significant digits, so that equal tenders told in another currency unit stay equal.
    """
    n = bids.shape[1]
    nothing = np.full(len(bids), np.nan)
    threes = price.triads(bids) if n >= 3 else {}  # noqa: PLR2004 - three bids make a triad
    found = {}
    for screen in SCREENS:
        if n < screen.least:
            found[screen.code] = nothing
        elif screen.code.startswith("TRIAD"):
            found[screen.code] = significant(threes[screen.code.removeprefix("TRIAD").strip("-").lower() or "median"])
        else:
            found[screen.code] = significant(screen.compute(bids, estimate))
    return found


def significant(x: Vector, digits: int = DIGITS) -> Vector:
    """Rounded to so many significant digits, and at most 10 decimals: a skewness of zero is no rounding noise."""
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(x))))
        rounded = np.where((x == 0) | ~np.isfinite(x), x, np.rint(x * power) / power)
    return np.round(rounded, DECIMALS) + 0.0  # what rounds to zero is zero, without a sign
