# SPDX-License-Identifier: Apache-2.0
"""A room: the last events of one stream, encoded, and everybody who watches it.

What each rule is for: docs/decisions/0021-rooms-of-the-live-process.md.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import psycopg

from . import frames
from .edge import Edge, Outlet
from .reading import ALL, Reader

log = logging.getLogger(__name__)
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Offer = Callable[[bytes], bool]
MOST_EVENTS, MOST_BYTES = 500, 256 * 1024  # what a room keeps for those who come back
TICK = 0.25  # seconds between two frames
PER_VIEWER = 0.00005  # seconds more for each viewer: ten thousand get two frames a second
HEARTBEAT, CLOCK = 15.0, 5.0  # seconds; the clock is told more often where an auction goes on


class Viewer:
    """Somebody who watches. `cursor`: the position up to which they have everything, or it is on its way.

    `offer`: writes chunked bytes as they are, where the server has a way (`site.protocol`); false when it would wait.
    """

    __slots__ = ("cursor", "is_over", "is_slow", "offer", "send")

    def __init__(self, send: Send, cursor: int, offer: Offer | None = None) -> None:
        self.send, self.cursor, self.offer = send, cursor, offer
        self.is_slow = self.is_over = False


class Room:
    """One stream. `head`: the last position read; `floor`: what came up to it is not kept here any more."""

    def __init__(self, name: str, reader: Reader, edge: Edge | None = None) -> None:
        self.name, self.reader, self.edge = name, reader, edge
        self.outlet: Outlet | None = None
        self.viewers: set[Viewer] = set()
        self.head = self.floor = 0
        self.rung = asyncio.Event()
        self.lock = asyncio.Lock()  # one fill at a time: the first read and the bell would double events
        self.has_auction = False
        self.is_leaving = False  # the last one left, and it is looked at later whether somebody came
        self.used = 0.0  # the loop's time when somebody last came
        self._events: deque[tuple[int, bytes]] = deque()
        self._size = 0
        self._task: asyncio.Task[None] | None = None
        self._slow: set[asyncio.Task[None]] = set()

    @property
    def page(self) -> str:
        """The page that shows the room."""
        return "/actos/" if self.name == ALL else f"/live/{self.name.removeprefix('ocid:')}"

    @property
    def n_viewers(self) -> int:
        """How many watch, those at nginx as it told when it was last given something."""
        return len(self.viewers) + (self.outlet.listeners if self.outlet else 0)

    async def begin(self) -> bool:
        """Read the last events; false when a purchase has none. Who enters meanwhile waits for the same reading."""
        async with self.lock:
            if self._task is None:
                rows = await self.reader.last(self.name, MOST_EVENTS)
                if not rows and self.name != ALL:
                    return False
                self.floor = 0 if len(rows) < MOST_EVENTS else rows[0].position - 1
                if rows:
                    self._keep(await frames.encoded(rows))
                self.outlet = Outlet(self.edge, self.name, lambda: self.head) if self.edge else None
                self._task = asyncio.create_task(self._live())
        return True

    async def fill(self) -> None:
        """Read what came since, encode it once, and give it to everybody."""
        async with self.lock:
            since = self.head
            rows = await self.reader.after(self.name, since, MOST_EVENTS)
            if rows:
                made = await frames.encoded(rows, self.n_viewers)
                self._keep(made)
                self._tell(b"".join(one for _, one in made), since)
            if len(rows) == MOST_EVENTS:
                self.rung.set()  # there is more

    def _keep(self, made: list[tuple[int, bytes]]) -> None:
        for position, one in made:
            self._events.append((position, one))
            self._size += len(one)
            self.has_auction = self.has_auction or b'"auction":{' in one
        self.head = made[-1][0]
        while len(self._events) > MOST_EVENTS or self._size > MOST_BYTES:
            self.floor, gone = self._events.popleft()
            self._size -= len(gone)

    async def _live(self) -> None:
        """As long as the room is open: wait for the bell, tell what is new, and now and then what time it is."""
        while True:
            try:
                await asyncio.wait_for(self.rung.wait(), CLOCK if self.has_auction else HEARTBEAT)
                self.rung.clear()
                await self.fill()
            except TimeoutError:
                if self.viewers or self.outlet:
                    self._tell(await frames.tick(), self.head)
            except psycopg.Error:
                log.warning("a room lost the database and tries again")
                self.rung.set()
                await asyncio.sleep(1)
            await asyncio.sleep(TICK + PER_VIEWER * len(self.viewers))

    def backlog(self, after: int) -> bytes | None:
        """What came after a position, or nothing when the room does not keep it any more."""
        if after < self.floor:
            return None
        if after >= self.head:
            return b""
        return b"".join(one for position, one in self._events if position > after)

    def enter(self, send: Send, cursor: int, offer: Offer | None = None) -> Viewer:
        """Somebody who has everything up to `cursor` and gets the rest from here on."""
        viewer = Viewer(send, cursor, offer)
        self.viewers.add(viewer)
        if cursor < self.head:
            self._follow(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """They watch no more."""
        viewer.is_over = True
        self.viewers.discard(viewer)

    def end(self, last: bytes) -> None:
        """Say the last thing to everybody and close: the server stops, or the ledger is another one."""
        if self._task:
            self._task.cancel()
        if self.outlet:
            self.outlet.end()
        for viewer in list(self.viewers):
            self._write(viewer, last, more=False)
            self.leave(viewer)

    def _tell(self, body: bytes, since: int) -> None:
        """Give a frame, which begins after `since`, to everybody who is not still busy with an earlier one.

        Whoever came from another process, or from a page, may have seen more than this room had: they get the rest.
        """
        if self.outlet:
            self.outlet.give(body, self.head)
        head, chunk = self.head, b"%x\r\n%b\r\n" % (len(body), body)
        for viewer in self.viewers:
            if viewer.is_slow:
                continue  # they get it when they come to it
            if since < viewer.cursor and since < head:
                if viewer.cursor < head:
                    self._follow(viewer)
            elif viewer.offer(chunk) if viewer.offer else self._write(viewer, body):
                viewer.cursor = max(viewer.cursor, head)
            else:
                self._follow(viewer)

    @staticmethod
    def _write(viewer: Viewer, body: bytes, *, more: bool = True) -> bool:
        """Write without waiting; false when the line is full, and then nothing was written.

        A server that takes the message at once finishes the coroutine in its first step: no task, no future and no
        turn of the loop per viewer. One that has to wait stops before it writes, and is left at that.
        """
        step = viewer.send({"type": "http.response.body", "body": body, "more_body": more}).__await__()
        try:
            step.send(None)
        except StopIteration:
            return True
        except Exception:  # noqa: BLE001 - whatever a server says of a line that is gone
            return True
        step.close()
        return False

    def _follow(self, viewer: Viewer) -> None:
        viewer.is_slow = True
        task = asyncio.create_task(self._catch_up(viewer))
        self._slow.add(task)
        task.add_done_callback(self._slow.discard)

    async def _catch_up(self, viewer: Viewer) -> None:
        """A viewer whose line is slower than the room: what it lacks at its own pace, or the page if that is gone."""
        while viewer.cursor < self.head and not viewer.is_over:
            body = self.backlog(viewer.cursor)
            is_lost = body is None
            viewer.cursor = self.head
            said = frames.reload(self.page, self.head) if body is None else body
            await viewer.send({"type": "http.response.body", "body": said, "more_body": not is_lost})
            if is_lost:
                self.leave(viewer)
        viewer.is_slow = False
