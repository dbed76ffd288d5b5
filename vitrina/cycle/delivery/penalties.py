# SPDX-License-Identifier: Apache-2.0
"""Penalties for delay: on the late part only, never above the cap. Pure and exact; amounts in centavos without VAT.

Source: LAASSP 2025 arts. 75-76 (secondary source), LAASSP 2000 art. 53 (from memory). Rates and caps are arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vitrina.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """What arrived of one scheduled delivery: quantity, unit price, the day it was due and the day it came."""

    quantity: Decimal
    unit: Money
    due_on: date
    received_on: date

    @property
    def late_days(self) -> int:
        """Natural days after the day it was due; zero when it came in time."""
        return max((self.received_on - self.due_on).days, 0)

    @property
    def late_quantity(self) -> Decimal:
        return self.quantity if self.late_days else Decimal(0)

    @property
    def late_amount(self) -> Money:
        return self.unit.times(self.late_quantity)


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that penalties may be: what is left of the guarantee, or a share of each late amount without one."""

    left: Money | None = None
    share: Decimal | None = None


def penalty(part: Part, rate: Decimal) -> Money:
    """The penalty of a part before any cap: late amount x daily rate x days late, rounded half up.

    >>> part = Part(Decimal(200), Money.parse("100.00"), date(2026, 1, 5), date(2026, 1, 15))
    >>> str(penalty(part, Decimal("0.005")))
    '1000.00'
    """
    return part.unit.times(part.late_quantity * rate * part.late_days)


def assess(parts: Sequence[Part], rate: Decimal, cap: Cap) -> list[Money]:
    """The penalty of each part, in order, within the cap."""
    found, left = [], cap.left
    for part in parts:
        amount = penalty(part, rate)
        if cap.share is not None:
            amount = min(amount, part.late_amount.times(cap.share))
        if left is not None:
            amount = min(amount, left)
            left = left - amount
        found.append(amount)
    return found
