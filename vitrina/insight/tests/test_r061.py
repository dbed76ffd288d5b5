# SPDX-License-Identifier: Apache-2.0
"""R061: decided in hardly any time."""

from __future__ import annotations

from datetime import date, timedelta

from vitrina.insight.tests.deals import award
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

CLOSED = date(2026, 3, 20)


def judge(days, method="open", params=None, **more):
    rows = processes([CLOSED] * len(days), "tender_end_day", method=method, **more)
    awards = [award(n, date_day=CLOSED + timedelta(days=d)) for n, d in enumerate(days, start=1)]
    return judged("R061", params, release=rows, award=awards)


def test_less_than_two_days_is_flagged_and_two_are_not() -> None:
    outcome = judge([0, 1, 2])
    assert ids(outcome) == ["ocds-x-1", "ocds-x-2"]
    assert outcome.clear == 1


def test_an_award_before_the_deadline_is_told_apart() -> None:
    outcome = judge([-1])
    assert outcome.rows.column("basis").to_pylist() == ["before_deadline"]


def test_faster_than_nearly_all_peers_is_flagged() -> None:
    outcome = judge([5] + [20 + n % 7 for n in range(39)], method="selective")
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("basis").to_pylist() == ["peers"]


def test_an_invitation_without_peers_is_not_computable() -> None:
    outcome = judge([0, 5], method="selective")
    assert (outcome.flagged, outcome.missing) == (0, {"peers": 2})


def test_direct_awards_and_processes_without_award_are_not_looked_at() -> None:
    assert judge([0], method="direct").missing == {}
    nothing = judged("R061", release=processes([CLOSED], "tender_end_day"))
    assert (nothing.clear, nothing.missing) == (0, {})


def test_without_a_day_it_is_not_computable() -> None:
    rows = [*processes([None], "tender_end_day"), *processes([CLOSED], "tender_end_day", 2)]
    outcome = judged("R061", release=rows, award=[award(1, date_day=CLOSED), award(2)])
    assert outcome.missing == {"awards.date": 1, "tender.tenderPeriod.endDate": 1}
