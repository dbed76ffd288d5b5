# SPDX-License-Identifier: Apache-2.0
"""Evaluation by life-cycle cost (costo-beneficio): price plus what the goods cost besides, in exact centavos. Pure."""

from __future__ import annotations

import msgspec

from vitrina.kernel.money import Money


class LifeCycle(msgspec.Struct, frozen=True, kw_only=True):
    """What decides of a solvent bid in a lot: the costs that it declares and were accepted, and their sum with its
    price. All without VAT; the contract is for the price alone.
    """

    cost: Money
    sum: Money

    @classmethod
    def of(cls, price: Money, cost: Money) -> LifeCycle:
        """Both parts together."""
        return cls(cost=cost, sum=price + cost)
