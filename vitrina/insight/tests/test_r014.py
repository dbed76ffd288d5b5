# SPDX-License-Identifier: Apache-2.0
"""R014: opened sooner after the call than the law allows."""

from __future__ import annotations

from datetime import date, timedelta

from vitrina import law
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

CALL = date(2026, 3, 2)


def opened(days: int, first: int = 1, character: str | None = "N", **more):
    return processes([CALL + timedelta(days=days)], "opening_day", first, character=character, **more)


def least(character: str = "N", key: str = "min") -> int:
    return law.rule(f"term.publication_to_opening.{key}", at=CALL, procedure="open", character=character).value


def test_a_day_less_than_the_term_is_flagged_and_the_term_is_not() -> None:
    outcome = judged("R014", release=[*opened(least() - 1), *opened(least(), 2), *opened(least("T") - 1, 3, "T")])
    assert ids(outcome) == ["ocds-x-1", "ocds-x-3"]
    assert outcome.rows.column("threshold").to_pylist() == [least(), least("T")]
    assert set(outcome.rows.column("basis").to_pylist()) == {"reduced"}


def test_a_reduced_term_with_a_recorded_reason_is_in_order_and_below_it_nothing_is() -> None:
    reduced = least(key="reduced_min")
    reason = {"reduction_reason": "Urgencia justificada por el área"}
    outcome = judged("R014", release=[*opened(reduced, 1, **reason), *opened(reduced - 1, 2, **reason)])
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.rows.column("basis").to_pylist() == ["below_minimum"]


def test_an_invitation_has_a_term_of_its_own() -> None:
    days = law.rule("term.invitation_to_opening.min", at=CALL, procedure="selective").value
    rows = [*opened(days, 1, method="selective"), *opened(days - 1, 2, method="selective")]
    assert ids(judged("R014", release=rows)) == ["ocds-x-2"]


def test_elsewhere_the_term_is_a_parameter() -> None:
    rows = [*opened(9, 1, currency="USD"), *opened(10, 2, currency="USD")]
    assert judged("R014", release=rows).missing == {"law.term": 2}
    assert ids(judged("R014", {"days": 10}, release=rows)) == ["ocds-x-1"]


def test_a_draft_of_a_call_is_not_asked() -> None:
    outcome = judged("R014", release=[*opened(5, 1, status="planned"), *opened(5, 2, status="active")])
    assert (ids(outcome), outcome.clear) == (["ocds-x-2"], 0)


def test_without_an_opening_it_is_not_computable() -> None:
    outcome = judged("R014", release=processes([None], "opening_day"))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"tender.bidOpening.date": 1})
