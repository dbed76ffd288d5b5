# SPDX-License-Identifier: Apache-2.0
"""R049: direct awards that each stay below the ceiling and together pass it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from vitrina import law
from vitrina.insight.tests.awards import FIRST, awards
from vitrina.insight.tests.tables import ids, judged

CEILING = float(law.ceiling(10**10, year=2026, category="goods", procedure="adjudicacion_directa").value)


def direct(*shares: float, apart: int = 30, supplier: str = "S", first: date = FIRST):
    """Direct awards of these shares of the ceiling, `apart` days one from the next."""
    return [("B", supplier, CEILING * share, first + timedelta(days=apart * n)) for n, share in enumerate(shares)]


def test_three_awards_whose_sum_passes_the_ceiling_are_flagged() -> None:
    outcome = judged("R049", **awards(*direct(0.4, 0.4, 0.4), *direct(0.2, 0.2, 0.2, supplier="Z")))
    assert ids(outcome) == ["B | S"]
    assert outcome.rows.column("value").to_pylist() == [pytest.approx(1.2)]
    assert outcome.rows.column("basis").to_pylist() == ["top_bracket"]
    assert outcome.clear == 1


def test_two_awards_are_too_few_and_a_sum_at_the_ceiling_does_not_pass_it() -> None:
    outcome = judged("R049", **awards(*direct(0.9, 0.9), *direct(0.5, 0.25, 0.25, supplier="Z")))
    assert (outcome.flagged, outcome.clear) == (0, 2)


def test_an_award_above_the_ceiling_is_not_a_piece() -> None:
    assert judged("R049", **awards(*direct(0.3, 0.3, 2.0))).flagged == 0


def test_pieces_further_apart_than_twelve_months_do_not_add_up() -> None:
    first = date(2025, 1, 5)
    near, far = (
        direct(0.4, 0.4, 0.4, apart=182, first=first),
        direct(0.4, 0.4, 0.4, apart=183, first=first, supplier="Z"),
    )
    assert ids(judged("R049", **awards(*near, *far))) == ["B | S"]


def test_awards_to_several_suppliers_and_open_tenders_do_not_add_up() -> None:
    several = [(buyer, f"S{n}", amount, day) for n, (buyer, _, amount, day) in enumerate(direct(0.4, 0.4, 0.4))]
    assert judged("R049", **awards(*several)).flagged == 0
    outcome = judged("R049", **awards(*direct(0.4, 0.4, 0.4), method="open"))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {})


def test_a_year_without_recorded_ceilings_is_not_computable() -> None:
    old = [("B", "S", 100.0, date(2011, 3, 1 + n)) for n in range(3)]
    outcome = judged("R049", **awards(*old))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"law.ceiling": 1})
