# SPDX-License-Identifier: Apache-2.0
"""The keys that have signed the public log, one after the other, and the change from one to the next.

A key is followed by another one only through `log.key.rotated`, an act with a note that both keys signed and that
stands in the log under the former one. Whoever holds the policy of before finds the new key vouched for by the old.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from . import keys, published, witnesses
from .append import append
from .commands import OPERATOR
from .durable import sync_folder
from .kinds import KINDS, Event
from .log_events import STREAM, LogKeyRotated
from .models import Entry
from .note import NoteError, Vkey, join, open_note, sign

FORM = "vitrina/log-key-rotated/v1"
E = TypeVar("E", bound=Event)


class NotRotated(Exception):
    """The key stays; the message says why."""


def last_of(wanted: type[E]) -> tuple[E, Entry] | None:
    """The newest act about the log of a kind, or of a kind derived from it, whose content stands."""
    names = [k.kind for k in KINDS.values() if issubclass(k, wanted)]
    entry = Entry.objects.filter(stream=STREAM, kind__in=names).exclude(body="").order_by("-seq").first()
    if entry is None:
        return None
    event = entry.event
    assert isinstance(event, wanted)
    return event, entry


def former_keys(vkey: Vkey) -> list[Vkey]:
    """The keys that signed before this one, the newest first: as far back as acts lead that both sides signed."""
    found: list[Vkey] = []
    for entry in Entry.objects.filter(stream=STREAM, kind=LogKeyRotated.kind).exclude(body="").order_by("-seq"):
        former = _former(entry.event, found[-1] if found else vkey)
        if former is not None:
            found.append(former)
    return found


def _former(event: Event, vkey: Vkey) -> Vkey | None:
    """The key before `vkey`, when this act is the one that made `vkey` follow it and both have signed it."""
    assert isinstance(event, LogKeyRotated)
    if event.vkey != str(vkey):
        return None
    try:
        former = Vkey.parse(event.former)
        signers = {s.vkey for s in open_note(event.statement, [former, vkey])}
    except NoteError:
        return None
    is_whole = event.statement.startswith(_text(vkey.name, former, vkey) + "\n") and signers == {former, vkey}
    return former if is_whole else None


def statement(old: Ed25519PrivateKey, new: Ed25519PrivateKey, origin: str) -> str:
    """The note by which one key hands the log to the next, signed by both."""
    text = _text(origin, Vkey.of(origin, old), Vkey.of(origin, new))
    return join(text, sign(text, origin, old), sign(text, origin, new))


def _text(origin: str, former: Vkey, vkey: Vkey) -> str:
    return f"{FORM}\n{origin}\n{former}\n{vkey}\n"


def next_file() -> Path:
    """Where the next key waits until the log has the act that announces it."""
    path = published.key_file()
    return path.with_name(f"{path.name}.next")


def announce(old: Ed25519PrivateKey, at: datetime) -> tuple[Entry, Ed25519PrivateKey]:
    """Make the next key and write the act that both sign; after a crash, the same key and the same act again."""
    path, origin = next_file(), published.origin()
    new = keys.load(path) if path.exists() else keys.make(path)
    former, vkey = Vkey.of(origin, old), Vkey.of(origin, new)
    last = last_of(LogKeyRotated)
    if last is not None and last[0].vkey == str(vkey):
        return last[1], new
    policy = str(witnesses.policy(vkey, [former, *former_keys(former)]))
    event = LogKeyRotated(
        origin=origin, former=str(former), vkey=str(vkey), statement=statement(old, new, origin), policy=policy
    )
    with transaction.atomic():
        return append(STREAM, event, actor=OPERATOR, at=at), new


def swap(old: Ed25519PrivateKey) -> Path:
    """Put the next key in the place of the old one, which stays beside it under the id of its own; gives where.

    There is a key in the place at every moment: the old one gets a second name first.
    """
    path = published.key_file()
    aside = path.with_name(f"{path.name}.{Vkey.of(published.origin(), old).id.hex()}")
    if not aside.exists():
        os.link(path, aside)
    next_file().rename(path)
    sync_folder(path.parent)
    return aside
