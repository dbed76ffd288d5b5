# SPDX-License-Identifier: Apache-2.0
"""Evaluation by points and percentages: what the committee gives the technical part, and what the price adds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from vitrina.kernel.money import Money
from vitrina.kernel.points import price_points

from .criteria import Finding


@dataclass(frozen=True, slots=True)
class Scale:
    """What the rulebook gives each part, in points, and the least that the technical part needs."""

    technical: Fraction
    economic: Fraction
    least: Fraction


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a bid in a lot, as exact rationals (`42`, `125/3`), with the scale that they stand on.

    `economic` is empty for a bid that is out: its price is not compared.
    """

    technical: str
    economic: str = ""
    most_technical: str
    most_economic: str
    least: str

    @property
    def total(self) -> Fraction:
        """Both parts together."""
        return Fraction(self.technical) + Fraction(self.economic or 0)

    @property
    def is_enough(self) -> bool:
        """Whether the technical part has the least that it needs."""
        return Fraction(self.technical) >= Fraction(self.least)


def technical(scale: Scale, findings: Iterable[Finding]) -> Points:
    """The points that the committee gave: of each requirement that gives points the mean of the evaluators."""
    given = sum((Fraction(f.points) for f in findings if f.points), Fraction(0))
    return Points(
        technical=str(given),
        most_technical=str(scale.technical),
        most_economic=str(scale.economic),
        least=str(scale.least),
    )


def with_prices(points: Mapping[str, Points], prices: Mapping[str, Money]) -> dict[str, Points]:
    """The same with the points of the price, for the bids that have one here: those that stay in."""
    if not prices:
        return dict(points)
    weight = Fraction(next(iter(points.values())).most_economic)
    economic = price_points(weight, {bid: price.centavos for bid, price in prices.items()})
    return {
        bid: msgspec.structs.replace(found, economic=str(economic[bid])) if bid in economic else found
        for bid, found in points.items()
    }
