# SPDX-License-Identifier: Apache-2.0
"""Amounts, days and rules in words, in the language in force: what events and tasks write their sentences with."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from vitrina.kernel import formats
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Applied


def lang() -> str:
    """`en` or `es`."""
    return "en" if (translation.get_language() or "es").startswith("en") else "es"


def money(amount: Money | int) -> str:
    """`$21,135,600.00` (Money or centavos)."""
    return formats.money(amount, lang())


def day(value: date, zone: str = "") -> str:
    """`13 de octubre de 2020`; give the unit's zone with an instant."""
    return formats.day(value, lang(), zone=zone)


def short_day(value: date, zone: str = "") -> str:
    """`mar 13 oct`."""
    return formats.day(value, lang(), form="shortday", zone=zone)


def day_time(value: datetime, zone: str = "") -> str:
    """`13 de octubre de 2020, 11:00 h (Ciudad de México)`."""
    return formats.day_time(value, lang(), zone=zone)


def rule_words(rule: Applied) -> str:
    """The article of a rule as it stands under a fact: `Art. 42, LAASSP-2025. Certeza: fuente secundaria.`"""
    from vitrina.law.explain import phrase  # noqa: PLC0415 - the rulebook's words are data

    sure = phrase("certainty", rule.certainty, lang())
    article = rule.article
    if article.startswith("Regl."):
        article = _("%(number)s of the Regulation") % {"number": article.removeprefix("Regl.")}
    return _("Art. %(article)s, %(law)s. Certainty: %(sure)s.") % {
        "article": article,
        "law": rule.law,
        "sure": sure,
    }
