# SPDX-License-Identifier: Apache-2.0
"""R055: direct awards right at the ceiling, one after another."""

from __future__ import annotations

from datetime import date, timedelta

from vitrina import law
from vitrina.insight.flags import statutory
from vitrina.insight.tests.awards import FIRST, awards
from vitrina.insight.tests.tables import ids, judged

CEILING = float(law.ceiling(10**10, year=2026, category="goods", procedure="adjudicacion_directa").value)
ARTICLE = statutory.cite("exception.amount_cap", FIRST, procedure=statutory.DIRECT).article


def judge(*shares: float, apart: int = 30, ground: str | None = f"Art. {ARTICLE}", first: date = FIRST):
    told = [("B", "S", CEILING * share, first + timedelta(days=apart * n)) for n, share in enumerate(shares)]
    return judged("R055", **awards(*told, exception_article=ground))


def test_two_awards_at_the_ceiling_are_flagged() -> None:
    outcome = judge(0.95, 1.2)
    assert ids(outcome) == ["B | S"]
    assert outcome.rows.column("value").to_pylist() == [2.0]


def test_nine_tenths_is_at_the_ceiling_and_less_is_not() -> None:
    assert judge(0.9, 0.9).flagged == 1
    quiet = judge(0.95, 0.89)
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_awards_more_than_twelve_months_apart_do_not_count_together() -> None:
    first = date(2025, 1, 6)  # under the former law, which has it in another article
    grounds = " o ".join(
        statutory.cite("exception.amount_cap", day, procedure=statutory.DIRECT).article for day in (first, FIRST)
    )
    assert judge(0.95, 0.95, apart=364, first=first, ground=grounds).flagged == 1
    assert judge(0.95, 0.95, apart=365, first=first, ground=grounds).flagged == 0


def test_another_ground_is_no_purchase_by_amount() -> None:
    outcome = judge(0.95, 1.2, ground="Art. 54 fracción I")
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_a_ground_or_ceiling_that_is_not_told_is_not_computable() -> None:
    assert judge(0.95, 1.2, ground=None).missing == {"tender.procurementMethodRationale": 1}
    assert judge(0.95, 1.2, first=date(2011, 1, 5)).missing == {"law.ceiling": 1}
