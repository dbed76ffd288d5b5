# SPDX-License-Identifier: Apache-2.0
"""Test worlds stand on the demonstration's people; `reach_planning` begins the purchase."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from vitrina.cycle.core.models import Process
from vitrina.cycle.planning import commands as planning
from vitrina.kernel.money import Money
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local, world

__all__ = ["World", "local", "reach_planning", "world"]


def reach_planning(w: World, *, lots: int = 1, title: str = "Reactivo para VIH 1 y 2", funded: bool = True) -> Process:
    """A published, funded plan line for the HIV reagent, one item a lot."""
    items = [
        {
            "lot": n, "cucop": f"25401-001{n}", "description": f"{title}, presentación {n}",
            "quantity": Decimal(412000 if n == 1 else 1000 * n), "unit_name": "prueba",
        }
        for n in range(1, lots + 1)
    ]
    entry = planning.publish_line(
        w[Role.REQUESTER], at=local(2020, 1, 30, 12), unit_key=w.unit.key, title=title,
        rationale="Detección de VIH en 1,310 clínicas: 400,000 pruebas en el último trimestre.", items=items,
        fiscal_year=2020, budget=Money.parse("27000000.00"), budget_key="25401", programme_key="E012",
        portfolio_key="", expected_on=date(2020, 9, 22),
    )
    if funded:
        planning.certify_budget(
            w[Role.APPROVER], entry.ocid, at=local(2020, 2, 10, 12), certificate="DSP-0457-2020",
            amount=Money.parse("27000000.00"),
        )
    return Process.objects.get(ocid=entry.ocid)
