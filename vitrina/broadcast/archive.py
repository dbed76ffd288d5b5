# SPDX-License-Identifier: Apache-2.0
"""From nginx's file to the archive: packed anew for browsers, hashed, told. Picture and sound are not touched."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from . import commands, places
from .models import Broadcast, Recording

log = logging.getLogger(__name__)
LONGEST = 1800.0  # seconds that packing one file may take
NEAR = timedelta(seconds=10)
_LEFT = re.compile(r"(?P<name>[A-Za-z0-9-]{1,80})-(?P<began>[0-9]{9,11})\.flv", re.ASCII)


def has_tools() -> bool:
    """Whether this machine can pack and measure recordings."""
    return bool(shutil.which("ffmpeg") and shutil.which("ffprobe"))


def work(*, at: datetime, real: datetime) -> int:
    """Do what waits: end silent connections, find files that nginx left, archive, delete old originals.

    Returns how many recordings were archived. `at`: the clock of acts; `real`: the machine's.
    """
    commands.end_lost(at=at, real=real)
    _find_left(real)
    done = 0
    for recording in Recording.objects.select_related("broadcast__key").filter(state=Recording.WAITING):
        if recording.broadcast.ended_at is not None and has_tools():
            done += keep(recording, at=at, real=real)
    _delete_old(real)
    return done


def keep(recording: Recording, *, at: datetime, real: datetime) -> bool:
    """Archive one recording; false, and marked broken, when ffmpeg makes nothing of it."""
    source = places.records() / recording.source
    places.make()
    with tempfile.TemporaryDirectory(dir=places.archive(), prefix=".") as folder:
        packed = Path(folder) / "packed.mp4"
        try:
            _pack(source, packed)
            milliseconds = duration(packed)
            original = _sha256(source)
        except (OSError, ValueError, subprocess.SubprocessError) as why:
            log.warning("the recording %s cannot be archived: %s", recording.source, _said(why))
            commands.broken(recording)
            return False
        sha256, size = _sha256(packed), packed.stat().st_size
        with packed.open("rb") as file:
            os.fsync(file.fileno())
        packed.chmod(0o644)
        packed.replace(places.archived(sha256))  # the file is there before anybody is told of it
    commands.archived(
        recording, sha256=sha256, size=size, milliseconds=milliseconds, original=original, at=at, real=real
    )
    return True


def _pack(source: Path, target: Path) -> None:
    """Stream copy with the index in front: a browser begins to play, and seeks, before it has the whole file."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(source), "-map", "0", "-c", "copy"]
    command += ["-movflags", "+faststart", "-f", "mp4", str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=LONGEST)  # noqa: S603 - our own arguments


def duration(file: Path) -> int:
    """Length of a recording in whole milliseconds; `ValueError` when ffprobe knows none."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603
    return round(float(done.stdout.strip()) * 1000)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _said(why: Exception) -> str:
    told = getattr(why, "stderr", None) or str(why)
    return (told.decode(errors="replace") if isinstance(told, bytes) else told).strip()[-300:]


def _find_left(real: datetime) -> None:
    """Files of connections whose end nginx could not tell, because it was killed: they are recordings too."""
    ended = Broadcast.objects.select_related("key").filter(recording=None).exclude(ended_at=None)
    for broadcast in ended.filter(began_at__gt=real - timedelta(days=2), seen_at__lt=real - NEAR):
        for file in places.records().glob(f"{broadcast.key.name}-*.flv"):
            match = _LEFT.fullmatch(file.name)
            if match is None or Recording.objects.filter(source=file.name).exists():
                continue
            if abs(int(match["began"]) - broadcast.began_at.timestamp()) <= NEAR.total_seconds():
                commands.received(broadcast, file.name)
                break


def _delete_old(real: datetime) -> None:
    """Delete nginx's own files so many days after they were archived, as the setting says."""
    before = real - timedelta(days=settings.BROADCAST_KEEP_DAYS)
    for recording in Recording.objects.filter(state=Recording.KEPT, archived_at__lt=before).exclude(
        source__startswith="-"
    ):
        (places.records() / recording.source).unlink(missing_ok=True)
        commands.forget_source(recording)
