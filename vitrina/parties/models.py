# SPDX-License-Identifier: Apache-2.0
"""Units, suppliers, people and appointments. Written only by `commands`."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from .roles import ROLE_NAMES, Role


class Unit(models.Model):
    """A body of government or a part of one: institute, delegation, hospital, clinic. A root is the buyer."""

    key = models.CharField(primary_key=True, max_length=20)
    name = models.CharField(max_length=200)
    acronym = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=2, blank=True, help_text="INEGI key, 01 to 32")
    zone = models.CharField(max_length=40, default="America/Mexico_City")
    jurisdiction = models.CharField(max_length=10, default="mx")
    rfc = models.CharField(max_length=13, blank=True)
    can_contract = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    @property
    def buyer(self) -> Unit:
        """The institute at the root of the tree."""
        return self.root or self

    @property
    def short(self) -> str:
        return self.acronym or self.name


class Identity(models.Model):
    """How the pages of a body look: its accent colours (`identity.palette` as JSON) and its logo, a PNG or nothing."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True, related_name="identity")
    palette = models.JSONField(default=dict)
    logo = models.BinaryField(blank=True, default=b"")
    digest = models.CharField(max_length=64, help_text="SHA-256 of both: addresses of the files change with them")


class Budget(models.Model):
    """The acquisitions budget authorised to a buyer for a year, in centavos: ceilings depend on it."""

    buyer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="budgets")
    year = models.PositiveSmallIntegerField()
    centavos = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["buyer", "year"], name="parties_budget_once")]


class Supplier(models.Model):
    """A company or person that bids. `key` is public and says nothing of its RFC."""

    key = models.CharField(primary_key=True, max_length=60)
    name = models.CharField(max_length=200)
    rfc = models.CharField(max_length=13, unique=True)
    size = models.CharField(max_length=12, blank=True, help_text="micro, small, medium, large")
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Someone who signs in. Names apart, as Mexican names are."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="person")
    given_name = models.CharField(max_length=80)
    surname = models.CharField(max_length=80)
    second_surname = models.CharField(max_length=80, blank=True)
    position = models.CharField(max_length=120, blank=True)
    rfc = models.CharField(max_length=13, blank=True, help_text="of the e.firma with which an official signs")

    def __str__(self) -> str:
        return " ".join(p for p in (self.given_name, self.surname, self.second_surname) if p)


class Appointment(models.Model):
    """An office that a person holds in a unit, or for a supplier, for a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Role])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) ^ Q(supplier__isnull=True), name="parties_appointment_one_party"
            )
        ]

    def holds(self, at: datetime) -> bool:
        """Whether the office is held at an instant."""
        return self.since <= at and (self.until is None or at < self.until)

    @property
    def role_name(self) -> str:
        return str(ROLE_NAMES[Role(self.role)])


class RevocationCheck(models.Model):
    """A signature accepted while its authority did not answer: asked again until it does. `signing.pending` writes it.

    `verdict` is empty while nothing is known; `decided_at` stays empty while the authority is silent.
    """

    digest = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of the record's canonical JSON")
    payload_sha256 = models.CharField(max_length=64, db_index=True)
    record = models.TextField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True, db_index=True)
    verdict = models.CharField(max_length=20, blank=True)
    answer = models.TextField(blank=True)


class OpenerKey(models.Model):
    """The key with which a person helps to open envelopes. Its private half never reaches the server in clear:
    `locked` is the identity under the person's own passphrase (an age file, base64). One is in use per person.
    """

    id = models.CharField(primary_key=True, max_length=30, help_text="as manifests name it")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="opener_keys")
    recipient = models.CharField(max_length=80, unique=True, help_text="age X25519 recipient")
    locked = models.TextField()
    registered_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True, blank=True, help_text="when its recovery sheet was shown to work")
    retired_at = models.DateTimeField(null=True, blank=True)
    challenge = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the token to be read with the sheet")
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(retired_at__isnull=True), name="parties_opener_key_one_in_use"
            )
        ]

    @property
    def is_usable(self) -> bool:
        """Whether a call may count on it: proven and not retired."""
        return self.proven_at is not None and self.retired_at is None
