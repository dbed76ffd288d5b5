# SPDX-License-Identifier: Apache-2.0
"""The market research of a process. Its prices are secret until the opening: no public page or export reads them."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.kernel.money import Money


class Research(models.Model):
    """The research as a whole. `basis` digests the lines it priced: when they change, it no longer holds for them."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="research")
    state = models.CharField(max_length=12)
    basis = models.CharField(max_length=64, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)


class QuoteRequest(models.Model):
    """A round of requests for quotation (SDI): to whom and until when."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="quote_requests")
    number = models.PositiveSmallIntegerField()
    companies = models.JSONField(help_text="names of the companies asked")
    text = models.TextField()
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "number"], name="research_request_number")]
        ordering = ["number"]


class Source(models.Model):
    """One price found for one item: unit price in centavos, without VAT."""

    id = models.CharField(primary_key=True, max_length=26)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="price_sources")
    kind = models.CharField(max_length=12, help_text="quote, contract, platform, list")
    item_number = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=64, help_text="digest of the line as it was priced")
    centavos = models.BigIntegerField()
    origin = models.CharField(max_length=300, help_text="who quoted, which contract, which list")
    observed_on = models.DateField()
    file = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the evidence")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["item_number", "id"]

    @property
    def price(self) -> Money:
        return Money(self.centavos)


class ReferencePrice(models.Model):
    """The unit price against which offers are judged. The salt keeps its public commitment from being guessed."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="reference_prices")
    item_number = models.PositiveSmallIntegerField()
    centavos = models.BigIntegerField()
    statistic = models.CharField(max_length=12, help_text="median, mean")
    n_sources = models.PositiveSmallIntegerField()
    salt = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "item_number"], name="research_reference_once")]
        ordering = ["item_number"]

    @property
    def price(self) -> Money:
        return Money(self.centavos)
