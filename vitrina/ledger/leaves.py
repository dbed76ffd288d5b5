# SPDX-License-Identifier: Apache-2.0
"""What the public log holds of a ledger entry: the statement that becomes its leaf (public log, section 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from vitrina.kernel.canonical import parse

from . import statement as statements
from .erasing import BodyErased, leaf_of
from .kinds import KINDS, Event, Visibility, event_of
from .statement import Digest

MOST = 1000  # leaves in one batch
RELEASES = "releases"  # the projection whose documents a leaf names
# Only what the projection of releases has read: a leaf names the release that its act became.
_READ = """
SELECT p.position, e.kind, e.stream, e.visibility, e.at, e.digest, e.body_sha256, octet_length(e.body), r.sha256,
    octet_length(r.body), CASE WHEN e.kind = ANY(%s) THEN e.body ELSE '' END
FROM ledger_position p JOIN ledger_entry e ON e.id = p.entry_id LEFT JOIN ledger_release r ON r.position = p.position
WHERE p.position > %s AND p.position <= (SELECT position FROM ledger_cursor WHERE projection = %s)
ORDER BY p.position LIMIT %s
"""


class Row(NamedTuple):
    """What a statement is made of. `body` is there only for kinds that say themselves what the log holds."""

    position: int
    kind: str
    stream: str
    visibility: str
    at: datetime
    digest: str
    body_sha256: str
    body_size: int
    release_sha256: str | None
    release_size: int | None
    body: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Leaves in order, the first of them at `position`; `closes` when a deadline ends with the last one."""

    position: int
    leaves: Sequence[bytes]
    closes: bool


def statement(row: Row) -> bytes:
    """The bytes of a leaf: what everybody may know of a public entry; of a blinded one its kind's own, or a digest."""
    kind = KINDS.get(row.kind)
    if row.visibility == Visibility.BLINDED:
        told = event_of(row.kind, row.body).leaf() if speaks(kind) else None
        return statements.build(told) if told else statements.reserved(row.body_sha256, row.digest)
    prefix, _, ocid = row.stream.partition(":")
    release = Digest(row.release_sha256, row.release_size or 0) if row.release_sha256 else None
    data = statements.act(
        row.kind,
        body=Digest(row.body_sha256, row.body_size),
        at=row.at,
        ocid=ocid if prefix == "ocid" else None,
        release=release,
        entry=row.digest,
    )
    if kind is BodyErased:
        erased: Any = event_of(row.kind, row.body)
        return statements.build(leaf_of(erased.sha256, erased.size, parse(data)))
    return data


def speaks(kind: type[Event] | None) -> bool:
    """Whether a kind says itself what the log holds of it."""
    return kind is not None and kind.leaf is not Event.leaf


def waiting(size: int) -> Batch | None:
    """The next leaves of a log of `size`, or nothing. A batch ends with the first entry that closes a checkpoint."""
    rows: list[Row] = []
    for row in read_rows(size, MOST):
        rows.append(row)
        kind = KINDS.get(row.kind)
        if kind is not None and kind.closes_checkpoint:
            return Batch(size + 1, [statement(r) for r in rows], closes=True)
    return Batch(size + 1, [statement(r) for r in rows], closes=False) if rows else None


def read_rows(after: int, limit: int) -> Iterator[Row]:
    """What the statements after a position are made of, in order and without gap."""
    told = [name for name, kind in KINDS.items() if speaks(kind) or kind is BodyErased]
    with connection.cursor() as cursor:
        cursor.execute(_READ, [told, after, RELEASES, limit])
        for found in cursor.fetchall():
            row = Row(*found)
            after += 1
            if row.position != after:
                raise ValueError(f"position {after} is missing from the ledger")
            yield row
