# SPDX-License-Identifier: Apache-2.0
"""Bids and, apart from them, what they hold. Nothing but `envelope.py` reads or writes `Envelope`."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Entry
from vitrina.parties.models import Supplier

from .states import BidState


class Bid(models.Model):
    """That a supplier handed in a bid, when, and what became of it. At most one lives per supplier and process."""

    id = models.CharField(primary_key=True, max_length=26, help_text="ULID")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    received_at = models.DateTimeField()
    deadline_at = models.DateTimeField(help_text="the deadline when it arrived")
    digest = models.CharField(max_length=64, blank=True, help_text="of the contents, empty when refused")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", help_text="its blinded entry")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["process", "supplier"], condition=models.Q(state=BidState.RECEIVED), name="bidding_one_live"
            )
        ]

    @property
    def stream(self) -> str:
        return f"bid:{self.id}"


class Envelope(models.Model):
    """What a bid says, as canonical JSON, until the opening; destroyed when the bid is replaced or withdrawn."""

    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, primary_key=True, related_name="+")
    content = models.TextField()
    salt = models.CharField(max_length=64)
