# SPDX-License-Identifier: Apache-2.0
"""Too much, too slow, cut off: bodies, streams and readers that would hold the site up."""

from __future__ import annotations

import asyncio
import http.client
import importlib
import pkgutil
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

import vitrina
from tests.fixtures.site import Site
from vitrina.ledger.models import Position
from vitrina.site import paths, protocol
from vitrina.site.demo import clock
from vitrina.site.intake import REFUSED, Intake
from vitrina.site.protocol import Bounded

from .attacker import Visitor, connect, raw

MB = 1 << 20


def begun(site: Site, visitor: Visitor, path: str, body: bytes, length: int) -> socket.socket:
    """A form that says how long it is and sends only the beginning."""
    cookies = "; ".join(f"{c.name}={c.value}" for c in visitor.cookies)
    head = f"POST {path} HTTP/1.1\r\nHost: {urlsplit(site.url).netloc}\r\nCookie: {cookies}\r\n"
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    line = connect(site.url)
    line.sendall(head.encode() + body)
    return line


def memory(site: Site) -> int:
    return psutil.Process(site.web).memory_info().rss


def seconds_for(visitor: Visitor, path: str = "/buscar") -> float:
    start = time.monotonic()
    assert visitor.get(path).status == 200
    return time.monotonic() - start


def test_a_body_that_is_too_large_is_told_so_and_takes_no_memory(site, visitor):
    own = visitor.tokens("/demo/quien/")
    visitor.post("/demo/entrar/", {**own, "person": "0"})
    before = memory(site)

    for n in range(3):
        answer = visitor.post("/demo/reloj/", {**own, "step": "1" * (10 * MB + n)})
        assert answer.status == 413
        assert "demasiado grande" in answer.text
    answer = visitor.post(
        "/mi-espacio/", {"a": "x" * (3 * MB)}, files=[("f", "a.pdf", "application/pdf", b"%PDF-" + b"0" * (60 * MB))]
    )
    assert answer.status in {302, 400, 403, 405, 413}

    assert memory(site) - before < 40 * MB


def test_a_body_without_a_length_is_measured_as_it_comes(site, visitor):
    own = visitor.tokens("/demo/quien/")
    cookie = f"csrftoken={visitor.cookie('csrftoken')}"
    with connect(site.url) as line:
        head = f"POST /demo/reloj/ HTTP/1.1\r\nHost: {urlsplit(site.url).netloc}\r\nCookie: {cookie}\r\nConnection: close\r\n"
        line.sendall(
            (head + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n").encode()
        )
        piece = b"x" * 65536
        for _n in range(5 * MB // len(piece)):
            line.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
        line.sendall(b"0\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 413")
    assert own


def test_a_form_whose_sender_leaves_half_way_is_not_a_shorter_form(site, visitor):
    own = visitor.tokens("/demo/quien/")
    body = f"csrfmiddlewaretoken={own['csrfmiddlewaretoken']}&step=%2B1w".encode()
    before = clock.now()

    for length in (len(body) + 1, len(body) + 5000):
        begun(site, visitor, "/demo/reloj/", body, length).close()
    time.sleep(0.5)

    assert (clock.now() - before).days == 0


def test_slow_senders_hold_nobody_up(site, visitor):
    visitor.tokens("/demo/quien/")
    lines = [begun(site, visitor, "/demo/reloj/", b"csrf", 5000) for _n in range(30)]
    try:
        assert seconds_for(Visitor(site.url)) < 10
    finally:
        for line in lines:
            line.close()


def alone(work: Any) -> Any:
    """What a coroutine returns, run in a thread of its own: this one may hold the browser's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_who_does_nothing_is_given_up():
    answers = []

    async def never(*_message: Any) -> Any:
        await asyncio.sleep(60)

    async def page(scope: Any, receive: Any, send: Any) -> None:
        answers.append((scope[REFUSED], (await receive())["body"]))
        for _n in range(50):
            await send({"type": "http.response.body", "body": b"x"})

    async def whole() -> Any:
        return {"type": "http.request", "body": b"all of it", "more_body": False}

    site = Intake(page, text_limit=100, file_limit=100, seconds_idle=0.05)
    scope = {"type": "http", "headers": [(b"x_forwarded_proto", b"https"), (b"host", b"a")]}
    start = time.monotonic()
    alone(site(scope, whole, never))  # a reader who takes nothing
    alone(site(scope, never, never))  # a sender who sends nothing
    assert answers == [(0, b"all of it"), (408, b"")]
    assert time.monotonic() - start < 10


def test_a_head_without_end_is_cut_off(site, visitor):
    before = memory(site)
    for start in (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"GET /?q=", b"GET / HTTP/1.1\r\n", b"X" * 10):
        with connect(site.url) as line, pytest.raises(OSError):  # noqa: PT012
            line.sendall(start)
            for n in range(400):
                line.sendall(b"Y%d: " % n + b"a" * 65_000 + (b"\r\n" if start.endswith(b"1.1\r\n") else b""))
    assert memory(site) - before < 20 * MB
    assert visitor.get("/buscar", Cookie="a=" + "b" * 30_000).status == 200  # a long one that ends
    line = http.client.HTTPConnection(urlsplit(site.url).netloc)
    for _n in range(5):  # and one connection still serves many requests
        line.request("GET", "/healthz")
        assert line.getresponse().read() == b'{"status":"ok"}'
    line.close()


def test_a_head_that_does_not_come_is_given_up():
    async def talk() -> list[bytes]:
        loop = asyncio.get_running_loop()
        config = Config(app=None, lifespan="off")
        config.load = lambda: None
        config.loaded, config.encoded_headers = True, []
        server = await loop.create_server(
            lambda: Bounded(config=config, server_state=ServerState(), app_state={}), "127.0.0.1", 0
        )
        port, found = server.sockets[0].getsockname()[1], []
        for start in (b"", b"GET / HTTP/1.1\r\nHost:"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(start)
            found.append(await asyncio.wait_for(reader.read(), 3))
            writer.close()
        server.close()
        return found

    patch = pytest.MonkeyPatch()
    patch.setattr(protocol, "SECONDS_FOR_HEAD", 0.1)
    with patch.context():
        assert alone(talk()) == [b"", b""]
    patch.undo()


def test_two_requests_are_never_taken_for_one(site):
    head = f"Host: {urlsplit(site.url).netloc}\r\n"
    smuggled = "GET /healthz HTTP/1.1\r\n" + head + "\r\n"
    for more in ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: +5\r\n",
                 "Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n", "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n"):  # fmt: skip
        with connect(site.url, 1.5) as line:
            line.sendall(("POST /buscar HTTP/1.1\r\n" + head + more + "\r\n0\r\n\r\n" + smuggled).encode())
            found = b""
            try:
                while piece := line.recv(65536):
                    found += piece
            except (TimeoutError, ConnectionResetError):
                pass
        assert b'{"status":"ok"}' not in found or b" 4" in found[:13], more
        assert found.count(b"HTTP/1.1 200") <= 1, more


def test_streams_refuse_garbage_before_they_begin(site, visitor):
    for path in ("/live//events", "/live/all/events?after=-1", "/live/all/events?after=1e309", "/live/all/events?after=%D9%A1", "/live/all/events?after=" + "9" * 30,
                 "/live/" + "a" * 141 + "/events", "/live/%00/events", "/live/a%0Ab/events", "/live/%E2%80%AEx/events", "/live/all/events?after=1&after=x", "/live/all/events?after=1_0"):  # fmt: skip
        answer = visitor.get(path)
        assert answer.status == 400, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert raw(site.url, "/live/all/events", "Last-Event-ID: x").startswith(b"HTTP/1.1 400")
    assert visitor.ask("/live/all/events", method="POST", body=b"x").status == 400
    upgrade = (
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version: 13",
    )
    assert not raw(site.url, "/healthz", *upgrade).startswith(b"HTTP/1.1 101")


def test_a_stream_tells_only_what_is_public(site, visitor):
    last = Position.objects.filter(entry__kind="bid.opened").order_by("-position")[0].position
    found = _listen(site, f"/live/all/events?after={last - 60}", 12_000, 1)
    assert b'"kind":"bid.opened"' in found
    for secret in (b"envelope.logged", b"sobre:", b"score", b"blinded", b"question.asked", b"set-cookie"):
        assert secret not in found, secret
    for name in ("sobre:01ARZ3NDEKTSV4RRFFQ69G5FAV", "x'%20OR%20'1'='1", "x/../all"):
        assert visitor.get(f"/live/{name}/events?after=0").status in {400, 404}


def _listen(site: Site, path: str, size: int, seconds: float = 3) -> bytes:
    with connect(site.url, seconds) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {urlsplit(site.url).netloc}\r\n\r\n".encode())
        found, end = b"", time.monotonic() + seconds
        while len(found) < size and time.monotonic() < end:
            try:
                found += line.recv(65536)
            except TimeoutError:
                break
        return found


def test_listeners_who_leave_leave_nothing_behind(site, visitor):
    process = psutil.Process(site.web)
    last = Position.objects.order_by("-position")[0].position
    _listen(site, f"/live/all/events?after={last}", 200, 0.3)
    before = process.num_fds()
    for _round in range(3):
        lines = [connect(site.url) for _n in range(60)]
        for line in lines:
            line.sendall(
                f"GET /live/all/events?after={last} HTTP/1.1\r\nHost: {urlsplit(site.url).netloc}\r\n\r\n".encode()
            )
        for line in lines:
            assert line.recv(200).startswith(b"HTTP/1.1 200")
        for line in lines:
            line.close()

    end = time.monotonic() + 30
    while process.num_fds() > before + 8 and time.monotonic() < end:
        time.sleep(0.1)
    assert process.num_fds() <= before + 8
    assert seconds_for(visitor) < 10


@pytest.mark.parametrize("path", ["/buscar?q=" + "a%20" * 4000, "/buscar?q=" + "%CC%81" * 3000, "/compradores/?q=" + "-" * 9000,
                                  "/api/feed?limit=1000", "/api/ocds/releases?limit=1000", "/buscar?page=999999", "/atom.xml?q=a"])  # fmt: skip
def test_the_dearest_questions_are_answered_soon(visitor, path):
    with ThreadPoolExecutor(4) as pool:
        start = time.monotonic()
        statuses = {answer.status for answer in pool.map(lambda _n: visitor.get(path), range(4))}
    assert statuses <= {200, 400}
    assert time.monotonic() - start < 6


def patterns() -> dict[str, re.Pattern[str]]:
    """Every regular expression that a module of ours holds."""
    found = {}
    for _finder, name, _is_package in pkgutil.walk_packages(vitrina.__path__, "vitrina."):
        if re.search(r"\.(tests|migrations|settings|asgi|wsgi|__main__)\b", name):
            continue
        for key, value in vars(importlib.import_module(name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                found[f"{name}.{key}"] = value
    return found


def test_no_regular_expression_of_ours_can_be_made_to_think_for_long():
    bits = (
        "a",
        "A",
        "1",
        " ",
        "-",
        ",",
        ".",
        "=",
        "\t",
        "<",
        "_",
        "/",
        ":",
        "'",
        "á",
        "a ",
        "1,",
        "1.",
        "A1",
        "a-",
        "\n",
        "0.0,",
        "<a ",
        " S A",
        "=-",
        "x'",
    )
    known = patterns()
    assert len(known) > 25
    for name, pattern in known.items():
        start = time.process_time()
        for bit in bits:
            text = bit * (6_000 // len(bit)) + "\x00!"
            for way in (pattern.match, pattern.fullmatch, pattern.search):
                way(text)
        assert time.process_time() - start < 1.5, name


def test_visitors_who_come_at_the_first_moment_do_not_crash_the_process():
    """Runs in processes of its own: each reads every kind of act for the first time from eight threads at once."""
    runs = [
        subprocess.Popen([sys.executable, "-c", FIRST_MOMENT], cwd=paths.ROOT, stderr=subprocess.PIPE)
        for _n in range(3)
    ]
    for run in runs:
        said = run.communicate(timeout=60)[1]
        assert run.returncode == 0, said.decode()[-800:]


FIRST_MOMENT = """
import os, sys, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "vitrina.site.settings.test"
import django
django.setup()
import msgspec
from vitrina.ledger.kinds import KINDS

sys.setswitchinterval(1e-6)
together = threading.Barrier(8)

def read():
    for kind in KINDS.values():
        together.wait(20)
        try:
            msgspec.convert({name: {} for name in kind.__struct_fields__}, kind, strict=False)
        except msgspec.ValidationError:
            pass

threads = [threading.Thread(target=read) for _n in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
"""
