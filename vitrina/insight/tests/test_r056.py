# SPDX-License-Identifier: Apache-2.0
"""R056: the winner failed what was asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vitrina import law
from vitrina.insight.tests.pairs import bids
from vitrina.insight.tests.tables import ids, judged

DAY = date(2026, 1, 6)
MINIMUM = float(law.rule("evaluation.points.technical_min", at=DAY, category="goods").value)
PLAIN = {"rid": 1, "pos": 0, "title": "Registro sanitario", "is_mandatory": True}


def judge(results: list[dict[str, Any]], criteria: list[dict[str, Any]] | None = None, **more: Any):
    rows = bids("AB A")
    rows["release"][0] |= {"currency": "MXN", "category": "goods", **more.pop("release", {})}
    rows["award"][0] |= more
    told = [{"rid": 1, "criterion_pos": 0, **row} for row in results]
    return judged("R056", **rows, criterion=criteria or [PLAIN], criterion_result=told)


def test_a_winner_that_failed_a_requirement_is_flagged_and_a_loser_is_not() -> None:
    outcome = judge([{"bid_no": 0, "passed": False}, {"bid_no": 1, "passed": True}])
    assert ids(outcome) == ["ocds-x-001"]
    assert outcome.rows.column("basis").to_pylist() == ["requirement"]
    quiet = judge([{"bid_no": 0, "passed": True}, {"bid_no": 1, "passed": False}])
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_the_bid_that_the_award_names_is_the_winning_one() -> None:
    assert judge([{"bid_no": 0, "passed": True}, {"bid_no": 1, "passed": False}], related_bid="b1").flagged == 1


def test_a_mandatory_requirement_without_a_mark_is_lacking_and_an_optional_one_is_not() -> None:
    other = {"rid": 1, "pos": 1, "title": "Muestras", "is_mandatory": True}
    assert judge([{"bid_no": 0, "passed": True}], [PLAIN, other]).flagged == 1
    assert judge([{"bid_no": 0, "passed": True}], [PLAIN, {**other, "is_mandatory": None}]).clear == 1
    optional = [{**PLAIN, "is_mandatory": False}]
    assert judge([{"award_no": 0, "passed": False}], optional).clear == 1


@pytest.mark.parametrize(("short", "flagged"), [(0.0, 0), (0.1, 1)])
def test_technical_points_below_the_minimum_of_the_law_are_flagged(short: float, flagged: int) -> None:
    criteria = [{"rid": 1, "pos": n, "title": title} for n, title in enumerate(("Técnica: equipo", "Oferta técnica"))]
    half = MINIMUM / 2
    results = [{"bid_no": 0, "score": half}, {"bid_no": 0, "criterion_pos": 1, "score": half - short}]
    outcome = judge(results, criteria)
    assert outcome.flagged == flagged
    if flagged:
        assert outcome.rows.column("basis").to_pylist() == ["technical_minimum"]


def test_without_an_evaluation_it_is_not_computable() -> None:
    outcome = judge([])
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"awards.requirementResponses": 1})
