# SPDX-License-Identifier: Apache-2.0
"""The opening act of a process and who attended it. Prices are not here: the ledger's public entries hold them."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.parties.models import Person


class Act(models.Model):
    """The act, from its start to its minutes."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="opening_act")
    state = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)


class Attendance(models.Model):
    """That a person attended, in which office. Suppliers are public by their company, officials by name."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    name = models.CharField(max_length=250)
    position = models.CharField(max_length=120, blank=True)
    party = models.CharField(max_length=60)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "person"], name="opening_attendance_once")]
        ordering = ["noted_at", "id"]
