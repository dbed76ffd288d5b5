# SPDX-License-Identifier: Apache-2.0
"""A published call: the HIV reagent of 2020, call 22 September, meeting 2 October, opening 13 October at 11:00."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from vitrina.cycle.core.models import Process
from vitrina.cycle.tendering import commands as tendering
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.research import reach_research

PUBLISHED = local(2020, 9, 22, 9)
CLARIFICATION = local(2020, 10, 2, 10)
OPENING = local(2020, 10, 13, 11)
AWARD_BY = local(2020, 10, 27, 12)
DESCRIPTION = "Pruebas rápidas para la detección de anticuerpos contra VIH 1 y 2."


def panel(w: World) -> list[dict[str, Any]]:
    """All evaluators, the internal control body and the social witness."""
    members = [{"person_id": p.pk, "role": "evaluator"} for p in w.evaluator_people]
    return [
        *members,
        {"person_id": w.people[Role.OIC].pk, "role": "oic"},
        {"person_id": w.people[Role.WITNESS].pk, "role": "witness"},
    ]


def call(w: World, **changes: Any) -> dict[str, Any]:
    """The arguments of a call that the law admits; `changes` replace some."""
    terms = {
        "title": "Reactivo para VIH 1 y 2",
        "description": DESCRIPTION if "title" not in changes else f"{changes['title']}, en presentación individual.",
        "clarification_at": w.when(CLARIFICATION),
        "opening_at": w.when(OPENING),
        "award_by": w.when(AWARD_BY),
        "criteria": [
            {"title": "Registro sanitario vigente", "description": "Expedido por COFEPRIS.", "kind": "technical"},
            {"title": "Sensibilidad de 99.5 % o más", "description": "Según certificado.", "kind": "technical"},
            {"title": "Opinión fiscal positiva", "description": "Del mes en curso.", "kind": "legal"},
        ],
        "panel": panel(w),
        "guarantee_share": Decimal("0.10"),
        "penalty_rate": Decimal("0.01"),
        "delivery_days": 30,
        "delivery_place": "Almacén central, Ciudad de México",
        "contract_start": w.when(date(2020, 11, 3)),
        "contract_end": w.when(date(2020, 12, 31)),
    }
    return terms | changes


def reach_tendering(w: World, *, terms: dict[str, Any] | None = None, **planning: Any) -> Process:
    """A purchase whose call is published. `terms` change the call, `planning` goes to `reach_planning`."""
    process = reach_research(w, **planning)
    tendering.publish_call(w[Role.OFFICER], process.ocid, at=w.when(PUBLISHED), **call(w, **(terms or {})))
    return Process.objects.get(ocid=process.ocid)
