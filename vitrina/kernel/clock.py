# SPDX-License-Identifier: Apache-2.0
"""The one source of "now": aware UTC, injectable. Only the edges (views, the command line, schedulers) call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Source = Callable[[], datetime]


def system() -> datetime:
    """The machine's own clock, UTC."""
    return datetime.now(UTC)


_source: Source = system


def now() -> datetime:
    """The present instant, aware UTC, from the source in force."""
    return _source()


def use(source: Source) -> Source:
    """Put another source in force for this process and return the former one."""
    global _source
    former, _source = _source, source
    return former


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Within the block `now()` is `at` (aware); for tests and replays."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    former = use(lambda: at.astimezone(UTC))
    try:
        yield
    finally:
        use(former)
