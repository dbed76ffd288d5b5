# SPDX-License-Identifier: Apache-2.0
"""The public log of the ledger, for everybody else in this program: extend it, and prove what stands in it.

Leaf `n` is the entry at position `n + 1`. The sequencer places entries, lets the projections read them, and extends
the log; pages only read what it has published (public log, sections 7 and 8).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from vitrina.kernel import clock

from . import published, witnesses
from .models import Cosignature, Entry, Head, Leaf, Position
from .note import join
from .proof import format_proof
from .writer import LEADER, Refused, Writer, leadership, take_over

__all__ = [
    "Refused", "alarm", "checkpoint_at", "closing_size", "extend", "index_of", "note_for", "note_of", "policy_text",
    "proof_of", "published_size", "receipt_of", "recover", "statement_at", "statement_of", "writing",
]  # fmt: skip
log = logging.getLogger(__name__)
LATEST = 50  # cosigned heads among which a receipt looks for the one with most witnesses


@contextmanager
def writing() -> Iterator[Writer | None]:
    """Within the block this process may extend the log; nothing is given while another process does.

    Errors: `Refused`, after it was kept as the alarm that pages show.
    """
    with leadership(_try_lock) as lock:
        try:
            yield _take_over() if lock else None
        finally:
            if lock:
                _unlock()


def _take_over() -> Writer:
    try:
        writer = take_over()
    except Refused as why:
        alarm(why)
        raise
    published.write(published.POLICY, str(witnesses.policy(writer.vkey, writer.former)).encode())
    published.calm()
    return writer


def alarm(why: Refused) -> None:
    """Tell the operator and the pages that nothing is signed any more."""
    if not why.is_told:
        log.critical("the public log is not signed any more (%s): %s", why.code, why.problem)
        published.sound(why.code, why.problem, clock.system())
        why.is_told = True


def extend() -> int:
    """Put every placed entry that the log lacks into it and publish; returns how many, zero while another does it.

    Errors: `Refused`. Cosignatures and time stamps come from the sequencer's own process alone.
    """
    with writing() as writer:
        return writer.extend() if writer else 0


def recover() -> int:
    """Take up after a crash and publish what was signed; returns the size of the log. Errors: `Refused`."""
    with writing() as writer:
        return writer.size if writer else published_size()


def published_size() -> int:
    """How many leaves the published checkpoint covers."""
    return published.size()


def policy_text() -> str:
    """Whose signatures a verifier wants: the published policy; empty before the first checkpoint."""
    try:
        return published.read(published.POLICY).decode()
    except FileNotFoundError:
        return ""


def index_of(entry: Entry) -> int | None:
    """Leaf index of an entry; nothing while it waits for its place in the public order."""
    position = Position.objects.filter(entry=entry).values_list("position", flat=True).first()
    return None if position is None else position - 1


def statement_of(entry: Entry) -> bytes | None:
    """The exact bytes of an entry's leaf, once the log has it."""
    index = index_of(entry)
    return None if index is None else statement_at(index)


def statement_at(index: int) -> bytes | None:
    """The exact bytes of a leaf, once the log has it."""
    data = Leaf.objects.filter(position=index + 1).values_list("data", flat=True).first()
    return None if data is None else data.encode()


def receipt_of(entry: Entry) -> str | None:
    """The `.tlog-proof` of an entry, once a published checkpoint covers it."""
    index = index_of(entry)
    return None if index is None else proof_of(index)


def proof_of(index: int, size: int | None = None) -> str | None:
    """The `.tlog-proof` of a leaf: against the head of `size` leaves, else the one that most witnesses cosigned."""
    found = note_for(index) if size is None else checkpoint_at(size)
    if found is None or not 0 <= index < _size_of(found):
        return None
    return format_proof(index, published.reader().inclusion_proof(index, _size_of(found)), found)


def checkpoint_at(size: int) -> str | None:
    """The signed note of exactly `size` leaves with every cosignature it has; nothing when none was signed."""
    head = Head.objects.filter(size=size).prefetch_related("cosignatures").first()
    return note_of(head) if head else None


def note_of(head: Head) -> str:
    """A head as the world reads it: signed, cosigned."""
    text, _, signatures = head.note.rpartition("\n\n")
    return join(f"{text}\n", signatures, *(c.line for c in sorted(head.cosignatures.all(), key=lambda c: c.witness)))


def closing_size(position: int) -> int | None:
    """The size of the checkpoint that a deadline closed with the entry at `position`, once it is signed."""
    return Head.objects.filter(size=position, closes=True).values_list("size", flat=True).first()


def note_for(index: int) -> str | None:
    """The checkpoint that proves a leaf best: of those that cover it, the one that most witnesses cosigned lately."""
    latest = Cosignature.objects.filter(head__gt=index).order_by("-head").values_list("head", flat=True)[:LATEST]
    heads = Head.objects.filter(size__in=list(latest)).prefetch_related("cosignatures")
    if heads:
        return note_of(max(heads, key=lambda h: (len(h.cosignatures.all()), h.size)))
    return published.note()


def _size_of(note: str) -> int:
    return int(note.split("\n", 2)[1])


def _try_lock(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _unlock() -> None:
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LEADER])
