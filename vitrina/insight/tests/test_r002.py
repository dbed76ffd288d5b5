# SPDX-License-Identifier: Apache-2.0
"""R002: purchases crowd just below a ceiling of the law."""

from __future__ import annotations

import math
from datetime import date

import pytest

from vitrina import law
from vitrina.insight.flags.r002 import least_heads
from vitrina.insight.tests.tables import ids, judged

CEILING = float(law.ceiling(10**10, year=2026, category="goods", procedure="adjudicacion_directa").value)


def purchases(buyer: str, shares: list[float], first: int = 0, **more):
    return [
        {
            "rid": first + i,
            "ocid": f"ocds-x-{first + i}",
            "buyer_id": buyer,
            "category": "goods",
            "currency": "MXN",
            "value": CEILING * share,
            "tender_start_day": date(2026, 3, 2),
            **more,
        }
        for i, share in enumerate(shares)
    ]


def test_a_buyer_with_many_below_and_few_above_is_flagged() -> None:
    rows = [*purchases("A", [0.97] * 18 + [1.05] * 2), *purchases("B", [0.97] * 10 + [1.05] * 10, first=100)]
    outcome = judged("R002", release=rows)
    assert ids(outcome) == ["A"]
    assert outcome.rows.column("value").to_pylist() == [9.0]
    assert outcome.rows.column("basis").to_pylist() == ["2026|t_da|top_bracket"]
    assert outcome.clear == 1


def test_the_ceiling_itself_lies_below_and_the_bands_end_at_a_tenth() -> None:
    shares = [1.0] * 16 + [0.901] * 2 + [1.099] * 2 + [0.85] * 50 + [1.15] * 50
    assert judged("R002", release=purchases("A", shares)).rows.column("peer_n").to_pylist() == [20]


def test_three_times_is_not_yet_more_than_three_times() -> None:
    assert ids(judged("R002", release=purchases("A", [0.97] * 30 + [1.05] * 10))) == []
    assert ids(judged("R002", release=purchases("A", [0.97] * 31 + [1.05] * 10))) == ["A"]


def test_few_purchases_or_a_year_without_ceilings_are_not_computable() -> None:
    rows = [
        *purchases("A", [0.97] * 19),
        *purchases("B", [0.97] * 25, first=100, tender_start_day=date(2018, 3, 2)),
        *purchases("C", [0.97] * 25, first=200, currency="USD"),
    ]
    outcome = judged("R002", release=rows)
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"law.ceiling": 2, "n>=20": 1})


def test_without_a_value_of_the_tender_the_awards_are_taken_and_without_either_it_is_not_computable() -> None:
    rows = [*purchases("A", [0.97] * 20), *purchases("B", [0.97] * 20, first=100)]
    rows = [{**row, "value": None} for row in rows]
    awards = [
        {"rid": row["rid"], "award_no": 0, "status": "active", "amount": CEILING * 0.97, "currency": "MXN"}
        for row in rows[:20]
    ]
    outcome = judged("R002", release=[{**row, "currency": None} for row in rows], award=awards)
    assert ids(outcome) == ["A"]
    assert outcome.missing == {"tender.value": 1}


def test_the_bracket_of_the_buyer_is_used_when_its_budget_is_known() -> None:
    own = float(law.ceiling(20_000_000, year=2026, category="goods", procedure="adjudicacion_directa").value)
    rows = [{**row, "buyer_oid": 7, "value": own * 0.97} for row in purchases("A", [0.97] * 20)]
    budget = [{"buyer_oid": 7, "year": 2026, "amount": 20_000_000.0}]
    outcome = judged("R002", release=rows, buyer_budget=budget)
    assert outcome.rows.column("basis").to_pylist() == ["2026|t_da"]


@pytest.mark.parametrize("n", [20, 41, 100, 400])
def test_the_least_number_of_heads_is_that_of_the_binomial_tail(n) -> None:
    least = dict(zip(*(least_heads(0.01).column(c).to_pylist() for c in ("n", "least")), strict=True))[n]

    def tail(k: int) -> float:
        return sum(math.comb(n, i) for i in range(k, n + 1)) / 2**n

    assert tail(least) < 0.01 <= tail(least - 1)
