# SPDX-License-Identifier: Apache-2.0
"""The far ends of `benchmarks.live`, in a process of their own: many viewers, and the bare server that is their peer.

python -m benchmarks.live_viewers view PORT PATH N     viewers; obeys the lines of its input, answers in JSON
python -m benchmarks.live_viewers bare PORT            a server that writes each line of its input to everybody
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import sys
import time
from collections.abc import AsyncIterator

ID = re.compile(rb"id: (\d+)\n")
AT_ONCE = 200  # connections that are being made


class Viewer(asyncio.Protocol):
    """One connection: when its head came, and each event with the instant of its receipt."""

    def __init__(self, head: bytes, got: list[tuple[int, float]]) -> None:
        self.head, self.got, self.last = head, got, 0
        self.began: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.head)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if not self.began.done():
            self.began.set_result(None)
        now = time.perf_counter()
        for found in ID.findall(data):
            self.last = int(found)
            self.got.append((self.last, now))


async def _lines() -> AsyncIterator[str]:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().strip()


def _say(**told: object) -> None:
    print(json.dumps(told), flush=True)


async def view(port: int, path: str, n: int) -> None:
    """Connect, then obey: `report {id: instant}` tells how each was received; `again` loses every line at once."""
    got: list[tuple[int, float]] = []
    gate = asyncio.Semaphore(AT_ONCE)

    async def enter(after: int | None) -> Viewer:
        more = "" if after is None else f"Last-Event-ID: {after}\r\n"
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n".encode()
        async with gate:
            loop = asyncio.get_running_loop()
            _transport, viewer = await loop.create_connection(lambda: Viewer(head, got), "127.0.0.1", port)
        await viewer.began
        return viewer

    async def all_enter(lasts: list[int | None]) -> tuple[list[Viewer], float]:
        start = time.perf_counter()
        found = await asyncio.gather(*(enter(last) for last in lasts))
        return list(found), time.perf_counter() - start

    viewers, seconds = await all_enter([None] * n)
    _say(connected=seconds)
    async for line in _lines():
        word, _space, rest = line.partition(" ")
        if word == "again":
            lasts: list[int | None] = [viewer.last or None for viewer in viewers]
            for viewer in viewers:
                viewer.transport.close()
            viewers, seconds = await all_enter(lasts)
            _say(connected=seconds)
        elif word == "report":
            told = {int(k): v for k, v in json.loads(rest).items()}
            for _try in range(100):  # the last ones may be on their way
                if sum(number in told for number, _at in got) >= n * len(told):
                    break
                await asyncio.sleep(0.1)
            _say(**_report(told, got, n))


def _report(told: dict[int, float], got: list[tuple[int, float]], n: int) -> dict[str, object]:
    late = sorted(at - told[number] for number, at in got if number in told)
    times: dict[int, list[float]] = {number: [] for number in told}
    for number, at in got:
        if number in told:
            times[number].append(at)
    whole = sorted(max(ats) - min(ats) for ats in times.values() if ats)
    return {
        "deliveries": len(late),
        "missing": n * len(told) - len(late),
        "p50": late[len(late) // 2],
        "p95": late[len(late) * 95 // 100],
        "spread": whole[len(whole) // 2],
    }


class Bare(asyncio.Protocol):
    """The least that a server of streams can do."""

    transports: set[asyncio.Transport] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, _data: bytes) -> None:
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 3000\n\n")  # type: ignore[attr-defined]
        self.transports.add(self.transport)  # type: ignore[arg-type]

    def connection_lost(self, _error: Exception | None) -> None:
        self.transports.discard(self.transport)  # type: ignore[arg-type]


async def bare(port: int) -> None:
    """Serve, and write each line of the input to everybody as an event of that number and size."""
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", port, backlog=4096)
    _say(ready=True)
    async for line in _lines():
        number, size = line.split()
        frame = f"id: {number}\nevent: act\ndata: {'x' * int(size)}\n\n".encode()
        for transport in Bare.transports:
            transport.write(frame)
    server.close()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if sys.argv[1] == "bare":
        asyncio.run(bare(int(sys.argv[2])))
    else:
        asyncio.run(view(int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
