# SPDX-License-Identifier: Apache-2.0
"""Prices so low that their bidder is asked to justify them. A mark asks; it refuses nothing and accuses nobody.

Source: Prozorro's two tests on the first of the ranking, whose shares are proposals here. Both are inclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

MEAN40, NEXT30 = "mean40", "next30"
BELOW_MEAN, BELOW_NEXT = Fraction(40, 100), Fraction(30, 100)  # as published; a profile brings its own


@dataclass(frozen=True, slots=True)
class Mark:
    """A test that the first of the ranking met: `below` of one under `base` (exact centavos), where `share` marks."""

    name: str
    base: Fraction
    below: Fraction
    share: Fraction


def marks(
    initial: Sequence[int], final: Sequence[int], *, mean: Fraction = BELOW_MEAN, following: Fraction = BELOW_NEXT
) -> list[Mark]:
    """The marks on the first bid. Whole centavos, both lists in the final order of the ranking, first bid first.

    `mean40`: far below the mean of what the others asked at first. `next30`: far below what the next one asks now,
    next by ranking and not by price. Nobody is compared with nobody: a bid that stands alone has no mark.
    """
    if len(final) != len(initial):
        raise ValueError("a bid has one initial and one final amount")
    if len(final) <= 1:
        return []
    others = Fraction(sum(initial[1:]), len(initial) - 1)
    bases = ((MEAN40, others, mean), (NEXT30, Fraction(final[1]), following))
    found = [Mark(name, base, 1 - final[0] / base, share) for name, base, share in bases if base]
    return [mark for mark in found if mark.below >= mark.share]
