# SPDX-License-Identifier: Apache-2.0
"""R022: bids far apart."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def bids(rid: int, *amounts: float, status: str = "valid", first: int = 0, **more):
    return [
        {"rid": rid, "bid_no": first + n, "status": status, "amount": amount, "currency": "MXN", **more}
        for n, amount in enumerate(amounts)
    ]


def usual(n: int = 39):
    return [bid for rid in range(1, n + 1) for bid in bids(rid, 100.0, 110.0, 120.0)]


def test_a_spread_far_above_that_of_like_processes_is_flagged() -> None:
    outcome = judged("R022", release=processes([None] * 40, "title"), bid=[*usual(), *bids(40, 100.0, 110.0, 300.0)])
    assert ids(outcome) == ["ocds-x-40"]
    assert outcome.rows.column("value").to_pylist() == [2.0]
    assert outcome.clear == 39


def test_processes_with_another_number_of_bids_are_no_peers() -> None:
    given = [*usual(), *bids(40, 100.0, 110.0, 120.0, 300.0)]
    assert judged("R022", release=processes([None] * 40, "title"), bid=given).missing == {"peers": 1}


def test_disqualified_bids_and_other_lots_do_not_widen_the_spread() -> None:
    given = [
        *usual(),
        *bids(40, 100.0, 110.0, 120.0, lot="1"),
        *bids(40, 900.0, first=5, lot="2"),
        *bids(40, 900.0, first=6, status="disqualified", lot="1"),
    ]
    assert judged("R022", release=processes([None] * 40, "title"), bid=given).flagged == 0


def test_two_priced_bids_are_not_computable() -> None:
    given = [*bids(1, 100.0, 110.0), *bids(1, 0.0, first=2)]
    assert judged("R022", release=processes([None], "title"), bid=given).missing == {"bids.details.value": 1}
