# SPDX-License-Identifier: Apache-2.0
"""Nchan before the rooms: nginx holds the viewers' lines, and a room gives each frame on once, whoever watches.

Nchan numbers messages in its own way, so it is never asked where a viewer stands. Who lacks something gets it from the
room and comes back; who lacks nothing is handed over to the room's channel with nchan's mark of the last frame given.
Whatever goes wrong ends in the same way: the channel is emptied, and its viewers come back with the number of the last
act that they have. Why so: docs/decisions/0028-edge.md.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
SECONDS = 5.0  # for an answer of nginx on the same machine
AGAIN = 0.5  # seconds until a channel that failed begins anew
MOST_WAITING = 200  # frames that wait for nginx; beyond them the channel begins anew
RETRY = b"retry: 3000\n"  # who was sent here comes back sooner, once
HEADER = b"x-vitrina-edge"  # nginx says with it that it can take a viewer over


class Down(Exception):
    """nginx did not do what it was asked."""


class Edge:
    """The publisher's side of nchan, `http://127.0.0.1:8093`. One question at a time, in order."""

    def __init__(self, address: str) -> None:
        self._place = urlsplit(address)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live-edge")
        self.is_clear = asyncio.Event()

    async def clear(self) -> None:
        """Empty every channel: whoever still listens to one that an earlier process filled comes back."""
        while not self.is_clear.is_set():
            try:
                await self.forget()
            except Down:
                await asyncio.sleep(AGAIN)
            else:
                self.is_clear.set()

    async def forget(self) -> None:
        """Forget every channel and send whoever listens away."""
        await self._ask("DELETE", "/channels")

    async def publish(self, channel: str, body: bytes) -> tuple[str, int]:
        """Give a message; (nchan's mark of it, how many listen)."""
        said = await self._ask("POST", f"/channel/{channel}", body)
        try:
            told = json.loads(said)
            return str(told["last_message_id"]), int(told["subscribers"])
        except (ValueError, LookupError, TypeError) as error:
            raise Down(f"it answered {said[:80]!r}") from error

    async def empty(self, channel: str) -> None:
        """Forget a channel and send whoever listens away."""
        await self._ask("DELETE", f"/channel/{channel}")

    async def _ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._once, method, path, body)

    def _once(self, method: str, path: str, body: bytes) -> bytes:
        line = http.client.HTTPConnection(self._place.hostname or "", self._place.port, timeout=SECONDS)
        try:
            line.request(method, path, body, {"Accept": "application/json"})
            answer = line.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Down(str(error)) from error
        finally:
            line.close()
        is_gone = method == "DELETE" and answer.status == http.client.NOT_FOUND
        if answer.status >= http.client.BAD_REQUEST and not is_gone:
            raise Down(f"{method} {path}: {answer.status}")
        return said


class Outlet:
    """A room's channel. `cursor`: up to here everything was given before `mark`; no mark while it is not open."""

    def __init__(self, edge: Edge, stream: str, head: Callable[[], int]) -> None:
        self.edge, self.head = edge, head
        self.channel = hashlib.sha256(stream.encode()).hexdigest()[:32]
        self.cursor, self.mark, self.listeners = 0, "", 0
        self._waiting: asyncio.Queue[tuple[bytes, int]] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def give(self, body: bytes, head: int) -> None:
        """Give a frame on, which brings who has everything before it up to `head`."""
        self._waiting.put_nowait((RETRY + body, head))

    def end(self) -> None:
        """The room is closed, or begins anew: whoever listens comes back."""
        self._task.cancel()
        self.mark = ""
        self._last = asyncio.create_task(self._leave())

    def address(self) -> bytes:
        """Where nginx takes a viewer over who has everything up to `cursor`."""
        return f"/.edge/{self.channel}?since={self.mark}".encode()

    async def _leave(self) -> None:
        try:
            await self.edge.empty(self.channel)
        except Down:
            log.warning("a channel could not be emptied: it is when the process begins again")

    async def _run(self) -> None:
        await self.edge.is_clear.wait()
        while True:
            try:
                await self._open()
                while self._waiting.qsize() < MOST_WAITING:
                    body, head = await self._waiting.get()
                    self._given(*await self.edge.publish(self.channel, body), head)
            except Down as why:
                log.warning("nginx does not take what a room tells: %s", why)
            self.mark = ""
            await asyncio.sleep(AGAIN)

    async def _open(self) -> None:
        await self.edge.empty(self.channel)
        while not self._waiting.empty():
            self._waiting.get_nowait()  # who comes from here on gets it from the room
        head = self.head()
        mark, listeners = await self.edge.publish(self.channel, b": open\n\n")
        self._given(mark, listeners, head)

    def _given(self, mark: str, listeners: int, head: int) -> None:
        if self.mark and _order(mark) <= _order(self.mark):
            raise Down("its clock went back")
        self.mark, self.listeners, self.cursor = mark, listeners, head


def _order(mark: str) -> tuple[int, ...]:
    """Nchan's marks, second and number in it, as they follow each other."""
    try:
        return tuple(int(part) for part in mark.split(":"))
    except ValueError as error:
        raise Down(f"it marks a message {mark[:40]!r}") from error
