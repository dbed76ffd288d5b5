# SPDX-License-Identifier: Apache-2.0
"""The reference price: exact statistics of the prices found, and the commitment that binds it before the opening."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money


def mean(centavos: Sequence[int]) -> Money:
    """The arithmetic mean, rounded half up to the centavo."""
    return Money.of(Fraction(sum(centavos), 100 * len(centavos)))


def median(centavos: Sequence[int]) -> Money:
    """The middle price, or the mean of the two in the middle, rounded half up to the centavo."""
    ordered, half = sorted(centavos), len(centavos) // 2
    return Money(ordered[half]) if len(ordered) % 2 else mean(ordered[half - 1 : half + 1])


STATISTICS = {"mean": mean, "median": median}


def commitment(ocid: str, item_number: int, price: Money, salt: str) -> str:
    """SHA-256 hex that binds a reference price: RFC 8785 JSON of `{item, ocid, salt, unitPrice}`, price as text.

    Logged when the research concludes; with the price and salt revealed at the opening, anybody recomputes it.
    """
    return digest_of({"ocid": ocid, "item": item_number, "unitPrice": str(price), "salt": salt})
