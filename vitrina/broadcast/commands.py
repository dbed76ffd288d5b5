# SPDX-License-Identifier: Apache-2.0
"""What officials do about a broadcast, and what the platform does when nginx tells it of a camera."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.cycle.core import files
from vitrina.cycle.core.command import OVER, command, record
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.kernel import ids
from vitrina.kernel.text import has_unsafe_characters
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.parties.actors import PLATFORM, Actor

from . import policy
from .events import (
    BroadcastEnded,
    BroadcastRecorded,
    BroadcastStarted,
    CameraAuthorised,
    CameraRevoked,
    CaptionsPublished,
    CaptionTyped,
)
from .keys import digest_of, is_digest, stream_name
from .models import Broadcast, CaptionLine, Recording, StreamKey
from .sittings import sitting_of
from .webvtt import BadCaptions, parse

MOST_BYTES_OF_CAPTIONS = 2_000_000


@command("broadcast.issue_key")
def issue_key(actor: Actor, process: Process, *, at: datetime, act: str, digest: str) -> Entry:
    """Authorise a camera for one act. `digest`: SHA-256 of the key, which only who asked for it has seen.

    A key that was there before ends; refused while a camera is on air with it.
    """
    sitting = sitting_of(process, act)
    if sitting is None:
        raise refuse("act", _("This purchase has no such act."), field="act")
    if sitting.over_at is not None or at > sitting.ends_at:
        raise refuse("over", _("That act is over; nothing of it can be broadcast any more."), field="act")
    if not is_digest(digest) or StreamKey.objects.filter(digest=digest).exists():
        raise refuse("digest", _("That key cannot be used. Ask for another."))
    former = StreamKey.objects.filter(process=process, act=act, revoked_at=None)
    if Broadcast.objects.filter(key__in=former, ended_at=None).exists():
        raise refuse("on-air", _("A camera is on air with the present key. Withdraw that key first."))
    former.update(revoked_at=at)
    key = StreamKey.objects.create(
        id=ids.ulid(at),
        process=process,
        act=act,
        name=stream_name(process.number, process.ocid),
        digest=digest,
        issued_at=at,
    )
    event = CameraAuthorised(act=act, key=key.id, opens_at=sitting.opens_at, ends_at=sitting.ends_at)
    return record(actor, process, event, at=at)


@command("broadcast.revoke_key")
def revoke_key(actor: Actor, process: Process, *, at: datetime, act: str, reason: str) -> Entry:
    """Withdraw the permission for an act. A camera that is on air with it is cut within seconds."""
    key = StreamKey.objects.filter(process=process, act=act, revoked_at=None).last()
    if key is None:
        raise refuse("key", _("No camera is authorised for that act."), field="act")
    if not reason.strip() or len(reason) > 500 or has_unsafe_characters(reason):  # noqa: PLR2004
        raise refuse("reason", _("Say why, in at most 500 characters of plain text."), field="reason")
    key.revoked_at = at
    key.save()
    return record(actor, process, CameraRevoked(act=act, key=key.id, reason=reason.strip()), at=at)


@command("broadcast.type_caption")
def type_caption(actor: Actor, process: Process, *, at: datetime, text: str) -> Entry:
    """Add a line of captions to the broadcast that is on air."""
    line = " ".join(text.split())
    if not line or len(line) > policy.MOST_CHARACTERS or has_unsafe_characters(line):
        message = _("Write one line of at most %(n)d characters.") % {"n": policy.MOST_CHARACTERS}
        raise refuse("caption", message, field="text")
    on_air = Broadcast.objects.filter(key__process=process, ended_at=None).last()
    if on_air is None:
        raise refuse("off-air", _("No camera is on air: captions of a recording are sent as a file."))
    CaptionLine.objects.create(broadcast=on_air, at=at, text=line)
    event = CaptionTyped(ocid=process.ocid, broadcast=on_air.id, text=line)
    return append(f"captions:{on_air.id}", event, actor=actor.signer, at=at)


@command("broadcast.publish_captions")
def publish_captions(actor: Actor, process: Process, *, at: datetime, broadcast: str, upload: File[Any]) -> Entry:
    """Publish a WebVTT file as the captions of a recording, in place of those that were there."""
    recording = Recording.objects.filter(broadcast__key__process=process, pk=broadcast, state=Recording.KEPT).first()
    if recording is None:
        raise refuse("recording", _("There is no such recording in this purchase."))
    if not upload.size or upload.size > MOST_BYTES_OF_CAPTIONS:
        raise refuse("captions", _("Captions have at most 2 MB."), field="upload")
    upload.seek(0)
    try:
        cues = parse(upload.read())
    except BadCaptions as bad:
        raise refuse("captions", bad.said, field="upload") from bad
    stored = files.store(upload, public=True, field="upload", largest=MOST_BYTES_OF_CAPTIONS)
    recording.captions = stored
    recording.save()
    document = files.reference(stored, id=f"captions-{ids.ulid(at)}", title=_("Captions"), document_type="x_captions")
    event = CaptionsPublished(
        act=recording.broadcast.key.act, broadcast=broadcast, cues=len(cues), documents=(document,)
    )
    return record(actor, process, event, at=at)


# What the platform does when nginx tells it of a camera. `client` is nginx's number of the connection.


def begin(name: str, key: str, client: str, *, at: datetime, real: datetime) -> Broadcast:
    """Let a camera on air: the key is right, its act is being held, and nobody else is on air under the name."""
    with transaction.atomic():
        found, process = _lock(name, key)
        _check_key(found, process, at)
        for other in Broadcast.objects.filter(key__name=name, ended_at=None):
            if other.key.process_id != process.pk or real - other.seen_at <= policy.LOST:
                raise refuse("busy", "another camera is on air under this name")
            _end(process, other, "lost", at)
        number = Broadcast.objects.filter(key__process=process, key__act=found.act).count() + 1
        made = Broadcast.objects.create(
            id=ids.ulid(real), key=found, client=client, started_at=at, began_at=real, seen_at=real
        )
        record(PLATFORM, process, BroadcastStarted(act=found.act, broadcast=made.id, number=number), at=at)
        return made


def _lock(name: str, key: str) -> tuple[StreamKey, Process]:
    """The key with its purchase, whose row stays locked: a second camera waits here for the first."""
    digest = digest_of(key)
    found = StreamKey.objects.filter(digest=digest, name=name).first()
    if found is None:
        raise refuse("key", "no such key for this name")
    rows = Process.objects.select_for_update(of=("self",)).select_related("unit", "buyer")
    process = rows.get(pk=found.process_id)
    found.refresh_from_db()
    return found, process


def _check_key(key: StreamKey, process: Process, at: datetime) -> None:
    """Refuse a key that was withdrawn, is early, late, or was silent for too long after its line was lost."""
    sitting = sitting_of(process, key.act)
    if key.revoked_at is not None:
        raise refuse("revoked", "the key was withdrawn")
    if process.halt or sitting is None or not sitting.takes(at):
        raise refuse("hour", "its act is not being held now")
    last = Broadcast.objects.filter(key=key).exclude(ended_at=None).last()
    if last and last.ended_at and at - last.ended_at > policy.RECONNECT:
        raise refuse("late", "the line was lost too long ago for this key")


def keep(name: str, key: str, client: str, *, at: datetime, real: datetime) -> None:
    """Note that a camera is still there; refused when it may be no longer, and nginx then cuts it."""
    found = on_air(name, key, client)
    if found is None:
        raise refuse("unknown", "this connection is not on air")
    sitting = sitting_of(found.key.process, found.key.act)
    is_over = found.key.process.halt in OVER or sitting is None or not sitting.keeps(at)
    if found.key.revoked_at is not None or is_over:
        raise refuse("over", "the key was withdrawn or its act is over")
    Broadcast.objects.filter(pk=found.pk).update(seen_at=real)


def on_air(name: str, key: str, client: str) -> Broadcast | None:
    """The connection that nginx speaks of, while it is on air."""
    rows = Broadcast.objects.select_related("key__process__unit").filter(key__name=name, key__digest=digest_of(key))
    return rows.filter(client=client, ended_at=None).last()


def end(name: str, key: str, client: str, *, at: datetime) -> None:
    """A connection ended. One that was refused ends too, and nothing is known of it."""
    if found := on_air(name, key, client):
        end_broadcast(found, "stopped", at)


def end_lost(*, at: datetime, real: datetime) -> int:
    """End every connection of which nginx says nothing any more (it was killed, say); returns how many."""
    silent = list(Broadcast.objects.filter(ended_at=None, seen_at__lt=real - policy.LOST))
    for one in silent:
        end_broadcast(one, "lost", at)
    return len(silent)


def end_broadcast(broadcast: Broadcast, cause: str, at: datetime) -> None:
    """End a connection once, with its entry."""
    with transaction.atomic():
        rows = Process.objects.select_for_update(of=("self",)).select_related("unit", "buyer")
        process = rows.get(stream_keys__broadcasts=broadcast)
        broadcast.refresh_from_db()
        if broadcast.ended_at is None:
            _end(process, broadcast, cause, at)


def _end(process: Process, broadcast: Broadcast, cause: str, at: datetime) -> None:
    lasted = broadcast.seen_at - broadcast.began_at  # as far as is known of one that fell silent
    broadcast.ended_at = broadcast.started_at + lasted if cause == "lost" else max(at, broadcast.started_at)
    broadcast.save()
    event = BroadcastEnded(act=broadcast.key.act, broadcast=broadcast.id, cause=cause)
    record(PLATFORM, process, event, at=at)


def received(broadcast: Broadcast, source: str) -> bool:
    """Note the file that nginx wrote of a connection, for the archive; false when it is known already."""
    _row, is_new = Recording.objects.get_or_create(broadcast=broadcast, defaults={"source": source})
    return is_new


def archived(recording: Recording, *, sha256: str, size: int, milliseconds: int, original: str, at: datetime,
             real: datetime) -> None:  # fmt: skip
    """Tell what was archived, once."""
    with transaction.atomic():
        rows = Process.objects.select_for_update(of=("self",)).select_related("unit", "buyer")
        process = rows.get(stream_keys__broadcasts=recording.broadcast)
        recording.refresh_from_db()
        if recording.state != Recording.WAITING:
            return
        recording.state, recording.sha256, recording.size = Recording.KEPT, sha256, size
        recording.milliseconds, recording.archived_at = milliseconds, real
        recording.save()
        made = recording.broadcast
        event = BroadcastRecorded(
            act=made.key.act, broadcast=made.id, started_at=made.started_at, sha256=sha256, size=size,
            milliseconds=milliseconds, media_type="video/mp4", original=original,
        )  # fmt: skip
        record(PLATFORM, process, event, at=at)


def broken(recording: Recording) -> None:
    """Note that nothing can be made of a file; it stays where it is, for people to look at."""
    Recording.objects.filter(pk=recording.pk, state=Recording.WAITING).update(state=Recording.BROKEN)


def forget_source(recording: Recording) -> None:
    """Note that the server's own file was deleted after its time."""
    Recording.objects.filter(pk=recording.pk).update(source=f"-{recording.pk}")
