# SPDX-License-Identifier: Apache-2.0
"""Publication, times, amendments, delivery, complaints: U045 to U071, A01 to A21, O12 to O17."""

from __future__ import annotations

from datetime import date

import pytest

from .worked import at, measured, told

MXN = {"currency": "MXN", "status": "active"}


def release(rid: int, **more):
    return {"rid": rid, "ocid": f"x-{rid}", "method": "open", "currency": "MXN", **more}


def contract(rid: int, pesos: int, **more):
    return {"rid": rid, "contract_no": 0, "centavos": pesos * 100, "amount": float(pesos), **MXN, **more}


def complaint(pos: int, **more):
    return {"rid": 1, "pos": pos, **more}


def test_what_a_corpus_never_publishes_is_not_computable_instead_of_perfect() -> None:
    rows = {"release": [release(1)], "contract": [contract(1, 10)]}
    for code in ("U046", "U048", "U056", "A18.rate", "A19.amended"):
        (row,) = measured(code, **rows)
        assert (row["state"], row["value"]) == ("nc", None), code
    amendment = {"rid": 1, "section": "contract", "contract_no": 0, "pos": 0}
    assert told("U056", amendment=[amendment], **rows)[0] == 0.0
    assert told("U048", amendment=[amendment], **rows)[0] == 1.0


def test_what_no_table_holds_says_which_paths_it_needs() -> None:
    (row,) = measured("O13", release=[release(1)])
    assert (row["state"], row["missing"]) == (
        *("nc", "contracts.implementation.metrics (physical progress, planned and real)"),
    )


def test_texts_codes_and_dates_that_are_missing() -> None:
    rows = [
        release(
            1,
            title="Medicinas para hospitales",
            description="x" * 40,
            main_class="2530",
            contract_end=at(2026, 1, 1),
        ),
        release(2, title="Compra", description="corta"),
    ]
    for code in ("U052", "U053", "U054", "U055"):
        assert told(code, release=rows)[0] == 0.5, code


def test_purchases_closed_for_a_month_without_a_whole_award() -> None:
    late, cut = date(2026, 1, 10), at(2026, 3, 1)
    rows = [
        release(1, tender_end_day=late, date=cut),
        release(2, tender_end_day=late, date=cut),
        release(3, tender_end_day=date(2026, 2, 20), date=cut),
        release(4, date=cut),
    ]
    whole = {"award_no": 0, "award_id": "a", "date": cut, "amount": 1.0, "n_suppliers": 1, **MXN}
    awards = [{"rid": 1, **whole}, {"rid": 2, **whole, "amount": None}]
    assert told("U049", release=rows, award=awards) == (0.5, 2, {"tender.tenderPeriod.endDate": 1})


def test_durations_are_whole_local_days_and_negative_ones_are_errors() -> None:
    rows = [
        release(1, tender_start_day=date(2026, 1, 1), tender_end_day=date(2026, 1, 16)),
        release(2, tender_start_day=date(2026, 1, 1), tender_end_day=date(2026, 1, 6)),
        release(3, tender_start_day=date(2026, 1, 9), tender_end_day=date(2026, 1, 6)),
        release(4),
    ]
    found = {row["part"]: row for row in measured("U059", release=rows)}
    assert (found["mean"]["value"], found["median"]["value"]) == (10.0, 10.0)
    assert found["mean"]["excluded"] == {"tender.tenderPeriod": 1, "negative": 1}
    assert found["p90"]["value"] == 15.0


def test_days_from_award_to_the_start_of_its_contract() -> None:
    award = {"rid": 1, "award_no": 0, "date_day": date(2026, 1, 1), **MXN}
    rows = {
        "release": [release(1)],
        "award": [award],
        "contract": [contract(1, 1, award_no=0, start_day=date(2026, 1, 9))],
    }
    assert told("U061.mean", **rows)[0] == 8.0
    assert told("U050", **rows)[1] == 0


def test_savings_only_where_both_amounts_are_known_in_one_currency() -> None:
    rows = [
        release(1, value_centavos=10_000, budget=120.0, budget_currency="MXN"),
        release(2, value_centavos=10_000, currency="USD"),
        release(3),
    ]
    contracts = [contract(1, 90), contract(2, 50), contract(3, 50)]
    (row,) = [r for r in measured("U069", release=rows, contract=contracts) if r["currency"] == "MXN"]
    assert (row["value"], row["n"], row["excluded"]) == (pytest.approx(0.1), 1, {"tender.value": 2})
    assert (row["numerator"], row["denominator"]) == (10.0, 100.0)
    assert told("U068", release=rows, contract=contracts)[0] == 0.25
    assert told("U066", release=rows, contract=contracts)[:2] == (0.0, 1)


def test_savings_by_strategy_tell_their_basis() -> None:
    from vitrina.insight.indicators.registry import indicators

    rows = [
        release(1, value_centavos=10_000, is_consolidated=True),
        release(2, value_centavos=10_000, is_framework=True),
        release(3, value_centavos=10_000, submission_method="electronicAuction"),
        release(4, value_centavos=10_000),
        release(5, value_centavos=10_000, method="selective"),
        release(6, value_centavos=10_000, method="direct"),
    ]
    contracts = [contract(n, 100 - 10 * n) for n in range(1, 7)]
    found = {row["level"]: row["value"] for row in measured("S02", release=rows, contract=contracts)}
    names = ("consolidated", "framework", "subsequentDiscounts", "open", "invited", "direct")
    assert found == {name: pytest.approx(0.1 * n) for n, name in enumerate(names, start=1)}
    assert "valor estimado" in indicators()["S02"].explanation.es


def test_savings_against_the_prices_of_the_store() -> None:
    awards = [{"rid": n, "award_no": 0, **MXN} for n in range(6)]
    items = [
        {
            "rid": n,
            "award_no": 0,
            "pos": 0,
            "class_id": "25301",
            "unit": "pieza",
            "quantity": 2.0,
            "unit_price": p,
            "currency": "MXN",
        }
        for n, p in enumerate((10.0, 10.0, 10.0, 10.0, 10.0, 4.0))
    ]
    rows = {"release": [release(n) for n in range(6)], "award": awards, "award_item": items}
    assert told("S03", **rows)[0] == pytest.approx(1 - (5 * 20 + 8) / 120)
    few = {"release": rows["release"][:4], "award": awards[:4], "award_item": items[:4]}
    assert measured("S03", **few)[0]["state"] == "nc"


def test_amendments_change_value_and_term() -> None:
    days = {"start_day": date(2026, 1, 1), "end_day": date(2026, 4, 11)}
    contracts = [contract(1, 100, **days), contract(2, 130, **days)]
    amendment = {
        "rid": 2,
        "section": "contract",
        "contract_no": 0,
        "pos": 0,
        "amount_before": 100.0,
        "amount_after": 130.0,
        "end_before": at(2026, 3, 2),
        "end_after": at(2026, 4, 11),
    }
    rows = {"contract": contracts, "amendment": [amendment]}
    goods = [release(n, tender_start_day=date(2026, 1, 5)) for n in (1, 2)]
    assert told("A19.amended", release=goods, **rows)[0] == 0.5
    assert told("A19.delta", release=goods, **rows)[0] == pytest.approx(0.15)
    assert told("A19.beyond", release=goods, **rows)[0] == 0.5
    works = [r | {"category": "works"} for r in goods]
    assert told("O15", release=works, **rows)[0] == pytest.approx(0.15)
    assert told("O16", release=works, **rows)[0] == pytest.approx(40 / 160)
    assert told("O17", release=works, **rows)[0] == 0.5


def test_the_programme_and_what_is_outside_it() -> None:
    rows = [
        release(1, plan_line="L1", budget=100.0, budget_currency="MXN"),
        release(2, plan_line="L2", budget=50.0, budget_currency="MXN"),
        release(3),
    ]
    contracts = [contract(1, 120), contract(3, 40)]
    (row,) = measured("A01", release=rows, contract=contracts)
    assert (row["value"], row["n"], row["excluded"]) == (0.8, 2, {"planning.budget.projectID": 1})
    assert told("A02", release=rows, contract=contracts)[0] == 0.25
    assert measured("A02", release=[release(3)], contract=contracts)[0]["state"] == "nc"


def test_exceptions_by_amount_over_the_authorised_budget() -> None:
    rows = [
        release(n, buyer_id="B1", exception_article=article) for n, article in ((1, "ART. 55"), (2, "ART. 54 FR. II"))
    ]
    day = {"date_signed_day": date(2026, 2, 1)}
    budget = [{"buyer_oid": 1, "buyer_id": "B1", "year": 2026, "amount": 1000.0, "currency": "MXN"}]
    found = measured(
        "A06", release=rows, contract=[contract(1, 200, **day), contract(2, 500, **day)], buyer_budget=budget
    )
    assert [(row["value"], row["denominator"]) for row in found] == [(0.2, 1000.0)]


def test_complaints_by_thousand_founded_and_days() -> None:
    complaints = [
        complaint(0, is_founded=True, date=at(2026, 1, 1), resolved=at(2026, 1, 31)),
        complaint(1),
    ]
    rows = {"release": [release(n) for n in range(4)], "complaint": complaints}
    assert told("A18.rate", **rows)[0] == 500.0
    assert told("A18.founded", **rows) == (1.0, 1, {"complaints.isFounded": 1})
    assert told("A18.days", **rows)[0] == 30.0


def test_milestones_and_deliveries_due() -> None:
    cut, due = at(2026, 3, 1), at(2026, 2, 1)
    base = {"section": "implementation", "contract_no": 0, "type": "delivery", "due": due}
    rows = {
        "release": [release(1, date=cut)],
        "milestone": [
            {"rid": 1, "pos": 0, **base, "met": at(2026, 2, 1, 18)},
            {"rid": 1, "pos": 1, **base},
            {"rid": 1, "pos": 2, **base, "due": at(2026, 4, 1)},
        ],
    }
    assert told("U071", **rows)[:2] == (0.5, 2)
    assert told("A20.in_time", **rows)[:2] == (0.5, 2)


def test_cancelled_for_each_awarded() -> None:
    rows = [release(1, status="cancelled"), release(2, status="complete"), release(3, status="complete")]
    assert told("U063", release=rows, award=[{"rid": n, "award_no": 0, **MXN} for n in (2, 3)])[0] == 0.5
    cancelled = [contract(1, 1, status="cancelled"), contract(2, 1)]
    assert told("U064", release=rows, contract=cancelled)[0] == 0.5
