# SPDX-License-Identifier: Apache-2.0
"""R006: more requirements, or more capital, than the purchase warrants."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

ORDINARY = ["Acta; poder; RFC"] * 39
LONG = "\n".join(f"Requisito {n}" for n in range(20))


def test_far_more_requirements_than_peers_is_flagged() -> None:
    outcome = judged("R006", release=processes([*ORDINARY, LONG], "eligibility"))
    assert ids(outcome) == ["ocds-x-40"]
    assert outcome.rows.column("value").to_pylist() == [20.0]
    assert outcome.rows.column("peer_n").to_pylist() == [40]
    assert outcome.clear == 39


def test_mandatory_criteria_count_before_the_text_and_optional_ones_do_not() -> None:
    criteria = [{"rid": 40, "pos": n, "is_mandatory": n < 10} for n in range(12)]
    outcome = judged("R006", release=processes([*ORDINARY, "una"], "eligibility"), criterion=criteria)
    assert outcome.rows.column("value").to_pylist() == [10.0]


def test_capital_above_a_fifth_of_the_value_is_flagged_without_peers_and_a_fifth_is_not() -> None:
    rows = processes([1000.0, 1000.0], "value")
    criteria = [
        {"rid": 1, "pos": 0, "kind": "capital", "amount": 200.01, "currency": "MXN"},
        {"rid": 2, "pos": 0, "kind": "capital", "amount": 200.0, "currency": "MXN"},
    ]
    outcome = judged("R006", release=rows, criterion=criteria)
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.missing == {"peers": 1}


def test_without_text_or_criteria_and_without_peers_it_is_not_computable() -> None:
    outcome = judged("R006", release=processes([None, "Acta"], "eligibility"))
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"peers": 1, "tender.eligibilityCriteria": 1}
