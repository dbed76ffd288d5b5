# SPDX-License-Identifier: Apache-2.0
"""Ceilings by authorised budget, and amounts in UMA as pesos."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from vitrina.kernel.money import Money
from vitrina.law import names
from vitrina.law.errors import BadQuestion, LawNotFound, UnknownValue
from vitrina.law.loader import Tables
from vitrina.law.model import Rule
from vitrina.law.query import rule


def ceiling(
    budget: Money | int,
    *,
    year: int,
    category: str,
    procedure: str,
    jurisdiction: str = "mx",
    data: Tables | None = None,
) -> Rule:
    """The ceiling, whole pesos without VAT, for a buyer whose authorised budget of `year` is `budget`.

    `budget` in pesos or Money. `procedure`: adjudicacion_directa or invitacion_tres_personas. Brackets are half-open:
    a budget of exactly 15 million is in the second. Errors: `UnknownValue` when the year or its lower brackets are
    not recorded.
    Source: PEF Anexo 9 (LAASSP-2025 art. 55, LOPSRM art. 43).
    """
    key = f"ceiling.{names.word('procedure', procedure)}"
    try:
        day = date(year, 12, 31)
    except (TypeError, ValueError):
        raise BadQuestion(f"year={year!r} is not a year.", f"year={year!r} no es un año.") from None
    try:
        return rule(key, at=day, jurisdiction=jurisdiction, category=category, budget=budget, data=data)
    except LawNotFound as error:
        if not error.nearest or error.nearest[0] != key:
            raise
        raise UnknownValue(key, "PEF", f"the ceilings of {year} for {category} are not recorded") from None


def in_pesos(found: Rule, at: date) -> Money:
    """A rule's amount as money at `at`: pesos as they are, daily or monthly UMA at that day's value.

    Errors: `BadQuestion` for another unit, `LawNotFound` when the UMA of that day is not recorded.
    """
    if found.unit in ("MXN", "MXN_net"):
        return Money.of(found.value)
    if found.unit not in ("UMA_daily", "UMA_monthly") or isinstance(found.value, list):
        raise BadQuestion(f"{found.key} is in {found.unit}, not an amount.", f"{found.key} no es un monto.")
    one = Decimal(rule("uma.daily", at=at).value)
    if found.unit == "UMA_monthly":
        one *= Decimal(rule("uma.monthly_factor", at=at).value)
    return Money.of(one * Decimal(found.value))
