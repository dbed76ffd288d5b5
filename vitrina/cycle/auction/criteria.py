# SPDX-License-Identifier: Apache-2.0
"""What a bid is worth under each criterion, exactly. Lower is better everywhere: what counts upwards is negated.

    price              amount
    weighted_divisor   amount / coefficient
    added_cost         amount + addition (a life-cycle cost)
    mixed              amount / coefficient + addition
    points             technical + weight x lowest amount / amount        (highest wins)
    npv                net present value of an energy contract, `npv`     (highest wins)

Amounts are whole centavos and scores are exact centavos, points or pesos (npv) as `Fraction`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

import msgspec

from vitrina.kernel.points import price_points
from vitrina.kernel.ranking import Offer, rank

from .npv import Energy, present_value

Criterion = Literal["price", "weighted_divisor", "added_cost", "mixed", "points", "npv"]
ONE, ZERO = "1", "0"
_RATIONAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,20}|/[1-9][0-9]{0,39})?", re.ASCII)


class Merits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the score of a bid depends on besides its amount: exact rationals as text (`0.06`, `50/43`).

    `addition` is in centavos. A criterion reads only what it needs.
    """

    coefficient: str = ONE
    addition: str = ZERO
    technical: str = ZERO
    energy: Energy | None = None


NOTHING = Merits()


@dataclass(frozen=True, slots=True)
class Bid:
    """What a bidder asks now: whole centavos, since which instant, at which place of the ledger."""

    bidder: str
    amount: int
    at: datetime
    order: int
    merits: Merits = NOTHING


@functools.lru_cache(maxsize=4096)
def rational(text: str) -> Fraction:
    """An exact number from decimal or fraction text. Errors: `ValueError` for anything else."""
    if not _RATIONAL.fullmatch(text):
        raise ValueError(f"not an exact number: {text[:40]}")
    return Fraction(text)


def coefficient(values: Iterable[Fraction], most: Iterable[Fraction]) -> Fraction:
    """The divisor of a bid whose features weigh `values`, where each feature weighs at most `most`.

    Source: Prozorro's price-quality criterion, 1 + sum(values) / (1 - sum(most)). Errors: `ValueError` when the most
    that can be had is the whole price or more.
    """
    room = 1 - sum(most, Fraction(0))
    if room <= 0:
        raise ValueError("features that weigh the whole price leave nothing to divide")
    return 1 + sum(values, Fraction(0)) / room


def scores(criterion: Criterion, bids: Iterable[Bid], weight: Fraction = Fraction(0)) -> dict[str, Fraction]:
    """Bidder -> score. `weight`: points of the lowest price, for `points` alone. Errors: `ValueError`."""
    bids = list(bids)
    if criterion == "npv":
        return {b.bidder: -present_value(_energy(b)) for b in bids}
    if criterion == "points":
        economic = price_points(weight, {b.bidder: b.amount for b in bids})
        return {b.bidder: -rational(b.merits.technical) - economic[b.bidder] for b in bids}
    return {b.bidder: score_at(b, b.amount) for b in bids}


def ranking(criterion: Criterion, bids: Iterable[Bid], weight: Fraction = Fraction(0)) -> list[tuple[int, Offer]]:
    """(place, offer) from the best on, by the one ranking function: score, then instant, then place in the ledger."""
    bids = list(bids)
    found = scores(criterion, bids, weight)
    return rank(Offer(b.bidder, found[b.bidder], b.order, b.at) for b in bids)


def score_at(bid: Bid, amount: int) -> Fraction:
    """The score that a bidder would have at an amount, under a criterion of amount / coefficient + addition."""
    merits = bid.merits
    if merits.coefficient == ONE and merits.addition == ZERO:
        return Fraction(amount)
    return amount / rational(merits.coefficient) + rational(merits.addition)


def amount_at(bid: Bid, score: Fraction) -> Fraction:
    """The exact amount at which a bidder would have a score; the inverse of `score_at`."""
    merits = bid.merits
    if merits.coefficient == ONE and merits.addition == ZERO:
        return score
    return (score - rational(merits.addition)) * rational(merits.coefficient)


def _energy(bid: Bid) -> Energy:
    if bid.merits.energy is None:
        raise ValueError(f"{bid.bidder} has no energy contract to value")
    return bid.merits.energy


def of_features(weights: Mapping[str, str], features: Mapping[str, Iterable[str]]) -> str:
    """The coefficient as text: `weights` of a bid by feature, `features` with every weight that each can have."""
    most = [max(rational(w) for w in options) for options in features.values()]
    return str(coefficient((rational(w) for w in weights.values()), most))
