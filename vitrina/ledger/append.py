# SPDX-License-Identifier: Apache-2.0
"""Writing entries. Only commands call this, inside their transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from django.db import connection

from vitrina.kernel import ids
from vitrina.kernel.canonical import digest, digest_of

from .bulk import text_of
from .kinds import Event, Signer, body_of, check_leaf
from .models import Entry

CHANNEL = "vitrina_ledger"
SALT_BYTES = 32
# Rows are locked in the order of their names, so that two writers of many streams cannot wait for each other.
_NEXT = """
INSERT INTO ledger_stream (name, head, head_at, head_digest)
    SELECT name, n, %s, '' FROM unnest(%s::text[], %s::int[]) AS wanted (name, n) ORDER BY name
ON CONFLICT (name) DO UPDATE SET head = ledger_stream.head + EXCLUDED.head,
    head_at = GREATEST(ledger_stream.head_at, EXCLUDED.head_at)
RETURNING name, head, head_at, head_digest
"""
# Ids are given in the order of the rows: the sequencer relies on a stream's ids rising with its numbers.
_WRITE = """
WITH written AS (
    INSERT INTO ledger_entry
        (stream, seq, kind, visibility, at, actor, body, body_sha256, previous, digest, release_id)
    SELECT stream, seq, kind, visibility, at, %s::jsonb, body, body_sha256, previous, digest, release_id
        FROM ROWS FROM (json_to_recordset(%s) AS (stream text, seq int, kind text, visibility text, at timestamptz,
            body text, body_sha256 text, previous text, digest text, release_id text)) WITH ORDINALITY
        ORDER BY ordinality RETURNING id
), waiting AS (INSERT INTO ledger_outbox (entry_id) SELECT id FROM written
), headed AS (
    UPDATE ledger_stream SET head_digest = heads.digest
        FROM unnest(%s::text[], %s::text[]) AS heads (name, digest) WHERE ledger_stream.name = heads.name
)
SELECT array_agg(id ORDER BY id), pg_notify(%s, %s) FROM written
"""
_COLUMNS = ("stream", "seq", "kind", "visibility", "at", "body", "body_sha256", "previous", "digest", "release_id")


def append(stream: str, event: Event, *, actor: Signer, at: datetime) -> Entry:
    """Append an event to a stream and return its entry; must run inside a transaction.

    The instant never runs backwards within a stream: a clock that was set back yields the former instant again.
    Errors: `ValueError` outside a transaction, for a naive instant or a leaf that the public log cannot hold.
    """
    return append_many([(stream, event)], actor=actor, at=at)[0]


def append_many(events: Sequence[tuple[str, Event]], *, actor: Signer, at: datetime) -> list[Entry]:
    """Append events to their streams, in the order given, and return their entries in that order.

    As `append`, in two statements and with one ring of the bell however many there are. Streams may repeat.
    """
    if not connection.in_atomic_block:
        raise ValueError("an entry is written in the transaction of its act")
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    if not events:
        return []
    wanted = Counter(stream for stream, _ in events)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [at, list(wanted), list(wanted.values())])
        heads = {name: (head - wanted[name], since, last) for name, head, since, last in cursor.fetchall()}
        entries = list(_chain(events, heads, msgspec.to_builtins(actor)))
        rows = text_of([{name: getattr(entry, name) for name in _COLUMNS} for entry in entries])
        digests = {entry.stream: entry.digest for entry in entries}
        last = f"{entries[-1].stream}:{entries[-1].seq}"
        signer = text_of(entries[0].actor)
        cursor.execute(_WRITE, [signer, rows, list(digests), list(digests.values()), CHANNEL, last])
        for entry, pk in zip(entries, cursor.fetchone()[0], strict=True):
            entry.pk = pk
            entry._state.adding = False  # noqa: SLF001 - the row exists: it was written by the statement above
            entry._state.db = connection.alias  # noqa: SLF001
    return entries


def _chain(
    events: Sequence[tuple[str, Event]], heads: dict[str, tuple[int, datetime, str]], actor: dict[str, str]
) -> Iterator[Entry]:
    """Entries with number, digests and the digest of the one before; `heads` moves on with each."""
    for stream, event in events:
        check_leaf(event)
        seq, at, previous = heads[stream]
        body = body_of(event, ids.token(SALT_BYTES))  # nobody guesses a body from its digest: it can be erased
        entry = Entry(
            stream=stream,
            seq=seq + 1,
            kind=event.kind,
            visibility=event.visibility,
            at=at,
            actor=actor,
            body=body.decode(),
            body_sha256=digest(body),
            previous=previous,
            release_id=ids.ulid(at),
        )
        entry.digest = digest_of(entry.header())
        heads[stream] = (seq + 1, at, entry.digest)
        yield entry
