# SPDX-License-Identifier: Apache-2.0
"""How much is bought, by whom and how: U001 to U014."""

from __future__ import annotations

from datetime import date

import pytest

from .worked import measured, told

MXN = {"currency": "MXN", "status": "active"}


def release(rid: int, method: str | None = "open", **more):
    return {"rid": rid, "ocid": f"x-{rid}", "method": method, "buyer_id": "B1", **more}


def award(rid: int, pesos: float, **more):
    return {"rid": rid, "award_no": 0, "amount": pesos, "centavos": round(pesos * 100), **MXN, **more}


def test_cancelled_purchases_are_counted_only_where_the_formula_names_them() -> None:
    rows = [release(1, status="active"), release(2, status="cancelled"), release(3)]
    assert told("U001", release=rows) == (2, 2, {})
    by_status = {row["level"]: row["value"] for row in measured("U007", release=rows)}
    assert by_status == {"active": pytest.approx(1 / 3), "cancelled": pytest.approx(1 / 3), None: pytest.approx(1 / 3)}


def test_buyers_are_distinct_and_those_that_are_not_told_are_left_out() -> None:
    rows = [release(1), release(2), release(3, buyer_id="B2"), release(4, buyer_id=None, pe_id=None)]
    assert told("U002", release=rows) == (2, 3, {"buyer.id": 1})


def test_money_is_summed_by_currency_from_centavos() -> None:
    awards = [award(1, 0.10), award(2, 0.20), award(3, 5, currency="USD"), award(4, 7, currency=None)]
    found = measured("U006", release=[release(n) for n in (1, 2, 3, 4)], award=awards)
    assert [(row["currency"], row["value"], row["state"]) for row in found] == [
        (None, None, "nc"),
        ("MXN", 0.30, "ok"),
        ("USD", 5.0, "ok"),
    ]
    assert found[0]["missing"] == "awards.value"


def test_an_award_without_status_is_left_out_and_told() -> None:
    awards = [award(1, 10), award(2, 99, status=None), award(3, 50, status="cancelled")]
    (row,) = measured("U006", release=[release(n) for n in (1, 2, 3)], award=awards)
    assert (row["value"], row["n"], row["excluded"]) == (10.0, 1, {"awards.status": 1})


def test_years_are_those_of_the_local_day_of_the_fact() -> None:
    rows = [
        release(1, tender_start_day=date(2024, 12, 31)),
        release(2, tender_start_day=date(2025, 1, 1)),
        release(3, tender_start_day=date(2025, 3, 9)),
        release(4),
    ]
    years = {row["level"]: row["value"] for row in measured("U005.year", release=rows)}
    assert years == {"2024": 1, "2025": 2, None: None}
    months = [row["level"] for row in measured("U005.month", release=rows) if row["state"] == "ok"]
    assert months == ["2024-12", "2025-01", "2025-03"]


def test_awarded_value_compared_by_buyer_and_year() -> None:
    awards = [
        award(1, 10, date_day=date(2024, 5, 1)),
        award(2, 20, date_day=date(2025, 5, 1)),
        award(3, 40, date_day=date(2025, 6, 1)),
    ]
    rows = [release(1), release(2), release(3, buyer_id="B2")]
    found = measured("U006", ("buyer", "year"), release=rows, award=awards)
    assert [(r["buyer"], r["year"], r["value"], r["grouping"]) for r in found] == [
        ("B1", "2024", 10.0, "buyer,year"),
        ("B1", "2025", 20.0, "buyer,year"),
        ("B2", "2025", 40.0, "buyer,year"),
    ]
    assert (found[0]["since"], found[0]["until"]) == (date(2024, 5, 1), date(2024, 5, 1))


def test_value_by_method_keeps_what_has_no_method_in_the_whole() -> None:
    contracts = [{"rid": n, "contract_no": 0, "centavos": cents, **MXN} for n, cents in ((1, 700), (2, 200), (3, 100))]
    rows = [release(1), release(2, "direct"), release(3, None)]
    found = {r["level"]: r["value"] for r in measured("U013.share", release=rows, contract=contracts)}
    assert found == {"open": 0.7, "direct": 0.2, None: 0.1}


def test_competition_among_awarded_purchases() -> None:
    rows = [release(1), release(2, "direct"), release(3, "selective"), release(4), release(5, None)]
    awards = [award(n, 10) for n in (1, 2, 3, 5)]
    assert told("U011", release=rows, award=awards) == (pytest.approx(2 / 3), 3, {"tender.procurementMethod": 1})
    assert told("U014", release=rows, award=awards) == (20.0, 3, {"tender.procurementMethod": 1})


def test_markets_are_four_digits_and_classes_two() -> None:
    rows = [release(1, main_class="25301"), release(2, main_class="25302"), release(3, main_class="2512")]
    assert {r["level"]: r["value"] for r in measured("U008.digits4", release=rows)} == {"2530": 2, "2512": 1}
    assert {r["level"]: r["value"] for r in measured("U008.digits2", release=rows)} == {"25": 3}


def test_mixed_vat_is_told() -> None:
    awards = [award(1, 10), award(2, 20)]
    rows = [release(1, vat_basis="net"), release(2, vat_basis="gross")]
    assert measured("U006", release=rows, award=awards)[0]["vat_basis"] == "mixed"
    assert measured("U006", release=rows[:1], award=awards[:1])[0]["vat_basis"] == "net"
