# SPDX-License-Identifier: Apache-2.0
"""R011: a purchase in pieces, each within the ceiling."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from vitrina import law
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

CEILING = float(law.ceiling(10**10, year=2026, category="goods", procedure="adjudicacion_directa").value)
WINDOW = law.rule("splitting.foreseeable_window", at=date(2026, 3, 2)).value


def pieces(buyer: str, shares: list[float], first: int = 1, **more):
    rows = processes([CEILING * share for share in shares], "value", first, buyer_id=buyer, method="direct")
    return [{**row, **more} for row in rows]


def test_pieces_that_together_pass_the_ceiling_are_flagged() -> None:
    rows = [*pieces("A", [0.6, 0.9]), *pieces("B", [0.5, 0.5], 10), *pieces("C", [0.5, 0.51], 20)]
    outcome = judged("R011", release=rows)
    assert ids(outcome) == ["A", "C"]
    assert outcome.rows.column("value").to_pylist() == [pytest.approx(1.5), pytest.approx(1.01)]
    assert outcome.rows.column("basis")[0].as_py() == "2026|2530|top_bracket"
    assert outcome.clear == 1


def test_other_classes_other_years_and_purchases_above_the_ceiling_are_not_pieces() -> None:
    rows = [
        *pieces("A", [0.9]),
        *pieces("A", [0.9], 2, main_class="33401"),
        *pieces("A", [0.9], 3, tender_start_day=date(2025, 3, 2)),
        *pieces("A", [1.2], 4),
    ]
    assert judged("R011", release=rows).flagged == 0


def test_only_the_ground_of_amount_counts() -> None:
    article = law.rule("exception.amount_cap", at=date(2026, 3, 2)).article
    rows = [
        *pieces("A", [0.6, 0.9], legal_ground="54-III"),
        *pieces("B", [0.6, 0.9], 10, legal_ground=f"Art. {article}"),
    ]
    assert ids(judged("R011", release=rows)) == ["B"]


def test_strict_asks_for_one_area_and_for_two_purchases_within_the_window() -> None:
    last = date(2026, 3, 2) + timedelta(days=WINDOW)
    rows = [
        *pieces("A", [0.6], 1, unit_id="u"),
        *pieces("A", [0.9], 2, unit_id="u", tender_start_day=last),
        *pieces("B", [0.6], 11, unit_id="u"),
        *pieces("B", [0.9], 12, unit_id="u", tender_start_day=last + timedelta(days=1)),
        *pieces("C", [0.6], 21, unit_id="u"),
        *pieces("C", [0.9], 22, unit_id="v"),
        *pieces("D", [0.6, 0.9], 31),
    ]
    outcome = judged("R011", {"strict": True}, release=rows)
    assert ids(outcome) == ["A"]
    assert outcome.missing == {"buyer.unit": 1}


def test_without_a_class_or_a_ceiling_it_is_not_computable() -> None:
    rows = [*pieces("A", [0.6, 0.9], main_class=None), *pieces("B", [0.6, 0.9], 10, currency="USD")]
    outcome = judged("R011", release=rows)
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"law.ceiling": 1, "tender.items.classification.id": 1}
