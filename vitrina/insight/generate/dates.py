# SPDX-License-Identifier: Apache-2.0
"""Days, hours and terms between acts. Local wall time is `datetime64[s]`; the store and the releases have UTC."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from vitrina import law

from . import profile

Times = npt.NDArray[np.datetime64]
Days = npt.NDArray[np.datetime64]
ZONE = ZoneInfo("America/Mexico_City")
NEVER = np.datetime64("NaT", "s")
FIRST = date(profile.FIRST_YEAR, 1, 1)
CUT = np.datetime64(profile.CUT, "s")
DAY = np.timedelta64(86_400, "s")
_EPOCH, _HORIZON = date(2000, 1, 1), date(2040, 1, 1)
_SWITCH_HOUR = 2
HOLIDAY_SHARE = 0.05  # of what a working day sees


@functools.cache
def holidays() -> npt.NDArray[np.datetime64]:
    """Rest days that fall on Monday to Friday, by the working calendar of the law."""
    calendar = law.calendar("mx")
    days = (_EPOCH + timedelta(days=n) for n in range((_HORIZON - _EPOCH).days))
    return np.array([day for day in days if day.weekday() < 5 and not calendar.is_working(day)], "datetime64[D]")  # noqa: PLR2004 - Saturday


@functools.cache
def _offsets() -> npt.NDArray[np.int64]:
    """Seconds to add to local time for UTC, by day from `_EPOCH`."""
    days = [datetime(_EPOCH.year, 1, 1, 12, tzinfo=ZONE) + timedelta(days=n) for n in range((_HORIZON - _EPOCH).days)]
    return np.array([-int(day.utcoffset().total_seconds()) for day in days], np.int64)  # type: ignore[union-attr]


def utc(local: Times) -> Times:
    """UTC of local times of Mexico City; the switch of summer time is at two in the morning."""
    known = ~np.isnat(local)
    found = np.full(local.shape, NEVER)
    seconds = local[known].astype("datetime64[s]").astype(np.int64)
    base = int(datetime(_EPOCH.year, 1, 1, tzinfo=UTC).timestamp())
    day, second = np.divmod(seconds - base, 86_400)
    offset = _offsets()[np.where(second < _SWITCH_HOUR * 3600, day - 1, day)]
    found[known] = (seconds + offset).astype("datetime64[s]")
    return found


def year(times: Times) -> npt.NDArray[np.int64]:
    """The year of each time."""
    return times.astype("datetime64[Y]").astype(np.int64) + 1970


def day_weights() -> tuple[Days, npt.NDArray[np.float64]]:
    """Each day of the history and how likely a publication falls on it."""
    last = date.fromisoformat(profile.CUT)
    days = np.arange(np.datetime64(FIRST), np.datetime64(last))
    months = days.astype("datetime64[M]").astype(np.int64) % 12
    weekday = (days.astype(np.int64) + 3) % 7  # the epoch was a Thursday
    within = np.array(profile.WEEKDAYS, float)[weekday]
    within[np.isin(days, holidays())] *= HOLIDAY_SHARE
    keys = days.astype("datetime64[M]").astype(np.int64)
    sums = np.bincount(keys - keys[0], within)[keys - keys[0]]
    by_year = np.array([profile.YEARS[int(y)] for y in year(days)])
    by_month = np.array(profile.MONTHS)[months] / sum(profile.MONTHS)
    full = np.where(sums > 0, within / np.maximum(sums, 1e-9), 0)
    is_last = keys == keys[-1]
    full[is_last] *= (last.day - 1) / 31
    weights = by_year * by_month * full
    return days, weights / weights.sum()


def hours(n: int, rng: np.random.Generator, weights: tuple[int, ...] = profile.HOURS) -> npt.NDArray[np.int64]:
    """Seconds of the day at which `n` publications fall."""
    p = np.array(weights, float)
    return rng.choice(len(p), n, p=p / p.sum()) * 3600 + rng.integers(0, 3600, n)


def term(name: str, n: int, rng: np.random.Generator) -> npt.NDArray[np.timedelta64]:
    """Whole days of a stage of the profile, as seconds."""
    probabilities, days = profile.STAGES[name]
    return (np.rint(np.interp(rng.random(n), probabilities, days)) * 86_400).astype("timedelta64[s]")


def working(times: Times, towards: int = 1) -> Times:
    """Midnight of the day of each time, moved to the next working day, or to the last one where `towards` is -1."""
    roll = "forward" if towards > 0 else "backward"
    days = np.busday_offset(times.astype("datetime64[D]"), 0, roll=roll, holidays=holidays())
    return days.astype("datetime64[s]")


def at_hour(days: Times, rng: np.random.Generator, choices: tuple[int, ...] = (10, 11, 12, 13, 14, 17)) -> Times:
    """An hour (full or half) on each day."""
    n = len(days)
    seconds = rng.choice(np.array(choices), n) * 3600 + rng.integers(0, 2, n) * 1800
    return days.astype("datetime64[D]").astype("datetime64[s]") + seconds.astype("timedelta64[s]")


def per_year(table: tuple[tuple[int, float], ...], years: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The value of the era of each year."""
    known = [profile.of_era(table, min(y, profile.LAST_YEAR)) for y in range(profile.FIRST_YEAR, _HORIZON.year)]
    return np.array(known)[np.clip(years - profile.FIRST_YEAR, 0, len(known) - 1)]
