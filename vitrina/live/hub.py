# SPDX-License-Identifier: Apache-2.0
"""All rooms of the process, and the one listener whose bell wakes those that have something new."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from contextlib import suppress

import psycopg

from . import frames
from .edge import Down, Edge
from .reading import ALL, Reader, address
from .room import Room

log = logging.getLogger(__name__)
CHANNEL = "vitrina_public"
POLL_SECONDS = 3.0
SWITCH = 0.001  # seconds that a thread of the pages may keep the streams, and the receipt of offers, waiting
EMPTY_SECONDS = 60.0  # an empty room is kept so long


class Hub:
    """Rooms by stream. The bell carries no content: what is new is read."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.is_stopping = False
        self.seen = 0
        self.reader: Reader | None = None
        self.edge: Edge | None = None
        self._listener: asyncio.Task[None] | None = None
        self._clearing: asyncio.Task[None] | None = None

    def start(self, edge: str = "") -> None:
        """Begin to listen; the database's address is the installation's. `edge`: where nchan takes what rooms tell."""
        self.is_stopping, self.rooms, self.seen = False, {}, 0
        self.reader = Reader(address())
        self._listener = asyncio.create_task(self._listen())
        if edge:
            self.edge = Edge(edge)
            self._clearing = asyncio.create_task(self.edge.clear())
        gc.collect()
        gc.freeze()  # what the program itself is made of is never garbage: looked at, it makes each viewer dearer
        gc.set_threshold(100_000, 50, 1000)
        sys.setswitchinterval(SWITCH)

    async def stop(self) -> None:
        """Say good-bye and close everything."""
        self.say_bye()
        for task in (self._listener, self._clearing):
            if task:
                task.cancel()
        if self.edge:
            with suppress(Down):
                await self.edge.forget()
        if self.reader:
            await self.reader.close()

    def say_bye(self) -> None:
        """Tell everybody that the server stops: they come back to the next one."""
        self.is_stopping = True
        for room in self.rooms.values():
            room.end(frames.BYE)
        self.rooms = {}

    async def room(self, stream: str) -> Room | None:
        """The room of a stream, opened when it was not; nothing when the stream has no public act."""
        if self.reader is None:
            raise RuntimeError("the hub was not started")
        room = self.rooms.get(stream)
        if room is None:  # known before it reads: a ring meanwhile is not lost
            room = self.rooms[stream] = Room(stream, self.reader, self.edge)
        room.used = asyncio.get_running_loop().time()
        try:
            is_open = await room.begin()
        except BaseException:
            self._drop(room)
            raise
        if not is_open:
            self._drop(room)
        return room if is_open else None

    async def head(self) -> int:
        """The last position that the ledger has given."""
        return max(self.seen, await self.reader.head()) if self.reader else 0

    def left(self, room: Room) -> None:
        """Somebody left a room, or nginx took them over: an empty one is closed after a while."""
        if not room.viewers and not room.is_leaving:
            room.is_leaving = True
            asyncio.get_running_loop().call_later(EMPTY_SECONDS + 1, self._close_empty, room)

    def _close_empty(self, room: Room) -> None:
        room.is_leaving = False
        idle = asyncio.get_running_loop().time() - room.used
        if self.rooms.get(room.name) is not room or room.viewers:
            return
        if idle >= EMPTY_SECONDS and not room.n_viewers:  # somebody may be on the way in
            room.end(b"")
            self._drop(room)
        else:
            self.left(room)

    def _drop(self, room: Room) -> None:
        if not room.viewers and self.rooms.get(room.name) is room:
            del self.rooms[room.name]

    async def ring(self) -> None:
        """Wake the rooms whose stream has something new."""
        if self.reader is None:
            return
        top, streams = await self.reader.touched(self.seen)
        if top < self.seen:
            self._begin_anew(top)
            return
        self.seen = top
        for stream in [*streams, *([ALL] if streams else [])]:
            if room := self.rooms.get(stream):
                room.rung.set()

    def _begin_anew(self, top: int) -> None:
        """The ledger is shorter than it was: a backup was restored, or somebody cut it. Everybody loads the page."""
        log.error("the ledger went back from %s to %s: every viewer loads the page again", self.seen, top)
        rooms, self.rooms, self.seen = self.rooms, {}, top
        for room in rooms.values():
            room.end(frames.reload(room.page, top))

    async def _listen(self) -> None:
        while not self.is_stopping:
            try:
                async with await psycopg.AsyncConnection.connect(address(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    await self.ring()
                    while True:
                        async for _notify in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                            pass
                        await self.ring()
            except psycopg.Error:
                log.warning("the live process lost the database and tries again")
                await asyncio.sleep(1)
