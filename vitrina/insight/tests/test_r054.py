# SPDX-License-Identifier: Apache-2.0
"""R054: amendments carry a direct award over the ceiling."""

from __future__ import annotations

from datetime import date

import pytest

from vitrina import law
from vitrina.insight.tests.awards import awards
from vitrina.insight.tests.tables import ids, judged

CEILING = float(law.ceiling(10**10, year=2026, category="goods", procedure="adjudicacion_directa").value)


def judge(award: float | None, contract: float | None, *, amended: bool = True, final: float | None = None, **more):
    rows = awards(("B", "S", None if award is None else CEILING * award), **more)
    value = None if contract is None else CEILING * contract
    rows["contract"] = [{"rid": 1, "contract_no": 0, "award_no": 0, "amount": value, "currency": "MXN"}]
    rows["contract"][0]["final_centavos"] = None if final is None else round(CEILING * final * 100)
    rows["amendment"] = [{"rid": 1, "section": "contract", "contract_no": 0, "pos": 0}] if amended else []
    return judged("R054", **rows)


def test_an_amended_contract_above_the_ceiling_is_flagged() -> None:
    outcome = judge(0.9, 1.05)
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == [pytest.approx(1.05)]
    assert outcome.rows.column("basis").to_pylist() == ["amended|top_bracket"]


def test_a_rise_beyond_the_cap_on_amendments_is_told() -> None:
    assert judge(0.5, 1.05).rows.column("basis").to_pylist() == ["above_amendment_cap|top_bracket"]


def test_payments_beyond_the_value_are_a_change_too() -> None:
    assert judge(0.9, 0.95, amended=False, final=1.05).flagged == 1


def test_a_contract_that_ends_at_the_ceiling_is_quiet() -> None:
    for quiet in (judge(0.9, 1.0), judge(0.9, 0.95, amended=False, final=0.95)):
        assert (quiet.flagged, quiet.clear) == (0, 1)


def test_an_award_above_the_ceiling_is_another_flag() -> None:
    assert judge(1.1, 1.5).flagged == 0


def test_without_the_value_of_the_contract_or_of_the_ceiling_it_is_not_computable() -> None:
    assert judge(0.9, None).missing == {"contracts.value": 1}
    assert judge(0.9, 1.05, amended=False).missing == {"contracts.amendments": 1}
    assert judge(0.9, 1.05, tender_start_day=date(2011, 1, 1)).missing == {"law.ceiling": 1}


def test_open_tenders_are_not_looked_at() -> None:
    outcome = judge(0.9, 1.05, method="open")
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {})
