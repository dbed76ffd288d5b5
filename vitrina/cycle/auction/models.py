# SPDX-License-Identifier: Apache-2.0
"""Rows of an auction: where it stands, and what is secret until its end. What happened stands in the ledger alone."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.parties.models import Person


class Auction(models.Model):
    """The auction of a lot. State and hours repeat what the fold of its acts says, for whoever looks for work.

    `alive_at`: when the platform was last known to take offers; what passed since is given back after a silence.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="auctions")
    lot = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    opens_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    alive_at = models.DateTimeField(null=True, blank=True)
    takes_floors = models.BooleanField(default=False)

    head_at: datetime | None = None
    """Instant of the last entry of the purchase, where `queries.auction_of` read it under the purchase's lock."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "lot"], name="auction_once")]
        ordering = ["lot"]

    @property
    def name(self) -> str:
        """Its name in commitments."""
        return f"{self.process_id}/{self.lot}"


class EntrantRow(models.Model):
    """Who is behind an alias. Secret until the names are laid open, to officials too."""

    auction = models.ForeignKey(Auction, on_delete=models.PROTECT, related_name="entrants")
    alias = models.CharField(max_length=40)
    salt = models.CharField(max_length=64)
    bid_id = models.CharField(max_length=26)
    supplier_key = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["auction", "alias"], name="auction_alias_once"),
            models.UniqueConstraint(fields=["auction", "bid_id"], name="auction_bid_once"),
        ]
        ordering = ["alias"]


class FloorRow(models.Model):
    """A floor that a bidder left, sealed under a key that the database does not hold (`keeping`)."""

    auction = models.ForeignKey(Auction, on_delete=models.PROTECT, related_name="floors")
    commitment = models.CharField(max_length=64)
    box = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["auction", "commitment"], name="auction_floor_once")]
        ordering = ["id"]


class OfferKey(models.Model):
    """What was answered to an offer that came with a key of its sender's: the same key is never taken twice."""

    auction = models.ForeignKey(Auction, on_delete=models.PROTECT, related_name="keys")
    alias = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    centavos = models.BigIntegerField(null=True, blank=True)
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["auction", "alias", "key"], name="auction_key_once")]


class HiddenOffer(models.Model):
    """What was offered in the turn or sealed round that runs, in order; published when it ends."""

    auction = models.ForeignKey(Auction, on_delete=models.PROTECT, related_name="hidden")
    alias = models.CharField(max_length=40)
    received_at = models.DateTimeField()
    centavos = models.BigIntegerField(null=True, blank=True)
    code = models.CharField(max_length=20, blank=True)
    is_published = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]


class PriceRequest(models.Model):
    """A price that was marked as abnormally low and asked about; `answer` is secret until the rulebook publishes it.

    `answer` and `documents`: `justifying.bodies.Answer` and the references of its files, as JSON.
    """

    auction = models.ForeignKey(Auction, on_delete=models.PROTECT, related_name="requests")
    alias = models.CharField(max_length=40)
    supplier_key = models.CharField(max_length=60)
    supplier_name = models.CharField(max_length=200)
    centavos = models.BigIntegerField()
    state = models.CharField(max_length=12)
    requested_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answer = models.JSONField(null=True, blank=True)
    documents = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["auction", "alias"], name="auction_price_once")]
        ordering = ["id"]


class PriceOpinion(models.Model):
    """What an evaluator holds of a price that was asked about; secret until all have said it."""

    request = models.ForeignKey(PriceRequest, on_delete=models.PROTECT, related_name="opinions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    keep = models.BooleanField()
    reason = models.TextField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="auction_opinion_once")]
        ordering = ["id"]
