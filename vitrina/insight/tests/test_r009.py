# SPDX-License-Identifier: Apache-2.0
"""R009: the fee was raised between two releases."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def fees(rid: int, *amounts: float, currency: str = "MXN"):
    return [{"rid": rid, "pos": n, "amount": amount, "currency": currency} for n, amount in enumerate(amounts)]


def test_a_rise_is_flagged_and_the_largest_one_is_told() -> None:
    changes = [*fees(1, 100.0, 150.0, 120.0), *fees(2, 100.0, 100.0), *fees(3, 100.0, 90.0)]
    outcome = judged("R009", release=processes([None] * 3, "title"), fee_change=changes)
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == [50.0]
    assert outcome.clear == 2


def test_two_currencies_are_not_compared() -> None:
    changes = [*fees(1, 100.0), {"rid": 1, "pos": 1, "amount": 900.0, "currency": "USD"}]
    outcome = judged("R009", release=processes([None], "title"), fee_change=changes)
    assert outcome.missing == {"tender.participationFees.value": 1}


def test_one_release_or_none_is_not_computable() -> None:
    outcome = judged("R009", release=processes([None] * 2, "title"), fee_change=fees(1, 100.0))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"tender.participationFees.value": 2})
