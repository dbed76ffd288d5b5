# SPDX-License-Identifier: Apache-2.0
"""R064: the contract was amended."""

from __future__ import annotations

from datetime import date

from vitrina import law
from vitrina.insight.tests.deals import amendment, contract, release
from vitrina.insight.tests.tables import at, ids, judged

CAP = float(law.rule("amendment.line.max", at=date(2026, 3, 2)).value)


def judge(contracts, amendments=(), **more):
    rids = sorted({c["rid"] for c in contracts})
    return judged("R064", release=release(*rids, **more), contract=contracts, amendment=list(amendments))


def test_an_amended_contract_is_flagged_with_how_often_and_one_without_is_clear() -> None:
    outcome = judge([contract(1), contract(2, final_centavos=10_000)], [amendment(1), amendment(1, pos=1)])
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == [2.0]
    assert outcome.clear == 1


def test_beyond_the_cap_of_the_law_it_is_told_and_at_the_cap_it_is_not() -> None:
    grown = [contract(1, 100 * (1 + CAP)), contract(2, 100 * (1 + CAP) + 0.01)]
    outcome = judge(grown, [amendment(n, amount_before=100.0) for n in (1, 2)])
    assert outcome.rows.column("basis").to_pylist() == ["modified", "above_cap"]


def test_amended_after_its_end_is_told() -> None:
    ends = at("2026-04-30 06:00")
    outcome = judge(
        [contract(1, end=ends), contract(2, end=ends), contract(3, end=at("2026-07-30 06:00"))],
        [
            amendment(1, date=at("2026-05-01 05:00")),
            amendment(2, date=at("2026-05-02 15:00")),
            amendment(3, date=at("2026-05-02 15:00"), end_before=ends),
        ],
    )
    assert outcome.rows.column("basis").to_pylist() == ["modified", "after_end", "after_end"]


def test_amendments_of_the_award_are_not_of_the_contract() -> None:
    assert judge([contract(1)], [amendment(1) | {"section": "award"}]).flagged == 0


def test_without_contracts_or_a_word_on_how_they_went_it_is_not_computable() -> None:
    assert judged("R064", release=release(1)).missing == {"contracts": 1}
    assert judge([contract(1)]).missing == {"contracts.amendments": 1}
