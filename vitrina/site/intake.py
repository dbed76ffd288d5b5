# SPDX-License-Identifier: Apache-2.0
"""Between the network and the pages: a request comes in whole, or the pages never hear of it.

The pages run in a few threads. Without this room a sender of one byte a minute would hold a thread, a reader who
never reads another, and a form whose sender vanished half-way would be taken for a shorter form.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

REFUSED = "vitrina.refused"  # in the scope: the status with which the pages answer, without reading anything
RECEIVED = "vitrina.received"  # in the scope: when the request was whole, nanoseconds of the machine's own counter
IN_MEMORY = 1 << 20
PIECE = 1 << 16
SECONDS_IDLE = 20.0
DISCARDED = 64 << 20  # of a body that is too large: what is still read, so that the sender gets an answer


class Intake:
    """An ASGI application around the pages. `text_limit`, `file_limit`, `part_limit` are bytes of a body: of a plain
    form, of one with files, of raw bytes (a part of a sealed envelope). `seconds_idle` is how long a sender, or a
    reader of the answer, may do nothing.
    """

    def __init__(
        self, app: App, *, text_limit: int, file_limit: int, part_limit: int = 0, seconds_idle: float = SECONDS_IDLE
    ) -> None:
        self.app = app
        self.text_limit, self.file_limit, self.part_limit = text_limit, file_limit, part_limit or text_limit
        self.seconds_idle = seconds_idle

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection. Answers 413 for a body over the limit and 408 for one that does not come."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = plain_headers(scope["headers"])
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            status = await self._read(receive, body, self._limit(headers))
            if status is None:
                return  # the sender left
            whole = {**scope, "headers": headers if status == OK else without_body(headers), REFUSED: status}
            whole[RECEIVED] = time.monotonic_ns()
            body.seek(0)
            await self.app(whole, _replay(body, receive), _Patient(send, self.seconds_idle))

    def _limit(self, headers: list[tuple[bytes, bytes]]) -> int:
        kind = next((v.lower() for k, v in headers if k == b"content-type"), b"")
        if kind.startswith(b"multipart/"):
            return self.file_limit
        return self.part_limit if kind.startswith(b"application/octet-stream") else self.text_limit

    async def _read(self, receive: Receive, body: SpooledTemporaryFile[bytes], limit: int) -> int | None:
        """Fill `body`; 0 when it is whole, the status of a refusal, nothing when the sender left."""
        size, more = 0, True
        while more:
            try:
                message = await asyncio.wait_for(receive(), self.seconds_idle)
            except TimeoutError:
                return 408
            if message["type"] == "http.disconnect":
                return None
            piece = message.get("body", b"")
            size, more = size + len(piece), message.get("more_body", False)
            if size <= limit:
                body.write(piece)
            else:
                body.truncate(0)
                if size > limit + DISCARDED:
                    return 413
        return OK if size <= limit else 413


OK = 0


def plain_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers without those that hold an underscore (WSGI would take `x_forwarded_proto` for the proxy's own) and
    without the sender's choice of codec: forms and addresses are UTF-8, and Python knows codecs that are not for text.
    """
    return [(k, _without_charset(v) if k == b"content-type" else v) for k, v in headers if b"_" not in k]


def _without_charset(value: bytes) -> bytes:
    return b";".join(part for part in value.split(b";") if not part.strip().lower().startswith(b"charset"))


def without_body(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers of a request whose body is left aside."""
    return [(k, v) for k, v in headers if k not in {b"content-length", b"content-type", b"transfer-encoding"}]


def _replay(body: SpooledTemporaryFile[bytes], receive: Receive) -> Receive:
    """The body again, piece by piece; after it what the connection says."""
    is_over = False

    async def read() -> Message:
        nonlocal is_over
        if is_over:
            return await receive()
        piece = body.read(PIECE)
        is_over = len(piece) < PIECE
        return {"type": "http.request", "body": piece, "more_body": not is_over}

    return read


class _Patient:
    """Sends; once a reader took nothing for `seconds`, lets the rest fall, so that the thread behind it is free."""

    def __init__(self, send: Send, seconds: float) -> None:
        self.send, self.seconds, self.is_gone = send, seconds, False

    async def __call__(self, message: Message) -> None:
        if self.is_gone:
            return
        try:
            await asyncio.wait_for(self.send(message), self.seconds)
        except TimeoutError:
            self.is_gone = True
