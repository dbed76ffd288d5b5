# SPDX-License-Identifier: Apache-2.0
"""R034: bids that arrive in one order, time after time."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from vitrina.insight.flags.r034 import least_repeats
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import at, ids, judged

ORGS = [{"oid": n, "id": name} for n, name in enumerate("CAB")]
NOON = at("2026-03-20 12:00")


def judge(*orders: str, received: bool = True):
    """Each order names the firms 0, 1, 2 as their bids came in."""
    rows = processes([None] * len(orders), "title")
    bids, who = [], []
    for row, order in zip(rows, orders, strict=True):
        for minute, oid in enumerate(order):
            when = NOON + timedelta(minutes=minute) if received else None
            bids.append({"rid": row["rid"], "bid_no": int(oid), "status": "valid", "received_at": when, "date": NOON})
            who.append({"rid": row["rid"], "bid_no": int(oid), "pos": 0, "oid": int(oid)})
    return judged("R034", release=rows, bid=bids, bid_tenderer=who, org=ORGS)


def test_four_times_the_same_order_is_flagged_and_three_times_may_be_chance() -> None:
    outcome = judge(*["201"] * 4)
    assert ids(outcome) == ["A | B | C"]
    assert outcome.rows.column("value").to_pylist() == [4.0]
    quiet = judge(*["201"] * 3)
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_changing_orders_are_quiet() -> None:
    outcome = judge("012", "120", "201", "210", "102", "021", "012")
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_without_instants_of_receipt_it_is_not_computable() -> None:
    outcome = judge(*["012"] * 4, received=False)
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"bids.details.receivedAt": 1})


def test_firms_that_met_twice_are_not_a_group() -> None:
    outcome = judge("012", "012")
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {})


@pytest.mark.parametrize("n", [3, 4, 12, 300])
def test_the_least_number_of_repeats_is_that_of_the_binomial_tail(n) -> None:
    least = dict(zip(*(least_repeats(0.01).column(c).to_pylist() for c in ("n", "least")), strict=True))[n]

    def chance(r: int) -> float:
        return 6 * sum(math.comb(n, i) * 5 ** (n - i) for i in range(r, n + 1)) / 6**n

    assert chance(int(least)) < 0.01 <= chance(int(least) - 1)
