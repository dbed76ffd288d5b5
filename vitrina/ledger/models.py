# SPDX-License-Identifier: Apache-2.0
"""Tables of the ledger. Entries and positions are never changed: triggers refuse it (see the first migration)."""

from __future__ import annotations

from typing import Any

from django.db import models

from .kinds import KINDS, Event, Visibility, event_of


class Stream(models.Model):
    """The head of one stream (`ocid:...` for a purchase). Its row lock orders the entries of the stream."""

    name = models.CharField(primary_key=True, max_length=140)
    head = models.PositiveIntegerField()
    head_at = models.DateTimeField()
    head_digest = models.CharField(max_length=64, default="")


class Entry(models.Model):
    """One act, for ever. `digest` covers the header, which covers the body's digest and the previous entry's."""

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=140)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    visibility = models.CharField(max_length=8, choices=[(v.value, v.value) for v in Visibility])
    at = models.DateTimeField()
    actor = models.JSONField()
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    release_id = models.CharField(max_length=26)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="ledger_entry_stream_seq")]

    @property
    def event(self) -> Event:
        """The typed event that the body holds."""
        return event_of(self.kind, self.body)

    @property
    def ocid(self) -> str:
        """The contracting process of the entry, or nothing when its stream is not a purchase."""
        prefix, _, rest = self.stream.partition(":")
        return rest if prefix == "ocid" else ""

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC

    @property
    def is_known(self) -> bool:
        """Whether this version of the software has the entry's kind."""
        return self.kind in KINDS

    def header(self) -> dict[str, Any]:
        """What the digest covers."""
        return {
            "v": 1,
            "stream": self.stream,
            "seq": self.seq,
            "kind": self.kind,
            "visibility": str(self.visibility),
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "actor": self.actor,
            "body": {"sha256": self.body_sha256, "size": len(self.body.encode())},
            "previous": self.previous,
            "release": self.release_id,
        }


class Outbox(models.Model):
    """An entry that waits for its position; written with it, deleted when the sequencer has placed it."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)


class Position(models.Model):
    """The place of an entry in the one public order: gap-free, in commit order, never changed."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="placed")


class Release(models.Model):
    """Projection: the OCDS release of a public entry, exact bytes."""

    release_id = models.CharField(primary_key=True, max_length=26)
    position = models.BigIntegerField(unique=True)
    ocid = models.CharField(max_length=120, db_index=True)
    date = models.DateTimeField()
    tag = models.JSONField()
    sha256 = models.CharField(max_length=64)
    body = models.TextField()


class Record(models.Model):
    """Projection: the compiled release of a process."""

    ocid = models.CharField(primary_key=True, max_length=120)
    position = models.BigIntegerField()
    compiled = models.JSONField()


class Cursor(models.Model):
    """How far a projection has read."""

    projection = models.CharField(primary_key=True, max_length=60)
    position = models.BigIntegerField(default=0)
