# SPDX-License-Identifier: Apache-2.0
"""Rows of the evaluation. Judgements stay here, unread by any page but their own evaluator's, until the ruling."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.kernel.money import Money
from vitrina.parties.models import Person


class Evaluation(models.Model):
    """The evaluation of a purchase's bids."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="evaluation")
    state = models.CharField(max_length=12)
    concluded_at = models.DateTimeField(null=True, blank=True)


class Declaration(models.Model):
    """One evaluator's declaration of interests, which opens the evaluator's sheet or excuses them from it."""

    id = models.CharField(primary_key=True, max_length=26)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="declarations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    text = models.TextField(blank=True, help_text="what the person declared; secret")
    declared_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "person"], name="evaluation_declaration_once")]

    @property
    def stream(self) -> str:
        """The ledger stream of the sheet's blinded entries; its name says neither whose nor of what."""
        return f"sheet:{self.id}"


class Score(models.Model):
    """One judgement: does this bid meet this requirement, or how many points it gives it; and why not, or not all."""

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="scores")
    bid_id = models.CharField(max_length=26)
    criterion = models.PositiveSmallIntegerField()
    passes = models.BooleanField()
    points = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    reason = models.TextField(blank=True)
    scored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["declaration", "bid_id", "criterion"], name="evaluation_score_once")
        ]


class Result(models.Model):
    """What the committee found of one bid in one lot; `place` only for solvent bids, shared by equals."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="results")
    lot = models.PositiveSmallIntegerField()
    bid_id = models.CharField(max_length=26)
    supplier_key = models.CharField(max_length=60)
    supplier_name = models.CharField(max_length=200)
    total_centavos = models.BigIntegerField()
    is_solvent = models.BooleanField()
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    findings = models.JSONField()
    price_tests = models.JSONField()
    points = models.JSONField(null=True, blank=True, help_text="of an evaluation by points: `points.Points`")
    life_cycle = models.JSONField(null=True, blank=True, help_text="of one by life-cycle cost: `costs.LifeCycle`")
    price_decision = models.TextField(blank=True, help_text="why a price that failed a test stays in or goes out")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "lot", "bid_id"], name="evaluation_result_once")]
        ordering = ["lot", "id"]

    @property
    def total(self) -> Money:
        return Money(self.total_centavos)
