# SPDX-License-Identifier: Apache-2.0
"""What can be done with an invoice: submit, return, approve, pay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from vitrina.cycle.contracting.checks import own
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import award_id, contracts_of, supplier_ref, today
from vitrina.cycle.contracting.terms import kept
from vitrina.cycle.core import files
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused, refuse
from vitrina.cycle.core.words import money
from vitrina.cycle.delivery.models import Receipt
from vitrina.cycle.planning.commands import unit_ref
from vitrina.kernel.money import Money, total
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

from . import cfdi as reader
from .document import Cfdi
from .events import InvoiceApproved, InvoiceReceived, InvoiceReturned, PaymentMade, PurchaseCompleted
from .match import centavos, match
from .models import Invoice, InvoicedReceipt
from .queries import (
    SIGNED,
    correction_term,
    is_complete,
    live_invoices,
    order_of,
    payment_term,
    penalty_to_keep,
    to_invoice,
)
from .states import TABLE


@command("payment.submit_invoice")
def submit_invoice(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    contract_id: str,
    cfdi: UploadedFile,
    receipts: Sequence[str] | None = None,
) -> Entry:
    """Take a CFDI 4.0 for accepted receipts (ids; all that wait by default) once it matches them to the centavo.

    Refuses with every difference at once, and a fiscal folio that was sent before. Penalties are kept back from what
    will be paid, not from the invoice.
    """
    contract = next((c for c in contracts_of(process) if c.id == contract_id and c.state in SIGNED), None)
    if contract is None:
        raise refuse("contract", _("There is no such signed contract in this purchase."))
    contract.process = process
    own(actor, contract)
    billed = _receipts(contract, receipts)
    document = _read(cfdi)
    if Invoice.objects.filter(uuid=document.uuid).exists():
        message = _("This CFDI was sent before. If it was returned, cancel it and send a new one.")
        raise refuse("twice", message, field="cfdi")
    if not process.buyer.rfc:
        raise refuse("buyer", _("The buyer's RFC is not registered. Ask the operator to add it."))
    differences = match(document, order_of(contract, billed, at))
    if differences:
        raise Refused(*differences[:20])
    invoice = _save(contract, document, billed, cfdi, at)
    event = InvoiceReceived(
        contract=contract.id,
        award=award_id(contract),
        invoice=invoice.id,
        supplier=supplier_ref(contract.supplier),
        uuid=invoice.uuid,
        supplier_number=invoice.supplier_number,
        issued_on=invoice.issued_on,
        receipts=tuple(r.id for r in billed),
        subtotal=invoice.subtotal,
        total=invoice.total,
        penalty=invoice.penalty,
        payable=invoice.payable,
        sha256=invoice.sha256,
    )
    return record(actor, process, event, at=at)


@command("payment.return_invoice")
def return_invoice(
    actor: Actor, process: Process, *, at: datetime, invoice_id: str, reason: str, late_reason: str = ""
) -> Entry:
    """Return an invoice to be corrected; its receipts can be invoiced again."""
    invoice = _invoice(process, invoice_id)
    move(invoice, TABLE, "return_invoice")
    rules = kept(correction_term(invoice), process, at, late_reason)
    invoice.reason = reason
    invoice.save()
    event = InvoiceReturned(
        contract=invoice.contract_id,
        award=award_id(invoice.contract),
        invoice=invoice.id,
        reason=reason,
        late_reason=late_reason,
        rules=rules,
    )
    return record(actor, process, event, at=at)


@command("payment.approve_invoice")
def approve_invoice(actor: Actor, process: Process, *, at: datetime, invoice_id: str, late_reason: str = "") -> Entry:
    """Verify an invoice; the legal term to pay it starts."""
    invoice = _invoice(process, invoice_id)
    move(invoice, TABLE, "approve_invoice")
    rules = kept(correction_term(invoice), process, at, late_reason)
    invoice.approved_at = at
    running = payment_term(invoice)
    invoice.due_on = running.deadline.end if running else None
    invoice.save()
    event = InvoiceApproved(
        contract=invoice.contract_id,
        award=award_id(invoice.contract),
        invoice=invoice.id,
        payable=invoice.payable,
        due_on=invoice.due_on,
        late_reason=late_reason,
        rules=rules,
    )
    return record(actor, process, event, at=at)


@command("payment.pay")
def pay(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    invoice_id: str,
    paid_on: date,
    amount: Money | None,
    reference: str,
    late_reason: str = "",
) -> Entry:
    """Record the payment of an invoice: its total less the penalties, to the centavo. The last one ends the purchase.

    `reference` is the number of the order of payment or of the transfer. After the legal term a reason is needed.
    """
    invoice = _invoice(process, invoice_id)
    move(invoice, TABLE, "pay")
    amount = amount or Money(0)
    if amount != invoice.payable:
        message = _("Pay exactly %(due)s: the invoice less its penalties. You wrote %(found)s.")
        raise refuse("amount", message % {"due": money(invoice.payable), "found": money(amount)}, field="amount")
    if not today(process, invoice.approved_at) <= paid_on <= today(process, at):
        raise refuse("day", _("The payment was made between the verification and today."), field="paid_on")
    rules = kept(payment_term(invoice), process, paid_on, late_reason)
    invoice.paid_on, invoice.reference = paid_on, reference
    invoice.save()
    event = PaymentMade(
        contract=invoice.contract_id,
        award=award_id(invoice.contract),
        invoice=invoice.id,
        payer=unit_ref(process.buyer),
        payee=supplier_ref(invoice.contract.supplier),
        amount=amount,
        paid_on=paid_on,
        reference=reference,
        late_reason=late_reason,
        rules=rules,
    )
    entry = record(actor, process, event, at=at)
    return _complete(actor, process, at) if is_complete(process) else entry


def _complete(actor: Actor, process: Process, at: datetime) -> Entry:
    contracts = contracts_of(process)
    invoices = [invoice for contract in contracts for invoice in live_invoices(contract)]
    process.halt = "complete"
    event = PurchaseCompleted(
        contracts=tuple(c.id for c in contracts),
        awards=tuple(award_id(c) for c in contracts),
        paid=total([i.payable for i in invoices]),
        penalties=total([i.penalty for i in invoices]),
    )
    return record(actor, process, event, at=at)


def _receipts(contract: Contract, chosen: Sequence[str] | None) -> list[Receipt]:
    waiting = to_invoice(contract)
    if chosen is not None:
        unknown = set(chosen) - {r.id for r in waiting}
        if unknown:
            message = _("%(ids)s: not accepted yet, or already invoiced.") % {"ids": ", ".join(sorted(unknown)[:5])}
            raise refuse("receipts", message, field="receipts")
        waiting = [r for r in waiting if r.id in set(chosen)]
    if not waiting:
        message = _("Nothing waits to be invoiced: goods are invoiced once accepted.")
        raise refuse("receipts", message, field="receipts")
    return waiting


def _read(upload: UploadedFile) -> Cfdi:
    if upload.size is None or upload.size > reader.MAX_BYTES:
        return reader.read(b"")  # refuses by size, without reading what was sent
    upload.seek(0)
    return reader.read(upload.read())


def _save(contract: Contract, document: Cfdi, billed: list[Receipt], upload: UploadedFile, at: datetime) -> Invoice:
    row = files.store(upload, public=False, field="cfdi")
    number, amount = contract.invoices.count() + 1, centavos(document.total)
    invoice = Invoice(
        id=f"{contract.id}-F{number}",
        contract=contract,
        number=number,
        state="",
        uuid=document.uuid,
        supplier_number=document.number[:80],
        issued_on=document.issued_at.date(),
        subtotal_centavos=centavos(document.subtotal - document.discount).centavos,
        total_centavos=amount.centavos,
        penalty_centavos=penalty_to_keep(contract, billed, amount).centavos,
        sha256=row.sha256,
        received_at=at,
    )
    move(invoice, TABLE, "submit_invoice")
    invoice.save(force_insert=True)
    InvoicedReceipt.objects.bulk_create(InvoicedReceipt(invoice=invoice, receipt=receipt) for receipt in billed)
    return invoice


def _invoice(process: Process, invoice_id: str) -> Invoice:
    rows = Invoice.objects.filter(contract__process=process, id=invoice_id)
    invoice = rows.select_related("contract", "contract__supplier").first()
    if invoice is None:
        raise refuse("invoice", _("There is no such invoice in this purchase."))
    invoice.contract.process = process
    return invoice
