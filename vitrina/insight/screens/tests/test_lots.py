# SPDX-License-Identifier: Apache-2.0
"""Which bids are compared: valid ones, one currency, one bidder once, lines where prices are told by line."""

from __future__ import annotations

import numpy as np
import pytest

from vitrina.insight.screens import heat, lots, tenders
from vitrina.insight.tests.tables import tables


def bid(no: int, amount: float, **more):
    return {"rid": 1, "bid_no": no, "status": "valid", "amount": amount, "currency": "MXN", **more}


def by(no: int, oid: int):
    return {"rid": 1, "bid_no": no, "pos": 0, "oid": oid}


RELEASE = [{"rid": 1, "ocid": "x", "method": "open", "value": 100.0, "main_class": "21100001"}]


def read(merged: bool = True, **rows) -> lots.Lots:
    with tables(release=RELEASE, **rows) as t:
        return lots.read(t, merged=merged)


def test_prices_ascend_and_the_market_has_four_digits() -> None:
    found = read(bid=[bid(0, 120), bid(1, 100), bid(2, 110)], bid_tenderer=[by(0, 7), by(1, 8), by(2, 9)])
    assert (found.price.tolist(), found.oid.tolist()) == ([100, 110, 120], [8, 9, 7])
    row = found.rows.to_pylist()[0]
    assert (row["market"], row["market3"], row["n"], row["estimate"]) == ("2110", "211", 3, 100)


def test_disqualified_and_withdrawn_bids_are_counted_apart() -> None:
    found = read(bid=[bid(0, 120), bid(1, 100, status="withdrawn"), bid(2, 110, status="disqualified"), bid(3, 130)])
    row = found.rows.to_pylist()[0]
    assert (row["n"], row["n_disqualified"], row["n_withdrawn"]) == (2, 1, 1)


def test_bids_in_another_currency_are_not_mixed_in() -> None:
    assert read(bid=[bid(0, 6, currency="USD"), bid(1, 100), bid(2, 110)]).price.tolist() == [100, 110]


def test_a_bidder_counts_once_with_its_lowest() -> None:
    found = read(bid=[bid(0, 100), bid(1, 90), bid(2, 95)], bid_tenderer=[by(0, 7), by(1, 7), by(2, 8)])
    assert found.price.tolist() == [90, 95]


def test_firms_with_a_common_owner_are_one_bidder_unless_asked() -> None:
    rows = {
        "bid": [bid(0, 100), bid(1, 90), bid(2, 95)],
        "bid_tenderer": [by(0, 7), by(1, 8), by(2, 9)],
        "owner": [{"oid": 7, "pos": 0, "owner_id": "o"}, {"oid": 8, "pos": 0, "owner_id": "o"}],
    }
    assert read(**rows).price.tolist() == [90, 95]
    assert read(merged=False, **rows).price.tolist() == [90, 95, 100]


def test_bidders_without_a_name_stay_apart() -> None:
    assert read(bid=[bid(0, 100), bid(1, 90)]).oid.tolist() == [-1, -1]


def test_lots_are_compared_apart_and_have_no_estimate_of_the_whole() -> None:
    found = read(bid=[bid(0, 100, lot="a"), bid(1, 90, lot="a"), bid(2, 7, lot="b")])
    assert found.n.tolist() == [2, 1]
    assert found.rows.column("estimate").to_pylist() == [None, None]


def test_prices_by_line_take_the_place_of_the_total() -> None:
    lines = [
        {"rid": 1, "bid_no": no, "line": line, "unit_price": price, "quantity": 1.0, "currency": "MXN"}
        for no, prices in enumerate([(10.0, 20.0), (11.0, 19.0)])
        for line, price in enumerate(prices)
    ]
    found = read(bid=[bid(0, 30), bid(1, 30)], bid_line=lines, tender_item=[{"rid": 1, "pos": 1, "unit_price": 21.0}])
    assert [found.price[found.of(g)].tolist() for g in range(2)] == [[10, 11], [19, 20]]
    assert found.rows.column("line").to_pylist() == [0, 1]
    assert found.rows.column("estimate").to_pylist() == [None, 21]
    beside = heat.lines_of(found, 1, ["Proponente 1", "Proponente 2"])  # of the second line, 1 is the cheaper
    assert beside == heat.Lines([0, 1], ["Proponente 1", "Proponente 2"], [[11, 19], [10, 20]], 2)
    assert heat.above(beside) == [[pytest.approx(0.1), 0], [0, pytest.approx(1 / 19)]]
    one = read(bid=[bid(0, 100), bid(1, 90)])
    assert heat.lines_of(one, 0, ["Proponente 1", "Proponente 2"]) is None


def test_an_empty_store_has_no_groups() -> None:
    with tables() as t:
        found = tenders.screen(lots.read(t))
    assert found.table().num_rows == 0


def test_fewer_than_thirty_peers_leave_the_rank_open_and_the_value_told() -> None:
    with tables(release=RELEASE, bid=[bid(0, 100), bid(1, 110)]) as t:
        found = tenders.screen(lots.read(t))
    assert found.value["SPD"].tolist() == [0.1]
    assert np.isnan(found.rank["SPD"].share).all()
    assert np.isnan(found.raised).all()
