# SPDX-License-Identifier: Apache-2.0
"""Price tests with exact arithmetic. Each keeps the figures that it used, so that anyone can compute it again.

- not acceptable: above the market-research figure by more than a share (art. 2-XI), or above the budget (2025);
- not convenient, 2025: below the market-research figure by more than a share (art. 2-XII);
- not convenient, 2000: below the mean of the preponderant prices by more than a share (Regl. 51).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Applied

PASSES, FAILS, UNDEFINED = "passes", "fails", "undefined"


class PriceTest(msgspec.Struct, frozen=True, kw_only=True):
    """One test of one price. `result`: passes, fails, or undefined when there is nothing to compare with.

    `name`: not_acceptable, above_budget or not_convenient. `base` is the figure compared with and `base_kind` says
    what it is: mean or median (of the market research), budget, preponderant. `limit` is the last price that passes.
    `severity` is the rule's: `block` throws the price out at once, any other waits for a decision with a reason.
    """

    name: str
    result: str
    offered: Money
    rule: Applied
    severity: str
    base_kind: str
    base: Money | None = None
    limit: Money | None = None

    @property
    def fails(self) -> bool:
        return self.result == FAILS


class Margin(msgspec.Struct, frozen=True, kw_only=True):
    """A share of the rulebook with what it is compared with."""

    name: str
    share: Fraction
    base_kind: str
    rule: Applied
    severity: str


def at_most(margin: Margin, offered: Money, base: Fraction | None) -> PriceTest:
    """Fails when `offered` is above `base` (centavos) by more than the share."""
    return _test(margin, offered, base, None if base is None else math.floor(base * (1 + margin.share)), upper=True)


def at_least(margin: Margin, offered: Money, base: Fraction | None) -> PriceTest:
    """Fails when `offered` is below `base` (centavos) by more than the share."""
    return _test(margin, offered, base, None if base is None else math.ceil(base * (1 - margin.share)), upper=False)


def _test(margin: Margin, offered: Money, base: Fraction | None, limit: int | None, *, upper: bool) -> PriceTest:
    """`limit` in whole centavos: rounding it inwards decides as the exact limit does, prices being whole."""
    if base is None or limit is None:
        result, shown = UNDEFINED, None
    else:
        beyond = offered.centavos > limit if upper else offered.centavos < limit
        result, shown = FAILS if beyond else PASSES, Money.of(base / 100, offered.currency)
    return PriceTest(
        name=margin.name,
        result=result,
        offered=offered,
        rule=margin.rule,
        severity=margin.severity,
        base_kind=margin.base_kind,
        base=shown,
        limit=None if limit is None else Money(limit, offered.currency),
    )


def preponderant(prices: Sequence[int], share: Fraction) -> list[int]:
    """The prices (centavos) that lie within `share` of their median: one stray price does not move the mean.

    The regulation asks for prices whose difference is "relatively small" and gives no figure; this reading uses the
    share of the same article. Another reading would be written here and nowhere else.
    """
    ranked = sorted(prices)
    if not ranked:
        return []
    middle = Fraction(ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2], 2)
    return [p for p in ranked if abs(p - middle) <= middle * share]


def mean(prices: Sequence[int]) -> Fraction | None:
    """The exact mean in centavos, or nothing."""
    return Fraction(sum(prices), len(prices)) if prices else None
