# SPDX-License-Identifier: Apache-2.0
"""R062: decided long after the deadline."""

from __future__ import annotations

from datetime import date, timedelta

from vitrina import law
from vitrina.insight.tests.deals import award
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

CLOSED = date(2026, 3, 20)
TERM, MORE = (law.rule(f"term.opening_to_award.{end}", at=date(2026, 3, 2)).value for end in ("max", "extension"))


def judge(days, params=None, **more):
    rows = processes([CLOSED] * len(days), "tender_end_day", **more)
    awards = [award(n, date_day=CLOSED + timedelta(days=d)) for n, d in enumerate(days, start=1)]
    return judged("R062", params, release=rows, award=awards)


def test_a_day_beyond_the_term_with_its_extension_is_flagged_and_the_last_is_not() -> None:
    outcome = judge([TERM + MORE, TERM + MORE + 1])
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.rows.column("threshold").to_pylist() == [TERM + MORE]


def test_works_have_their_own_term() -> None:
    works = [law.rule(f"term.opening_to_award.{e}", at=CLOSED, category="works").value for e in ("max", "extension")]
    assert ids(judge([sum(works), sum(works) + 1], category="works")) == ["ocds-x-2"]


def test_far_slower_than_peers_is_flagged_within_the_term_too() -> None:
    outcome = judge([1, 2, 3] * 13 + [12])
    assert ids(outcome) == ["ocds-x-40"]
    assert outcome.rows.column("basis").to_pylist() == ["peers"]


def test_elsewhere_the_days_are_a_parameter_and_without_them_it_is_not_computable() -> None:
    assert ids(judge([90, 91], {"days": 90}, currency="USD")) == ["ocds-x-2"]
    assert judge([90], currency="USD").missing == {"law.term or peers": 1}


def test_without_a_day_it_is_not_computable() -> None:
    outcome = judged("R062", release=processes([CLOSED], "tender_end_day"), award=[award(1)])
    assert outcome.missing == {"awards.date": 1}
