# SPDX-License-Identifier: Apache-2.0
"""What nginx-rtmp asks and tells, as plain values: `answer(query, ...)` -> HTTP status. Source: live, section 7.2.

nginx puts its own arguments first and the publisher's own query string after them, unescaped: of each name only the
first counts, so that a publisher cannot say `&path=` or `&call=` in nginx's name. Nothing here is logged with its key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl

from vitrina.cycle.core.refusal import Refused

from . import commands
from .keys import digest_of
from .models import Broadcast
from .places import records

log = logging.getLogger(__name__)
OK, BAD, REFUSED = 200, 400, 403
MOST_ARGUMENTS = 40
Said = dict[str, str]


def answer(query: str, *, at: datetime, real: datetime) -> int:
    """The status for one call of nginx; `query` as it came. Anything unknown is 400, a refusal 403."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_ARGUMENTS)
    except ValueError:
        return BAD
    said: Said = {}
    for name, value in pairs:
        said.setdefault(name, value)
    call = CALLS.get(said.get("call", ""))
    if call is None or any("\x00" in value for value in said.values()):
        return BAD
    try:
        return call(said, at, real)
    except Refused as refused:
        log.info("a camera was refused (%s) under the name %.80r", ", ".join(refused.codes), said.get("name", ""))
        return REFUSED


def _publish(said: Said, at: datetime, real: datetime) -> int:
    commands.begin(said.get("name", ""), said.get("key", ""), said.get("clientid", "")[:20], at=at, real=real)
    return OK


def _update(said: Said, at: datetime, real: datetime) -> int:
    commands.keep(said.get("name", ""), said.get("key", ""), said.get("clientid", "")[:20], at=at, real=real)
    return OK


def _done(said: Said, at: datetime, real: datetime) -> int:  # noqa: ARG001 - one shape for all calls
    commands.end(said.get("name", ""), said.get("key", ""), said.get("clientid", "")[:20], at=at)
    return OK


def _recorded(said: Said, at: datetime, real: datetime) -> int:  # noqa: ARG001
    source = inside(said.get("path", ""), said.get("name", ""))
    rows = Broadcast.objects.filter(key__name=said.get("name", ""), key__digest=digest_of(said.get("key", "")))
    found = rows.filter(client=said.get("clientid", "")).last()
    if source is None or found is None:
        return REFUSED
    commands.received(found, source)
    return OK


def _reader(said: Said, at: datetime, real: datetime) -> int:  # noqa: ARG001
    """A program of this machine reads the stream (the one that makes the rendition of sound alone)."""
    return OK


def inside(path: str, name: str) -> str | None:
    """The file's name when it lies in the folder of recordings, links resolved, and is the stream's own."""
    folder = records().resolve()
    try:
        found = Path(path).resolve(strict=True)
    except (OSError, ValueError):
        return None
    is_ours = found.parent == folder and found.is_file() and found.suffix == ".flv"
    return found.name if is_ours and name and found.name.startswith(f"{name}-") else None


CALLS: dict[str, Callable[[Said, datetime, datetime], int]] = {
    "publish": _publish,
    "publish_done": _done,
    "record_done": _recorded,
    "update_publish": _update,
    "update_play": _reader,
}
