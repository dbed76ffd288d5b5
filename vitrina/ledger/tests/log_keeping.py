# SPDX-License-Identifier: Apache-2.0
"""What the tests of the living log share: entries that are written, placed and logged; witnesses that answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from vitrina.ledger import log
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry, Outbox
from vitrina.ledger.note import Vkey
from vitrina.ledger.policy import Policy
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.witness import Witness
from vitrina.ledger.witness_server import Server

from .kinds import CLERK
from .public_log import key

AT = datetime(2026, 10, 13, 16, 5, 59, 900_000, tzinfo=UTC)


def place(*events, stream: str = "watch:a") -> list[Entry]:
    """Append and place."""
    with transaction.atomic():
        entries = [append(stream, e, actor=CLERK, at=AT + timedelta(seconds=i)) for i, e in enumerate(events)]
    place_all()
    return entries


def place_all(seconds: float = 60) -> None:
    """Until every entry has its place: another run's open transaction on the same server holds them back."""
    end = time.monotonic() + seconds
    while catch_up() or Outbox.objects.exists():
        assert time.monotonic() < end, "an open transaction of somebody else holds the entries back"
        time.sleep(0.01)


def write(*events, stream: str = "watch:a") -> list[Entry]:
    """Append, place and log."""
    entries = place(*events, stream=stream)
    log.extend()
    return entries


def behind_the_trigger(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def restore(size: int) -> None:
    """Make the database what it was when the log had `size` leaves, as a restored backup does."""
    for table, column in (("ledger_head", "size"), ("ledger_leaf", "position"), ("ledger_position", "position")):
        behind_the_trigger(f"DELETE FROM {table} WHERE {column} > {size}")
    behind_the_trigger(f"DELETE FROM ledger_cosignature WHERE head_id > {size}")
    behind_the_trigger("DELETE FROM ledger_outbox")
    behind_the_trigger("DELETE FROM ledger_entry WHERE id NOT IN (SELECT entry_id FROM ledger_position)")
    behind_the_trigger(
        "UPDATE ledger_stream s SET (head, head_digest) ="
        " (SELECT seq, digest FROM ledger_entry e WHERE e.stream = s.name ORDER BY seq DESC LIMIT 1)"
    )
    behind_the_trigger(f"UPDATE ledger_cursor SET position = {size}")


def policy() -> Policy:
    return Policy.parse(log.policy_text())


@contextmanager
def witness(folder: Path, name: str, vkey: Vkey, origin: str | None = None) -> Iterator[tuple[Witness, str]]:
    """A witness of one log and the line of its policy, with an address where it answers."""
    found = Witness(folder, f"testigo.example/{name}", key(name), {origin or vkey.name: [vkey]})
    server = Server(found, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found, f"witness {name} {found.vkey} http://127.0.0.1:{server.server_address[1]}\n"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
