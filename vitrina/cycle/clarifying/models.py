# SPDX-License-Identifier: Apache-2.0
"""The clarification meeting of a process and its questions, secret until the meeting publishes them together."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.parties.models import Supplier


class Meeting(models.Model):
    """The meeting (junta de aclaraciones): begins with the first question, or when it is held without any."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="meeting")
    state = models.CharField(max_length=12)
    closed_at = models.DateTimeField(null=True, blank=True)


class Question(models.Model):
    """A question of a supplier. The public reads `alias`, never who asked."""

    id = models.CharField(primary_key=True, max_length=26)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="questions")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="+")
    alias = models.CharField(max_length=40)
    topic = models.CharField(max_length=12)
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
