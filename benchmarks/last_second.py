# SPDX-License-Identifier: Apache-2.0
"""1,000 offers of an auction in its last second, over HTTP, to the running site: every one answered, in ledger order.

Peer, in the same run: the same number of requests for the lightest page of the same process, all at once too.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from benchmarks import Figure
from benchmarks.live import site
from tests.worlds.auction import BEGINS, announce
from tests.worlds.base import world
from tests.worlds.evaluation import reach_evaluation
from vitrina.cycle.auction import guards
from vitrina.cycle.auction.profile import read
from vitrina.cycle.auction.queries import auctions_of, entries_of, multiple_of
from vitrina.cycle.auction.verifying import verify
from vitrina.cycle.core.models import Process
from vitrina.kernel import clock
from vitrina.ledger.models import Entry
from vitrina.parties.models import Appointment, Person
from vitrina.parties.roles import Role
from vitrina.site.demo import clock as demo

OFFERS, SECONDS = int(os.environ.get("VITRINA_BENCH_OFFERS", "1000")), 25
PROFILE = {"mode": "open_clock", "min_step_share": "0.001", "duration_s": SECONDS}
TOKEN = "a" * 32
CONNECTING = 6.0  # seconds


def _cookie(person: Person) -> str:
    """The cookies of a person who is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}; csrftoken={TOKEN}"


def _request(port: int, path: str, cookie: str, body: str = "") -> bytes:
    head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
    return f"{head}X-CSRFToken: {TOKEN}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def _all_at(instant: float, port: int, requests: list[bytes]) -> tuple[list[float], list[bytes]]:
    """Every request on a connection of its own, written at an instant of the counter: (seconds, answer) of each."""
    gate = asyncio.Semaphore(100)
    got: list[tuple[float, bytes]] = []

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with gate:
            return await asyncio.open_connection("127.0.0.1", port)

    async def ask(line: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> None:
        start = time.perf_counter()
        line[1].write(request)
        answer = await line[0].read()
        got.append((time.perf_counter() - start, answer))
        line[1].close()

    await asyncio.sleep(max(0.0, instant - time.perf_counter() - CONNECTING))  # a line that says nothing is given up
    lines = await asyncio.gather(*(connect() for _ in requests))
    await asyncio.sleep(max(0.0, instant - time.perf_counter()))
    await asyncio.gather(*(ask(line, request) for line, request in zip(lines, requests, strict=True)))
    return [seconds for seconds, _ in got], [answer for _, answer in got]


def _body(n: int, centavos: int) -> str:
    amount = f"{centavos // 100}.{centavos % 100:02d}"
    return json.dumps({"amount": amount, "idempotency_key": str(n), "is_meant": True})


def _figures(what: str, seconds: list[float], note: str) -> list[Figure]:
    ranked = sorted(seconds)
    return [
        Figure(f"{what}: p95 of an answer", 1000 * ranked[len(ranked) * 95 // 100], "ms", note),
        Figure(f"{what}: worst answer", 1000 * ranked[-1], "ms", note),
    ]


def _waited_for(test: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not test() and time.monotonic() < deadline:
        time.sleep(0.05)


def _announced() -> tuple[Process, list[str]]:
    w = world()
    process = reach_evaluation(w, terms={"auction": "open_clock"})
    with patch.object(guards, "profile_at", lambda _process, _at: read(PROFILE)):  # a short one: the ledger keeps it
        announce(w, process)
    held = Appointment.objects.filter(role=Role.SUPPLIER).select_related("person__user")
    return process, [_cookie(appointment.person) for appointment in held]


def run() -> list[Figure]:
    process, cookies = _announced()
    chance, pieces = random.Random(7), multiple_of(process, 1)
    path = f"/mi-espacio/compra/{process.ocid}/subasta/1/ofertas/"
    demo.set_to(BEGINS - timedelta(seconds=5))
    with site() as (port, _server):
        _waited_for(lambda: auctions_of(process)[1].state == "running")
        bodies = [_body(n, (5100 - n) * pieces) for n in range(OFFERS)]
        chance.shuffle(bodies)
        requests = [_request(port, path, cookies[n % len(cookies)], body) for n, body in enumerate(bodies)]
        asyncio.run(_all_at(0, port, [_request(port, path.replace("ofertas", "datos"), cookies[0])]))  # warm
        ends_at: Any = auctions_of(process)[1].ends_at
        left = (ends_at - clock.now()).total_seconds() - 0.9
        seconds, answers = asyncio.run(_all_at(time.perf_counter() + left, port, requests))
        _waited_for(lambda: auctions_of(process)[1].state == "revealed", 90)
        light, _ = asyncio.run(_all_at(0, port, [_request(port, "/healthz", "")] * OFFERS))
    return [*_told(process, answers, ends_at, seconds), *_figures("peer: /healthz", light, f"{OFFERS} at once")]


def _read(answer: bytes) -> dict[str, Any]:
    head, _sep, body = answer.partition(b"\r\n\r\n")
    return json.loads(body) if b"application/json" in head.lower() else {"code": head[9:12].decode() or "nothing"}


def _told(process: Process, answers: list[bytes], ends_at: datetime, seconds: list[float]) -> list[Figure]:
    told = [_read(answer) for answer in answers]
    rows = list(Entry.objects.filter(stream=process.stream, kind__in=("offer.made", "offer.refused")).order_by("seq"))
    answered = {one["seq"] for one in told if one.get("seq")}
    in_time = sum(row.event.received_at < ends_at for row in rows)
    findings = verify(entries_of(process), lot=1).findings
    codes = Counter(str(one.get("code")) or "accepted" for one in told)
    answered_as = ", ".join(f"{n} {code}" for code, n in codes.most_common())
    note = f"3 bidders; {in_time} received in time, {len(findings)} findings of the verifier; {answered_as}"
    return [
        Figure("offers: answered with their entry", len(answered & {row.seq for row in rows}), "", note),
        Figure("offers: accepted", sum(row.kind == "offer.made" for row in rows), "", note),
        *_figures("offers", seconds, note),
    ]
