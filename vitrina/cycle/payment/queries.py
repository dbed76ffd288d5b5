# SPDX-License-Identifier: Apache-2.0
"""What payment tells the desk and the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import are_all_contracted, contracts_of, today
from vitrina.cycle.contracting.states import ContractState
from vitrina.cycle.contracting.terms import Term, exact, term
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.core.words import money
from vitrina.cycle.delivery.models import Receipt
from vitrina.cycle.delivery.queries import (
    accepted_quantities,
    accepted_receipts,
    is_delivered,
    items_by_number,
    penalties_of,
)
from vitrina.cycle.delivery.states import ReceiptState
from vitrina.cycle.tendering.queries import has_reached
from vitrina.kernel.money import Money
from vitrina.kernel.workdays import closes_at
from vitrina.parties.roles import Role

from .match import Accepted, Order
from .models import Invoice, InvoicedReceipt
from .states import InvoiceState

LIVE = (InvoiceState.RECEIVED, InvoiceState.APPROVED, InvoiceState.PAID)
SIGNED = (ContractState.ACTIVE, ContractState.TERMINATED)


_INVOICES = Reading(Invoice.objects.all, by="contract_id", within="contract__process_id__in")
_BILLED = Reading(
    lambda: InvoicedReceipt.objects.select_related("invoice"),
    by="invoice__contract_id",
    within="invoice__contract__process_id__in",
)


def live_invoices(contract: Contract) -> list[Invoice]:
    """The invoices of a contract that were not returned, by number."""
    return list(contract.invoices.filter(state__in=LIVE))


def to_invoice(contract: Contract) -> list[Receipt]:
    """The accepted receipts that no live invoice bills yet."""
    billed = {row.receipt_id for row in _BILLED.of(contract.process_id, contract.pk) if row.invoice.state in LIVE}
    return [receipt for receipt in accepted_receipts(contract) if receipt.pk not in billed]


def order_of(contract: Contract, receipts: Sequence[Receipt], at: datetime) -> Order:
    """The contract's side of the three-way match for these receipts."""
    items, quantities = items_by_number(contract.process), accepted_quantities(receipts)
    billed = Invoice.objects.filter(contract=contract, state__in=LIVE).aggregate(sum=Sum("subtotal_centavos"))["sum"]
    return Order(
        supplier_rfc=contract.supplier.rfc,
        buyer_rfc=contract.process.buyer.rfc,
        currency=contract.value.currency,
        items=tuple(
            Accepted(line.item_number, items[line.item_number].cucop, exact(quantities[line.item_number]), line.unit)
            for line in contract.lines.all()
            if line.item_number in quantities
        ),
        room=contract.value - Money(billed or 0),
        today=today(contract.process, at),
    )


def penalty_to_keep(contract: Contract, receipts: Sequence[Receipt], total: Money) -> Money:
    """What to keep back from an invoice of these receipts: their penalties and those not kept back before."""
    live = live_invoices(contract)
    earlier = Receipt.objects.filter(billed_by__invoice__in=live)
    owed = penalties_of(contract, [*earlier, *receipts])
    kept = sum(invoice.penalty_centavos for invoice in live)
    return Money(min(owed.centavos - kept, total.centavos))


def correction_term(invoice: Invoice) -> Term | None:
    """The term in which the treasury may return an invoice, from its receipt."""
    return term(invoice.contract.process, "term.invoice_to_correction.max", invoice.received_at)


def payment_term(invoice: Invoice) -> Term | None:
    """The term in which a verified invoice is paid; nothing before it is verified."""
    if invoice.approved_at is None:
        return None
    return term(invoice.contract.process, "term.invoice_to_payment.max", invoice.approved_at)


def is_settled(contract: Contract) -> bool:
    """Whether a contract is delivered (or ended early), with everything accepted invoiced and paid."""
    if contract.state not in SIGNED or contract.receipts.filter(state=ReceiptState.RECEIVED).exists():
        return False
    is_done = contract.state == ContractState.TERMINATED or is_delivered(contract)
    unpaid = contract.invoices.filter(state__in=(InvoiceState.RECEIVED, InvoiceState.APPROVED))
    return is_done and not to_invoice(contract) and not unpaid.exists()


def is_complete(process: Process) -> bool:
    """Whether nothing of a purchase waits to be signed, delivered or paid."""
    return are_all_contracted(process) and all(is_settled(c) for c in contracts_of(process))


def tasks(process: Process, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape of every stage's tasks
    """Goods to invoice, invoices to verify, invoices to pay."""
    if process.halt or not has_reached(process, "contracting"):
        return []
    found: list[Task] = []
    for contract in contracts_of(process):
        contract.process = process
        if contract.state in SIGNED and to_invoice(contract):
            found.append(Task("payment.submit_invoice", Role.SUPPLIER, _("Invoice what was accepted"), contract.id,
                              key=contract.id, supplier_key=contract.supplier_id))  # fmt: skip
        for invoice in _INVOICES.of(process.pk, contract.pk):
            if invoice.state not in {InvoiceState.RECEIVED, InvoiceState.APPROVED}:
                continue
            invoice.contract = contract
            found += _invoice_tasks(invoice)
    return found


def _invoice_tasks(invoice: Invoice) -> list[Task]:
    process, detail = invoice.contract.process, f"{invoice.contract.supplier.name}, {money(invoice.payable)}"
    if invoice.state == InvoiceState.APPROVED:
        running = payment_term(invoice)
        due = closes_at(invoice.due_on, process.unit.zone) if invoice.due_on else None
        rule = running.met(process, invoice.approved_at) if running and invoice.approved_at else None
        return [Task("payment.pay", Role.TREASURY, _("Pay the invoice"), detail, due=due, rule=rule, key=invoice.id)]
    running = correction_term(invoice)
    due, rule = (running.closes_at, running.met(process, invoice.received_at)) if running else (None, None)
    same = {"detail": detail, "due": due, "rule": rule, "key": invoice.id}
    return [
        Task("payment.approve_invoice", Role.TREASURY, _("Verify the invoice"), **same),
        Task("payment.return_invoice", Role.TREASURY, _("Return the invoice"), is_optional=True, **same),
    ]
