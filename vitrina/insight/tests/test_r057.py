# SPDX-License-Identifier: Apache-2.0
"""R057: firms take turns."""

from __future__ import annotations

import math
from itertools import cycle, islice

import pytest

from vitrina.insight.flags.communities import communities
from vitrina.insight.tests.pairs import bids
from vitrina.insight.tests.tables import ids, judged, tables


def judge(*told: str):
    return judged("R057", **bids(*told))


def turns(winners: str, n: int) -> list[str]:
    return [f"ABC {winner}" for winner in islice(cycle(winners), n)]


def test_three_firms_that_win_in_turn_are_flagged() -> None:
    outcome = judge(*turns("ABC", 12))
    assert ids(outcome) == ["A +2"]
    assert outcome.rows.column("value").to_pylist() == [1.0]
    assert outcome.rows.column("peer_n").to_pylist() == [12]


def test_even_shares_without_regularity_are_quiet() -> None:
    outcome = judge(*(f"ABC {winner}" for winner in "AABBBACCACBC"))
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_one_that_wins_nearly_all_is_quiet() -> None:
    assert judge(*turns("AAAAAB", 12)).clear == 1


def test_eight_processes_are_enough_and_seven_are_not_computable() -> None:
    assert judge(*turns("ABC", 8)).missing == {}
    assert judge(*turns("ABC", 7)).missing == {"n>=8": 1}


def test_a_community_is_what_ties_connect_and_strangers_stay_out() -> None:
    rows = bids(*["AB A"] * 3, *["BC C"] * 3, *["DE D"] * 3, "AF A", "AD D")
    with tables(**rows) as t:
        found = {row["oid"]: row["community"] for row in t.rows(communities(t))}
    names = {row["oid"]: row["id"] for row in rows["org"]}
    groups = {names[oid]: names[community] for oid, community in found.items()}
    assert groups == {"A": "A", "B": "A", "C": "A", "D": "D", "E": "D"}


def test_the_entropy_of_two_of_three_is_below_the_highest() -> None:
    assert math.log(2) / math.log(3) == pytest.approx(0.63, abs=0.01)
    assert judge(*turns("AB", 12)).flagged == 0
