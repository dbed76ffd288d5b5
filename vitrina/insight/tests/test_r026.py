# SPDX-License-Identifier: Apache-2.0
"""R026: a market where suppliers come joined."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def market(code: int, joint: int, n: int = 30):
    rows = processes([str(code)] * n, "main_class", code * 100)
    return rows, [
        {"rid": row["rid"], "award_no": 0, "status": "active", "n_suppliers": 2 if i < joint else 1}
        for i, row in enumerate(rows)
    ]


def judge(*markets):
    rows = [row for found, _ in markets for row in found]
    awards = [award for _, found in markets for award in found]
    return judged("R026", release=rows, award=awards)


def test_a_share_of_consortia_above_the_fence_of_all_markets_is_flagged() -> None:
    usual = [market(1000 + k, k % 4) for k in range(30)]
    outcome = judge(*usual, market(2000, 20))
    assert ids(outcome) == ["2000"]
    assert outcome.rows.column("basis").to_pylist() == ["2026"]
    assert outcome.clear == 30
    assert judge(*usual, market(2000, 3)).flagged == 0


def test_suppliers_that_are_named_count_before_their_number() -> None:
    rows, awards = market(2000, 0)
    named = [{"rid": row["rid"], "award_no": 0, "pos": n} for row in rows[:20] for n in (0, 1)]
    usual = [market(1000 + k, k % 4) for k in range(30)]
    outcome = judged(
        "R026",
        release=[*rows, *(row for found, _ in usual for row in found)],
        award=[*awards, *(award for _, found in usual for award in found)],
        award_supplier=named,
    )
    assert ids(outcome) == ["2000"]


def test_few_awards_few_markets_or_no_suppliers_are_not_computable() -> None:
    silent = market(4000, 0)
    for award in silent[1]:
        award["n_suppliers"] = None
    small = market(3000, 5, 29)
    small[0].extend(processes(["3000"], "main_class", 1))
    outcome = judge(market(2000, 5), small, silent)
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"awards.suppliers": 1, "n>=30": 1, "peers": 1}
