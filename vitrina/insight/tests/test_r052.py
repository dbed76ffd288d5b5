# SPDX-License-Identifier: Apache-2.0
"""R052: a small award opens the door to a large one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from vitrina.insight.tests.awards import FIRST, awards
from vitrina.insight.tests.tables import ids, judged

USUAL = [("B", f"Z{n}", 1_000.0) for n in range(8)]


def two(first: float, second: float, days: int = 100) -> list[Any]:
    return [*USUAL, ("B", "S", first, FIRST), ("B", "S", second, FIRST + timedelta(days=days))]


def test_a_later_award_twenty_times_as_large_is_flagged() -> None:
    outcome = judged("R052", **awards(*two(100.0, 2_000.0)))
    assert ids(outcome) == ["B | S"]
    assert outcome.rows.column("value").to_pylist() == [20.0]


def test_nineteen_times_or_a_first_award_as_usual_is_quiet() -> None:
    assert judged("R052", **awards(*two(100.0, 1_999.0))).flagged == 0
    assert judged("R052", **awards(*two(1_500.0, 50_000.0))).flagged == 0


def test_after_two_years_it_is_another_story() -> None:
    assert judged("R052", **awards(*two(100.0, 9_000.0, days=730))).flagged == 1
    assert judged("R052", **awards(*two(100.0, 9_000.0, days=731))).flagged == 0


def test_a_large_award_won_in_an_open_tender_is_quiet() -> None:
    rows = awards(*two(100.0, 9_000.0))
    rows["release"][-1]["method"] = "open"
    assert judged("R052", **rows).flagged == 0


def test_one_award_alone_is_not_computable() -> None:
    outcome = judged("R052", **awards(("B", "S", 100.0, date(2026, 1, 1))))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"awards>=2": 1})


def test_another_buyer_does_not_continue_the_story() -> None:
    rows = awards(*USUAL, ("B", "S", 100.0), ("C", "S", 9_000.0, FIRST + timedelta(days=10)))
    assert judged("R052", **rows).flagged == 0
