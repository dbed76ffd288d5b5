# SPDX-License-Identifier: Apache-2.0
"""R008: what it costs to take part."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def test_more_than_a_thousandth_of_the_value_is_flagged_and_a_thousandth_is_not() -> None:
    rows = processes([1000.01, 1000.0, 0.0], "fee", value=1_000_000.0)
    outcome = judged("R008", release=rows)
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("threshold").to_pylist() == [1000.0]
    assert outcome.clear == 2


def test_more_than_nearly_all_peers_is_flagged() -> None:
    rows = processes([*([10.0] * 39), 500.0], "fee", value=100_000_000.0)
    outcome = judged("R008", release=rows)
    assert ids(outcome) == ["ocds-x-40"]
    assert outcome.rows.column("basis").to_pylist() == ["peers"]


def test_without_a_fee_or_anything_to_compare_it_with_it_is_not_computable() -> None:
    outcome = judged("R008", release=processes([None, 10.0, 0.0], "fee"))
    assert (outcome.flagged, outcome.clear) == (0, 1)
    assert outcome.missing == {"tender.participationFees.value": 1, "tender.value|peers": 1}


def test_a_fee_in_another_currency_is_not_held_against_the_value() -> None:
    outcome = judged("R008", release=processes([5000.0], "fee", value=1000.0, fee_currency="USD"))
    assert outcome.flagged == 0
