# SPDX-License-Identifier: Apache-2.0
"""What can be done in planning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from vitrina.cycle.core.command import command, move, opening_command, record
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.kernel import ids
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.models import Unit

from .events import (
    BudgetCertified,
    ItemRef,
    Line,
    PartyRef,
    PlanLineCancelled,
    PlanLineModified,
    PlanLinePublished,
)
from .models import Item, PlanLine
from .states import TABLE


def unit_ref(unit: Unit) -> PartyRef:
    """A unit as the ledger names it."""
    return PartyRef(key=unit.key, name=unit.name, rfc=unit.rfc)


def _next_ocid(year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('planning_process_number')")
        return ids.ocid(settings.OCID_PREFIX, f"{year}-{cursor.fetchone()[0]:06d}")


def _line(category: str, items: list[dict[str, Any]], fields: dict[str, Any]) -> Line:
    refs = tuple(ItemRef(number=n, **item) for n, item in enumerate(items, start=1))
    if not refs:
        raise refuse("items", _("Write at least one line: what is needed and how much."), field="items")
    if sorted({r.lot for r in refs}) != list(range(1, max(r.lot for r in refs) + 1)):
        raise refuse("lots", _("Number the lots 1, 2, 3... without leaving one out."), field="items")
    return Line(category=category, items=refs, **fields)


def _save_line(process: Process, line: Line, plan: PlanLine) -> None:
    process.title, process.category = line.title, line.category
    plan.rationale, plan.fiscal_year, plan.budget_centavos = line.rationale, line.fiscal_year, line.budget.centavos
    plan.budget_key, plan.programme_key, plan.portfolio_key = line.budget_key, line.programme_key, line.portfolio_key
    plan.expected_on = line.expected_on
    plan.save()
    process.items.all().delete()
    Item.objects.bulk_create(Item(process=process, **msgspec.structs.asdict(i)) for i in line.items)


@opening_command("planning.publish_line")
def publish_line(
    actor: Actor,
    *,
    at: datetime,
    unit_key: str,
    requesting_unit_key: str = "",
    title: str,
    rationale: str,
    items: list[dict[str, Any]],
    fiscal_year: int,
    budget: Money,
    budget_key: str,
    programme_key: str = "",
    portfolio_key: str = "",
    expected_on: date,
    category: str = "goods",
    procedure: str = "licitacion_publica",
) -> Entry:
    """Publish a line of the annual programme and so begin a purchase.

    `items`: dicts of `lot, cucop, description, quantity (Decimal), unit_name`. `budget` is without VAT. Refuses a
    unit that may not contract, and lines that leave a lot number out.
    """
    unit = Unit.objects.select_related("parent", "root").filter(key=unit_key, can_contract=True).first()
    if unit is None or not actor.acts_for(unit):
        raise refuse("unit", _("Choose a contracting unit of your own institution."), field="unit_key")
    requesting = Unit.objects.select_related("root").filter(key=requesting_unit_key or actor.unit_key).first() or unit
    if requesting.buyer != unit.buyer:
        message = _("The unit that asks for it belongs to another institution.")
        raise refuse("unit", message, field="requesting_unit_key")
    line = _line(
        category,
        items,
        {
            "title": title,
            "rationale": rationale,
            "fiscal_year": fiscal_year,
            "budget": budget,
            "budget_key": budget_key,
            "programme_key": programme_key,
            "portfolio_key": portfolio_key,
            "expected_on": expected_on,
        },
    )
    process = Process(
        ocid=_next_ocid(fiscal_year),
        title=title,
        buyer=unit.buyer,
        unit=unit,
        procedure=procedure,
        category=category,
        stage="planning",
        created_at=at,
    )
    process.save(force_insert=True)
    plan = PlanLine(process=process, state="")
    move(plan, TABLE, "publish_line")
    _save_line(process, line, plan)
    event = PlanLinePublished(
        buyer=unit_ref(unit.buyer), unit=unit_ref(unit), requesting_unit=unit_ref(requesting), line=line
    )
    return record(actor, process, event, at=at)


@command("planning.modify_line")
def modify_line(
    actor: Actor, process: Process, *, at: datetime, reason: str, items: list[dict[str, Any]], **fields: Any
) -> Entry:
    """Change the line before the call, with a public reason; a certified budget must then be certified again."""
    _before_call(process)
    plan = process.plan_line
    move(plan, TABLE, "modify_line")
    line = _line(process.category, items, fields)
    gone = {i.number for i in process.items.all()} - {i.number for i in line.items}
    _save_line(process, line, plan)
    event = PlanLineModified(line=line, reason=reason, removed_items=tuple(sorted(gone)))
    return record(actor, process, event, at=at)


@command("planning.certify_budget")
def certify_budget(actor: Actor, process: Process, *, at: datetime, certificate: str, amount: Money) -> Entry:
    """Certify that there is money: at least the line's amount (art. 25)."""
    plan = process.plan_line
    if amount.centavos < plan.budget_centavos:
        message = _("The certificate covers less than the line, which needs $%(amount)s.") % {"amount": plan.budget}
        raise refuse("certificate", message, field="amount")
    move(plan, TABLE, "certify_budget")
    plan.save()
    return record(actor, process, BudgetCertified(certificate=certificate, amount=amount), at=at)


@command("planning.cancel_line")
def cancel_line(actor: Actor, process: Process, *, at: datetime, reason: str) -> Entry:
    """Withdraw the line from the programme; after the call the tender itself is cancelled instead."""
    _before_call(process)
    plan = process.plan_line
    move(plan, TABLE, "cancel_line")
    plan.save()
    process.halt = "cancelled"
    return record(actor, process, PlanLineCancelled(reason=reason), at=at)


def _before_call(process: Process) -> None:
    if process.stage not in {"planning", "research"}:
        raise refuse("after-call", _("The call is published. Amend or cancel the call instead."))
