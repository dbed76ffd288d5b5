# SPDX-License-Identifier: Apache-2.0
"""What the public wrote and was answered. Private: nothing here is published, and only `commands` writes."""

from __future__ import annotations

from django.db import models

from vitrina.parties.models import Unit

from . import rules


class Letter(models.Model):
    """One letter. The word of its receipt is kept as its SHA-256 alone; `email` goes once the answer was told."""

    id = models.CharField(primary_key=True, max_length=26)
    number = models.PositiveIntegerField(unique=True, help_text="of its folio")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=12)
    buyer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=300, blank=True, help_text="path of the page that it is about")
    text = models.TextField()
    salt = models.CharField(max_length=64, help_text="of the digest in the ledger")
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2)
    received_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=260, blank=True)
    next_try_at = models.DateTimeField(null=True, db_index=True, help_text="when the address is told of the answer")
    tries = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["buyer", "answered_at", "received_at"], name="contact_waiting")]

    @property
    def folio(self) -> str:
        return rules.folio(self.number)
