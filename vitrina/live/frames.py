# SPDX-License-Identifier: Apache-2.0
"""The only encoder of what a room tells. A frame is made once for everybody who is in the room, never per viewer.

What an auction shows comes from `cycle.auction.shown`, which decides what may be seen before the names are known.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from .reading import Row

Answer = TypeVar("Answer")
_ORM = ThreadPoolExecutor(1, thread_name_prefix="live-orm")  # the only thread of this process that folds auctions
PATIENT = 150  # viewers that may all fetch a page in the same moment
PACE_MS = 2  # milliseconds between two of more


async def encoded(rows: Sequence[Row], viewers: int = 0) -> list[tuple[int, bytes]]:
    """(position, frame) of each entry, with what its auction shows; `viewers` are asked to fetch pages at a pace."""
    shown = await _aside(lambda: _pictures(rows)) if any(_is_of_auction(row) for row in rows) else {}
    spread = viewers * PACE_MS if viewers > PATIENT else 0
    return [(row.position, frame(row, shown.get(row.position), spread)) for row in rows]


def frame(row: Row, auction: Mapping[str, Any] | None = None, spread: int = 0) -> bytes:
    """One entry as a server-sent event."""
    data: dict[str, Any] = {
        "v": 1,
        "stream": row.stream,
        "position": row.position,
        "seq": row.seq,
        "kind": row.kind,
        "at": row.at.isoformat().replace("+00:00", "Z"),
        "hash": row.digest,
    }
    if auction:
        data["auction"] = auction
    if spread:
        data["spread"] = spread
    return f"id: {row.position}\nevent: act\ndata: {_json(data)}\n\n".encode()


async def tick() -> bytes:
    """The server's clock, without an id: it is no act."""
    from vitrina.kernel import clock  # noqa: PLC0415 - the demonstration's clock asks the database

    now = await _aside(clock.now)
    return f"event: tick\ndata: {_json({'now': now.isoformat().replace('+00:00', 'Z')})}\n\n".encode()


def reload(page: str, head: int) -> bytes:
    """What a viewer gets whom the room cannot bring up to date: fetch the page, and go on from there."""
    return f"event: reload\ndata: {_json({'page': page, 'head': head})}\n\n".encode()


BYE = b"event: bye\ndata: {}\n\n"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _is_of_auction(row: Row) -> bool:
    stage = row.kind.partition(".")[0]
    return stage in {"auction", "offer", "offers", "round", "turn", "final_round", "floor"}


async def _aside(ask: Callable[[], Answer]) -> Answer:
    return await asyncio.get_running_loop().run_in_executor(_ORM, _with_orm, ask)


def _with_orm(ask: Callable[[], Answer]) -> Answer:
    """Ask something of Django's own tables, in the thread that is kept for it."""
    import django  # noqa: PLC0415
    from django.apps import apps  # noqa: PLC0415
    from django.db import close_old_connections  # noqa: PLC0415

    if not apps.ready:
        django.setup()
    close_old_connections()
    try:
        return ask()
    finally:
        close_old_connections()


def _pictures(rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Position -> what the entry changes in the picture of its auction."""
    from vitrina.cycle.auction import watching  # noqa: PLC0415

    found: dict[int, dict[str, Any]] = {}
    for stream in {row.stream for row in rows}:
        mine = [row for row in rows if row.stream == stream and _is_of_auction(row)]
        if not mine or not stream.startswith("ocid:"):
            continue
        changes = watching.changes(stream.removeprefix("ocid:"), {row.seq for row in mine})
        found |= {row.position: changes[row.seq] for row in mine if row.seq in changes}
    return found
