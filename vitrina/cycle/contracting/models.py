# SPDX-License-Identifier: Apache-2.0
"""The contract, its lines, its delivery schedule, guarantees and amendments. Amounts are centavos without VAT."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.kernel.money import Money
from vitrina.parties.models import Supplier, Unit

from .states import ContractState


class Contract(models.Model):
    """What buyer and one supplier agree on: all the lots that the supplier won. Shares are of one: 0.1 = 10 %."""

    id = models.CharField(primary_key=True, max_length=20, help_text="C-2020-000001")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="contracts")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    terms = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    guarantee_share = models.DecimalField(max_digits=7, decimal_places=6)
    penalty_rate = models.DecimalField(max_digits=7, decimal_places=6, help_text="of the late part, per natural day")
    centavos = models.BigIntegerField()
    drafted_at = models.DateTimeField()
    supplier_signed_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "supplier"], name="contracting_one_per_supplier"),
            models.CheckConstraint(condition=models.Q(centavos__gt=0), name="contracting_value_positive"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.id

    @property
    def value(self) -> Money:
        return Money(self.centavos)

    @property
    def is_active(self) -> bool:
        return self.state == ContractState.ACTIVE


class ContractLine(models.Model):
    """An item at the price awarded. The cap on amendments counts from `signed_quantity`, what was first signed."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="lines")
    item_number = models.PositiveSmallIntegerField()
    lot = models.PositiveSmallIntegerField()
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    signed_quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit_centavos = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "item_number"], name="contracting_line_once")]
        ordering = ["item_number"]

    @property
    def unit(self) -> Money:
        return Money(self.unit_centavos)

    @property
    def amount(self) -> Money:
        return self.unit.times(self.quantity)


class ScheduledDelivery(models.Model):
    """So much of an item, at a place, by a day. `number` is its id in every release of the contract."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="schedule")
    number = models.PositiveSmallIntegerField()
    item_number = models.PositiveSmallIntegerField()
    place = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="contracting_delivery_once")]
        ordering = ["number"]


class Guarantee(models.Model):
    """A bond or the like that a guarantor gave for one obligation; codes as the OCDS guarantees extension."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="guarantees")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    obligation = models.CharField(max_length=20)
    policy = models.CharField(max_length=60)
    guarantor = models.CharField(max_length=200)
    centavos = models.BigIntegerField()
    issued_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contracting_guarantee_once"),
            models.UniqueConstraint(fields=["guarantor", "policy"], name="contracting_policy_once"),
        ]
        ordering = ["number"]


class Amendment(models.Model):
    """A convenio modificatorio: why, when, and the value of the contract after it."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    reason = models.TextField()
    signed_at = models.DateTimeField()
    centavos = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="contracting_amendment_once")]
        ordering = ["number"]
