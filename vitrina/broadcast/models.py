# SPDX-License-Identifier: Apache-2.0
"""Rows of the broadcast: keys by their hash, connections, recordings, captions. What happened stands in the ledger."""

from __future__ import annotations

from django.db import models

from vitrina.cycle.core.models import Process, StoredFile


class StreamKey(models.Model):
    """A camera's permission for one act. The key itself is nowhere: `digest` is its SHA-256 (of 192 random bits)."""

    id = models.CharField(primary_key=True, max_length=26)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="stream_keys")
    act = models.CharField(max_length=12)
    name = models.CharField(max_length=80, help_text="stream name: the procedure number")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["issued_at", "id"]


class Broadcast(models.Model):
    """One connection of a camera, from `on_publish` to its end. `seen_at` is by the machine's clock, for silences."""

    id = models.CharField(primary_key=True, max_length=26)
    key = models.ForeignKey(StreamKey, on_delete=models.PROTECT, related_name="broadcasts")
    client = models.CharField(max_length=20, help_text="nginx's number of the connection")
    started_at = models.DateTimeField()
    began_at = models.DateTimeField(help_text="the same by the machine's clock")
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    has_original = models.BooleanField(default=False, help_text="whether the file that nginx wrote is known")

    class Meta:
        ordering = ["began_at", "id"]


class Recording(models.Model):
    """What nginx recorded of a connection. `source` lies in the record folder; the archive has it under `sha256`."""

    WAITING, KEPT, BROKEN = "waiting", "kept", "broken"

    broadcast = models.OneToOneField(Broadcast, on_delete=models.PROTECT, primary_key=True, related_name="recording")
    source = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=8, default=WAITING)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True, help_text="by the machine's clock")
    captions = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class CaptionLine(models.Model):
    """A line that an official typed while the camera was on air."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="lines")
    at = models.DateTimeField()
    text = models.CharField(max_length=400)

    class Meta:
        ordering = ["at", "id"]
