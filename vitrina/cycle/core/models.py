# SPDX-License-Identifier: Apache-2.0
"""The process that all stages share, its files, and what the desk keeps for people (drafts, submissions)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models

from vitrina.ledger.models import Entry
from vitrina.parties.models import Unit


class Process(models.Model):
    """One purchase from plan to payment. Its row lock orders the commands on it."""

    ocid = models.CharField(primary_key=True, max_length=120)
    title = models.CharField(max_length=200)
    buyer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="contracting unit")
    procedure = models.CharField(max_length=40, help_text="our procedure code: licitacion_publica...")
    character = models.CharField(max_length=1, default="N", help_text="N national, T treaties, I international")
    category = models.CharField(max_length=20, default="goods")
    number = models.CharField(max_length=60, blank=True, help_text="procedure number, from the call on")
    law = models.CharField(max_length=30, blank=True, help_text="law under which it began, from the call on")
    rulebook = models.CharField(max_length=80, blank=True, help_text="version of the rulebook it keeps")
    stage = models.CharField(max_length=20)
    halt = models.CharField(max_length=12, blank=True, help_text="suspended, cancelled, deserted, complete")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        return f"ocid:{self.ocid}"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the unit's deadlines run."""
        return ZoneInfo(self.unit.zone)


class StoredFile(models.Model):
    """A file by its SHA-256; the bytes lie under `settings.FILES_DIR`. Public once an act published it."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    is_public = models.BooleanField(default=False)


class Submission(models.Model):
    """A form that was sent: its one-time token and the entry it made, so that sending it again changes nothing."""

    token = models.CharField(primary_key=True, max_length=64)
    person = models.PositiveIntegerField()
    command = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)


class ActSignature(models.Model):
    """The whole record of an act's signature, for whoever has to prove it: it bears data of persons, so it is not
    public. What is public of it stands in the ledger (`core.signed`). `payload` is the text that was signed.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="evidence")
    person = models.PositiveIntegerField()
    record = models.TextField()
    payload = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")


class FormDraft(models.Model):
    """What a person has typed into a form and not yet sent."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    place = models.CharField(max_length=300)
    fields = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="core_draft_once")]
