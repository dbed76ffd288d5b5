# SPDX-License-Identifier: Apache-2.0
"""R050: one supplier has much of a market."""

from __future__ import annotations

from typing import Any

from vitrina.insight.tests.awards import awards
from vitrina.insight.tests.tables import ids, judged

SMALL = {"cell_min": 10}


def market(favourite: int, n: int = 10, first: int = 0) -> list[Any]:
    """Each award by another buyer, so that only shares of the whole market are large."""
    return [(f"B{first + i}", "S" if i < favourite else f"Z{i}", 100.0) for i in range(n)]


def test_half_of_a_market_is_flagged_and_the_others_are_clear() -> None:
    outcome = judged("R050", SMALL, **awards(*market(5)))
    assert ids(outcome) == ["2530 | S"]
    assert outcome.rows.column("value").to_pylist() == [0.5]
    assert outcome.rows.column("basis").to_pylist() == ["2026|market"]
    assert outcome.clear == 5


def test_a_share_at_the_limit_is_quiet() -> None:
    assert judged("R050", SMALL, **awards(*market(4))).flagged == 0


def test_a_market_with_few_awards_is_not_computable() -> None:
    outcome = judged("R050", {"cell_min": 5}, **awards(*market(9, n=9)))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"n>=10": 1})


def test_within_a_market_what_one_buyer_gives_is_looked_at_too() -> None:
    one = [("B", "S" if i < 6 else f"Y{i}", 100.0) for i in range(10)]
    outcome = judged("R050", SMALL, **awards(*market(0, n=40), *one))
    assert ids(outcome) == ["2530 | S"]
    assert outcome.rows.column("basis").to_pylist() == ["2026|B"]


def test_in_a_market_of_many_a_share_beyond_the_fence_is_flagged() -> None:
    many = [(f"B{i}", f"Z{i}", 90.0 + i % 20) for i in range(40)]
    outcome = judged("R050", **awards(*many, ("B", "S", 400.0)))
    assert ids(outcome) == ["2530 | S"]
    assert outcome.rows.column("value").to_pylist()[0] < 0.4
