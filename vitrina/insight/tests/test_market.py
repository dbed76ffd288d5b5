# SPDX-License-Identifier: Apache-2.0
"""Markets and cells: the narrowest group with enough peers, and what is told of a process within it."""

from __future__ import annotations

from datetime import date

import pytest

from vitrina.insight.flags import market
from vitrina.insight.tests.tables import tables


def releases(code: str | None, n: int, first: int = 0, year: int = 2025, **more):
    return [
        {
            "rid": first + i,
            "ocid": f"ocds-x-{first + i}",
            "method": "open",
            "category": "goods",
            "main_class": code,
            "tender_start_day": date(year, 3, 1),
            **more,
        }
        for i in range(n)
    ]


def by_rid(t, table):
    return {row["rid"]: row for row in t.rows(table)}


def test_a_market_is_four_digits_where_enough_share_them() -> None:
    rows = [*releases("25301001", 3), *releases("25301999", 2, first=10), *releases("25400000", 1, first=20)]
    with tables(release=rows) as t:
        found = by_rid(t, market.markets(t, cell_min=5))
    assert (found[0]["market"], found[0]["digits"]) == ("2530", 4)
    assert (found[20]["market"], found[20]["digits"]) == ("25", 2)


def test_a_lonely_class_falls_back_to_its_category_and_no_class_at_all_too() -> None:
    rows = [*releases("25301001", 2), *releases(None, 1, first=10), *releases(None, 1, first=20, category=None)]
    with tables(release=rows) as t:
        found = by_rid(t, market.markets(t, cell_min=5))
    assert [found[n]["market"] for n in (0, 10, 20)] == ["goods", "goods", None]


def test_codes_of_another_scheme_do_not_mix() -> None:
    rows = [*releases("25301001", 2), *releases("25301001", 2, first=10, main_class_scheme="UNSPSC")]
    with tables(release=rows) as t:
        found = by_rid(t, market.markets(t, cell_min=2))
    assert (found[0]["market"], found[10]["market"]) == ("2530", "UNSPSC:2530")


def test_the_class_of_a_process_is_that_of_its_first_item_when_it_has_none() -> None:
    items = [{"rid": 0, "pos": 1, "class_id": "33"}, {"rid": 0, "pos": 0, "class_id": "25301"}]
    award = [
        {"rid": 0, "award_no": 0, "pos": 0, "class_id": "99"},
        {"rid": 1, "award_no": 0, "pos": 0, "class_id": "9"},
    ]
    with tables(release=releases(None, 2), tender_item=items, award_item=award) as t:
        found = by_rid(t, market.classes(t))
    assert (found[0]["code"], found[1]["code"]) == ("25301", "9")


def test_a_cell_takes_the_three_years_that_end_with_the_year_before_it_takes_a_wider_market() -> None:
    rows = [
        *releases("25301", 2, year=2023),
        *releases("25301", 2, first=10, year=2024),
        *releases("25301", 1, first=20, year=2025),
        *releases("25399", 9, first=30, year=2025),
    ]
    with tables(release=rows) as t:
        found = by_rid(t, market.cells(t, cell_min=5))
    assert found[20]["n"] == 5
    assert found[30]["n"] == 9
    assert found[0]["cell"] is None


def test_works_are_compared_within_their_region() -> None:
    rows = [
        *releases("61200", 3, category="works", region="Sonora"),
        *releases("61200", 2, first=10, category="works", region="Oaxaca"),
    ]
    with tables(release=rows) as t:
        found = by_rid(t, market.cells(t, cell_min=3))
    assert (found[0]["n"], found[10]["cell"]) == (3, None)


def test_a_process_in_a_wide_cell_is_compared_with_those_judged_in_narrow_ones() -> None:
    rows = [*releases("25301", 4, value=10.0), *releases("25388", 1, first=10, value=90.0)]
    with tables(release=rows) as t:
        values = t.release.select("rid", "value")
        found = by_rid(t, market.standing(t, "X", values, "value", {"top": 0.95}, cell_min=3))
    assert (found[0]["peer_n"], found[10]["peer_n"]) == (4, 5)
    assert found[10]["percentile"] == pytest.approx(0.9)


def test_fences_and_robust_scores_of_a_cell() -> None:
    amounts = [1.0, 2.0, 3.0, 4.0, 5.0, 100.0]
    rows = [{**row, "value": amount} for row, amount in zip(releases("25301", 6), amounts, strict=True)]
    with tables(release=rows) as t:
        values = t.release.select("rid", "value")
        fenced = by_rid(t, market.fenced(t, "F", values, "value", cell_min=6))
        scored = by_rid(t, market.scored(t, "Z", values, "value", cell_min=6))
        alone = by_rid(t, market.scored(t, "A", values, "value", cell_min=7))
    assert fenced[5]["upper"] < 100.0
    assert scored[5]["z"] == pytest.approx((100 - 3.5) / (1.4826 * 1.5))
    assert (alone[5]["z"], alone[5]["cell"]) == (None, None)


def test_without_spread_there_are_no_fences_and_no_score() -> None:
    rows = [{**row, "value": 7.0} for row in releases("25301", 6)]
    with tables(release=rows) as t:
        values = t.release.select("rid", "value")
        fenced = by_rid(t, market.fenced(t, "F", values, "value", cell_min=6))
        scored = by_rid(t, market.scored(t, "Z", values, "value", cell_min=6))
    assert (fenced[0]["upper"], fenced[0]["peer_n"], scored[0]["z"]) == (None, 6, None)


def test_cells_may_be_cut_by_the_number_of_bidders() -> None:
    rows = [{**row, "value": float(i), "n_tenderers": 2 + i % 2} for i, row in enumerate(releases("25301", 8))]
    with tables(release=rows) as t:
        values = t.release.select("rid", "value", "n_tenderers")
        found = by_rid(t, market.standing(t, "B", values, "value", {"top": 0.5}, by=["n_tenderers"], cell_min=4))
    assert found[0]["peer_n"] == 4
    assert found[0]["top"] == 3.0
    assert found[1]["top"] == 4.0
