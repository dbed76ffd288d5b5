# SPDX-License-Identifier: Apache-2.0
"""R013: a buyer that awards far more without competition than others of its size."""

from __future__ import annotations

from datetime import date

from vitrina import law
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

CAP = float(law.rule("exception.amount_cap", at=date(2026, 3, 2)).value)


def buyer(number: int, direct: int, n: int = 20, **more):
    rows = processes([1000.0] * n, "value", number * 1000, buyer_id=f"B{number:02}", buyer_oid=number, **more)
    return [{**row, "method": "direct" if i < direct else "open"} for i, row in enumerate(rows)]


def peers(last: int):
    return [row for k in range(1, 40) for row in buyer(k, 2 + k % 3)] + buyer(40, last)


def test_the_share_above_the_fence_of_buyers_of_its_size_is_flagged() -> None:
    outcome = judged("R013", release=peers(18))
    assert ids(outcome) == ["B40"]
    assert outcome.rows.column("value").to_pylist() == [0.9]
    assert outcome.rows.column("basis").to_pylist() == ["2026|value"]
    assert outcome.clear == 39


def test_many_small_direct_awards_are_seen_by_count_though_not_by_value() -> None:
    amount = {"direct": 100.0, "open": 2000.0}
    rows = [row | {"value": amount[row["method"]]} if row["buyer_id"] == "B40" else row for row in peers(12)]
    outcome = judged("R013", release=rows)
    assert ids(outcome) == ["B40"]
    assert outcome.rows.column("value").to_pylist() == [0.6]
    assert outcome.rows.column("basis").to_pylist() == ["2026|count"]


def test_a_usual_share_is_quiet() -> None:
    assert judged("R013", release=peers(3)).flagged == 0


def test_awards_by_amount_above_the_cap_on_the_budget_are_flagged_and_at_the_cap_they_are_not() -> None:
    budget = [
        {"buyer_oid": 1, "year": 2026, "amount": 5000.0 / CAP},
        {"buyer_oid": 2, "year": 2026, "amount": 4999.0 / CAP},
        {"buyer_oid": 3, "year": 2026, "amount": 4999.0 / CAP},
    ]
    rows = [*buyer(1, 5), *buyer(2, 5), *buyer(3, 5, legal_ground="54-II")]
    outcome = judged("R013", release=rows, buyer_budget=budget)
    assert ids(outcome) == ["B02"]
    assert outcome.rows.column("basis").to_pylist() == ["2026|cap"]


def test_few_processes_or_few_peers_are_not_computable() -> None:
    outcome = judged("R013", release=[*buyer(1, 19, 19), *buyer(2, 20)])
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"n>=20": 1, "peers": 1})
