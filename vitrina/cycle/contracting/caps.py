# SPDX-License-Identifier: Apache-2.0
"""Sums and caps of a contract, exact and pure. Quantities are decimals, amounts integer centavos."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from vitrina.kernel.money import Money

MAX_QUANTITY = 10**10  # what a row holds


def amendment_room(signed: Decimal, now: Decimal, share: Decimal) -> Decimal:
    """How much more of a line all amendments together may still add: `share` of what was first signed.

    Rounded down to the fourth decimal, the finest quantity there is. Source: LAASSP 2025 art. 74, 2000 art. 52.

    >>> amendment_room(Decimal(1000), Decimal(1150), Decimal("0.20"))
    Decimal('50.0000')
    """
    room = Fraction(signed) * (1 + Fraction(share)) - Fraction(now)
    units = room.numerator * 10_000 // room.denominator
    return Decimal(max(units, 0)).scaleb(-4)


def is_quantity(quantity: Decimal) -> bool:
    """Whether it is a quantity above zero with at most four decimals, which the rows hold exactly.

    >>> is_quantity(Decimal("2.5")), is_quantity(Decimal("0.00005")), is_quantity(Decimal("NaN"))
    (True, False, False)
    """
    return quantity.is_finite() and 0 < quantity < MAX_QUANTITY and quantity == round(quantity, 4)


def guarantee_due(value: Money, share: Decimal) -> Money:
    """The guarantee that a contract of this value needs, rounded half up to the centavo.

    >>> str(guarantee_due(Money.parse("100000.00"), Decimal("0.10")))
    '10000.00'
    """
    return value.times(share)


def unscheduled(lines: dict[int, Decimal], scheduled: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """Item -> quantity that the schedule leaves out (positive) or has too much of (negative); empty when it fits."""
    left = dict(lines)
    for item_number, quantity in scheduled:
        left[item_number] = left.get(item_number, Decimal(0)) - quantity
    return {item_number: quantity for item_number, quantity in left.items() if quantity}
