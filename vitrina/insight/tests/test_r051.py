# SPDX-License-Identifier: Apache-2.0
"""R051: a market in few hands."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vitrina.insight.tests.awards import awards
from vitrina.insight.tests.tables import ids, judged

SMALL = {"cell_min": 10}


def market(*suppliers: str, year: int = 2026) -> list[Any]:
    return [("B", supplier, 100.0, date(year, 1, 5)) for supplier in suppliers]


def test_a_market_of_three_suppliers_is_flagged_and_one_of_ten_is_not() -> None:
    outcome = judged("R051", SMALL, **awards(*market(*"AAAAABBBCC")))
    assert ids(outcome) == ["2530"]
    assert outcome.rows.column("value").to_pylist() == [pytest.approx(3800.0)]
    quiet = judged("R051", SMALL, **awards(*market(*"ABCDEFGHIJ")))
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_an_index_at_the_limit_is_quiet() -> None:
    outcome = judged("R051", SMALL, **awards(*market(*"AAABBBCCCDDD")))
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_a_rise_within_a_year_is_flagged_below_the_limit() -> None:
    before, after = "ABCDEFGHIJ", "AAABBBCDEF"
    outcome = judged("R051", SMALL, **awards(*market(*before, year=2025), *market(*after)))
    assert outcome.rows.column("basis").to_pylist() == ["2026|rise"]
    assert outcome.rows.column("threshold").to_pylist() == [pytest.approx(1500.0)]
    slow = judged("R051", SMALL, **awards(*market(*"AABBCCDDEF", year=2025), *market(*after)))
    assert slow.flagged == 0


def test_few_awards_are_not_computable() -> None:
    outcome = judged("R051", {"cell_min": 5}, **awards(*market(*"AAAAAAAAA")))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"n>=10": 1})
