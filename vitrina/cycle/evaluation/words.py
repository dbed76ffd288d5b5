# SPDX-License-Identifier: Apache-2.0
"""Findings and price tests in plain sentences, in the language in force; every rejection by price says its figures."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import lang, money
from vitrina.kernel import formats

from .criteria import Finding
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


def _stopped(reason: str) -> str:
    reason = reason.strip()
    return reason if reason.endswith((".", "?", "»")) else f"{reason}."
