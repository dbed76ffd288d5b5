# SPDX-License-Identifier: Apache-2.0
"""Who is to be told of what, and each message on its way. Instants of sending are real time, also in the demo."""

from __future__ import annotations

from django.db import models


class Subscription(models.Model):
    """Somebody follows the acts of a purchase, a unit or a saved search. Nothing is sent before `confirmed_at`."""

    id = models.CharField(primary_key=True, max_length=26)
    channel = models.CharField(max_length=8, help_text="email, webhook")
    target = models.CharField(max_length=400, help_text="where to")
    ocid = models.CharField(max_length=120, blank=True)
    query = models.CharField(max_length=900, blank=True, help_text="the scope as an address says it")
    title = models.CharField(max_length=300, help_text="what is followed, in words")
    wants = models.CharField(max_length=8, default="calendar", help_text="calendar: ahead of acts; acts: each new act")
    is_daily = models.BooleanField(default=False, help_text="new acts once a day, not each at once")
    hours = models.PositiveSmallIntegerField(help_text="ahead of an act")
    language = models.CharField(max_length=2)
    secret = models.CharField(max_length=60, help_text="signs webhooks; the challenge of their confirmation too")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "target", "ocid", "query", "wants"], name="reminders_once")
        ]


class Message(models.Model):
    """One message. `key` says what it is about: nobody is told twice. `next_try_at` is empty when it is over."""

    id = models.CharField(primary_key=True, max_length=26)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="messages")
    key = models.CharField(max_length=260)
    what = models.CharField(max_length=10, help_text="confirm, reminder, change, acts")
    acts = models.JSONField(help_text="the acts as they stood; of `acts`, their positions in the ledger")
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "key"], name="reminders_told_once")]


class Planned(models.Model):
    """A reminder that was given to all who follow its act: act, its sequence, hours ahead."""

    key = models.CharField(primary_key=True, max_length=240)


class Progress(models.Model):
    """How far the changes of the calendar, and the acts, were told: positions of the ledger."""

    position = models.BigIntegerField()
    acts = models.BigIntegerField(null=True)
