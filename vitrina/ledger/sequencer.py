# SPDX-License-Identifier: Apache-2.0
"""The sequencer: gives every committed entry its gap-free position, in commit order.

Numbers handed out before commit lose entries: a reader who has seen 17 never sees 16 if 16 commits later. So an
entry is placed only when no older transaction can still commit (`xid` below the snapshot's horizon), and only after
its predecessor in its stream, since the transaction that wrote first may have taken its number last.
"""

from __future__ import annotations

import logging
import threading

import psycopg
from django.db import connection, transaction

from .append import CHANNEL
from .models import Outbox, Position
from .projections import advance_all

log = logging.getLogger(__name__)
LOCK = 0x5653_4551  # advisory lock: one sequencer at a time
BATCH = 1000
POLL_SECONDS = 2.0
_WAITING = """
SELECT e.id, e.stream, e.xid < pg_snapshot_xmin(pg_current_snapshot())
FROM ledger_outbox o JOIN ledger_entry e ON e.id = o.entry_id ORDER BY e.id LIMIT %s
"""


def place_batch() -> int:
    """Place up to a thousand waiting entries; returns how many. Zero when another sequencer is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_WAITING, [BATCH])
        ready, held = [], set()
        for entry_id, stream, is_settled in cursor.fetchall():
            if is_settled and stream not in held:
                ready.append(entry_id)
            else:
                held.add(stream)
        cursor.execute("SELECT COALESCE(MAX(position), 0) FROM ledger_position")
        head = cursor.fetchone()[0]
        Position.objects.bulk_create(Position(position=head + i, entry_id=e) for i, e in enumerate(ready, start=1))
        Outbox.objects.filter(entry_id__in=ready).delete()
    return len(ready)


def catch_up() -> int:
    """Place everything that can be placed now and bring every projection up to date; returns entries placed."""
    placed = 0
    while n := place_batch():
        placed += n
    advance_all()
    return placed


def run(stop: threading.Event) -> None:
    """Serve until `stop` is set: wake on the ledger's bell, or every two seconds when a ring was lost."""
    with psycopg.connect(_listening_address(), autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            try:
                catch_up()
            except Exception:
                log.exception("the sequencer stumbled and goes on")
                connection.close()
                stop.wait(1)
            for _ in listener.notifies(timeout=POLL_SECONDS if not Outbox.objects.exists() else 0.02, stop_after=1):
                pass


def _listening_address() -> str:
    parameters = connection.get_connection_params()
    known = {k: parameters[k] for k in ("dbname", "user", "password", "host", "port") if parameters.get(k)}
    return psycopg.conninfo.make_conninfo("", **known)
