# SPDX-License-Identifier: Apache-2.0
"""R023: bids that are exact multiples or percentages of each other."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged
from vitrina.insight.tests.test_r022 import bids


def lines(rid: int, bid_no: int, *prices: float):
    return [{"rid": rid, "bid_no": bid_no, "line": n, "unit_price": price} for n, price in enumerate(prices)]


def test_two_bids_that_hang_on_a_third_are_flagged() -> None:
    given = [
        *bids(1, 1234.56, 1296.288, 2469.12),
        *bids(2, 1234.56, 1296.288, 2500.0),
        *bids(3, 1000.0, 1013.7, 1077.3),
    ]
    outcome = judged("R023", release=processes([None] * 3, "title"), bid=given)
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == [3.0]
    assert outcome.clear == 2


def test_a_percentage_counts_within_the_tolerance_and_up_to_the_largest() -> None:
    given = [
        *bids(1, 10_000.0, 10_500.9, 11_000.9),
        *bids(2, 10_000.0, 10_503.0, 11_003.0),
        *bids(3, 10_000.0, 12_000.0, 12_100.0),
    ]
    assert ids(judged("R023", release=processes([None] * 3, "title"), bid=given)) == ["ocds-x-1"]


def test_equal_prices_are_the_matter_of_another_flag() -> None:
    assert judged("R023", release=processes([None], "title"), bid=bids(1, 50.0, 50.0, 50.0)).flagged == 0


def test_one_ratio_over_three_lines_is_flagged_and_over_two_it_is_not() -> None:
    given = [
        *lines(1, 0, 10.0, 33.0, 71.0, 5.0),
        *lines(1, 1, 11.37, 37.521, 80.727, 9.0),
        *lines(2, 0, 10.0, 33.0, 71.0),
        *lines(2, 1, 11.37, 37.521, 90.0),
    ]
    outcome = judged("R023", release=processes([None] * 2, "title"), bid_line=given)
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("basis").to_pylist() == ["lines"]


def test_two_bids_and_no_lines_are_not_computable() -> None:
    outcome = judged("R023", release=processes([None], "title"), bid=bids(1, 100.0, 200.0))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"bids.details.value": 1})
