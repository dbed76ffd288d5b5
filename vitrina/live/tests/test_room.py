# SPDX-License-Identifier: Apache-2.0
"""A room over a ledger in memory: nobody lacks an event, nobody gets one twice, whatever viewers and bells do."""

from __future__ import annotations

import asyncio
import random

import pytest

from vitrina.live import hub as hubs
from vitrina.live import room as rooms
from vitrina.live.hub import Hub
from vitrina.live.room import MOST_EVENTS, Room

from .watching import STREAM, Ledger, Line, alone


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(rooms, "TICK", 0.001)


def opened(n: int) -> tuple[Ledger, Room]:
    ledger = Ledger(n)
    return ledger, Room(STREAM, ledger)


async def settled(room: Room) -> None:
    """Until the room has told everything."""
    for _n in range(400):
        await asyncio.sleep(0.002)
        if room.head == len(room.reader.rows) and not room.rung.is_set() and not any(v.is_slow for v in room.viewers):
            return


def test_each_viewer_gets_one_whole_run_whoever_comes_goes_or_is_slow():  # noqa: C901 - a story with a crowd in it
    async def crowd() -> None:
        ledger, room = opened(30)
        await room.begin()
        chance, gone, lines = random.Random(8), [], {}
        for _step in range(60):
            for _n in range(6):
                line = Line()
                after = chance.randint(0, room.head)
                line.got = room.backlog(after)
                lines[room.enter(line.send, room.head)] = (line, after)
            for viewer, (line, _after) in list(lines.items()):
                if chance.random() < 0.1:
                    line.open.clear() if line.open.is_set() else line.open.set()
                if chance.random() < 0.05:
                    room.leave(viewer)
                    gone.append((lines.pop(viewer), room.head))
            ledger.write(chance.randint(0, 3))
            room.rung.set()
            await asyncio.sleep(0.002)
        for line, _after in lines.values():
            line.open.set()
        room.rung.set()
        await settled(room)
        for line, after in lines.values():
            assert line.ids == list(range(after + 1, len(ledger.rows) + 1))
        for (line, after), _head in gone:
            assert line.ids == list(range(after + 1, after + 1 + len(line.ids)))
        assert len(lines) > 20
        for viewer in list(lines):
            room.leave(viewer)
        room.end(b"")
        assert not room.viewers

    alone(crowd())


def test_two_readings_at_once_double_nothing_and_a_ring_before_the_first_is_not_lost():
    async def race() -> None:
        ledger, room = opened(3)
        line = Line()
        first = [asyncio.create_task(room.begin()) for _n in range(2)]
        ledger.write(2)
        room.rung.set()
        await asyncio.gather(*first)
        room.enter(line.send, 0)
        await asyncio.gather(*(room.fill() for _n in range(5)))
        await settled(room)
        assert line.ids == [1, 2, 3, 4, 5]
        room.end(b"")

    alone(race())


def test_whoever_comes_back_gets_exactly_the_rest_and_who_was_away_too_long_the_page():
    async def back() -> None:
        ledger, room = opened(MOST_EVENTS + 20)
        await room.begin()
        assert room.floor == 20
        assert room.backlog(19) is None
        for after in (20, 21, 300, MOST_EVENTS + 19, MOST_EVENTS + 20):
            line = Line()
            line.got = room.backlog(after)
            assert line.ids == list(range(after + 1, MOST_EVENTS + 21))

        stuck = Line()
        stuck.open.clear()
        viewer = room.enter(stuck.send, room.head)
        for _n in range(3):
            ledger.write(MOST_EVENTS - 1)
            await room.fill()
        stuck.open.set()
        await settled(room)
        assert stuck.got.endswith(
            b'event: reload\ndata: {"page":"/live/ocds-vt0001-2020-000001","head":%d}\n\n' % room.head
        )
        assert stuck.is_closed
        assert viewer not in room.viewers
        room.end(b"")

    alone(back())


def test_who_has_seen_more_than_the_room_gets_none_of_it_again():
    async def ahead() -> None:
        ledger, room = opened(30)
        await room.begin()
        ledger.write(10)  # this room has not heard of them; another process has
        lines = {after: Line() for after in (30, 35, 40, 44, 60)}
        for after, line in lines.items():
            room.enter(line.send, after)
        room._tell(b": a moment\n\n", room.head)
        assert all(line.got for line in lines.values())
        for more in (0, 5, 20):
            ledger.write(more)
            await room.fill()
            await settled(room)
        assert {after: line.ids for after, line in lines.items()} == {n: list(range(n + 1, 66)) for n in lines}
        room.end(b"")

    alone(ahead())


def test_bells_may_be_lost_and_a_ledger_that_went_back_shows():
    async def bells() -> None:
        hub, ledger, line = Hub(), Ledger(5), Line()
        hub.reader = ledger
        await hub.ring()
        room = await hub.room(STREAM)
        assert await hub.room("ocid:unknown") is not None  # this ledger has one stream whatever it is called
        room.enter(line.send, 5)
        for n in range(10):
            ledger.write(1)
            if n % 2 or n == 9:
                await hub.ring()
        await settled(room)
        assert line.ids == list(range(6, 16))

        del ledger.rows[8:]
        await hub.ring()
        assert line.is_closed
        assert b"event: reload" in line.got
        assert not hub.rooms

    alone(bells())


def test_an_empty_room_closes_and_the_server_says_good_bye(monkeypatch):
    async def life() -> None:
        monkeypatch.setattr(hubs, "EMPTY_SECONDS", -1.0)
        hub, line = Hub(), Line()
        hub.reader = Ledger(1)
        room = await hub.room(STREAM)
        viewer = room.enter(line.send, 1)
        hub.left(room)
        await asyncio.sleep(0.01)
        assert STREAM in hub.rooms
        hub.say_bye()
        assert line.got.endswith(b"event: bye\ndata: {}\n\n")
        assert line.is_closed
        assert not hub.rooms
        room.leave(viewer)

        room = await hub.room(STREAM)
        hub.left(room)
        await asyncio.sleep(0.01)
        assert not hub.rooms

    alone(life())
