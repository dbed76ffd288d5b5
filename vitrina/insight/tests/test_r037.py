# SPDX-License-Identifier: Apache-2.0
"""R037: a bid is thrown out and nobody says by which published requirement."""

from __future__ import annotations

from typing import Any

import pytest

from vitrina.insight.tests.tables import ids, judged

CRITERIA = [{"rid": 1, "pos": 0, "title": "Garantía de seriedad"}, {"rid": 1, "pos": 1, "title": "Experiencia"}]


def judge(*bids: tuple[str, float, str | None], criteria=CRITERIA, failed: list[int] | None = None):
    """Bids as (status, amount, reason); `failed`: those that are told to fail the first criterion."""
    rows: list[dict[str, Any]] = [
        {"rid": 1, "bid_no": n, "status": status, "amount": amount, "reason": reason}
        for n, (status, amount, reason) in enumerate(bids)
    ]
    results = [{"rid": 1, "bid_no": n, "criterion_pos": 0, "passed": False} for n in failed or ()]
    release = [{"rid": 1, "ocid": "ocds-x-1"}]
    return judged("R037", release=release, bid=rows, criterion=criteria, criterion_result=results)


def test_a_reason_that_names_no_criterion_is_flagged_and_the_lowest_bid_counts_double() -> None:
    outcome = judge(
        ("disqualified", 90.0, "No conviene"),
        ("disqualified", 100.0, "Sin GARANTIA DE SERIEDAD"),
        ("valid", 110.0, None),
    )
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == [pytest.approx(2 / 3)]


def test_a_bid_without_any_reason_beside_one_with_a_reason_is_flagged() -> None:
    outcome = judge(("valid", 90.0, None), ("disqualified", 100.0, "Falta experiencia"), ("disqualified", 95.0, None))
    assert outcome.rows.column("value").to_pylist() == [0.5]


def test_a_failed_requirement_or_a_reason_that_names_it_is_quiet() -> None:
    outcome = judge(("disqualified", 90.0, None), ("disqualified", 99.0, "Sin experiencia"), failed=[0])
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_without_any_reason_or_without_criteria_it_is_not_computable() -> None:
    assert judge(("disqualified", 90.0, None), ("valid", 99.0, None)).missing == {"bids.details.statusDetails": 1}
    assert judge(("disqualified", 90.0, "Cara"), criteria=[]).missing == {"tender.selectionCriteria": 1}


def test_a_process_without_disqualified_bids_is_not_looked_at() -> None:
    outcome = judge(("valid", 90.0, None))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {})
