# SPDX-License-Identifier: Apache-2.0
"""Taking an installation in: its address, the keys of its log as it serves them or as somebody gave them, its name."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import datetime
from urllib.parse import urlsplit

import orjson

from vitrina.kernel.text import has_unsafe_characters
from vitrina.ledger import published
from vitrina.ledger.fetch import WebReader
from vitrina.ledger.logverify import Undecidable, served_policy
from vitrina.ledger.note import Checkpoint, NoteError, Unverified, open_note, split
from vitrina.ledger.policy import Policy

from . import commands, doors
from .models import Member

MOST_MEMBERS = 1000
LONGEST_NAME = 200


class Refused(ValueError):
    """The installation is not taken in; the text says why."""


def join(url: str, *, at: datetime, policy: Policy | None = None, name: str = "") -> Member:
    """Take the installation at an address in. Without a policy its own word about its key is taken, once.

    Errors: `Refused`.
    """
    try:
        base = doors.base_of(url)
        log = f"{base}log"
        pinned = policy or served_policy(log, doors.resolve)
        origin = _origin(log, pinned)
    except (doors.BadAddress, Undecidable) as error:
        raise Refused(f"{error} ({error.__cause__})" if error.__cause__ else str(error)) from error
    if origin == published.origin():
        raise Refused("that is this installation itself")
    members = Member.objects.filter(removed_at=None)
    if members.filter(origin=origin).exists() or members.filter(url=base).exists():
        raise Refused(f"{origin} is a member already")
    if members.count() >= MOST_MEMBERS:
        raise Refused(f"there are {MOST_MEMBERS} members, and no more are taken")
    name = name.strip() or _said_name(base) or urlsplit(base).netloc
    if len(name) > LONGEST_NAME or has_unsafe_characters(name):
        raise Refused("the name is too long, or has characters that no page shows")
    return commands.join(at=at, key=_key(origin), url=base, name=name, origin=origin, policy=str(pinned))


def _origin(log: str, policy: Policy) -> str:
    """The name of a log, as a checkpoint that its pinned key signed has it."""
    with closing(WebReader(log, resolve=doors.resolve)) as read:
        try:
            note = read("checkpoint").decode()
            checkpoint = Checkpoint.parse(split(note)[0])
            signatures = open_note(note, policy.logs)
        except Unverified:
            signatures = []
        except (OSError, UnicodeDecodeError, NoteError) as error:
            raise Undecidable(f"there is no log at {log}: {error}") from error
    if not any(one.vkey.name == checkpoint.origin for one in signatures):
        raise Undecidable(f"the log there is {checkpoint.origin[:200]}, and none of the keys is its key")
    return checkpoint.origin


def _said_name(base: str) -> str:
    """What a publisher calls itself in its packages; nobody vouches for it."""
    with closing(WebReader(base, resolve=doors.resolve)) as read:
        try:
            said = orjson.loads(read("api/ocds/releases?limit=1"))["publisher"]["name"]
        except (OSError, ValueError, KeyError, TypeError):
            return ""
    return said[:LONGEST_NAME] if isinstance(said, str) and not has_unsafe_characters(said) else ""


def _key(origin: str) -> str:
    """A short name for commands and addresses: the host of the log, or what there is of it."""
    stem = re.sub(r"[^a-z0-9.-]+", "-", origin.removesuffix("/log").lower()).strip("-.")[:60] or "member"
    taken = set(Member.objects.filter(key__startswith=stem, removed_at=None).values_list("key", flat=True))
    return next(key for key in (stem, *(f"{stem}-{n}" for n in range(2, MOST_MEMBERS + 2))) if key not in taken)
