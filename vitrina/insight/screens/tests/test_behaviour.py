# SPDX-License-Identifier: Apache-2.0
"""Rotation, stable shares, order, territories, pairs, losers, errors: each on a history that a reader can follow."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.insight.screens import behaviour, communities, field, firms, lots, pairs
from vitrina.insight.tests.tables import tables


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_turn_taking_is_too_regular() -> None:
    found = behaviour.rotation(np.arange(30) % 3, 3, rng())
    assert (found.entropy, found.runs, found.max_wait) == (pytest.approx(1), 30, 3)
    assert found.rank > 0.99


def test_a_firm_that_mostly_wins_is_no_rotation() -> None:
    found = behaviour.rotation(np.array([0] * 20 + [1, 1] + [0] * 8), 2, rng())
    assert found.rank < 0.5
    assert found.entropy < 0.4


def test_nine_tenders_tell_no_rotation() -> None:
    assert behaviour.rotation(np.arange(9) % 3, 3, rng()) is None


@given(st.lists(st.integers(0, 3), min_size=10, max_size=40))
def test_the_rank_does_not_depend_on_how_firms_are_numbered(winner: list[int]) -> None:
    own = behaviour.rotation(np.array(winner), 4, rng())
    other = behaviour.rotation(3 - np.array(winner), 4, rng())
    assert (own is None) == (other is None)
    if own and other:
        assert (own.runs, own.max_wait, round(own.entropy, 9)) == (other.runs, other.max_wait, round(other.entropy, 9))
        assert own.rank == other.rank


def test_shares_that_repeat_every_year_are_pro_rata() -> None:
    winner = np.array([0, 1, 2, 0, 1, 0] * 3)
    year = np.repeat([0, 1, 2], 6)
    distance, rank = behaviour.pro_rata(winner, np.ones(18), year, 3, rng())
    assert distance == 0
    assert rank > 0.95


def test_shares_that_turn_over_are_not() -> None:
    distance, rank = behaviour.pro_rata(np.repeat([0, 1], 8), np.ones(16), np.repeat([0, 1], 8), 2, rng())
    assert distance == 2
    assert rank < 0.05


def test_an_order_that_repeats_is_beyond_chance() -> None:
    share, z = behaviour.order([[3, 1, 2]] * 12 + [[1, 2, 3]] * 2, rng())
    assert share == 12 / 14
    assert z > 4
    assert behaviour.order([[3, 1, 2]] * 9, rng()) is None


def test_each_unit_with_its_own_winner_is_an_allocation() -> None:
    unit = np.repeat([0, 1], 4)
    assert behaviour.allocation(np.repeat([0, 1], 4), unit, 2) == 1
    assert behaviour.allocation(np.array([0, 1] * 4), unit, 2) == 0
    assert behaviour.allocation(np.zeros(8, dtype=np.int64), unit, 2) is None


def history(n: int, bids: dict[int, float], **more):
    """Tenders a month apart in which these firms ask these prices; hours and files by firm."""
    rows = {"release": [], "bid": [], "bid_tenderer": []}
    for rid in range(n):
        day = dt.datetime(2024, 1, 15, 12, tzinfo=dt.UTC).replace(tzinfo=None) + dt.timedelta(days=20 * rid)
        rows["release"].append({"rid": rid, "ocid": f"x{rid:03d}", "tender_end": day, "tender_end_day": day.date()})
        for no, (oid, price) in enumerate(bids.items()):
            extra = {k: v(rid, oid, day) for k, v in more.items()}
            rows["bid"].append(
                {"rid": rid, "bid_no": no, "status": "valid", "amount": price * (1 + rid / 100), "currency": "MXN"}
                | extra
            )
            rows["bid_tenderer"].append({"rid": rid, "bid_no": no, "pos": 0, "oid": oid})
    return rows


def paired(**rows) -> tuple[field.Field, pairs.Pairs]:
    with tables(**rows) as t:
        only = field.fields(t, lots.read(t))[0]
        return only, pairs.pairs(only)


def test_a_pair_that_always_meets() -> None:
    _, found = paired(**history(6, {7: 100, 8: 110}))
    row = found.table().to_pylist()[0]
    assert (row["oid_i"], row["oid_j"], row["c"], row["jaccard"]) == (7, 8, 6, 1)
    assert row["sd"] == pytest.approx(0, abs=1e-12)
    assert row["alternation"] == 0
    assert row["n_timed"] == 0


def test_two_meetings_are_no_pair() -> None:
    assert len(paired(**history(2, {7: 100, 8: 110}))[1].i) == 0


def test_joint_receipts_are_judged_by_each_firms_own_hours() -> None:
    def together(rid, oid, day):
        return day - dt.timedelta(hours=5 + 7 * rid, minutes=oid % 2)

    def by_habit(rid, oid, day):
        return day - dt.timedelta(minutes=10 + oid % 2)

    surprising = paired(**history(8, {7: 100, 8: 110}, received_at=together))[1]
    usual = paired(**history(8, {7: 100, 8: 110}, received_at=by_habit))[1]
    assert (surprising.n_close[0], usual.n_close[0]) == (8, 8)
    assert surprising.close_p[0] < 1e-6
    assert usual.close_p[0] > 0.5


def test_a_shared_author_counts_and_a_template_of_many_does_not() -> None:
    shared = paired(**history(4, {7: 100, 8: 110}, author_hash=lambda rid, oid, day: f"a{rid}"))[1]
    template = paired(**history(4, {k: 100 + k for k in range(1, 13)}, author_hash=lambda rid, oid, day: "word"))[1]
    assert shared.n_author.tolist() == [4]
    assert set(template.n_author.tolist()) == {0}


def test_one_sheet_scaled_has_lines_in_constant_ratio() -> None:
    rows = history(3, {7: 100, 8: 110})
    rows["bid_line"] = [
        {
            "rid": rid,
            "bid_no": no,
            "line": line,
            "unit_price": price * (1.07 if no else 1),
            "quantity": 1.0,
            "currency": "MXN",
        }
        for rid in range(3)
        for no in range(2)
        for line, price in enumerate([3.0, 17.0, 8.5, 120.0, 44.0])
    ]
    assert paired(**rows)[1].line_ratio[0] == pytest.approx(0, abs=1e-12)


def test_binomial_tails() -> None:
    assert pairs.at_least(0, 5, 0.3) == pytest.approx(1)
    assert pairs.at_least(5, 5, 0.5) == 1 / 32
    assert pairs.at_least(2, 3, 0.5) == 0.5


def test_two_rings_are_two_communities() -> None:
    first, second = history(6, {1: 100, 2: 101, 3: 102}), history(6, {4: 100, 5: 101, 6: 102})
    for name in second:
        first[name] += [row | {"rid": row["rid"] + 100} for row in second[name]]
    for row in first["release"]:
        row["ocid"] = f"x{row['rid']:03d}"
    only, _ = paired(**first)
    found = communities.communities(only)
    assert sorted(only.oid[found.members(n)].tolist() for n in range(2)) == [[1, 2, 3], [4, 5, 6]]
    assert found.cohesion.tolist() == [1, 1]
    assert found.exclusivity.tolist() == [1, 1]


def test_who_always_loses_beside_the_same_winner() -> None:
    only, _ = paired(**history(16, {1: 100, 2: 120, 3: 130}))
    assert {(row["oid"], row["winner_oid"]) for row in firms.losers(only).to_pylist()} == {(2, 1), (3, 1)}
    assert paired(**history(9, {1: 100, 2: 120, 3: 130}))[0] is not None
    assert firms.losers(paired(**history(9, {1: 100, 2: 120, 3: 130}))[0]).num_rows == 0


def test_the_lowest_withdraws_and_a_partner_stands_next() -> None:
    rows = history(5, {1: 100, 2: 120, 3: 130})
    rows["bid"][0]["status"] = "withdrawn"
    with tables(**rows) as t:
        found = firms.withdrawals(t, pairs.pairs(field.fields(t, lots.read(t))[0])).to_pylist()
    assert [(r["rid"], r["oid_gone"], r["oid_next"]) for r in found] == [(0, 1, 2)]


def test_a_loser_who_works_for_the_winner() -> None:
    rows = history(1, {1: 100, 2: 120})
    award = {"rid": 0, "award_no": 0}
    rows |= {"award": [award | {"status": "active"}], "award_supplier": [award | {"pos": 0, "oid": 1}]}
    rows["subcontractor"] = [award | {"pos": 0, "oid": 2}, award | {"pos": 1, "oid": 9}]
    with tables(**rows) as t:
        assert [(r["oid"], r["winner_oid"]) for r in firms.subcontracts(t).to_pylist()] == [(2, 1)]


def test_the_same_wrong_sum_and_the_same_line_left_out() -> None:
    def lines(no, *places):
        return [{"rid": 0, "bid_no": no, "line": k, "unit_price": 10.0 + no, "quantity": 2.0} for k in places]

    bids = [
        {"rid": 0, "bid_no": no, "status": "valid", "amount": total} for no, total in enumerate([45.0, 49.0, 72.0])
    ]
    with tables(bid=bids, bid_line=lines(0, 0, 1) + lines(1, 0, 1) + lines(2, 0, 1, 2)) as t:
        found = firms.common_errors(t).to_pylist()
    assert [(r["kind"], r["n"], r["error"]) for r in found] == [("omitted", 2, 2.0), ("sum", 2, 5.0)]


def test_windows_go_backwards_in_spells_of_three_years() -> None:
    rows = history(3, {1: 100, 2: 120})
    rows["release"][0]["tender_end_day"] = dt.date(2019, 6, 1)
    with tables(**rows) as t:
        read = lots.read(t)
    spans = field.windows(read)
    assert [b - a for a, b in spans] == [1096, 1096]
    assert field.windows(read, dt.date(2019, 12, 31))[0][1] == (dt.date(2019, 6, 2) - field.EPOCH).days
    assert not math.isnan(spans[0][0])
