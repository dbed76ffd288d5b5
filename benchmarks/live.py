# SPDX-License-Identifier: Apache-2.0
"""Streams of the running site: 2,000 viewers of one purchase, and 10,000 where enough files may be open.

Each act is written by one process, placed by the sequencer, told by the web process, received by a third. Peer, in the
same run: a bare asyncio server that writes frames of the same size to as many. Where nginx and nchan are installed,
they stand before the live process in a third part. VITRINA_BENCH_VIEWERS=500,2000 chooses.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import psutil
from django.db import transaction

from benchmarks import Figure
from tests.fixtures import edge
from tests.fixtures.site import end, free_port
from vitrina.ledger.append import append
from vitrina.ledger.models import Position
from vitrina.ledger.tests.kinds import CLERK, Noted
from vitrina.site import paths

OCID = "ocds-vt0001-2026-900001"
SIZE = 230  # bytes of the data of an event
EVENTS, BETWEEN = 12, 0.7
SPARE = 1000
GOAL = 1.2  # of the peer


def _sizes() -> list[int]:
    wanted = [int(n) for n in os.environ.get("VITRINA_BENCH_VIEWERS", "2000,10000").split(",")]
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - SPARE
    return [n for n in wanted if n <= most]


class Talker:
    """A child process that is told lines and answers in JSON."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-m", "benchmarks.live_viewers", *words]
        self.process = subprocess.Popen(
            command, cwd=paths.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def tell(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())


def _write(text: str) -> float:
    """An act, and the instant at which it was committed."""
    with transaction.atomic():
        append(f"ocid:{OCID}", Noted(text=text), actor=CLERK, at=datetime.now(UTC))
    return time.perf_counter()


def _places() -> list[int]:
    rows = Position.objects.filter(entry__stream=f"ocid:{OCID}").order_by("position")
    return list(rows.values_list("position", flat=True))


@contextmanager
def site(port: int = 0, **settings: str) -> Iterator[tuple[int, psutil.Process]]:
    """The site over the benchmark's database: (port, web process)."""
    port, folder = port or free_port(), tempfile.mkdtemp(prefix="vitrina-bench-")  # a log of its own
    environment = {**os.environ, "PGAPPNAME": "vitrina-web", "VITRINA_POOL": "8", "VITRINA_VAR": folder, **settings}
    web = [sys.executable, "-m", "uvicorn", "vitrina.site.asgi:app", "--port", str(port), "--log-level", "warning"]
    web += ["--timeout-graceful-shutdown", "1", "--http", "vitrina.site.protocol:Bounded", "--backlog", "4096"]
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        commands = ([sys.executable, "-m", "vitrina", "sequencer"], web)
        children = [subprocess.Popen(c, env=environment, cwd=paths.ROOT) for c in commands]
        for child in children:
            stack.callback(end, child)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield port, psutil.Process(children[1].pid)


def _memory(servers: list[psutil.Process]) -> int:
    return sum(server.memory_info().rss for server in servers)


def _spent(servers: list[psutil.Process]) -> float:
    return sum(sum(server.cpu_times()[:2]) for server in servers)


def _round(
    what: str,
    n: int,
    port: int,
    servers: list[psutil.Process],
    say: Callable[[int], tuple[int, float]],
    after: int = 0,
) -> tuple[list[Figure], float, float]:
    """Figures of a server's processes and so many viewers; seconds of a broadcast, and p95 of a receipt."""
    memory = _memory(servers)
    viewers = Talker("view", str(port), f"/live/{OCID}/events?after={after}", str(n))
    connected = viewers.hear()["connected"]
    held = _memory(servers) - memory
    time.sleep(1)
    told, spent = {}, _spent(servers)
    for k in range(EVENTS):
        number, at = say(k)
        told[number] = at
        time.sleep(BETWEEN)
    spent = _spent(servers) - spent
    viewers.tell("report " + json.dumps(told))
    found = viewers.hear()
    viewers.tell("again")
    again = viewers.hear()["connected"]
    viewers.process.terminate()
    viewers.process.wait()
    note = f"{n:,} viewers, {EVENTS} events; {found['missing']} deliveries missing"
    figures = [
        Figure(f"{what}: deliveries", n / max(found["spread"], 1e-4), "1/s", note),
        Figure(f"{what}: p95 from commit to receipt", 1000 * found["p95"], "ms", note),
        Figure(f"{what}: memory", held / 1024 / n, "KB/viewer", note),
        Figure(f"{what}: processor time", 1e6 * spent / max(found["deliveries"], 1), "us/deliv.", note),
        Figure(f"{what}: all connected", connected, "s", note),
        Figure(f"{what}: all back after a cut", again, "s", note),
    ]
    return figures, found["spread"], found["p95"]


def _said(k: int) -> tuple[int, float]:
    """An act in the ledger: (its number, when it was committed)."""
    before = len(_places())
    at = _write(str(k))
    while len(places := _places()) == before:
        time.sleep(0.005)
    return places[-1], at


def _begun() -> int:
    """The number of the last act; the first is written where there was none."""
    _write("first")
    while not (places := _places()):
        time.sleep(0.05)
    return places[-1]


def _of_the_site(n: int) -> tuple[list[Figure], float, float]:
    with site() as (port, server):
        _begun()
        return _round("live", n, port, [server], _said)


def _at_the_edge(n: int) -> list[Figure]:
    live, publisher, port = free_port(), free_port(), free_port()
    told = {"VITRINA_LIVE_EDGE": f"http://127.0.0.1:{publisher}"}
    with edge.edge(live, publisher, port), site(live, **told) as (_port, server):
        _begun()
        time.sleep(3)
        nginx = [p for p in psutil.Process().children(recursive=True) if p.name() == "nginx"]
        return _round("nginx and nchan", n, port, [server, *nginx], _said, _places()[-1])[0]


def _of_the_peer(n: int) -> tuple[list[Figure], float, float]:
    port = free_port()
    peer = Talker("bare", str(port))
    peer.hear()

    def say(k: int) -> tuple[int, float]:
        peer.tell(f"{k + 1} {SIZE}")
        return k + 1, time.perf_counter()

    try:
        return _round("bare asyncio", n, port, [psutil.Process(peer.process.pid)], say)
    finally:
        peer.process.terminate()
        peer.process.wait()


def run() -> list[Figure]:
    found = []
    for n in _sizes():
        ours, ours_spread, _ = _of_the_site(n)
        theirs, theirs_spread, _ = _of_the_peer(n)
        ratio = ours_spread / max(theirs_spread, 1e-4)
        note = f"{n:,} viewers, from the first receipt to the last; the goal is {GOAL}"
        at_edge = [] if edge.what_is_missing() else _at_the_edge(n)
        found += [*ours, *at_edge, *theirs, Figure("live: a broadcast against bare asyncio", ratio, "x", note)]
    return found
