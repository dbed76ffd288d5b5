# SPDX-License-Identifier: Apache-2.0
"""The price tests that the rulebook of a purchase asks for, run on the bids of one lot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.utils.translation import get_language

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.planning.models import Item
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.methods import BY_COST, BY_POINTS, SCALE
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel.money import Money
from vitrina.law import LawError, LawNotFound, Rule, rule

from .points import Scale
from .prices import Margin, PriceTest, at_least, at_most, mean, preponderant


@dataclass(frozen=True, slots=True)
class PriceRules:
    """The tests of one rulebook; a test that it does not have is None."""

    not_acceptable: Margin | None
    above_budget: Margin | None
    not_convenient: Margin | None


def price_rules(process: Process, at: datetime) -> PriceRules:
    """The price tests of the law that the purchase keeps. Refuses when that law has a test of unknown value."""
    # The statistic that the research used: its rulebook is that of an earlier day than the call's.
    reference = process.reference_prices.values_list("statistic", flat=True).first() or "median"
    budget = _optional(process, "price.not_acceptable.above_budget", at)
    low = _optional(process, "price.not_convenient.margin", at)
    low_by_bids = _optional(process, "price.convenient.margin", at)
    return PriceRules(
        _margin("not_acceptable", _optional(process, "price.not_acceptable.margin", at), reference),
        _margin("above_budget", budget, "budget", share=Fraction(0)) if budget and budget.value else None,
        _margin("not_convenient", low, reference) or _margin("not_convenient", low_by_bids, "preponderant"),
    )


def scale_of(process: Process, at: datetime) -> Scale | None:
    """The scale of an evaluation by points; nothing under another method. Refuses where the law's is not known."""
    tender = tender_of(process)
    if tender is None or tender.evaluation_method != BY_POINTS:
        return None
    return Scale(*(Fraction(str(limits.rule_of(process, key, at).value)) for key in SCALE))


def is_by_cost(process: Process) -> bool:
    """Whether the call is decided by price plus life-cycle cost."""
    tender = tender_of(process)
    return tender is not None and tender.evaluation_method == BY_COST


def _optional(process: Process, key: str, at: datetime) -> Rule | None:
    try:
        return rule(key, at=at, **limits.question(process))
    except LawNotFound:
        return None
    except LawError as error:
        raise refuse("law", error.say(get_language() or "es")) from error


def _margin(name: str, found: Rule | None, base_kind: str, *, share: Fraction | None = None) -> Margin | None:
    if found is None:
        return None
    share = Fraction(str(found.value)) if share is None else share
    return Margin(name=name, share=share, base_kind=base_kind, rule=applied(found), severity=found.severity)


def reference_of(items: list[Item], unit_prices: Mapping[int, Money]) -> Fraction | None:
    """The market-research figure of a lot, in exact centavos; nothing when an item has no price."""
    if not items or any(i.number not in unit_prices for i in items):
        return None
    return sum((unit_prices[i.number].centavos * Fraction(i.quantity) for i in items), Fraction(0))


def price_tests(
    rules: PriceRules, prices: Mapping[str, Money], *, reference: Fraction | None, budget: Money
) -> dict[str, tuple[PriceTest, ...]]:
    """Bid -> the tests of its price in one lot. `prices`: totals of the bids that meet every requirement."""
    low = rules.not_convenient
    base = reference
    if low is not None and low.base_kind == "preponderant":
        base = mean(preponderant([p.centavos for p in prices.values()], low.share))
    found = {}
    for bid_id, offered in prices.items():
        tests = []
        if rules.not_acceptable is not None:
            tests.append(at_most(rules.not_acceptable, offered, reference))
        if rules.above_budget is not None:
            tests.append(at_most(rules.above_budget, offered, Fraction(budget.centavos)))
        if low is not None:
            tests.append(at_least(low, offered, base))
        found[bid_id] = tuple(tests)
    return found
