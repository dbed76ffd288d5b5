# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.kernel.workdays import (
    Calendar,
    CalendarError,
    Holiday,
    Label,
    add_natural_days,
    add_working_days,
    closes_at,
    days_between,
    deadline,
    latest_start,
    local_day,
    working_days_between,
)

FEBRUARY = Label("primer lunes de febrero", "first Monday of February")
CALENDAR = Calendar((Holiday(FEBRUARY, 2, weekday=0, nth=1), Holiday(Label("1 de mayo", "1 May"), 5, 1)))
DAYS = st.dates(date(2010, 1, 1), date(2035, 12, 31))
COUNTS = st.integers(0, 120)
UNITS = st.sampled_from(["natural_days", "working_days"])


@st.composite
def calendars(draw):
    note = Label("cierre", "closed")
    closed = draw(st.lists(DAYS, max_size=30))
    stopped = draw(st.lists(DAYS, max_size=10))
    return CALENDAR.with_days(dict.fromkeys(closed, note), dict.fromkeys(stopped, note))


def test_counting_starts_the_day_after_and_skips_weekends_and_holidays():
    term = deadline(date(2026, 1, 30), 3, "working_days", CALENDAR)
    assert term.end == date(2026, 2, 5)
    assert [(d.date.day, d.number) for d in term.days] == [(31, None), (1, None), (2, None), (3, 1), (4, 2), (5, 3)]
    assert [d.reason.en for d in term.days if not d.counted] == ["Saturday", "Sunday", "first Monday of February"]
    assert deadline(date(2026, 1, 30), 0, "working_days", CALENDAR).end == date(2026, 1, 30)


def test_a_holiday_of_every_six_years_keeps_its_years():
    change = Holiday(Label("cambio", "change"), 10, 1, first=2024, every=6)
    assert [year for year in range(2018, 2040) if change.on(year)] == [2024, 2030, 2036]


def test_suspension_stops_natural_days_and_an_extra_day_does_not():
    note = Label("fuerza mayor", "force majeure")
    stopped = CALENDAR.with_days(suspended={date(2026, 3, 3): note})
    closed = CALENDAR.with_days(extra={date(2026, 3, 3): note})
    assert add_natural_days(date(2026, 3, 1), 5, stopped) == date(2026, 3, 7)
    assert add_natural_days(date(2026, 3, 1), 5, closed) == date(2026, 3, 6)
    assert add_working_days(date(2026, 3, 2), 1, closed) == add_working_days(date(2026, 3, 2), 1, stopped)


def test_a_day_ends_at_midnight_of_the_buyer():
    assert closes_at(date(2026, 2, 23), "America/Mexico_City") == datetime(2026, 2, 24, 5, 59, 59, tzinfo=UTC)
    assert closes_at(date(2026, 2, 23), "America/Hermosillo") == datetime(2026, 2, 24, 6, 59, 59, tzinfo=UTC)
    assert local_day(datetime(2026, 2, 24, 5, 0, tzinfo=UTC), "America/Mexico_City") == date(2026, 2, 23)
    with pytest.raises(CalendarError, match="time zone"):
        local_day(datetime(2026, 2, 24, 5, 0), "America/Mexico_City")  # noqa: DTZ001 - the refused case


@pytest.mark.parametrize("n", [-1, 20_001, 10**30])
def test_impossible_counts_are_refused(n):
    with pytest.raises(CalendarError, match="0 to 20000 days"):
        deadline(date(2026, 1, 1), n, "working_days", CALENDAR)


def test_a_calendar_without_working_days_is_refused_instead_of_walking_for_ever():
    with pytest.raises(CalendarError, match="no working day"):
        add_working_days(date(2026, 1, 1), 1, Calendar(rest=(0, 1, 2, 3, 4, 5, 6)))
    with pytest.raises(CalendarError, match="9999"):
        add_working_days(date(9999, 12, 30), 40, CALENDAR)


@given(DAYS, st.integers(0, 60), COUNTS, st.integers(0, 60), UNITS, calendars())
def test_deadlines_are_monotone_in_start_and_in_length(start, later, n, more, unit, calendar):
    end = deadline(start, n, unit, calendar).end
    assert end <= deadline(start + timedelta(days=later), n, unit, calendar).end
    assert end + timedelta(days=more) <= deadline(start, n + more, unit, calendar).end


@given(DAYS, st.integers(1, 120), UNITS, calendars())
def test_counting_back_gives_what_was_counted_forward(start, n, unit, calendar):
    term = deadline(start, n, unit, calendar)
    assert days_between(start, term.end, unit, calendar) == n == sum(d.counted for d in term.days)
    assert days_between(term.end, start, unit, calendar) == -n


@given(DAYS, st.integers(1, 120), UNITS, calendars())
def test_the_latest_start_leaves_the_whole_term_and_one_day_later_does_not(end, n, unit, calendar):
    start = latest_start(end, n, unit, calendar)
    assert days_between(start, end, unit, calendar) >= n
    assert days_between(start + timedelta(days=1), end, unit, calendar) < n


@given(DAYS, DAYS, calendars())
def test_working_days_never_exceed_natural_days(a, b, calendar):
    assert abs(working_days_between(a, b, calendar)) <= abs((b - a).days)
