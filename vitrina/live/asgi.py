# SPDX-License-Identifier: Apache-2.0
"""`GET /live/<ocid>/events`: server-sent events of one purchase (`all` for the whole ledger), raw ASGI.

The id of an event is the number of its act in the public ledger, so a visitor who loses the line comes back with
nothing missing and nothing twice. Where a viewer stands: the larger of `Last-Event-ID` and `?after=`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from . import edge, frames
from .hub import Hub
from .limits import Full, Limits, most_files
from .reading import ALL
from .room import Offer, Room

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
RETRY = b"retry: 3000\n\n"
SOON = b"retry: 300\n\n"  # what is sent to who is then taken over by nginx
HAND_OVER_SECONDS, HAND_OVER_TURNS = 2.0, 20
LONGEST_NAME = 130  # the ledger's own limit of a stream, less its prefix
hub = Hub()
limits = Limits()


def is_stream(path: str) -> bool:
    """Whether an address is one of ours; the pages of rooms, `/live/<ocid>`, are Django's."""
    return path.startswith("/live/") and path.endswith("/events")


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
            _start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _start() -> None:
    from django.conf import settings  # noqa: PLC0415 - read when the server runs

    limits.total = int(os.environ.get("VITRINA_LIVE_VIEWERS", "0")) or most_files()
    limits.per_address = int(os.environ.get("VITRINA_LIVE_PER_ADDRESS", "200"))
    limits.proxies = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    hub.start(os.environ.get("VITRINA_LIVE_EDGE", ""))
    _say_bye_on_signal()


def _say_bye_on_signal() -> None:
    """A server waits for its connections before it tells the application that it stops: streams must end before."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        former = signal.getsignal(number)
        if not callable(former):
            continue

        def bye(signum: int, stack: Any, former: Callable[..., Any] = former) -> None:
            loop.call_soon_threadsafe(hub.say_bye)
            former(signum, stack)

        signal.signal(number, bye)


def _after(scope: Message) -> int | None:
    """Where the viewer stands: the larger of Last-Event-ID and the address; None when one is not a number."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    given = [v.decode("latin-1") for k, v in scope["headers"] if k == b"last-event-id"] + query.get("after", [])
    if any(not (g.isascii() and g.isdigit() and len(g) < 19) for g in given):  # noqa: PLR2004 - below 2^63
        return None
    return max((int(g) for g in given), default=0)


def _stream(path: str) -> str:
    """The stream of the ledger that an address names; empty when it names none."""
    name = path.removeprefix("/live/").removesuffix("/events")
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or "/" in name:
        return ""
    return ALL if name == ALL else f"ocid:{name}"


async def _plain(send: Send, status: int, text: str, *, retry_after: int = 0) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    if retry_after:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


async def _serve(scope: Message, receive: Receive, send: Send) -> None:
    stream, after = _stream(scope["path"]), _after(scope)
    if scope["method"] != "GET" or after is None or not stream:
        await _plain(send, 400, "GET /live/<ocid>/events?after=<ledger number>, a number without sign")
        return
    address = limits.address_of(scope.get("client"), (v for k, v in scope["headers"] if k == b"x-forwarded-for"))
    try:
        with limits.entered(address):
            is_at_edge = any(name == edge.HEADER for name, _ in scope["headers"])
            offer = scope.get("extensions", {}).get("vitrina.offer")
            await _watch(stream, after, receive, send, offer, is_at_edge=is_at_edge)
    except Full:
        await _plain(send, 503, "too many viewers now; come back in some seconds", retry_after=10)


async def _watch(
    stream: str, after: int, receive: Receive, send: Send, offer: Offer | None, *, is_at_edge: bool
) -> None:
    if wait := limits.patience():
        await asyncio.sleep(wait)
    if hub.is_stopping:
        await _plain(send, 503, "the server stops; come back in some seconds", retry_after=3)
        return
    room = await hub.room(stream)
    if room is None:
        await _plain(send, 404, "no purchase of that number has a public act")
        return
    try:
        if is_at_edge and room.outlet:
            await _hand_over(room, after, send)
        else:
            await _begin(room, after, receive, send, offer)
    finally:
        hub.left(room)


async def _begin(room: Room, after: int, receive: Receive, send: Send, offer: Offer | None) -> None:
    if after > room.head and after > await hub.head():
        await _refuse_future(room, send)
        return
    backlog = room.backlog(after)
    cursor = max(after, room.head)  # read now: the room goes on while this one is answered
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    if backlog is None:
        await send({"type": "http.response.body", "body": frames.reload(room.page, room.head)})
        return
    await send({"type": "http.response.body", "body": RETRY + backlog, "more_body": True})
    viewer = room.enter(send, cursor, offer)  # everything that they get from here on the room writes
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        room.leave(viewer)


async def _hand_over(room: Room, after: int, send: Send) -> None:
    """Nginx holds the line: who lacks nothing is given to the room's channel, who lacks something gets it, comes back.

    Nothing that comes through the channel may be what the viewer has: the room has read up to where they stand.
    """
    if after > room.head and after > await hub.head():
        await _refuse_future(room, send)
        return
    for _turn in range(HAND_OVER_TURNS):
        if after > room.head:
            await hub.ring()
            is_known = after <= hub.seen
            await room.fill()
        else:
            is_known = True
        outlet, backlog = room.outlet, room.backlog(after)
        if backlog != b"" or outlet is None:
            break
        if is_known and outlet.mark and outlet.cursor == room.head:
            headers = [*HEADERS, (b"x-accel-redirect", outlet.address())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await asyncio.sleep(HAND_OVER_SECONDS / HAND_OVER_TURNS)
    body = frames.reload(room.page, room.head) if backlog is None else (SOON if backlog else RETRY) + backlog
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": body})


async def _refuse_future(room: Room, send: Send) -> None:
    """The viewer has seen more than there is: a backup was restored, or somebody cut the ledger. It must show."""
    await send({"type": "http.response.start", "status": 409, "headers": HEADERS})
    await send({"type": "http.response.body", "body": frames.reload(room.page, room.head)})
