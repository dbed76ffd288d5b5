# SPDX-License-Identifier: Apache-2.0
"""How many take part and who wins: U015 to U044, A08 to A14, concentration."""

from __future__ import annotations

from datetime import date

import pytest

from .worked import measured, told


def release(rid: int, n: int | None = None, method: str = "open", **more):
    return {"rid": rid, "ocid": f"x-{rid}", "method": method, "n_tenderers": n, **more}


def won(rid: int, oid: int, pesos: int, day: date | None = None):
    """An award of one supplier, as rows of two tables."""
    award = {
        "rid": rid,
        "award_no": 0,
        "status": "active",
        "centavos": pesos * 100,
        "amount": float(pesos),
        "currency": "MXN",
        "n_suppliers": 1,
        "date_day": day,
    }
    return award, {"rid": rid, "award_no": 0, "pos": 0, "oid": oid, "id": f"S{oid}"}


def market(*wins):
    awards, suppliers = zip(*(won(n, *win) for n, win in enumerate(wins)), strict=True)
    orgs = [{"oid": oid, "id": f"S{oid}"} for oid in sorted({s["oid"] for s in suppliers})]
    return {
        "release": [release(n) for n in range(len(wins))],
        "award": list(awards),
        "award_supplier": list(suppliers),
        "org": orgs,
    }


def test_single_bids_are_over_the_competitive_purchases_whose_number_is_known() -> None:
    rows = [release(1, 1), release(2, 3), release(3), release(4, 1, "direct"), release(5, 1, status="cancelled")]
    assert told("U015", release=rows) == (0.5, 2, {"tender.numberOfTenderers": 1})


def test_a_share_of_few_is_marked_and_a_public_view_hides_it() -> None:
    from vitrina.insight.indicators.run import public

    few = measured("U015", release=[release(n, 1) for n in range(4)])
    enough = measured("U015", release=[release(n, 1) for n in range(5)])
    assert (few[0]["state"], enough[0]["state"]) == ("few", "ok")
    assert [row["value"] for row in public([*few, *enough])] == [None, 1.0]


def test_without_any_number_of_bidders_it_is_not_computable_with_the_path() -> None:
    (row,) = measured("U015", release=[release(1), release(2)])
    assert (row["state"], row["value"], row["missing"]) == ("nc", None, "tender.numberOfTenderers")


def test_mean_and_median_of_bidders() -> None:
    rows = [release(n, bids) for n, bids in enumerate((1, 2, 3, 10))]
    assert told("U017", release=rows)[0] == 4.0
    assert told("U018", release=rows)[0] == 2.5


def test_qualified_and_disqualified_bids() -> None:
    states = {1: ["valid", "valid", "valid", "disqualified"], 2: ["valid", "disqualified"], 3: ["withdrawn"]}
    bids = [{"rid": rid, "bid_no": n, "status": s} for rid, each in states.items() for n, s in enumerate(each)]
    firms = [{"rid": b["rid"], "bid_no": b["bid_no"], "pos": 0, "oid": b["bid_no"]} for b in bids]
    rows = {"release": [release(n) for n in (1, 2, 3)], "bid": bids, "bid_tenderer": firms}
    assert told("U023", **rows) == (0.5, 2, {"bids.details": 1})
    assert told("U024", **rows)[0] == pytest.approx((1 / 4 + 1 / 2) / 2)


def test_where_no_bid_is_published_at_all_disqualification_is_not_computable() -> None:
    (row,) = measured("U024", release=[release(1, 3)])
    assert (row["state"], row["missing"]) == ("nc", "bids.details.status")


def test_shares_ranks_and_concentration_of_suppliers() -> None:
    rows = market((1, 50), (2, 30), (3, 20))
    assert told("A11.hhi", **rows)[0] == pytest.approx(2500 + 900 + 400)
    assert told("A11.top3", **rows)[0] == 1.0
    many = market(*((n, 10) for n in range(20)))
    assert told("U025", **many)[0] == 0.5
    assert told("U040.mean", **many)[0] == 10.0
    assert told("U041", **many)[0] == pytest.approx(1 / 20)


def test_concentration_is_of_the_group_that_is_asked_for() -> None:
    rows = market((1, 50), (2, 50), (3, 10))
    rows["release"] = [release(0, unit_id="A"), release(1, unit_id="A"), release(2, unit_id="B")]
    found = {row["unit"]: row["value"] for row in measured("A11.hhi", ("unit",), **rows)}
    assert found == {"A": pytest.approx(5000), "B": pytest.approx(10000)}


def test_a_joint_award_is_shared_out_to_the_last_centavo() -> None:
    award, _ = won(1, 1, 1)
    suppliers = [{"rid": 1, "award_no": 0, "pos": n, "oid": n, "id": f"S{n}"} for n in range(3)]
    rows = {"release": [release(1)], "award": [award | {"n_suppliers": 3}], "award_supplier": suppliers}
    orgs = [{"oid": n, "id": f"S{n}"} for n in range(3)]
    found = measured("U040.mean", ("supplier",), org=orgs, **rows)
    assert [(row["supplier"], row["value"]) for row in found] == [("S0", 0.34), ("S1", 0.33), ("S2", 0.33)]


def test_a_number_of_one_supplier_is_its_own_when_compared_by_supplier() -> None:
    rows = market((1, 50), (1, 30), (2, 20))
    rows["release"][1]["method"] = "direct"
    assert told("U042", **rows)[0] == 1.5
    found = {row["supplier"]: row["value"] for row in measured("U035", ("supplier",), **rows)}
    assert found == {"S1": 0.5, "S2": 0.0}
    assert told("U035", **rows)[0] == 0.25


def test_new_suppliers_need_two_years_of_past() -> None:
    rows = market(
        (1, 10, date(2020, 1, 15)),
        (2, 10, date(2021, 6, 1)),
        (1, 10, date(2022, 3, 1)),
        (3, 30, date(2022, 4, 1)),
        (3, 10, date(2023, 4, 1)),
        (4, 10, date(2023, 5, 1)),
    )
    by_year = {row["year"]: (row["value"], row["state"]) for row in measured("U027", ("year",), **rows)}
    assert by_year == {"2020": (None, "nc"), "2021": (None, "nc"), "2022": (1.0, "ok"), "2023": (1.0, "ok")}
    value = {row["year"]: row["value"] for row in measured("U029", ("year",), **rows)}
    assert (value["2022"], value["2023"]) == (30.0, 10.0)
    recurring = {row["year"]: row["value"] for row in measured("U032", ("year",), **rows)}
    assert recurring["2022"] == 0.25
    growth = {row["level"]: row["value"] for row in measured("U031", **rows)}
    assert growth["2023"] == 0.0


def test_a_stray_date_does_not_begin_the_corpus() -> None:
    from vitrina.insight.indicators.bases.base import first_month
    from vitrina.insight.tests.tables import tables

    days = [date(1900, 1, 1), *(date(2020, 1 + n % 12, 1) for n in range(200))]
    with tables(award=[{"rid": n, "award_no": 0, "date_day": day} for n, day in enumerate(days)]) as t:
        assert first_month(t) == (2020, 1)


def test_without_any_bidder_published_nothing_is_said_of_bidders() -> None:
    rows = market((1, 10))
    for code in ("U003", "U033", "U037", "U038"):
        assert measured(code, **rows)[0]["state"] == "nc", code


def test_bids_needed_to_win_and_rates_of_success() -> None:
    rows = market((1, 10), (1, 10), (2, 10))
    rows["tenderer"] = [
        {"rid": rid, "pos": n, "oid": oid, "id": f"S{oid}"} for rid in (0, 1, 2) for n, oid in enumerate((1, 2, 3))
    ]
    assert told("U003", **rows)[0] == 3
    assert told("U033", **rows)[0] == pytest.approx((3 / 2 + 3 / 1) / 2)
    assert told("U038", **rows)[0] == pytest.approx((2 / 3 + 1 / 3 + 0) / 3)


def test_largest_firm_of_each_market() -> None:
    rows = market((1, 60), (2, 40), (3, 5))
    rows["release"] = [release(0, main_class="25301"), release(1, main_class="25301"), release(2, main_class="3112")]
    found = {row["level"]: row["value"] for row in measured("U034", **rows)}
    assert found == {"2530": 0.6, "3112": 1.0}


def test_lines_with_one_offer_and_deserted_lines() -> None:
    items = [
        {"rid": 1, "pos": 0, "item_id": "a", "status": "complete"},
        {"rid": 1, "pos": 1, "item_id": "b", "status": "complete"},
        {"rid": 1, "pos": 2, "item_id": "c", "status": "unsuccessful"},
    ]
    lines = [
        {"rid": 1, "bid_no": n, "line": 0, "item_id": i, "unit_price": 1.0} for n, i in ((0, "a"), (1, "a"), (0, "b"))
    ]
    bids = [{"rid": 1, "bid_no": n, "status": "valid"} for n in (0, 1)]
    rows = {"release": [release(1)], "tender_item": items, "bid": bids, "bid_line": lines}
    assert told("A09", **rows)[0] == 0.5
    assert told("A10", **rows)[0] == pytest.approx(1 / 3)
    untold = [item | {"status": None} for item in items]
    without = {**rows, "tender_item": untold}
    assert measured("A09", **without)[0]["state"] == "nc"
    assert told("A09", award=[won(1, 1, 5)[0]], **without)[1] == 2


def test_terms_under_the_ordinary_one_of_the_law() -> None:
    def call(rid: int, days: int, **more):
        end = date.fromordinal(date(2026, 2, 2).toordinal() + days)
        return release(rid, currency="MXN", tender_start_day=date(2026, 2, 2), tender_end_day=end, **more)

    rows = [call(1, 10), call(2, 15), call(3, 20), call(4, 3, method="direct"), call(5, 12, character="N")]
    assert told("A14", release=rows) == (0.5, 4, {})


def test_works_are_told_apart() -> None:
    rows = [release(1, 1, category="works"), release(2, 3, category="works"), release(3, 1, category="goods")]
    assert told("O06", release=rows)[:2] == (0.5, 2)


def test_spread_of_bids_of_works() -> None:
    bids = [
        {"rid": 1, "bid_no": n, "status": "valid", "amount": a, "currency": "MXN"}
        for n, a in enumerate((100.0, 110.0, 120.0))
    ]
    rows = {"release": [release(1, category="works")], "bid": bids}
    assert told("O11.gap", **rows)[0] == pytest.approx(0.1)
    assert told("O11.cv", **rows)[0] == pytest.approx(10 / 110)
