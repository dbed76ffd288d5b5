# SPDX-License-Identifier: Apache-2.0
"""The demonstration's clock: runs like any clock, from the world's own date, and can be moved forward, never back."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from vitrina.kernel import clock
from vitrina.ledger.models import Entry
from vitrina.site.models import DemoClock

_STEP = re.compile(r"\+([0-9]{1,4})(m|h|d|w)", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class BadStep(ValueError):
    """The text is not a step forward such as `+30m`, `+1h`, `+1d`, `+2w`."""


def install() -> None:
    """Make the demonstration's clock the clock of this process; refuses outside a demonstration."""
    if not settings.VITRINA_DEMO:
        raise ImproperlyConfigured("the demonstration's clock is impossible outside a demonstration")
    clock.use(now)


def now() -> datetime:
    """The world's present instant; the real one while the world has none."""
    row = DemoClock.objects.filter(pk=1).first()
    return clock.system() if row is None else row.world_at + (clock.system() - row.real_at)


def set_to(world_at: datetime) -> None:
    """Put the world at an instant, not before its last act."""
    last = Entry.objects.order_by("-at").values_list("at", flat=True).first()
    at = max(world_at, last) if last else world_at
    DemoClock.objects.update_or_create(pk=1, defaults={"world_at": at, "real_at": clock.system()})


def resume() -> None:
    """After a pause of the installation the world goes on where it stood, not where the real clock went."""
    row = DemoClock.objects.filter(pk=1).first()
    if row:
        set_to(row.world_at)


def once_it_runs(chore: Callable[[datetime], int]) -> Callable[[datetime], int]:
    """A chore of the sequencer that waits for the world's clock: done before, it would stand years after the story."""

    @functools.wraps(chore)
    def run(at: datetime) -> int:
        return chore(at) if DemoClock.objects.exists() else 0

    return run


def parse_step(text: str) -> timedelta:
    """`+30m`, `+1h`, `+1d`, `+2w` as a duration; else `BadStep`."""
    match = _STEP.fullmatch(text.strip())
    if not match:
        raise BadStep(f"{text[:20]!r} is not a step forward; write +30m, +1h, +1d or +2w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def advance(step: timedelta) -> datetime:
    """Move the world forward and return its new instant."""
    set_to(now() + step)
    return now()


def advance_to(instant: datetime) -> datetime:
    """Move the world forward to an instant; one that is past changes nothing."""
    if instant > now():
        set_to(instant)
    return now()
