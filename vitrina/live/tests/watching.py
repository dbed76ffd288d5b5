# SPDX-License-Identifier: Apache-2.0
"""A ledger in memory and viewers of whom everything is known that they got."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from vitrina.live.reading import Row

STREAM = "ocid:ocds-vt0001-2020-000001"
AT = datetime(2020, 10, 13, 16, tzinfo=UTC)


class Ledger:
    """As `reading.Reader`: entries of one stream, and a turn of the loop for each question, as a database takes."""

    def __init__(self, n: int = 0) -> None:
        self.rows: list[Row] = []
        self.write(n)

    def write(self, n: int) -> None:
        for position in range(len(self.rows) + 1, len(self.rows) + 1 + n):
            self.rows.append(Row(position, STREAM, position, "call.published", AT, f"{position:064x}"))

    async def after(self, _stream: str, position: int, limit: int) -> list[Row]:
        await asyncio.sleep(0)
        return [row for row in self.rows if row.position > position][:limit]

    async def last(self, _stream: str, limit: int) -> list[Row]:
        await asyncio.sleep(0)
        return self.rows[-limit:]

    async def touched(self, position: int) -> tuple[int, list[str]]:
        await asyncio.sleep(0)
        return len(self.rows), [STREAM] if len(self.rows) > position else []

    async def head(self) -> int:
        return len(self.rows)

    async def close(self) -> None:
        pass


class Line:
    """The far end of a viewer's connection. A line that is `full` makes whoever writes wait, as a server's does."""

    def __init__(self) -> None:
        self.got = b""
        self.is_closed = False
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, message) -> None:
        if not self.open.is_set():
            await self.open.wait()
        self.got += message.get("body", b"")
        self.is_closed = message["type"] == "http.response.body" and not message.get("more_body", False)

    @property
    def ids(self) -> list[int]:
        return [int(line[4:]) for line in self.got.decode().splitlines() if line.startswith("id: ")]


def alone(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: a browser of another test may hold a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
