# SPDX-License-Identifier: Apache-2.0
"""A month of the calendar as weeks of days. Pure."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
MARGIN = timedelta(hours=14)  # no zone is further from UTC
FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the grid with what happens on it; `is_outside`: of the month before or after."""

    on: date
    is_outside: bool
    is_today: bool
    acts: list[Any] = field(default_factory=list)


def read(text: str, today: date) -> date:
    """The first day of the month of an address (`2020-10`); of this month for anything else."""
    match = _MONTH.fullmatch(text)
    if match and FIRST_YEAR <= int(match[1]) < FIRST_YEAR + 1000:
        return date(int(match[1]), int(match[2]), 1)
    return today.replace(day=1)


def after(first: date, months: int = 1) -> date:
    """The first day of the month so many months later (or earlier)."""
    n = first.year * 12 + first.month - 1 + months
    return date(n // 12, n % 12 + 1, 1)


def span(first: date) -> tuple[datetime, datetime]:
    """Instants between which every act of the month lies, in whatever zone it is held."""
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    end = after(first)
    return start - MARGIN, datetime(end.year, end.month, 1, tzinfo=UTC) + MARGIN


def weeks(first: date, acts: Iterable[tuple[date, Any]], today: date) -> list[list[Day]]:
    """The weeks of a month from Monday to Sunday, each day with its acts in the order given.

    >>> grid = weeks(date(2020, 10, 1), [(date(2020, 10, 13), "opening")], date(2020, 10, 12))
    >>> len(grid), str(grid[0][0].on), grid[2][1].acts, grid[2][0].is_today
    (5, '2020-09-28', ['opening'], True)
    """
    by_day: dict[date, list[Any]] = defaultdict(list)
    for on, act in acts:
        by_day[on].append(act)
    return [
        [Day(on, on.month != first.month, on == today, by_day.get(on, [])) for on in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
