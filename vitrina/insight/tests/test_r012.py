# SPDX-License-Identifier: Apache-2.0
"""R012: awarded directly what the plan put to competition, or what no plan holds."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

PLAN = [{"buyer_oid": 1, "year": 2026, "line": "L1", "method": "open"}]


def direct(first: int = 1, **more):
    return processes([None], "title", first, method="direct", buyer_oid=1, **more)


def test_a_direct_award_of_a_line_planned_with_competition_is_flagged() -> None:
    rows = [
        *direct(1, plan_line="L1"),
        *direct(2, plan_line="L2", plan_method="selective"),
        *direct(3, plan_line="L3", plan_method="direct"),
    ]
    outcome = judged("R012", release=rows, plan_line=PLAN)
    assert ids(outcome) == ["ocds-x-1", "ocds-x-2"]
    assert outcome.clear == 1


def test_what_the_plan_does_not_hold_is_flagged_unless_it_is_urgent() -> None:
    rows = [*direct(1), *direct(2, legal_ground="Art. 54 fracción II"), *direct(3, exception_article="54-III")]
    outcome = judged("R012", release=rows, plan_line=PLAN)
    assert ids(outcome) == ["ocds-x-1", "ocds-x-3"]
    assert set(outcome.rows.column("basis").to_pylist()) == {"not_planned"}


def test_open_tenders_are_not_looked_at() -> None:
    outcome = judged("R012", release=processes([None], "title", buyer_oid=1), plan_line=PLAN)
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {})


def test_without_a_plan_of_the_year_or_the_method_of_the_line_it_is_not_computable() -> None:
    other = [{"buyer_oid": 1, "year": 2025, "line": "L1", "method": None}]
    outcome = judged("R012", release=[*direct(1), *direct(2, plan_line="L9")], plan_line=other)
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"planning": 1, "planning.method": 1})
