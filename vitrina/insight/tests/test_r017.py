# SPDX-License-Identifier: Apache-2.0
"""R017: a unit price far from what is paid for the same item."""

from __future__ import annotations

from datetime import date

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def line(rid: int, price: float | None, **more):
    return {"rid": rid, "pos": 0, "class_id": "25301001", "unit": "caja", "unit_price": price, **more}


def usual(n: int = 9):
    return [line(k, (8.0, 10.0, 12.5)[k % 3]) for k in range(1, n + 1)]


def test_a_price_ten_times_the_median_is_flagged() -> None:
    outcome = judged("R017", release=processes([None] * 10, "title"), tender_item=[*usual(), line(10, 100.0)])
    assert ids(outcome) == ["ocds-x-10/tender/items/0"]
    assert outcome.rows.column("peer_n").to_pylist() == [10]
    assert outcome.clear == 9


def test_another_unit_or_four_years_before_is_no_peer() -> None:
    rows = processes([None] * 9, "title") + processes([None], "title", 10, tender_start_day=date(2029, 3, 2))
    outcome = judged("R017", release=rows, tender_item=[*usual(), line(10, 100.0)])
    assert (outcome.flagged, outcome.missing) == (0, {"peers": 10})
    other = judged(
        "R017", release=processes([None] * 10, "title"), tender_item=[*usual(), line(10, 100.0, unit="pieza")]
    )
    assert other.missing == {"peers": 10}


def test_two_years_before_still_is() -> None:
    rows = processes([None] * 9, "title") + processes([None], "title", 10, tender_start_day=date(2028, 3, 2))
    outcome = judged("R017", release=rows, tender_item=[*usual(), line(10, 100.0)])
    assert ids(outcome) == ["ocds-x-10/tender/items/0"]


def test_lines_of_active_awards_come_before_those_of_the_tender() -> None:
    awards = [{"rid": 10, "award_no": n, "status": status} for n, status in enumerate(("cancelled", "active"))]
    awarded = [{**line(10, 9000.0), "award_no": 0}, {**line(10, 100.0), "award_no": 1}]
    outcome = judged(
        "R017",
        release=processes([None] * 10, "title"),
        tender_item=[*usual(), line(10, 9.0)],
        award=awards,
        award_item=awarded,
    )
    assert ids(outcome) == ["ocds-x-10/awards/1/items/0"]


def test_without_a_price_or_a_unit_it_is_not_computable() -> None:
    items = [line(1, None), line(2, 5.0, unit=None)]
    outcome = judged("R017", release=processes([None] * 2, "title"), tender_item=items)
    assert outcome.missing == {"items.unit.name": 1, "items.unit.value": 1}
