# SPDX-License-Identifier: Apache-2.0
"""Writing entries. Only commands call this, inside their transaction."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import connection
from psycopg.types.json import Jsonb

from vitrina.kernel import ids
from vitrina.kernel.canonical import digest, digest_of

from .kinds import Event, Signer, Visibility, body_of
from .models import Entry

CHANNEL = "vitrina_ledger"
_NEXT = """
INSERT INTO ledger_stream (name, head, head_at, head_digest) VALUES (%s, 1, %s, '')
ON CONFLICT (name) DO UPDATE SET head = ledger_stream.head + 1,
    head_at = GREATEST(ledger_stream.head_at, EXCLUDED.head_at)
RETURNING head, head_at, head_digest
"""
_WRITE = """
WITH written AS (
    INSERT INTO ledger_entry
        (stream, seq, kind, visibility, at, actor, body, body_sha256, previous, digest, release_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
), waiting AS (INSERT INTO ledger_outbox (entry_id) SELECT id FROM written
), headed AS (UPDATE ledger_stream SET head_digest = %s WHERE name = %s)
SELECT id, pg_notify(%s, %s) FROM written
"""


def append(stream: str, event: Event, *, actor: Signer, at: datetime) -> Entry:
    """Append an event to a stream and return its entry; must run inside a transaction.

    The instant never runs backwards within a stream: a clock that was set back yields the former instant again.
    Errors: `ValueError` outside a transaction or for a naive instant.
    """
    if not connection.in_atomic_block:
        raise ValueError("an entry is written in the transaction of its act")
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    salt = ids.token(32) if event.visibility is Visibility.BLINDED else None
    body = body_of(event, salt)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [stream, at])
        seq, at, previous = cursor.fetchone()
        entry = Entry(
            stream=stream,
            seq=seq,
            kind=event.kind,
            visibility=event.visibility,
            at=at,
            actor=msgspec.to_builtins(actor),
            body=body.decode(),
            body_sha256=digest(body),
            previous=previous,
            release_id=ids.ulid(at),
        )
        entry.digest = digest_of(entry.header())
        columns = [
            stream, seq, entry.kind, entry.visibility, at, Jsonb(entry.actor), entry.body, entry.body_sha256,
            previous, entry.digest, entry.release_id,
        ]
        cursor.execute(_WRITE, [*columns, entry.digest, stream, CHANNEL, f"{stream}:{seq}"])
        entry.pk = cursor.fetchone()[0]
        entry._state.adding = False  # noqa: SLF001 - the row exists: it was written by the statement above
        entry._state.db = connection.alias  # noqa: SLF001
    return entry
