# SPDX-License-Identifier: Apache-2.0
"""Working days, natural days and deadlines. Pure: the calendar is a value, built from dated rules by `vitrina.law`.

Counting starts the day after the act. A working day is a day of the week that the calendar works, not a holiday, not
on the buyer's own list. A suspension (force majeure) stops the count of natural days as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

Unit = Literal["natural_days", "working_days"]
ONE = timedelta(days=1)
MAX_DAYS = 20_000  # no term of any law is longer than 50 years; a larger count is a typing error
LONGEST_CLOSURE = 3_660  # ten years without one working day: the calendar is wrong, not the calendar of a buyer


class Label(NamedTuple):
    """A short text in Spanish and English."""

    es: str
    en: str

    def text(self, lang: str = "es") -> str:
        """The text in `lang` (`es`, `es-mx`, `en` ...); Spanish for any other language."""
        return self.en if lang.startswith("en") else self.es


class CalendarError(ValueError):
    """A count or a calendar that cannot be: negative or huge counts, nothing but closed days."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """One dated rule of rest: a fixed day, or the nth weekday of a month, every `every` years counted from `first`.

    `weekday` is 0 for Monday; `nth` counts from 1. `first` and `last` are years, both included.
    """

    label: Label
    month: int
    day: int = 0
    weekday: int = 0
    nth: int = 0
    first: int = 1
    last: int = 9999
    every: int = 1

    def on(self, year: int) -> date | None:
        """The day on which it falls in `year`, or None when it does not occur in that year."""
        if not self.first <= year <= self.last or (year - self.first) % self.every:
            return None
        if not self.nth:
            return date(year, self.month, self.day)
        start = date(year, self.month, 1)
        return start + timedelta(days=(self.weekday - start.weekday()) % 7 + 7 * (self.nth - 1))


WEEKDAYS = (
    Label("lunes", "Monday"),
    Label("martes", "Tuesday"),
    Label("miércoles", "Wednesday"),
    Label("jueves", "Thursday"),
    Label("viernes", "Friday"),
    Label("sábado", "Saturday"),
    Label("domingo", "Sunday"),
)


@dataclass(frozen=True)
class Calendar:
    """Which days an authority works, and why not on the others. Days are local days of the buyer."""

    holidays: tuple[Holiday, ...] = ()
    extra: dict[date, Label] = field(default_factory=dict)
    suspended: dict[date, Label] = field(default_factory=dict)
    rest: tuple[int, ...] = (5, 6)
    zone: str = "America/Mexico_City"

    _years: dict[int, dict[date, Label]] = field(default_factory=dict, compare=False, repr=False)

    def _holiday(self, day: date) -> Label | None:
        if day.year not in self._years:
            falls = ((rule.on(day.year), rule.label) for rule in self.holidays)
            self._years[day.year] = {on: label for on, label in falls if on}
        return self._years[day.year].get(day)

    def reason(self, day: date, unit: Unit = "working_days") -> Label | None:
        """Why `day` is not counted in `unit`; None when it counts."""
        if day in self.suspended:
            return self.suspended[day]
        if unit == "natural_days":
            return None
        if day.weekday() in self.rest:
            return WEEKDAYS[day.weekday()]
        return self._holiday(day) or self.extra.get(day)

    def is_working(self, day: date) -> bool:
        """Whether acts may take place and days are counted on `day`."""
        return self.reason(day) is None

    def local_day(self, moment: date | datetime) -> date:
        """The buyer's own day at `moment`: a date as it is, an aware datetime in the zone of this calendar."""
        return local_day(moment, self.zone)

    def with_days(
        self, extra: dict[date, Label] | None = None, suspended: dict[date, Label] | None = None
    ) -> Calendar:
        """The same calendar with more closed days (`extra`) and more days on which no term runs (`suspended`)."""
        return Calendar(
            self.holidays,
            {**self.extra, **(extra or {})},
            {**self.suspended, **(suspended or {})},
            self.rest,
            self.zone,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a ruler: counted with its `number`, or not counted with the `reason`."""

    date: date
    number: int | None
    reason: Label | None

    @property
    def counted(self) -> bool:
        """Whether the day counts towards the term."""
        return self.number is not None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term of `n` days from `start` (not counted) to `end` (its last day), with each day between."""

    start: date
    n: int
    unit: Unit
    end: date
    days: tuple[Day, ...]
    zone: str

    @property
    def closes_at(self) -> datetime:
        """The last instant of the term: 23:59:59 local of the buyer on `end`, as aware UTC."""
        return closes_at(self.end, self.zone)


def local_day(moment: date | datetime, zone: str) -> date:
    """The day in `zone` at `moment`. A datetime without zone is a `CalendarError`: nobody can say whose day it is."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise CalendarError("a datetime needs a time zone; pass a date, or an aware datetime")
    return moment.astimezone(ZoneInfo(zone)).date()


def closes_at(day: date, zone: str) -> datetime:
    """23:59:59 on `day` in `zone`, as aware UTC: when a term ends unless the call says an hour."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def _check_count(n: int) -> None:
    if not 0 <= n <= MAX_DAYS:
        raise CalendarError(f"a term is 0 to {MAX_DAYS} days, not {n}")


def _walk(start: date, calendar: Calendar, unit: Unit, step: int = 1) -> Iterator[Day]:
    """The days after (or before) `start`, each numbered or with its reason."""
    number, closed, day = 0, 0, start
    while True:
        try:
            day = day + step * ONE
        except OverflowError:
            raise CalendarError("the term runs past the year 9999") from None
        reason = calendar.reason(day, unit)
        closed = closed + 1 if reason else 0
        if closed > LONGEST_CLOSURE:
            raise CalendarError("this calendar has no working day in ten years")
        number += reason is None
        yield Day(day, None if reason else number, reason)


def deadline(start: date, n: int, unit: Unit, calendar: Calendar) -> Deadline:
    """The term of `n` days of `unit` that starts the day after `start`, with every day counted or not and why.

    `n` = 0 ends on `start` itself. The end of a term in natural days is not moved off a rest day.
    """
    _check_count(n)
    days: list[Day] = []
    if n:
        for day in _walk(start, calendar, unit):
            days.append(day)
            if day.number == n:
                break
    return Deadline(start, n, unit, days[-1].date if days else start, tuple(days), calendar.zone)


def add_working_days(start: date, n: int, calendar: Calendar) -> date:
    """The nth working day after `start`."""
    return deadline(start, n, "working_days", calendar).end


def add_natural_days(start: date, n: int, calendar: Calendar | None = None) -> date:
    """The nth natural day after `start`; days of suspension of `calendar`, if given, do not count."""
    _check_count(n)
    if calendar is None or not calendar.suspended:
        try:
            return start + n * ONE
        except OverflowError:
            raise CalendarError("the term runs past the year 9999") from None
    return deadline(start, n, "natural_days", calendar).end


def latest_start(end: date, n: int, unit: Unit, calendar: Calendar) -> date:
    """The last day on which an act may fall so that `n` days of `unit` pass by `end` (the day `end` is the nth)."""
    _check_count(n)
    if not n:
        return end
    if calendar.reason(end, unit):
        n += 1  # the last day does not count, so one more counted day is needed before it
    if n == 1:
        return end - ONE
    for day in _walk(end, calendar, unit, -1):
        if day.number == n - 1:
            return day.date - ONE
    raise AssertionError("unreachable: the walk ends or raises")


def days_between(start: date, end: date, unit: Unit, calendar: Calendar) -> int:
    """Days of `unit` from the day after `start` to `end`, `end` included; negative when `end` comes first."""
    if end < start:
        return -days_between(end, start, unit, calendar)
    natural = (end - start).days
    if unit == "natural_days":
        return natural - sum(start < day <= end for day in calendar.suspended)
    return sum(calendar.is_working(start + i * ONE) for i in range(1, natural + 1))


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days from the day after `start` to `end`, `end` included; negative when `end` comes first."""
    return days_between(start, end, "working_days", calendar)
