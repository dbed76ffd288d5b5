# SPDX-License-Identifier: Apache-2.0
"""A purchase invoiced and paid to the last centavo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import contracts_of, today
from vitrina.cycle.core.models import Process
from vitrina.cycle.payment import commands as payment
from vitrina.cycle.payment.models import Invoice
from vitrina.cycle.payment.sample import sample_for
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.delivery import reach_delivery

INVOICED = local(2020, 12, 15, 10)
APPROVED = local(2020, 12, 16, 10)
PAID = local(2020, 12, 21, 10)


def xml(data: bytes, name: str = "factura.xml") -> SimpleUploadedFile:
    """Bytes as an uploaded XML."""
    return SimpleUploadedFile(name, data, content_type="application/xml")


def supplier_of(w: World, contract: Contract) -> Actor:
    """The person who acts for the contract's supplier."""
    return next(s for s in w.suppliers if s.supplier_key == contract.supplier_id)


def invoice(
    w: World, contract: Contract, *, at: datetime = INVOICED, receipts: Sequence[str] | None = None, **sample: Any
) -> Invoice:
    """A matching CFDI is sent for the accepted receipts that wait, or for some of them."""
    data = sample_for(contract, receipts, at=at, **sample)
    payment.submit_invoice(
        supplier_of(w, contract),
        contract.process_id,
        at=at,
        contract_id=contract.id,
        cfdi=xml(data),
        receipts=receipts,
    )
    return contract.invoices.latest("number")


def approve(w: World, found: Invoice, *, at: datetime = APPROVED, **more: Any) -> Invoice:
    """The treasury verifies an invoice."""
    ocid = found.contract.process_id
    payment.approve_invoice(w[Role.TREASURY], ocid, at=at, invoice_id=found.id, **more)
    return Invoice.objects.select_related("contract").get(id=found.id)


def pay(w: World, found: Invoice, *, at: datetime = PAID, **changes: Any) -> Entry:
    """The treasury pays an invoice: what it owes, on the day of `at`, unless `changes` say otherwise."""
    process = Process.objects.select_related("unit").get(ocid=found.contract.process_id)
    terms = {"invoice_id": found.id, "paid_on": today(process, at), "amount": found.payable, "reference": "CLC-20201"}
    return payment.pay(w[Role.TREASURY], process.ocid, at=at, **(terms | changes))


def reach_payment(w: World, **delivery: Any) -> Process:
    """A purchase that is over: everything delivered, invoiced and paid. `delivery`: arguments of `reach_delivery`."""
    process = reach_delivery(w, **delivery)
    for contract in contracts_of(process):
        found = invoice(w, contract, at=w.when(INVOICED))
        pay(w, approve(w, found, at=w.when(APPROVED)), at=w.when(PAID))
    return Process.objects.get(ocid=process.ocid)
