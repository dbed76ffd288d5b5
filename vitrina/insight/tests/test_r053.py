# SPDX-License-Identifier: Apache-2.0
"""R053: two bid together and the same one always wins."""

from __future__ import annotations

import math

import pytest

from vitrina.insight.flags.r053 import EXACT, choices
from vitrina.insight.tests.pairs import bids
from vitrina.insight.tests.tables import ids, judged


def judge(*told: str):
    return judged("R053", **bids(*told))


def test_seven_wins_of_seven_are_flagged_and_six_may_be_chance() -> None:
    outcome = judge(*["AB A"] * 7)
    assert ids(outcome) == ["A | B"]
    assert outcome.rows.column("value").to_pylist() == [1.0]
    quiet = judge(*["AB A"] * 6)
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_who_also_wins_against_others_is_simply_better() -> None:
    assert judge(*["AB A"] * 7, *["AC A"] * 6, *["BC C"] * 6).flagged == 0


def test_wins_by_turns_or_bids_mostly_apart_are_quiet() -> None:
    assert judge(*["AB A"] * 5, *["AB B"] * 5).flagged == 0
    assert judge(*["AB A"] * 7, *["B B"] * 8).flagged == 0


def test_few_meetings_or_no_winner_are_not_computable() -> None:
    outcome = judge(*["AB A"] * 4, *["CD"] * 5, "EF E")
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"awards.suppliers": 1, "meetings>=5": 1}


@pytest.mark.parametrize("n", [1, 7, EXACT])
def test_the_coefficients_are_those_of_the_binomial(n: int) -> None:
    table = choices()
    ways = [w for m, w in zip(table["n"].to_pylist(), table["ways"].to_pylist(), strict=True) if m == n]
    assert sum(ways) == pytest.approx(2**n)
    assert ways[1] == math.comb(n, 1)
