# SPDX-License-Identifier: Apache-2.0
"""Receipts: what arrived at a place on a day, line by line. Penalties are centavos, set on acceptance."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.contracting.models import Contract, ScheduledDelivery
from vitrina.kernel.money import Money
from vitrina.parties.models import Unit

from .states import ReceiptState


class Receipt(models.Model):
    """Goods of a contract that arrived at one place on one day."""

    id = models.CharField(primary_key=True, max_length=26, help_text="C-2020-000001-R1")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="receipts")
    number = models.PositiveSmallIntegerField()
    place = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    received_on = models.DateField()
    note = models.CharField(max_length=60, help_text="the supplier's delivery note (remision)")
    recorded_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="delivery_receipt_once")]
        ordering = ["contract", "number"]

    def __str__(self) -> str:
        return self.id

    @property
    def is_accepted(self) -> bool:
        return self.state == ReceiptState.ACCEPTED


class ReceiptLine(models.Model):
    """What arrived of one scheduled delivery, how much of it late, and the penalty."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    delivery = models.ForeignKey(ScheduledDelivery, on_delete=models.PROTECT, related_name="received")
    item_number = models.PositiveSmallIntegerField()
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    late_quantity = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    late_days = models.PositiveSmallIntegerField(default=0)
    penalty_centavos = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "delivery"], name="delivery_line_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="delivery_quantity_positive"),
        ]
        ordering = ["id"]

    @property
    def penalty(self) -> Money:
        return Money(self.penalty_centavos)


class Progress(models.Model):
    """How far the works of a contract were on a day; percentages are points, 0 to 100."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="progress")
    number = models.PositiveSmallIntegerField()
    cutoff_on = models.DateField()
    planned = models.DecimalField(max_digits=5, decimal_places=2)
    actual = models.DecimalField(max_digits=5, decimal_places=2)
    authorised_centavos = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="delivery_progress_once")]
        ordering = ["contract", "number"]
