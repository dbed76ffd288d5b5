# SPDX-License-Identifier: Apache-2.0
"""The tender of a process, its lots, criteria and panel."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.parties.models import OpenerKey, Person


class Tender(models.Model):
    """The call as it stands now: its dates (UTC instants), method and contract. Shares are of one: 0.1 = 10 %."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="tender")
    state = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    description = models.TextField()
    published_at = models.DateTimeField()
    clarification_at = models.DateTimeField()
    opening_at = models.DateTimeField()
    award_by = models.DateTimeField()
    reduction_reason = models.TextField(blank=True, help_text="why the term to the opening is shorter")
    evaluation_method = models.CharField(max_length=20, default="binario")
    auction = models.CharField(
        max_length=40, blank=True, help_text="profile of the reverse auction, where there is one"
    )
    guarantee_share = models.DecimalField(max_digits=7, decimal_places=6)
    penalty_rate = models.DecimalField(max_digits=7, decimal_places=6, help_text="share of the late part, per day")
    delivery_days = models.PositiveSmallIntegerField(help_text="natural days from signature")
    delivery_place = models.CharField(max_length=300)
    contract_start = models.DateField()
    contract_end = models.DateField()
    suspended_at = models.DateTimeField(null=True, blank=True)
    threshold = models.PositiveSmallIntegerField(default=0, help_text="how many openers open the envelopes (k)")


class Lot(models.Model):
    """A partida: what is awarded as one. Awarding sets its state."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "number"], name="tendering_lot_number")]
        ordering = ["number"]


class Criterion(models.Model):
    """A requirement that every bid passes or fails, or that gives it points, or that it answers with a cost.

    `lot` null means all lots.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=10, help_text="technical, legal, points, cost")
    points = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="the most that it gives",
    )
    years = models.PositiveSmallIntegerField(null=True, blank=True, help_text="over which a cost is counted")
    lot = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "number"], name="tendering_criterion_number")]
        ordering = ["number"]


class PanelMember(models.Model):
    """Who evaluates and who watches."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="panel")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, help_text="evaluator, oic, witness")
    name = models.CharField(max_length=250)
    position = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "person"], name="tendering_panel_once")]
        ordering = ["id"]


class Opener(models.Model):
    """Who holds a key to the envelopes of a purchase. `x` is the place, from 1: the share is dealt to it."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="openers")
    x = models.PositiveSmallIntegerField()
    key = models.ForeignKey(OpenerKey, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    name = models.CharField(max_length=250)
    body = models.CharField(max_length=250, help_text="the office that they stand for")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "x"], name="tendering_opener_place"),
            models.UniqueConstraint(fields=["process", "person"], name="tendering_opener_once"),
        ]
        ordering = ["x"]
