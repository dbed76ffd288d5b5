# SPDX-License-Identifier: Apache-2.0
"""Recomputing the ledger: every digest, every chain, every position, every leaf and signed root of the public log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from vitrina.kernel.canonical import digest, digest_of

from .models import Entry, Erasure, Outbox, Position, Release, Stream
from .verify_leaves import check_leaves


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that does not hold: where, and what is wrong with it."""

    where: str
    problem: str


@dataclass(frozen=True, slots=True)
class Report:
    """How much was checked, and what was found (nothing when the ledger holds)."""

    entries: int
    positions: int
    finding: Finding | None
    leaves: int = 0
    withdrawn: int = 0


def _entry_problem(entry: Entry, heads: dict[str, tuple[int, str]]) -> str:
    seq, previous = heads.get(entry.stream, (0, ""))
    if entry.seq != seq + 1:
        return f"number {entry.seq} follows {seq}: an entry is missing or doubled"
    if entry.previous != previous:
        return "it does not name the digest of the entry before it"
    if entry.is_erased:
        return _erasure_problem(entry)
    if digest(entry.body.encode()) != entry.body_sha256:
        return "its body is not the body that was written"
    if digest_of(entry.header()) != entry.digest:
        return "its header is not the header that was written"
    return ""


def _erasure_problem(entry: Entry) -> str:
    """A body may be missing only where an act says so, and the header must still be the one that was written."""
    erasure = Erasure.objects.filter(entry=entry).select_related("act").first()
    if erasure is None:
        return "its body is gone and no act withdrew it"
    act: Any = erasure.act.event
    if (act.sha256, act.size) != (entry.body_sha256, erasure.body_size):
        return f"the act that withdrew its body (entry {erasure.act_id}) names another body"
    if digest_of(entry.header()) != entry.digest:
        return "its header is not the header that was written"
    return ""


def verify(progress: Callable[[int], None] = lambda _: None) -> Report:
    """Recompute every entry in order and stop at the first that does not hold; one snapshot, while others write on."""
    with one_snapshot():
        return _verify(progress)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A read-only transaction in which the ledger stands still; the caller's own transaction when there is one."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _verify(progress: Callable[[int], None]) -> Report:
    heads: dict[str, tuple[int, str]] = {}
    n = 0
    for entry in Entry.objects.order_by("id").iterator(chunk_size=2000):
        if problem := _entry_problem(entry, heads):
            return Report(n, 0, Finding(f"entry {entry.id} ({entry.stream} {entry.seq}, {entry.kind})", problem))
        heads[entry.stream] = (entry.seq, entry.digest)
        n += 1
        progress(n)
    for stream in Stream.objects.iterator():
        if heads.get(stream.name, (0, ""))[0] != stream.head:
            found = heads.get(stream.name, (0, ""))[0]
            return Report(n, 0, Finding(stream.name, f"its head is {stream.head} but {found} entries stand in it"))
    return _positions(n)


def _positions(n_entries: int) -> Report:
    expected = 0
    for position in Position.objects.order_by("position").values_list("position", flat=True).iterator():
        expected += 1
        if position != expected:
            return Report(n_entries, expected - 1, Finding(f"position {expected}", "it is missing"))
    if expected + Outbox.objects.count() != n_entries:
        return Report(
            n_entries, expected, Finding("positions", "some entry has no position and does not wait for one")
        )
    for release in Release.objects.order_by("position").iterator(chunk_size=2000):
        if digest(release.body.encode()) != release.sha256:
            finding = Finding(f"release {release.release_id}", "its text is not the text that was published")
            return Report(n_entries, expected, finding)
    leaves, broken = check_leaves()
    found = Finding(*broken) if broken else None
    return Report(n_entries, expected, found, leaves, Erasure.objects.count())
