# SPDX-License-Identifier: Apache-2.0
"""Envelopes as they lie closed, and what the act takes out of them. Nothing but `envelope.py` touches `Envelope`.

Until the act no row tells who sent what: a signed object and its signature are locked to the openers.
"""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.cycle.tendering.models import Opener
from vitrina.ledger.models import Entry
from vitrina.parties.models import Supplier

from .states import EnvelopeState


class Envelope(models.Model):
    """One signed object (a bid, a withdrawal, a share dealt anew) by its digest. The last fields are empty until the
    act reveals it.
    """

    c = models.CharField(primary_key=True, max_length=64, help_text="digest of the signed object")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", help_text="its blinded entry")
    locked = models.JSONField(help_text="object, signature and instant, locked to the openers (sealed.custody)")
    files = models.JSONField(default=list, help_text="ciphertexts: [{sha256, size, parts: [sha256]}]")
    state = models.CharField(max_length=12, default=EnvelopeState.CLOSED)
    object = models.TextField(blank=True, help_text="the signed object, canonical JSON")
    signature = models.JSONField(null=True, help_text="its signature record, public view")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["entry_id"]


class PostedShare(models.Model):
    """A share that an opener gave in the act, true or false. `round` is `custody` or `bids`."""

    opener = models.ForeignKey(Opener, on_delete=models.PROTECT, related_name="+")
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="shares")
    round = models.CharField(max_length=8)
    share = models.CharField(max_length=44, help_text="33 bytes, base64")
    is_true = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opener", "envelope", "round"], name="bidding_share_once"),
        ]


class Unsealed(models.Model):
    """What a live envelope held, or why it cannot be opened (`problem`), once enough keys were given in the act."""

    envelope = models.OneToOneField(Envelope, on_delete=models.PROTECT, primary_key=True, related_name="unsealed")
    problem = models.CharField(max_length=20, blank=True)
    detail = models.TextField(blank=True)
    identity = models.CharField(max_length=90, blank=True, help_text="age identity of the envelope")
    content = models.JSONField(null=True, help_text="offer, answers and documents")
    share_audit = models.JSONField(default=list, help_text="for each place whether the bidder dealt a true share")
    by_backup = models.BooleanField(default=False, help_text="opened with the bidder's own key")


class Decoy(models.Model):
    """A leaf that the platform lays between those of the bids, so that their number cannot be counted from outside."""

    c = models.CharField(primary_key=True, max_length=64)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    reveal_by = models.CharField(max_length=7)
    salt = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    is_revealed = models.BooleanField(default=False)
