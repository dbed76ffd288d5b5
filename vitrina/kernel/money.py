# SPDX-License-Identifier: Apache-2.0
"""Exact money: integer centavos and a currency, decimal text at every border."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?", re.ASCII)
MAX_CENTAVOS = 10**17  # 1 000 billones de pesos: anything above is a typing error, and bigint still holds it


class MoneyError(ValueError):
    """The text is not an amount with at most two decimals."""


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in integer centavos of one currency. Adding two currencies is an error, not a conversion.

    >>> Money.parse("1234.5") + Money(50)
    Money(centavos=123500, currency='MXN')
    """

    centavos: int
    currency: str = "MXN"

    @classmethod
    def parse(cls, text: str, currency: str = "MXN") -> Money:
        """Money from plain decimal text (`1234.50`, ASCII digits, at most two decimals); else `MoneyError`."""
        if not _AMOUNT.fullmatch(text):
            raise MoneyError(text[:40])
        return cls(int(Decimal(text) * 100), currency)

    @classmethod
    def of(cls, exact: Fraction | Decimal | int, currency: str = "MXN") -> Money:
        """Money from an exact number of pesos, rounded half up to the centavo."""
        value = Fraction(exact) * 100
        number = Decimal(value.numerator) / Decimal(value.denominator)
        return cls(int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @property
    def decimal(self) -> Decimal:
        """Pesos as an exact decimal with two places."""
        return Decimal(self.centavos).scaleb(-2)

    def __str__(self) -> str:
        return f"{self.decimal:.2f}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.centavos + other.centavos, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.centavos - other.centavos, self.currency)

    def times(self, factor: Fraction | Decimal | int) -> Money:
        """The amount times an exact factor, rounded half up to the centavo."""
        return Money.of(Fraction(self.centavos, 100) * Fraction(factor), self.currency)


def total(amounts: list[Money], currency: str = "MXN") -> Money:
    """Sum of amounts of one currency; zero of `currency` when there are none."""
    result = Money(0, amounts[0].currency if amounts else currency)
    for amount in amounts:
        result = result + amount
    return result
