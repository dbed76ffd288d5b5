# SPDX-License-Identifier: Apache-2.0
"""R031: the award comes to the estimate."""

from __future__ import annotations

from datetime import date

import pytest

from vitrina import law
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

MARGIN = float(law.rule("price.not_acceptable.margin", at=date(2026, 3, 2)).value)


def awards(*amounts: float, rid: int = 1, currency: str = "MXN"):
    return [
        {"rid": rid + n, "award_no": 0, "status": "active", "amount": amount, "currency": currency}
        for n, amount in enumerate(amounts)
    ]


def test_from_98_hundredths_of_the_estimate_it_is_flagged() -> None:
    paid = awards(979.9, 980.0, 1000.01, 1000.0 * (1 + MARGIN) + 0.01)
    outcome = judged("R031", release=processes([1000.0] * 4, "value"), award=paid)
    assert ids(outcome) == ["ocds-x-2", "ocds-x-3", "ocds-x-4"]
    assert outcome.rows.column("basis").to_pylist() == ["close", "above", "above_margin"]
    assert outcome.rows.column("value").to_pylist()[0] == pytest.approx(0.98)


def test_several_awards_are_added() -> None:
    paid = [*awards(500.0), {**awards(490.0)[0], "award_no": 1}]
    assert ids(judged("R031", release=processes([1000.0], "value"), award=paid)) == ["ocds-x-1"]


def test_an_estimate_equal_to_the_award_is_no_estimate_and_the_budget_takes_its_place() -> None:
    rows = [*processes([1000.0], "value"), *processes([1000.0], "value", 2, budget=1010.0, budget_currency="MXN")]
    outcome = judged("R031", release=rows, award=awards(1000.0, 1000.0))
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.missing == {"tender.value known before the award": 1}


def test_without_an_estimate_an_award_or_one_currency_it_is_not_computable() -> None:
    rows = processes([None, 1000.0, 1000.0], "value")
    outcome = judged("R031", release=rows, award=[*awards(990.0), *awards(990.0, rid=3, currency="USD")])
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"tender.value": 1, "awards.value": 1, "tender.value known before the award": 1}
