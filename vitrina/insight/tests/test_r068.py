# SPDX-License-Identifier: Apache-2.0
"""R068: paid more than the contract."""

from __future__ import annotations

from vitrina.insight.tests.deals import contract, release
from vitrina.insight.tests.tables import ids, judged


def paid(rid: int, amount: float, pos: int = 0, **more):
    return {
        "rid": rid,
        "contract_no": 0,
        "pos": pos,
        "amount": amount,
        "centavos": round(amount * 100),
        "currency": "MXN",
        **more,
    }


def judge(contracts, *payments):
    rids = sorted({c["rid"] for c in contracts})
    return judged("R068", release=release(*rids), contract=contracts, transaction=list(payments))


def test_payments_that_sum_to_more_are_flagged_and_half_a_hundredth_more_is_not() -> None:
    outcome = judge([contract(1), contract(2)], paid(1, 60), paid(1, 40.5, 1), paid(2, 60), paid(2, 40.51, 1))
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.rows.column("value").to_pylist() == [1.0051]


def test_an_open_contract_may_be_paid_up_to_its_maximum() -> None:
    assert judge([contract(1, 40.0, max_centavos=10_000)], paid(1, 100)).clear == 1


def test_the_final_value_counts_where_payments_are_not_told() -> None:
    outcome = judge([contract(1, final_centavos=12_000)])
    assert outcome.rows.column("basis").to_pylist() == ["final_value"]


def test_without_payments_value_or_one_currency_it_is_not_computable() -> None:
    assert judge([contract(1)]).missing == {"contracts.implementation.transactions": 1}
    assert judge([contract(1, None)], paid(1, 5)).missing == {"contracts.value": 1}
    assert judge([contract(1)], paid(1, 500, currency="USD")).missing == {"one currency": 1}
