# SPDX-License-Identifier: Apache-2.0
"""The need enters the annual programme and its budget is certified."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from vitrina.cycle.core.models import Process
from vitrina.cycle.planning import commands as planning
from vitrina.kernel.money import Money
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local

TITLE = "Reactivo para VIH 1 y 2"
RATIONALE = "Detección de VIH en 1,310 clínicas: 400,000 pruebas en el último trimestre."
PRICE_FORESEEN = Decimal("65.00")  # a unit, without VAT


def reach_planning(
    w: World,
    *,
    lots: int = 1,
    title: str = TITLE,
    quantity: int = 412_000,
    unit_name: str = "prueba",
    funded: bool = True,
    category: str = "goods",
) -> Process:
    """A published, funded plan line, one item a lot; the HIV reagent unless told otherwise."""
    items = [
        {
            "lot": n,
            "cucop": f"25401-001{n}",
            "description": f"{title}, presentación {n}",
            "quantity": Decimal(quantity if n == 1 else 1000 * n),
            "unit_name": unit_name,
        }
        for n in range(1, lots + 1)
    ]
    foreseen = Money.of(PRICE_FORESEEN * sum(int(i["quantity"]) for i in items))
    budget = Money.parse("27000000.00") if title == TITLE else foreseen
    entry = planning.publish_line(
        w[Role.REQUESTER],
        at=w.when(local(2020, 1, 30, 12)),
        unit_key=w.unit.key,
        title=title,
        rationale=RATIONALE if title == TITLE else f"{title} para las unidades médicas, último trimestre.",
        items=items,
        fiscal_year=2020,
        budget=budget,
        budget_key="25401",
        programme_key="E012",
        portfolio_key="",
        expected_on=w.when(date(2020, 9, 22)),
        category=category,
    )
    if funded:
        planning.certify_budget(
            w[Role.APPROVER],
            entry.ocid,
            at=w.when(local(2020, 2, 10, 12)),
            certificate="DSP-0457-2020",
            amount=budget,
        )
    return Process.objects.get(ocid=entry.ocid)
