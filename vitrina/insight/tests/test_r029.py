# SPDX-License-Identifier: Apache-2.0
"""R029: first digits that nature does not give."""

from __future__ import annotations

import random

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def judge(amounts: list[float], status: str = "active", params=None, **more):
    rows = processes([None] * len(amounts), "title", **more)
    awards = [
        {"rid": row["rid"], "award_no": 0, "status": status, "amount": amount, "currency": "MXN"}
        for row, amount in zip(rows, amounts, strict=True)
    ]
    return judged("R029", params, release=rows, award=awards)


def natural(n: int = 400):
    draw = random.Random(29)
    return [round(10 ** draw.uniform(3, 7), 2) for _ in range(n)]


def invented(n: int = 400):
    draw = random.Random(29)
    return [draw.randint(1, 9) * 10 ** draw.randint(3, 6) + draw.randint(0, 99) for _ in range(n)]


def test_digits_that_are_all_as_frequent_are_flagged_and_natural_ones_are_not() -> None:
    outcome = judge(invented())
    assert ids(outcome) == ["2530"]
    assert outcome.rows.column("peer_n").to_pylist() == [400]
    quiet = judge(natural())
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_the_limit_of_the_mean_distance_is_a_parameter() -> None:
    assert judge(invented(), params={"mad": 0.2}).flagged == 0


def test_few_amounts_or_a_narrow_range_are_not_computable() -> None:
    assert judge(invented(299)).missing == {"n>=300": 1}
    assert judge([float(n) for n in range(1000, 1400)]).missing == {"orders>=3": 1}


def test_awards_under_a_ceiling_are_not_looked_at() -> None:
    outcome = judge(invented(), method="direct")
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {})
