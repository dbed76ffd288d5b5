# SPDX-License-Identifier: Apache-2.0
"""The plan line of a process and its items, which the whole cycle names by number."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.kernel.money import Money


class PlanLine(models.Model):
    """The annual programme's line: what is needed, with which money, when."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="plan_line")
    state = models.CharField(max_length=12)
    rationale = models.TextField()
    fiscal_year = models.PositiveSmallIntegerField()
    budget_key = models.CharField(max_length=5, help_text="partida especifica of the COG")
    programme_key = models.CharField(max_length=20, blank=True)
    portfolio_key = models.CharField(max_length=20, blank=True, help_text="clave de cartera SHCP")
    budget_centavos = models.BigIntegerField()
    expected_on = models.DateField()

    @property
    def budget(self) -> Money:
        return Money(self.budget_centavos)


class Item(models.Model):
    """A line of goods, in a lot (partida). `number` is its id in every release of the process."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    lot = models.PositiveSmallIntegerField(default=1)
    cucop = models.CharField(max_length=10)
    description = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit_name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "number"], name="planning_item_number")]
        ordering = ["number"]
