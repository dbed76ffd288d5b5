# SPDX-License-Identifier: Apache-2.0
"""What a room reads of the ledger: placed public entries in public order, of one stream or of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

ALL = "all"
ROOM, BESIDE = "ocid:", "asked:"  # a room tells the acts of its purchase, and what the public asks beside them
# Only what every projection has read: a page fetched on the bell then shows the act.
_TOP = "(SELECT COALESCE(MIN(position), 0) FROM ledger_cursor)"
_FROM = f"""
FROM ledger_position p JOIN ledger_entry e ON e.id = p.entry_id
WHERE e.visibility = 'public' AND (%(stream)s = 'all' OR e.stream IN (%(stream)s, %(beside)s)) AND p.position <= {_TOP}
"""
_COLUMNS = "p.position, e.stream, e.seq, e.kind, e.at, e.digest"
_AFTER = f"SELECT {_COLUMNS} {_FROM} AND p.position > %(after)s ORDER BY p.position LIMIT %(limit)s"
_LAST = f"SELECT {_COLUMNS} {_FROM} ORDER BY p.position DESC LIMIT %(limit)s"
_TOUCHED = f"""
SELECT {_TOP}, ARRAY(SELECT DISTINCT e.stream FROM ledger_position p JOIN ledger_entry e ON e.id = p.entry_id
    WHERE p.position > %(after)s AND p.position <= {_TOP} AND e.visibility = 'public')
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Row:
    """A placed public entry: what a frame tells of it."""

    position: int
    stream: str
    seq: int
    kind: str
    at: datetime
    digest: str


class Reader:
    """A few connections to the installation's database; each method is one question."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._pool: AsyncConnectionPool | None = None

    async def close(self) -> None:
        """Let the connections go."""
        if self._pool:
            await self._pool.close()

    async def after(self, stream: str, position: int, limit: int) -> list[Row]:
        """Up to `limit` entries of a stream after a position, in order."""
        rows = await self._ask(_AFTER, stream=stream, beside=_beside(stream), after=position, limit=limit)
        return [Row(*r) for r in rows]

    async def last(self, stream: str, limit: int) -> list[Row]:
        """The last `limit` entries of a stream, in order."""
        rows = await self._ask(_LAST, stream=stream, beside=_beside(stream), limit=limit)
        return [Row(*r) for r in reversed(rows)]

    async def touched(self, position: int) -> tuple[int, list[str]]:
        """(how far everything may be read, the streams whose rooms have a public entry from `position` to there)."""
        top, streams = (await self._ask(_TOUCHED, after=position))[0]
        return int(top), sorted({s.replace(BESIDE, ROOM, 1) if s.startswith(BESIDE) else s for s in streams})

    async def head(self) -> int:
        """The last position that was given at all."""
        return int((await self._ask("SELECT COALESCE(MAX(position), 0) FROM ledger_position"))[0][0])

    async def _ask(self, question: str, **values: Any) -> list[Any]:
        if self._pool is None:
            self._pool = AsyncConnectionPool(self._address, min_size=1, max_size=4, open=False)
            await self._pool.open()
        async with self._pool.connection() as connection:
            return await (await connection.execute(question, values)).fetchall()


def _beside(stream: str) -> str:
    """The stream that a room tells beside its own."""
    return stream.replace(ROOM, BESIDE, 1) if stream.startswith(ROOM) else stream


def address() -> str:
    """Where the installation's database is, for psycopg."""
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
