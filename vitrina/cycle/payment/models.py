# SPDX-License-Identifier: Apache-2.0
"""Invoices and the receipts that they bill. Amounts are centavos; `subtotal` is without VAT, `total` with it."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.delivery.models import Receipt
from vitrina.kernel.money import Money


class Invoice(models.Model):
    """A CFDI that matched contract and receipts. `uuid` is its fiscal folio: no invoice is taken twice."""

    id = models.CharField(primary_key=True, max_length=26, help_text="C-2020-000001-F1")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="invoices")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    uuid = models.CharField(max_length=36, unique=True)
    supplier_number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField()
    subtotal_centavos = models.BigIntegerField()
    total_centavos = models.BigIntegerField()
    penalty_centavos = models.BigIntegerField(default=0, help_text="kept back from the payment")
    sha256 = models.CharField(max_length=64, help_text="of the XML, which is not public")
    received_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="payment_invoice_once"),
            models.CheckConstraint(
                condition=models.Q(penalty_centavos__gte=0, penalty_centavos__lte=models.F("total_centavos")),
                name="payment_penalty_within_total",
            ),
        ]
        ordering = ["contract", "number"]

    def __str__(self) -> str:
        return self.id

    @property
    def subtotal(self) -> Money:
        return Money(self.subtotal_centavos)

    @property
    def total(self) -> Money:
        return Money(self.total_centavos)

    @property
    def penalty(self) -> Money:
        return Money(self.penalty_centavos)

    @property
    def payable(self) -> Money:
        """What is paid: the total less the penalties kept back."""
        return self.total - self.penalty


class InvoicedReceipt(models.Model):
    """That an invoice bills a receipt. A receipt has one live invoice; a returned one frees it."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="billed")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="billed_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "receipt"], name="payment_billed_once")]
