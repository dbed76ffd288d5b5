# SPDX-License-Identifier: Apache-2.0
"""R059: a contract that is not worth what was awarded."""

from __future__ import annotations

from vitrina.insight.tests.deals import amendment, award, contract, release
from vitrina.insight.tests.tables import ids, judged


def judge(*contracts, amendments=(), awards=None, **more):
    rids = sorted({c["rid"] for c in contracts})
    return judged(
        "R059",
        release=release(*rids),
        award=awards or [award(n) for n in rids],
        contract=list(contracts),
        amendment=list(amendments),
        **more,
    )


def test_more_than_a_twentieth_apart_is_flagged_and_a_twentieth_is_not() -> None:
    outcome = judge(contract(1, 105.0), contract(2, 105.01), contract(3, 95.0), contract(4, 94.99))
    assert ids(outcome) == ["ocds-x-2", "ocds-x-4"]
    assert outcome.rows.column("basis").to_pylist() == ["above", "below"]
    assert outcome.clear == 2


def test_contracts_of_one_award_are_summed_and_open_ones_count_at_their_maximum() -> None:
    half = contract(1, 50.0)
    outcome = judge(half, half | {"contract_no": 1}, contract(2, 40.0, max_centavos=10_000))
    assert (outcome.flagged, outcome.clear) == (0, 2)


def test_what_an_amendment_explains_is_clear_and_the_first_value_counts() -> None:
    grown = (contract(1, 140.0), amendment(1, amount_before=100.0))
    told = (contract(2, 140.0), amendment(2, rationale="Más usuarios"))
    outcome = judge(grown[0], told[0], contract(3, 140.0), amendments=[grown[1], told[1], amendment(3, rationale=" ")])
    assert ids(outcome) == ["ocds-x-3"]


def test_without_either_value_or_in_two_currencies_it_is_not_computable() -> None:
    outcome = judge(
        contract(1, None),
        contract(2),
        contract(3, currency="USD"),
        awards=[award(1), award(2, amount=None, centavos=None), award(3)],
    )
    assert outcome.missing == {"awards.value": 1, "contracts.value": 1, "one currency": 1}


def test_a_contract_without_award_id_goes_to_the_only_award() -> None:
    assert ids(judge(contract(1, 200.0, award_id=None, award_no=None))) == ["ocds-x-1"]
