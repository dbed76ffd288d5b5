# SPDX-License-Identifier: Apache-2.0
"""Points and percentages, exactly: what a price is worth in points. Evaluation, auction room and verifier call it.

Source: guidelines of 2010-09-09 on the evaluation by points and percentages, `PPE_i = MPemb * W / MP_i`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction


def price_points(weight: Fraction, amounts: Mapping[str, int]) -> dict[str, Fraction]:
    """Bidder -> points of its amount (whole centavos, above zero): `weight` for the lowest, in proportion for others.

    >>> price_points(Fraction(60), {"A": 1000, "B": 900})
    {'A': Fraction(54, 1), 'B': Fraction(60, 1)}
    """
    lowest = min(amounts.values(), default=0)
    return {bidder: weight * Fraction(lowest, amount) for bidder, amount in amounts.items()}
