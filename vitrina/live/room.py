# SPDX-License-Identifier: Apache-2.0
"""One listener for all viewers: PostgreSQL's bell wakes them, and each reads what it lacks."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

log = logging.getLogger(__name__)
CHANNEL = "vitrina_public"
POLL_SECONDS = 3.0
HEARTBEAT_SECONDS = 15.0
_READ = """
SELECT p.position, e.stream, e.seq, e.kind, e.at FROM ledger_position p JOIN ledger_entry e ON e.id = p.entry_id
WHERE p.position > %(after)s AND e.visibility = 'public' AND (%(stream)s = 'all' OR e.stream = %(stream)s)
    AND p.position <= (SELECT COALESCE(MIN(position), 0) FROM ledger_cursor)
ORDER BY p.position LIMIT 200
"""  # only what every projection has read: a page fetched on the bell then shows the act


class Hub:
    """The bell and the reading of rows. Viewers wait on futures of their own, so one leaving wakes nobody else."""

    def __init__(self) -> None:
        self.viewers = 0
        self.stopping = False
        self._waiting: set[asyncio.Future[None]] = set()
        self._listener: asyncio.Task[None] | None = None
        self._pool: AsyncConnectionPool | None = None

    def start(self) -> None:
        """Begin to listen; the database's address is the installation's."""
        self.stopping = False
        self._listener = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Wake everybody for the last time and close the connections."""
        self.stopping = True
        self._ring()
        if self._listener:
            self._listener.cancel()
        if self._pool:
            await self._pool.close()

    def bell(self) -> asyncio.Future[None]:
        """A future that the next ring completes."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        return future

    async def read(self, stream: str, after: int) -> list[dict[str, Any]]:
        """Up to 200 public entries of a stream after a position."""
        if self._pool is None:
            self._pool = AsyncConnectionPool(_address(), min_size=1, max_size=4, open=False)
            await self._pool.open()
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_READ, {"stream": stream, "after": after})).fetchall()
        return [
            {"v": 1, "position": p, "stream": s, "seq": n, "kind": k, "at": at.isoformat()} for p, s, n, k, at in rows
        ]

    def _ring(self) -> None:
        for future in list(self._waiting):
            if not future.done():
                future.set_result(None)

    async def _listen(self) -> None:
        while not self.stopping:
            try:
                async with await psycopg.AsyncConnection.connect(_address(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    while True:
                        async for _notify in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                            pass
                        self._ring()
            except psycopg.Error:
                log.warning("the live process lost the database and tries again")
                await asyncio.sleep(1)


def _address() -> str:
    from django.conf import settings  # noqa: PLC0415 - read when the server runs

    given = settings.DATABASES["default"]
    parts = {
        "dbname": given["NAME"],
        "user": given.get("USER"),
        "password": given.get("PASSWORD"),
        "host": given.get("HOST"),
        "port": given.get("PORT"),
    }
    return psycopg.conninfo.make_conninfo("", **{k: v for k, v in parts.items() if v})
