# SPDX-License-Identifier: Apache-2.0
"""The public log as files: what the sequencer publishes and any web server serves (public log, section 4).

<LOG_DIR>/checkpoint         the newest signed note
<LOG_DIR>/tile/...           tiles and bundles
<LOG_DIR>/policy             how to check: keys and quorum
<LOG_DIR>/alarm              why nothing is signed now, when that is so
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from .durable import sync_folder
from .merkle import HASH_BYTES
from .note import Checkpoint, NoteError, split
from .tile_reader import WIDTH, TileReader, pack, place_of, unpack

CHECKPOINT, POLICY, ALARM = "checkpoint", "policy", "alarm"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why the log stands still: a code, what was found in words for the operator, since when."""

    code: str
    problem: str
    at: datetime


def folder() -> Path:
    """Where the log of this database lies."""
    root: Path = settings.LOG_DIR
    return root / str(connection.settings_dict["NAME"]) if settings.LOG_PER_DATABASE else root


def key_file() -> Path:
    """Where its private key lies; only the sequencer opens it."""
    path: Path = settings.LOG_KEY
    return path.with_name(f"{connection.settings_dict['NAME']}.key") if settings.LOG_PER_DATABASE else path


def origin() -> str:
    """The log's name: `compras.example.gob.mx/log`."""
    return settings.LOG_ORIGIN or f"{urlsplit(settings.PUBLIC_URL).netloc}/log"


def write(name: str, data: bytes) -> None:
    """Put a file in the log's folder, whole or not at all, so that it lasts."""
    path = folder() / name
    fresh = path.with_name(f".{name}.{os.getpid()}")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def read(name: str) -> bytes:
    """A file of the log by its path under the prefix. Errors: `FileNotFoundError`."""
    return (folder() / name).read_bytes()


def tile(name: str) -> bytes:
    """A tile or bundle by its path; a partial one that is gone is cut from a wider one. Errors: `FileNotFoundError`.

    Once a tile is full its partial files go, and tiles made again from the leaves are those of the last head alone;
    a reader with an older checkpoint, and the proof of one, still ask for them.
    """
    try:
        return read(name)
    except FileNotFoundError:
        place = place_of(name)
        if place is None or place[2] >= WIDTH:
            raise
    level, _, width = place
    full = name.partition(".p/")[0]
    wider = sorted(w for file in (folder() / f"{full}.p").glob("*") if (w := _number(file.name)) > width)
    data = read(f"{full}.p/{wider[0]}" if wider else full)
    return pack(unpack(full, data)[:width]) if level is None else data[: width * HASH_BYTES]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def reader() -> TileReader:
    """Proofs from the tiles on disk."""
    return TileReader(tile)


def note() -> str | None:
    """The published checkpoint with its signatures, or nothing before the first."""
    try:
        return read(CHECKPOINT).decode()
    except FileNotFoundError:
        return None


def checkpoint() -> Checkpoint | None:
    """Size and root of the published checkpoint. It was verified when it was published. Errors: `NoteError`."""
    found = note()
    return Checkpoint.parse(split(found)[0]) if found else None


def size() -> int:
    """How many leaves the published checkpoint covers; 0 when there is none, or none that can be read."""
    try:
        found = checkpoint()
    except (NoteError, UnicodeDecodeError):
        return 0
    return found.size if found else 0


def alarm() -> Alarm | None:
    """Why nothing is signed now; nothing when all is well."""
    try:
        found = json.loads(read(ALARM))
    except FileNotFoundError:
        return None
    return Alarm(found["code"], found["problem"], datetime.fromisoformat(found["at"]))


def sound(code: str, problem: str, at: datetime) -> None:
    """Keep an alarm for the pages to show; the same one keeps its first instant."""
    former = alarm()
    if former is None or former.code != code:
        body = {"code": code, "problem": problem, "at": at.isoformat()}
        write(ALARM, json.dumps(body).encode())


def calm() -> None:
    """All is well again."""
    (folder() / ALARM).unlink(missing_ok=True)
