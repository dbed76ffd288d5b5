# SPDX-License-Identifier: Apache-2.0
"""The sequencer: gives every committed entry its gap-free position, in commit order, and puts it into the public log.

Numbers handed out before commit lose entries: a reader who has seen 17 never sees 16 if 16 commits later. So an
entry is placed only when no older transaction can still commit (`xid` below the snapshot's horizon), and only after
its predecessor in its stream, since the transaction that wrote first may have taken its number last. An entry that
closes a checkpoint (a deadline) parts the order of writing too: who wrote before it stands before it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction

from vitrina.kernel import clock

from . import bulk
from . import log as public_log
from .anchors import Anchors
from .append import CHANNEL
from .kinds import KINDS
from .models import Outbox, Position
from .projections import advance_all
from .writer import Refused, Writer

log = logging.getLogger(__name__)
LOCK = 0x5653_4551  # advisory lock: one sequencer at a time
BATCH = 1000
POLL_SECONDS = 2.0
REFUSED_SECONDS = 15.0  # until a log that may not be signed is looked at again
Chore = Callable[[datetime], int]
CHORES: list[Chore] = []  # what the platform does by itself when its hour comes: given now, returns acts done
_WAITING = """
SELECT e.id, e.stream, e.xid < pg_snapshot_xmin(pg_current_snapshot()), e.kind
FROM ledger_outbox o JOIN ledger_entry e ON e.id = o.entry_id ORDER BY e.id LIMIT %s
"""


def place_batch() -> int:
    """Place up to a thousand waiting entries; returns how many. Zero when another sequencer is at it."""
    deadlines = {name for name, event in KINDS.items() if event.closes_checkpoint}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_WAITING, [BATCH])
        ready: list[int] = []
        held: set[str] = set()
        for entry_id, stream, is_settled, kind in cursor.fetchall():
            if kind in deadlines and (held or not is_settled):
                break  # it comes after all that was written before it, and what was written after comes after it
            if is_settled and stream not in held:
                ready.append(entry_id)
            else:
                held.add(stream)
        cursor.execute("SELECT COALESCE(MAX(position), 0) FROM ledger_position")
        head = cursor.fetchone()[0]
        bulk.insert(Position, [{"position": head + i, "entry_id": e} for i, e in enumerate(ready, start=1)])
        cursor.execute("DELETE FROM ledger_outbox WHERE entry_id = ANY(%s)", [ready])
    return len(ready)


def catch_up() -> int:
    """Place everything that can be placed now and bring every projection up to date; returns entries placed.

    What is written meanwhile waits for the next turn: under a steady stream there is always more, and nothing would
    ever be projected or signed.
    """
    last = Outbox.objects.order_by("-entry").values_list("entry", flat=True).first()
    placed = 0
    while last and (n := place_batch()):
        placed += n
        if not Outbox.objects.filter(entry__lte=last).exists():
            break
    advance_all()
    return placed


def do_chores() -> int:
    """Let every chore do what its hour has come for; one that fails is told, and the others go on."""
    done = 0
    for chore in CHORES:
        try:
            done += chore(clock.now())
        except OperationalError:
            raise  # the database itself
        except Exception:
            log.exception("the chore %s failed", getattr(chore, "__qualname__", chore))
    return done


def run(stop: threading.Event) -> None:
    """Serve until `stop` is set: wake on the ledger's bell, or every two seconds when a ring was lost.

    Whatever fails, it begins anew: it takes up the log where the database and the disk agree that it stands.
    """
    while not stop.is_set():
        try:
            with psycopg.connect(_listening_address(), autocommit=True) as listener, ExitStack() as stack:
                listener.execute(f"LISTEN {CHANNEL}")
                _serve(listener, stop, stack)
        except Exception:
            log.exception("the sequencer stumbled and goes on")
            stop.wait(1)
        finally:
            connection.close()


def _serve(listener: psycopg.Connection[Any], stop: threading.Event, stack: ExitStack) -> None:
    """Do chores, place, project, log, wait. The log may be another's or stand still: the rest goes on."""
    keeper = LogKeeper(stack)
    while not stop.is_set():
        do_chores()
        catch_up()
        keeper.turn()
        for _ in listener.notifies(timeout=POLL_SECONDS if not Outbox.objects.exists() else 0.02, stop_after=1):
            pass


class LogKeeper:
    """Holds the log for the sequencer: takes it when nobody has it, tries again later when it may not be signed."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack.enter_context(ExitStack())
        self.writer: Writer | None = None
        self.anchors: Anchors | None = None
        self.next_try = 0.0

    def turn(self) -> None:
        """Extend the log by what waits; while another writes it, or nothing may be signed, do nothing."""
        try:
            if self.writer is None and time.monotonic() >= self.next_try:
                self._take()
            if self.writer is not None and self.anchors is not None:
                self.writer.extend(self.anchors.ring)
        except Refused as why:
            public_log.alarm(why)
            self.stack.close()
            self.writer, self.next_try = None, time.monotonic() + REFUSED_SECONDS

    def _take(self) -> None:
        self.next_try = time.monotonic() + POLL_SECONDS
        self.writer = self.stack.enter_context(public_log.writing())
        if self.writer is None:
            self.stack.close()
            return
        self.anchors = self.stack.enter_context(Anchors(self.writer))


def _listening_address() -> str:
    parameters = connection.get_connection_params()
    known = {k: parameters[k] for k in ("dbname", "user", "password", "host", "port") if parameters.get(k)}
    return psycopg.conninfo.make_conninfo("", **known)
