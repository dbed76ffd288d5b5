# SPDX-License-Identifier: Apache-2.0
"""Leaves per second end to end: acts committed by two processes, placed, projected, in published checkpoints.

The sequencer is the one that runs in earnest, with its tiles and checkpoints on the disk. Limits, in the same run: the
bare durable transactions of the same rows, and the plain hashing of as many leaves. Afterwards everything is verified.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import psutil
from django.db import connection, transaction

from benchmarks import Figure
from vitrina.ledger import published
from vitrina.ledger.append import append, append_many
from vitrina.ledger.models import Head, Leaf, Position
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.sequencer import run as sequence
from vitrina.ledger.tests.kinds import CLERK, Noted
from vitrina.ledger.verify import verify

FORK = multiprocessing.get_context("fork")
WRITERS, SECONDS, AT_ONCE = 2, 15.0, 50
CALM_SECONDS, CALM_RATE = 10.0, 100
AT = datetime(2026, 3, 2, 18, tzinfo=UTC)


def _write(number: int, seconds: float) -> None:
    """One writer: transactions of `AT_ONCE` acts in a stream of its own, until time is up."""
    connection.close()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        with transaction.atomic():
            events = [(f"bench:{number}", Noted(text="acto de prueba", n=n)) for n in range(AT_ONCE)]
            append_many(events, actor=CLERK, at=AT)
    connection.close()


@contextmanager
def _sequencer() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=sequence, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _processor_seconds() -> float:
    """What this process, its writers and the database server have used of the processors so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0]).parent()
    processes = [server, *server.children(), psutil.Process()] if server else [psutil.Process()]
    times = [p.cpu_times() for p in processes]
    ended = times[-1].children_user + times[-1].children_system + times[0].children_user + times[0].children_system
    return ended + sum(t.user + t.system for t in times)


def _end_to_end() -> list[Figure]:
    catch_up()
    before, used = Leaf.objects.count(), _processor_seconds()
    connection.close()
    writers = [FORK.Process(target=_write, args=(n, SECONDS)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    with _sequencer():
        start = time.perf_counter()
        for writer in writers:
            writer.join()
        written = time.perf_counter() - start
        while published.size() < Position.objects.count() or connection_waits():
            time.sleep(0.005)
        spent = time.perf_counter() - start
    n, heads = published.size() - before, Head.objects.count()
    note = f"{n} acts of {WRITERS} writers in {spent:.1f} s, {heads} checkpoints; last {spent - written:.1f} s behind"
    each = (_processor_seconds() - used) / n
    return [
        Figure("acts to published checkpoints", n / spent, "leaves/s", note),
        Figure(
            "processor time of a leaf", each * 1e6, "µs", f"all three sides of it: {1 / each:,.0f}/s for each core"
        ),
    ]


def connection_waits() -> bool:
    """Whether an entry waits for its position."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM ledger_outbox)")
        return bool(cursor.fetchone()[0])


def _calm(committed: Connection) -> None:
    """A hundred acts a second, each a transaction; tells when each was committed."""
    connection.close()
    start = time.perf_counter()
    for i in range(int(CALM_SECONDS * CALM_RATE)):
        time.sleep(max(0.0, start + i / CALM_RATE - time.perf_counter()))
        with transaction.atomic():
            append("bench:calm", Noted(n=i), actor=CLERK, at=AT)
        committed.send(time.monotonic())
    connection.close()


def _delays() -> list[float]:
    """Seconds from the commit of an act to a published checkpoint that covers it, sorted."""
    delays: list[float] = []
    committed: list[float] = []
    first = Position.objects.count()
    connection.close()
    told, telling = FORK.Pipe(duplex=False)
    writer = FORK.Process(target=_calm, args=(telling,))
    writer.start()
    with _sequencer():
        while writer.is_alive() or told.poll() or len(delays) < len(committed):
            while told.poll():
                committed.append(told.recv())
            covered, now = published.size() - first, time.monotonic()
            delays += [max(0.0, now - at) for at in committed[len(delays) : covered]]
            time.sleep(0.005)
    return sorted(delays)


def _bare() -> float:
    """Rows per second of the same transactions on a bare table."""
    body = "x" * 700
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (id bigserial PRIMARY KEY, body text)")
        start, n = time.perf_counter(), 0
        while time.perf_counter() - start < 3:
            cursor.execute("INSERT INTO bench_bare (body) SELECT %s FROM generate_series(1, %s)", [body, AT_ONCE])
            n += AT_ONCE
        spent = time.perf_counter() - start
        cursor.execute("DROP TABLE bench_bare")
    return n / spent


def _hashing() -> float:
    data, n = b"\0" + b"x" * 182, 200_000
    start = time.perf_counter()
    for _ in range(n):
        hashlib.sha256(data).digest()
    return n / (time.perf_counter() - start)


def run() -> list[Figure]:
    shutil.rmtree(published.folder(), ignore_errors=True)
    published.key_file().unlink(missing_ok=True)
    figures = _end_to_end()
    rate = figures[0].value
    delays = _delays()
    found = verify()
    if found.finding:
        raise SystemExit(f"what was measured does not hold: {found.finding}")
    middle, late = (1000 * delays[int(len(delays) * share)] for share in (0.5, 0.99))
    bare, hashing = _bare(), _hashing()
    return [
        *figures,
        Figure("act to checkpoint, half of them", middle, "ms", f"at {CALM_RATE} acts/s, one act a transaction"),
        Figure("act to checkpoint, 99 of 100", late, "ms", f"{found.leaves} leaves verified afterwards"),
        Figure("limit: bare durable rows, as many at once", bare, "rows/s", f"a leaf costs {bare / rate:.1f} of them"),
        Figure("limit: plain SHA-256 of leaves", hashing, "hashes/s", f"a leaf costs {hashing / rate:.0f} of them"),
    ]
