# SPDX-License-Identifier: Apache-2.0
"""R040: one supplier gets much of what a buyer awards."""

from __future__ import annotations

from datetime import date
from typing import Any

from vitrina.insight.tests.awards import awards
from vitrina.insight.tests.tables import ids, judged


def buyer(name: str, favourite: int, n: int = 20, amount: float = 100.0) -> list[Any]:
    """`n` awards of a buyer, the first `favourite` of them to one supplier, each of the others to another."""
    return [(name, f"{name}-S" if i < favourite else f"{name}-{i}", amount) for i in range(n)]


def peers(n: int = 30) -> list[Any]:
    """Buyers whose largest supplier has one to three of twenty awards."""
    return [row for i in range(n) for row in buyer(f"P{i}", 1 + i % 3)]


def test_a_supplier_with_half_of_a_buyers_awards_is_flagged_where_others_give_a_seventh() -> None:
    outcome = judged("R040", **awards(*peers(), *buyer("B", 10)))
    assert ids(outcome) == ["B | B-S"]
    assert outcome.rows.column("value").to_pylist() == [0.5]
    assert outcome.rows.column("basis").to_pylist() == ["2026|value"]


def test_one_large_contract_is_seen_by_value() -> None:
    outcome = judged("R040", **awards(*peers(), ("B", "S", 2_000.0), *buyer("B", 1)))
    assert ids(outcome) == ["B | S"]


def test_a_share_at_the_limit_is_quiet_and_above_it_not() -> None:
    assert judged("R040", **awards(*peers(), *buyer("B", 6))).flagged == 0
    assert judged("R040", **awards(*peers(), *buyer("B", 7))).flagged == 1


def test_a_buyer_with_few_awards_or_without_peers_is_not_computable() -> None:
    few = judged("R040", **awards(*peers(), *buyer("B", 10, n=19)))
    assert (few.flagged, few.missing) == (0, {"n>=20": 10})
    alone = judged("R040", **awards(*buyer("B", 10)))
    assert (alone.flagged, alone.clear, alone.missing) == (0, 10, {"peers": 1})


def test_where_a_year_has_few_peers_those_of_three_years_are_compared_with() -> None:
    years = [date(2023 + i % 4, 3, 2) for i in range(40)]
    others = [(*row, day) for i, day in enumerate(years) for row in buyer(f"P{i}", 1 + i // 4 % 3)]
    outcome = judged("R040", **awards(*others, *buyer("B", 10)))
    assert ids(outcome) == ["B | B-S"]
    assert outcome.rows.column("peer_n").to_pylist() == [31]  # of 2024 to 2026, itself among them


def test_joint_awards_and_other_currencies_do_not_count() -> None:
    rows = awards(*peers(), *buyer("B", 10))
    for release in rows["release"]:
        if release["buyer_id"] == "B" and release["rid"] % 2:
            rows["award_supplier"].append({"rid": release["rid"], "award_no": 0, "pos": 1, "oid": 0, "id": "P0"})
    assert judged("R040", **rows).missing == {"n>=20": 6}
