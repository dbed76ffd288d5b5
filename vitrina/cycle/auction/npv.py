# SPDX-License-Identifier: Apache-2.0
"""Net present value of an energy-performance contract: what the buyer saves less what it pays, over twenty years.

Source: the published cases of Prozorro's calculator, whose exact fractions this gives. Only for tenders that ask for
such contracts. A year has 365 days; the horizon is twenty years from the announcement, cut at each 31 December into 21
periods. The saving of the first period is not taken by its days although all others are: the cases ask for that.
"""

from __future__ import annotations

import functools
import itertools
from datetime import date
from fractions import Fraction

import msgspec

YEAR, YEARS = 365, 20
PERIODS = YEARS + 1


class Energy(msgspec.Struct, frozen=True, kw_only=True):
    """An offer of an energy contract. Savings are pesos a year (21 of them), rate and share of one; all as text.

    `share` is what the supplier gets of each saving during `years` and `days`; `announced` begins the first period.
    """

    rate: str
    savings: tuple[str, ...]
    share: str
    years: int
    days: int
    announced: date


def period_days(announced: date) -> list[int]:
    """Days of each of the 21 periods: what is left of the first year, nineteen whole years, the rest of the last."""
    first = (date(announced.year, 12, 31) - announced).days
    return [first, *[YEAR] * (YEARS - 1), YEAR - first]


def payment_days(announced: date, length: int) -> list[int]:
    """Days of each period on which the supplier is paid, for a contract of `length` days."""
    days = []
    for period in [period_days(announced)[0], *[YEAR] * YEARS]:
        paid = min(length, period)
        days.append(paid)
        length -= paid
    return days


def payments(offer: Energy) -> list[Fraction]:
    """What the supplier gets in each period, exact pesos. Errors: `ValueError` when a number of savings is missing."""
    share, savings = Fraction(offer.share), _savings(offer)
    paid = payment_days(offer.announced, YEAR * offer.years + offer.days)
    return [
        share * saving * Fraction(q, p) if q else Fraction(0)
        for saving, q, p in zip(savings, paid, period_days(offer.announced), strict=True)
    ]


def contract_amount(offer: Energy) -> Fraction:
    """The sum of the payments, exact pesos."""
    return sum(payments(offer), Fraction(0))


@functools.lru_cache(maxsize=4096)
def present_value(offer: Energy) -> Fraction:
    """The net present value, exact pesos."""
    rate, savings, periods = Fraction(offer.rate), _savings(offer), period_days(offer.announced)
    paid = payments(offer)
    first = savings[0] - paid[0] if periods[0] else Fraction(0)
    later = [s * Fraction(p, YEAR) - x for s, p, x in zip(savings[1:], periods[1:], paid[1:], strict=True)]
    factors = itertools.accumulate((1 / (1 + rate * Fraction(p, YEAR)) for p in periods), lambda a, b: a * b)
    return sum((f * income for f, income in zip(factors, [first, *later], strict=True)), Fraction(0))


def _savings(offer: Energy) -> list[Fraction]:
    if len(offer.savings) != PERIODS:
        raise ValueError(f"{len(offer.savings)} yearly savings; a contract of {YEARS} years has {PERIODS} periods")
    return [Fraction(s) for s in offer.savings]
