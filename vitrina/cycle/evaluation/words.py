# SPDX-License-Identifier: Apache-2.0
"""Findings and price tests in plain sentences, in the language in force; every rejection by price says its figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import lang, money
from vitrina.kernel import formats
from vitrina.kernel.money import Money

from .costs import LifeCycle
from .criteria import Finding
from .points import Points
from .prices import UNDEFINED, PriceTest


def base_name(kind: str) -> str:
    """What a price was compared with."""
    return {
        "mean": _("the mean of the market research"),
        "median": _("the median of the market research"),
        "budget": _("the authorised budget"),
        "preponderant": _("the mean of the preponderant prices"),
    }[kind]


def name_of(name: str) -> str:
    """The name of a price test."""
    return {
        "not_acceptable": _("Acceptable price"),
        "above_budget": _("Within the budget"),
        "not_convenient": _("Convenient price"),
    }[name]


def share(text: str) -> str:
    """A share of one, as decimal text, in percent."""
    return formats.percent(Decimal(text) * 100, lang())


def price_test(test: PriceTest) -> str:
    """A price test with its figures: "Offered $70.00; an acceptable price goes up to $61.60: ..."."""
    if test.result == UNDEFINED or test.base is None or test.limit is None:
        return _("%(test)s: there was no figure to compare with.") % {"test": name_of(test.name)}
    figures = {"offered": money(test.offered), "limit": money(test.limit), "base": money(test.base),
               "what": base_name(test.base_kind)}  # fmt: skip
    if test.name == "above_budget":
        return _("It offered %(offered)s; %(what)s is %(base)s.") % figures
    figures["share"] = share(test.rule.value)
    if test.name == "not_acceptable":
        text = _("It offered %(offered)s; the highest acceptable is %(limit)s: %(what)s, %(base)s, plus %(share)s.")
    else:
        text = _("It offered %(offered)s; the lowest convenient is %(limit)s: %(what)s, %(base)s, less %(share)s.")
    return text % figures


def unmet(finding: Finding) -> str:
    """A requirement that is not met: its title, how many evaluators say so, and why."""
    text = ngettext(
        "It does not meet «%(title)s», in the judgement of %(against)s of %(votes)s evaluator: %(why)s",
        "It does not meet «%(title)s», in the judgement of %(against)s of %(votes)s evaluators: %(why)s",
        finding.votes,
    )
    return text % {
        "title": finding.title,
        "against": finding.against,
        "votes": finding.votes,
        "why": " ".join(_stopped(r) for r in finding.reasons),
    }


def number(points: str | Fraction) -> str:
    """Points as people read them: two decimals, half up."""
    return formats.number(Decimal(Money.of(Fraction(points)).decimal), lang())


def points(found: Points) -> str:
    """The points of a bid, both parts: "96 points: 42 of 50 technical and 54 of 60 of the price"."""
    figures = {
        "total": number(found.total),
        "technical": number(found.technical),
        "of": number(found.most_technical),
        "economic": number(found.economic or "0"),
        "most": number(found.most_economic),
    }
    if not found.economic:
        return _("%(technical)s points of %(of)s for the technical part") % figures
    return _("%(total)s points: %(technical)s of %(of)s technical and %(economic)s of %(most)s of the price") % figures


def life_cycle(price: Money, found: LifeCycle) -> str:
    """What decides by life-cycle cost: "$2,400.00 in all: $900.00 of price and $1,500.00 of life-cycle cost"."""
    figures = {"sum": money(found.sum), "price": money(price), "cost": money(found.cost)}
    return _("%(sum)s in all: %(price)s of price and %(cost)s of life-cycle cost, without VAT") % figures


def short(found: Points) -> str:
    """That the technical part has too few points."""
    text = _("Its technical part got %(technical)s points of %(of)s; it needs %(least)s.")
    return text % {
        "technical": number(found.technical),
        "of": number(found.most_technical),
        "least": number(found.least),
    }


def given(finding: Finding) -> str:
    """What a requirement gave, and why not all, such as: «Experience»: 12.5 points of 15. Two contracts of three."""
    figures = {"title": finding.title, "points": number(finding.points), "most": number(str(finding.most))}
    said = _("«%(title)s»: %(points)s points of %(most)s.") % figures
    return " ".join([said, *(_stopped(r) for r in finding.reasons)])


def _stopped(reason: str) -> str:
    reason = reason.strip()
    return reason if reason.endswith((".", "?", "»")) else f"{reason}."
