# SPDX-License-Identifier: Apache-2.0
"""Triples of firms: who bids together, how close their prices are, who wins, in which order they come."""

from __future__ import annotations

from typing import Any

import pytest

from vitrina.insight.screens import communities, field, lots, pairs
from vitrina.insight.screens.tests.test_behaviour import history
from vitrina.insight.screens.triples import triples
from vitrina.insight.tests.tables import tables


def of(**rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with tables(**rows) as t:
        only = field.fields(t, lots.read(t))[0]
        found: list[dict[str, Any]] = triples(
            communities.communities(only, rewirings=0), pairs.pairs(only)
        ).to_pylist()
        return found


def test_three_firms_that_bid_together_are_one_triple() -> None:
    (row,) = of(**history(6, {7: 100, 8: 110, 9: 120}))
    assert (row["oid_i"], row["oid_j"], row["oid_k"], row["c"], row["n"]) == (7, 8, 9, 6, 6)
    assert (row["jaccard"], row["won"], row["entropy"]) == (1, 1, 0)
    assert row["cv"] == pytest.approx(10 / 110)
    assert (row["order_share"], row["order_p"]) == (1, pytest.approx(6 / 6**6))


def test_a_triple_within_a_community_names_it() -> None:
    first, second = history(6, {1: 100, 2: 101, 3: 102}), history(6, {4: 100, 5: 101, 6: 102})
    for name in second:
        first[name] += [row | {"rid": row["rid"] + 100} for row in second[name]]
    for row in first["release"]:
        row["ocid"] = f"x{row['rid']:03d}"
    assert [(row["oid_i"], row["community"]) for row in of(**first)] == [(1, 0), (4, 1)]


def test_of_four_firms_each_three_are_a_triple() -> None:
    found = of(**history(4, {1: 100, 2: 110, 3: 120, 4: 90}))
    assert [(row["oid_i"], row["oid_j"], row["oid_k"]) for row in found] == [
        (4, 1, 2),
        (4, 1, 3),
        (4, 2, 3),
        (1, 2, 3),
    ]
    assert [row["won"] for row in found] == [1, 1, 1, 0]
    assert found[3]["entropy"] is None


def test_three_that_never_all_meet_are_none() -> None:
    """Each two of them meet often, the three together in no process."""
    a, b, c = history(4, {1: 100, 2: 110}), history(4, {2: 100, 3: 110}), history(4, {1: 100, 3: 110})
    for n, part in enumerate((a, b, c)):
        for rows in part.values():
            rows[:] = [row | {"rid": row["rid"] + 100 * n} for row in rows]
        part["release"] = [row | {"ocid": f"x{row['rid']:03d}"} for row in part["release"]]
    assert of(**{name: a[name] + b[name] + c[name] for name in a}) == []


def test_equal_prices_are_in_no_order() -> None:
    (row,) = of(**history(6, {7: 100, 8: 100, 9: 120}))
    assert (row["order_share"], row["order_p"]) == (None, 1)


def test_two_meetings_are_no_triple() -> None:
    assert of(**history(2, {7: 100, 8: 110, 9: 120})) == []


def test_close_prices_rank_high_among_the_triples_of_a_market() -> None:
    """Eight firms in one market; of one triple the prices are within a thousandth."""
    prices = {1: 1000.0, 2: 1000.5, 3: 1001.0} | {oid: 1000.0 + 97.0 * oid for oid in range(4, 9)}
    found = of(**history(4, prices))
    close = next(row for row in found if (row["oid_i"], row["oid_j"], row["oid_k"]) == (1, 2, 3))
    assert close["cv_peers"] == len(found) == 56
    assert close["cv_rank"] == max(row["cv_rank"] for row in found)
    assert close["cv_rank"] > 0.98
