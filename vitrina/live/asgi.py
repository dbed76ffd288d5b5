# SPDX-License-Identifier: Apache-2.0
"""`/live/<stream>?after=N`: raw ASGI server-sent events of one stream (`all` for the whole ledger).

Each event carries the entry's position as its id, so a visitor who loses the line comes back with nothing missing
and nothing twice. Events come from placed public entries only; the page shows order by position, never by time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from .room import HEARTBEAT_SECONDS, Hub

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
MAX_VIEWERS = 5000
hub = Hub()


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Start and stop with the server; serve one viewer per connection."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await _serve(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _after(scope: Message) -> int | None:
    """Where the viewer stands: the larger of Last-Event-ID and the address; None when one is not a number."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    given = [v.decode("latin-1") for k, v in scope["headers"] if k == b"last-event-id"] + query.get("after", [])
    if any(not (g.isascii() and g.isdigit() and len(g) < 19) for g in given):  # noqa: PLR2004 - below 2^63
        return None
    return max((int(g) for g in given), default=0)


async def _plain(send: Send, status: int, text: str, *, retry_after: int = 0) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    if retry_after:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


async def _serve(scope: Message, receive: Receive, send: Send) -> None:
    stream = scope["path"].removeprefix("/live/").rstrip("/")
    after = _after(scope)
    is_stream = 0 < len(stream) <= 140 and stream.isprintable()  # noqa: PLR2004 - ledger's own limit
    if scope["method"] != "GET" or after is None or not is_stream:
        await _plain(send, 400, "GET /live/<stream>?after=<position>, a number without sign")
        return
    if hub.viewers >= MAX_VIEWERS:
        await _plain(send, 503, "too many viewers now; come back in some seconds", retry_after=10)
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
    left = asyncio.create_task(_disconnected(receive))
    hub.viewers += 1
    try:
        await _stream(stream, after, left, send)
    finally:
        hub.viewers -= 1
        left.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stream(stream: str, after: int, left: asyncio.Task[None], send: Send) -> None:
    while not left.done() and not hub.stopping:
        bell = hub.bell()  # taken before reading: an entry placed meanwhile rings it
        events = await hub.read(stream, after)
        if events:
            after = events[-1]["position"]
            frames = "".join(_frame(e) for e in events)
            await send({"type": "http.response.body", "body": frames.encode(), "more_body": True})
            continue
        done, _pending = await asyncio.wait(
            {left, bell}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            await send({"type": "http.response.body", "body": b": still here\n\n", "more_body": True})
    if not left.done():
        await send({"type": "http.response.body", "body": b"event: bye\ndata: {}\n\n", "more_body": False})


def _frame(event: dict[str, Any]) -> str:
    return f"id: {event['position']}\nevent: act\ndata: {json.dumps(event, separators=(',', ':'))}\n\n"
