# SPDX-License-Identifier: Apache-2.0
"""The ruling of a purchase and the award of each lot."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.kernel.money import Money
from vitrina.parties.models import Supplier


class Ruling(models.Model):
    """That the ruling was issued, and when."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="ruling")
    state = models.CharField(max_length=10)
    issued_at = models.DateTimeField()


class Award(models.Model):
    """What became of a lot. `supplier`, `bid_id` and `centavos` (without VAT) only when it was awarded."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="awards")
    lot = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    bid_id = models.CharField(max_length=26, blank=True)
    centavos = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "lot"], name="awarding_award_once")]
        ordering = ["lot"]

    @property
    def amount(self) -> Money | None:
        return None if self.centavos is None else Money(self.centavos)
