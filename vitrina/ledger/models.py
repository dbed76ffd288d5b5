# SPDX-License-Identifier: Apache-2.0
"""Tables of the ledger and of its public log. None of them is ever changed: triggers refuse it (see the migrations).

The one exception is an entry's body, which an `Erasure` empties for ever (public log, section 9).
"""

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
        if self.is_erased:
            from .erasing import Withdrawn  # noqa: PLC0415 - a kind of entry, which needs this module

            return Withdrawn(by=self.erasure.position or 0)
        return event_of(self.kind, self.body)

    @property
    def is_erased(self) -> bool:
        """Whether the body was withdrawn; the header, the chain and the leaf stay what they were."""
        return not self.body

    @property
    def body_size(self) -> int:
        """Bytes of the body as it was written."""
        return self.erasure.body_size if self.is_erased else len(self.body.encode())

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
            "body": {"sha256": self.body_sha256, "size": self.body_size},
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


class Erasure(models.Model):
    """A body that was withdrawn, the act that withdrew it, and the size that it had. Its row empties it."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)
    act = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="erases")
    body_size = models.PositiveIntegerField()

    @property
    def position(self) -> int | None:
        """Ledger number of the act that withdrew the body, once it has one."""
        return Position.objects.filter(entry_id=self.act_id).values_list("position", flat=True).first()


class Leaf(models.Model):
    """The exact bytes that the public log holds of the entry at a position; its index there is `position - 1`."""

    position = models.BigIntegerField(primary_key=True)
    data = models.TextField()


class Head(models.Model):
    """A state of the log that was signed: how many leaves, their root (hex), the signed note.

    Heads form one chain: each names the size before it. `epoch` is that of the sequencer that signed; PostgreSQL
    refuses one that another sequencer has followed. `closes` says that a deadline ends with exactly this leaf.
    """

    size = models.BigIntegerField(primary_key=True)
    previous = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    epoch = models.BigIntegerField()
    at = models.DateTimeField()
    closes = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index("size", condition=models.Q(closes=True), name="ledger_head_closes")]


class Cosignature(models.Model):
    """A witness has seen a head and found that it continues what it saw before: its line, its own time."""

    id = models.BigAutoField(primary_key=True)
    head = models.ForeignKey(Head, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=200)
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["head", "witness"], name="ledger_cosignature_once")]


class Timestamp(models.Model):
    """An RFC 3161 token over the signed note of a head, from a provider that has no part in the log."""

    head = models.OneToOneField(Head, on_delete=models.PROTECT, primary_key=True, related_name="timestamp")
    provider = models.CharField(max_length=300)
    token = models.BinaryField()
    at = models.DateTimeField()


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
