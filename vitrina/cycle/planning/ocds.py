# SPDX-License-Identifier: Apache-2.0
"""Planning as OCDS release fragments."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import number, release_for, value

from .events import BudgetCertified, ItemRef, Line, PartyRef, PlanLineCancelled, PlanLineModified, PlanLinePublished


def party(ref: PartyRef, *roles: str) -> dict[str, Any]:
    """A unit as an OCDS party."""
    scheme, number = ("MX-RFC", ref.rfc) if ref.rfc else ("MX-UC", ref.key)
    return {"id": ref.key, "name": ref.name, "identifier": {"scheme": scheme, "id": number}, "roles": list(roles)}


def item(ref: ItemRef) -> dict[str, Any]:
    """An item with its CUCoP class, quantity, unit and lot."""
    return {
        "id": str(ref.number),
        "description": ref.description,
        "classification": {"scheme": "CUCOP", "id": ref.cucop, "description": ref.description},
        "quantity": number(ref.quantity),
        "unit": {"name": ref.unit_name},
        "relatedLot": str(ref.lot),
    }


def _planning(line: Line) -> dict[str, Any]:
    components = [{"name": "Partida específica", "level": "partida", "code": line.budget_key}]
    if line.programme_key:
        components.append({"name": "Programa presupuestario", "level": "programa", "code": line.programme_key})
    if line.portfolio_key:
        components.append({"name": "Clave de cartera", "level": "cartera", "code": line.portfolio_key})
    year = line.fiscal_year
    return {
        "rationale": line.rationale,
        "budget": {
            "id": line.budget_key,
            "description": line.title,
            "amount": value(line.budget),
            "budgetBreakdown": [
                {
                    "id": "1",  # the line's one budget: another key takes the place of the former in the record
                    "description": line.title,
                    "amount": value(line.budget),
                    "period": {"startDate": f"{year}-01-01T00:00:00Z", "endDate": f"{year}-12-31T23:59:59Z"},
                    "budgetLines": [{"id": line.budget_key, "components": components}],
                }
            ],
        },
    }


EXTENDED = {"goods": "goodsAcquisition"}  # what is bought, in the words of the extension; leases have none here yet


def _tender(line: Line, status: str) -> dict[str, Any]:
    return {
        "id": "tender",
        "title": line.title,
        "status": status,
        "mainProcurementCategory": line.category,
        "additionalProcurementCategories": [EXTENDED.get(line.category, line.category)],
        "items": [item(i) for i in line.items],
    }


@release_for(PlanLinePublished, "planning")
def plan_line_published(event: PlanLinePublished, entry: Entry) -> dict[str, Any]:  # noqa: ARG001 - builder shape
    """Who buys, with which money, what and why."""
    refs = {event.buyer.key: (event.buyer, ["buyer"])}
    for ref, role in ((event.unit, "procuringEntity"), (event.requesting_unit, "requestingUnit")):
        refs.setdefault(ref.key, (ref, []))[1].append(role)
    unit, buyer = ({"id": ref.key, "name": ref.name} for ref in (event.unit, event.buyer))
    above = {"memberOf": [buyer]}
    return {
        "parties": [
            party(ref, *roles) | ({} if ref.key == event.buyer.key else above) for ref, roles in refs.values()
        ],
        "buyer": buyer,
        "planning": {
            **_planning(event.line),
            "requestingUnits": [{"id": event.requesting_unit.key, "name": event.requesting_unit.name}],
            "contractingUnits": [unit],
        },
        "tender": {**_tender(event.line, "planning"), "procuringEntity": unit},
    }


@release_for(PlanLineModified, "planningUpdate")
def plan_line_modified(event: PlanLineModified, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """The line as it now stands. Merging by id never drops an item: one that was removed stays, with quantity 0."""
    tender = _tender(event.line, "planning")
    tender["items"] += [{"id": str(n), "description": "Renglón retirado", "quantity": 0} for n in event.removed_items]
    return {"planning": _planning(event.line), "tender": tender}


@release_for(BudgetCertified, "planningUpdate")
def budget_certified(event: BudgetCertified, entry: Entry) -> dict[str, Any]:
    """A milestone that is met."""
    milestone = {
        "id": "budget-certificate",
        "title": f"Suficiencia presupuestal {event.certificate}",
        "type": "approval",
        "status": "met",
        "dateMet": entry.header()["at"],
    }
    return {"planning": {"milestones": [milestone]}}


@release_for(PlanLineCancelled, "tenderCancellation")
def plan_line_cancelled(event: PlanLineCancelled, entry: Entry) -> dict[str, Any]:
    """The end before the call, with its reason."""
    why = {"id": "cancellation", "date": entry.header()["at"], "rationale": event.reason}
    return {"tender": {"id": "tender", "status": "cancelled", "amendments": [why]}}
