# SPDX-License-Identifier: Apache-2.0
"""R072: a buyer whose awards are subcontracted far more often than those of others."""

from __future__ import annotations

from vitrina.insight.tests.deals import award
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

N = 20


def judge(shares, n=N, said=True, params=None):
    """Buyers 0, 1, … with `n` awards each, of which so many are subcontracted."""
    releases, awards = [], []
    for buyer, yes in enumerate(shares):
        first = buyer * n + 1
        releases += processes([f"b{buyer:02}"] * n, "buyer_id", first)
        awards += [award(first + i, has_subcontracting=(i < yes) if said else None) for i in range(n)]
    return judged("R072", params, release=releases, award=awards)


def test_far_more_than_others_is_flagged_and_the_usual_is_clear() -> None:
    outcome = judge([1, 2, 3] * 10 + [12])
    assert ids(outcome) == ["b30"]
    row = outcome.rows.to_pylist()[0]
    assert (row["value"], row["peer_n"], row["basis"]) == (0.6, 31, "2026")
    assert outcome.clear == 30


def test_the_fence_itself_is_clear() -> None:
    quartiles = [1] * 16 + [3] * 16  # fence: 3 + 1.5 * (3 - 1) = 6 awards of 20
    assert judge([*quartiles, 6]).flagged == 0
    assert ids(judge([*quartiles, 7])) == ["b32"]


def test_few_awards_few_buyers_or_nothing_told_is_not_computable() -> None:
    assert judge([1, 2, 3], n=19).missing == {"n>=20": 3}
    assert judge([1, 2, 3]).missing == {"peers": 3}
    assert judge([1, 2], said=False).missing == {"awards.hasSubcontracting": 2}
