# SPDX-License-Identifier: Apache-2.0
"""The acts as the feed tells them, a hundred thousand to a file: one that is full changes only when an act of it is
withdrawn, so a copy reads it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from vitrina.kernel.canonical import digest_of
from vitrina.ledger import feed
from vitrina.ledger.models import Erasure

from .folder import File
from .run import Run
from .writing import Lines

SET, SEGMENT = "acts", 100_000


def withdrawals() -> list[tuple[int, int]]:
    """(act whose content was withdrawn, act that withdrew it or 0 while that one waits for its number), in order."""
    rows = Erasure.objects.values_list("entry__placed__position", "act__placed__position")
    return sorted((entry or 0, act or 0) for entry, act in rows)


def write(run: Run) -> list[File]:
    """The files of the acts up to the run's position; those that hold what they held are not written."""
    gone = withdrawals()
    return [_file(run, n, first, gone) for n, first in enumerate(range(1, run.position + 1, SEGMENT), start=1)]


def _file(run: Run, n: int, first: int, gone: list[tuple[int, int]]) -> File:
    last = min(first + SEGMENT - 1, run.position)
    mark = digest_of([last, [pair for pair in gone if first <= pair[0] <= last]])
    name = f"{SET}-{n:05d}.jsonl.gz"
    if kept := run.kept(name, mark):
        return kept
    lines = Lines(run.folder.part(name))
    for told in told_between(first - 1, last):
        lines.write(orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
        run.tell(1)
    lines.close()
    told = {"format": "jsonl", "rows": lines.n, "position": last, "mark": mark, "part": n}
    return run.folder.add(name, set=SET, **told)


def told_between(after: int, last: int) -> Iterator[dict[str, Any]]:
    """What the feed tells of the acts after one position, up to another."""
    while after < last:
        page = feed.page(after, min(feed.MAX_LIMIT, last - after))
        yield from page["entries"]
        after = page["next"]
