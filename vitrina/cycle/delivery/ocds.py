# SPDX-License-Identifier: Apache-2.0
"""Delivery as OCDS release fragments: the deliveries of the contract as milestones of its implementation."""

from __future__ import annotations

from typing import Any

from vitrina.cycle.contracting.ocds import first_instant, last_instant
from vitrina.cycle.contracting.terms import exact
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import document, release_for

from .events import AcceptedLine, ArrivedLine, GoodsAccepted, GoodsReceived, GoodsRejected, ProgressReported


def _contract(event: Any, entry: Entry, milestones: list[dict[str, Any]]) -> dict[str, Any]:
    documents = [document(ref, entry.header()["at"]) for ref in event.documents]
    more = {"documents": documents} if documents else {}
    implementation = {"status": "ongoing", "milestones": milestones, **more}
    return {"contracts": [{"id": event.contract, "awardID": event.award, "implementation": implementation}]}


def _arrived(line: ArrivedLine, event: GoodsReceived) -> dict[str, Any]:
    return {
        "id": f"delivery-{line.delivery}",
        "title": f"Entrega {line.delivery}: {event.place.name}",
        "type": "delivery",
        "description": f"Recibido {exact(line.quantity):,f}, por aceptar",
        "dueDate": last_instant(line.due_on),
    }


def _accepted(line: AcceptedLine, event: GoodsAccepted) -> dict[str, Any]:
    is_met = line.accepted_in_all >= line.scheduled
    done = f"{exact(line.accepted_in_all):,f} de {exact(line.scheduled):,f}"
    late = f"; {line.late_days} días tarde" if line.late_days else ""
    return {
        "id": f"delivery-{line.delivery}",
        "title": f"Entrega {line.delivery}: {event.place.name}",
        "type": "delivery",
        "description": f"Aceptado {done}{late}",
        "status": "met" if is_met else "partiallyMet",
        **({"dateMet": first_instant(event.accepted_on)} if is_met else {}),
    }


@release_for(GoodsReceived, "implementation")
def goods_received(event: GoodsReceived, entry: Entry) -> dict[str, Any]:
    """What arrived of each delivery, waiting for acceptance."""
    return _contract(event, entry, [_arrived(line, event) for line in event.lines])


@release_for(GoodsAccepted, "implementationUpdate")
def goods_accepted(event: GoodsAccepted, entry: Entry) -> dict[str, Any]:
    """What each delivery has in all."""
    return _contract(event, entry, [_accepted(line, event) for line in event.lines])


@release_for(GoodsRejected, "implementationUpdate")
def goods_rejected(event: GoodsRejected, entry: Entry) -> dict[str, Any]:
    """The reasons, at each delivery."""
    text = f"Rechazado: {event.reason}"
    milestones = [{"id": f"delivery-{n}", "type": "delivery", "description": text} for n in event.deliveries]
    return _contract(event, entry, milestones)


@release_for(ProgressReported, "implementationUpdate")
def progress_reported(event: ProgressReported, entry: Entry) -> dict[str, Any]:
    """The report as a milestone that is met; its photographs as documents of the implementation."""
    done, planned = f"{event.actual.normalize():f}", f"{event.planned.normalize():f}"
    share = f"autorizado para pago {event.authorised} de {event.value} MXN sin IVA"
    milestone = {
        "id": f"progress-{event.number}",
        "title": f"Avance {event.number}: {event.place}",
        "type": "reporting",
        "description": f"Avance físico real {done} %, programado {planned} %; {share}",
        "status": "met",
        "dateMet": first_instant(event.cutoff_on),
    }
    return _contract(event, entry, [milestone])
