# SPDX-License-Identifier: Apache-2.0
"""The clarification meeting of a process and its questions, secret until the meeting publishes them together."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process
from vitrina.parties.models import Supplier


class Meeting(models.Model):
    """The meeting (junta de aclaraciones): begins with the first question, or when it is held without any.

    `round`: how often answers were given to be asked about; `until`: the last instant for the present re-questions.
    """

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="meeting")
    state = models.CharField(max_length=12)
    closed_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)
    floods_noted = models.JSONField(default=list, blank=True, help_text="aliases that internal control took note of")


class Question(models.Model):
    """A question of a supplier. The public reads `alias`, never who asked.

    `place` is where the contracting area put it by hand: the question whose group it joins, itself when it stands
    alone; empty where grouping decides. A re-question has a `round` (from 1) and is `about` the answer to the
    question of that number.
    """

    id = models.CharField(primary_key=True, max_length=26)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="questions")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="+")
    alias = models.CharField(max_length=40)
    topic = models.CharField(max_length=12)
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=26, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    about = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["asked_at", "id"]
