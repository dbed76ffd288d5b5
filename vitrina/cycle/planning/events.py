# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of planning."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
from django.utils.translation import gettext as _

from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, kind


class PartyRef(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as the ledger names it: register key, name, and the RFC where it has one."""

    key: str
    name: str
    rfc: str = ""


class ItemRef(msgspec.Struct, frozen=True, kw_only=True):
    """An item: number in the process, lot, CUCoP key, quantity in `unit_name`."""

    number: int
    lot: int
    cucop: str
    description: str
    quantity: Decimal
    unit_name: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan line says; the same in its publication and in each change."""

    title: str
    rationale: str
    category: str
    items: tuple[ItemRef, ...]
    fiscal_year: int
    budget: Money
    budget_key: str
    programme_key: str
    portfolio_key: str
    expected_on: date


@kind("plan_line.published", stage="planning")
class PlanLinePublished(Event):
    """A need entered the annual programme: the purchase begins."""

    buyer: PartyRef
    unit: PartyRef
    requesting_unit: PartyRef
    line: Line

    def sentence(self) -> str:
        return _("%(unit)s announced the purchase in its annual programme") % {"unit": self.unit.name}

    def detail(self) -> str:
        return self.line.rationale


@kind("plan_line.modified", stage="planning")
class PlanLineModified(Event):
    """The line changed before the call."""

    line: Line
    reason: str
    removed_items: tuple[int, ...] = ()

    def sentence(self) -> str:
        return _("The annual programme's line changed")

    def detail(self) -> str:
        return self.reason


@kind("budget.certified", stage="planning")
class BudgetCertified(Event):
    """There is money for the purchase: certificate number and amount."""

    certificate: str
    amount: Money

    def sentence(self) -> str:
        return _("The budget was certified")

    def detail(self) -> str:
        return _("Certificate %(number)s.") % {"number": self.certificate}


@kind("plan_line.cancelled", stage="planning")
class PlanLineCancelled(Event):
    """The line was withdrawn from the programme before the call."""

    reason: str

    def sentence(self) -> str:
        return _("The purchase was withdrawn from the annual programme")

    def detail(self) -> str:
        return self.reason
