# SPDX-License-Identifier: Apache-2.0
"""R067: deliveries after their date, or never."""

from __future__ import annotations

from vitrina.insight.tests.deals import contract, release
from vitrina.insight.tests.tables import at, ids, judged

DUE = at("2026-05-04 06:00")  # midnight in Mexico City: a date without hour


def delivery(rid: int, met=None, pos: int = 0, **more):
    base = {"rid": rid, "section": "contract", "contract_no": 0, "pos": pos, "type": "delivery", "due": DUE}
    return {**base, "met": met, **more}


def judge(*milestones, params=None):
    rids = sorted({m["rid"] for m in milestones}) or [1]
    return judged(
        "R067", params, release=release(*rids), contract=[contract(n) for n in rids], milestone=list(milestones)
    )


def test_the_day_after_is_late_and_the_evening_of_the_day_is_not() -> None:
    outcome = judge(delivery(1, at("2026-05-05 05:59")), delivery(2, at("2026-05-05 15:00")))
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.clear == 1


def test_the_value_is_the_share_of_deliveries_that_were_late_or_failed() -> None:
    outcome = judge(
        delivery(1, at("2026-05-02 15:00")),
        delivery(1, at("2026-05-20 15:00"), 1),
        delivery(1, None, 2, status="notMet"),
        delivery(1, None, 3, status="scheduled"),
    )
    assert outcome.rows.column("value").to_pylist() == [2 / 3]
    assert outcome.rows.column("basis").to_pylist() == ["not_met"]


def test_days_of_grace_are_a_parameter() -> None:
    assert judge(delivery(1, at("2026-05-08 15:00")), params={"days": 4}).clear == 1


def test_without_deliveries_or_without_what_became_of_them_it_is_not_computable() -> None:
    assert judge().missing == {"contracts.milestones": 1}
    assert judge(delivery(1, type="reporting")).missing == {"contracts.milestones": 1}
    assert judge(delivery(1)).missing == {"contracts.milestones.dateMet": 1}
