# SPDX-License-Identifier: Apache-2.0
"""Payment as OCDS release fragments: invoices as financing milestones, payments as transactions."""

from __future__ import annotations

from typing import Any

from vitrina.cycle.contracting.ocds import first_instant, last_instant
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import release_for, value

from .events import InvoiceApproved, InvoiceReceived, InvoiceReturned, PaymentMade, PurchaseCompleted

WIRE = "wireTransfe"  # misspelt in the codelist of the paymentMethod extension; harvesters expect it so


def _implementation(event: Any, **blocks: Any) -> dict[str, Any]:
    return {"contracts": [{"id": event.contract, "awardID": event.award, "implementation": blocks}]}


def _milestone(event: Any, **fields: Any) -> dict[str, Any]:
    return {"id": event.invoice, "title": f"Factura {event.invoice}", "type": "financing", **fields}


@release_for(InvoiceReceived, "implementationUpdate")
def invoice_received(event: InvoiceReceived, entry: Entry) -> dict[str, Any]:  # noqa: ARG001 - builder shape
    """The invoice as a financing milestone, with its fiscal folio."""
    description = f"CFDI {event.uuid}, recepciones {', '.join(event.receipts)}"
    return _implementation(event, milestones=[_milestone(event, description=description, status="scheduled")])


@release_for(InvoiceReturned, "implementationUpdate")
def invoice_returned(event: InvoiceReturned, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """The milestone that was not met, and why."""
    milestone = _milestone(event, description=f"Devuelta: {event.reason}", status="notMet")
    return _implementation(event, milestones=[milestone])


@release_for(InvoiceApproved, "implementationUpdate")
def invoice_approved(event: InvoiceApproved, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """The milestone with the day by which it is paid."""
    due = {"dueDate": last_instant(event.due_on)} if event.due_on else {}
    return _implementation(event, milestones=[_milestone(event, status="scheduled", **due)])


@release_for(PaymentMade, "implementationUpdate")
def payment_made(event: PaymentMade, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """The transaction, and the milestone met."""
    paid = first_instant(event.paid_on)
    transaction = {
        "id": event.invoice,
        "date": paid,
        "value": value(event.amount),
        "payer": {"id": event.payer.key, "name": event.payer.name},
        "payee": {"id": event.payee.key, "name": event.payee.name},
        "paymentMethod": WIRE,
        "relatedImplementationMilestone": {"id": event.invoice, "title": f"Factura {event.invoice}"},
    }
    milestone = _milestone(event, status="met", dateMet=paid)
    return _implementation(event, milestones=[milestone], transactions=[transaction])


@release_for(PurchaseCompleted, "contractTermination")
def purchase_completed(event: PurchaseCompleted, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """Every contract of the purchase at its end."""
    pairs = zip(event.contracts, event.awards, strict=True)
    over = {"status": "terminated", "implementation": {"status": "concluded"}}
    return {"contracts": [{"id": c, "awardID": award, **over} for c, award in pairs]}
