# SPDX-License-Identifier: Apache-2.0
"""R073: what was received is less than what was contracted, or worse."""

from __future__ import annotations

from vitrina.insight.tests.deals import contract, line, release
from vitrina.insight.tests.tables import at, ids, judged


def received(item: str, accepted: float | None, pos: int = 0, passed: bool | None = None):
    return {"rid": 1, "contract_no": 0, "pos": pos, "item_id": item, "accepted": accepted, "passed": passed}


def judge(*records, lines=None, **more):
    return judged(
        "R073",
        release=release(1),
        contract=[contract(1, **more)],
        contract_item=lines or [line(1, 0, "camas", 10), line(1, 0, "mesas", 5)],
        reception=list(records),
    )


def test_a_line_accepted_short_is_flagged_and_one_accepted_whole_is_clear() -> None:
    outcome = judge(received("camas", 9), received("mesas", 5))
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == [0.5]
    assert judge(received("camas", 6), received("camas", 4, 1)).clear == 1


def test_a_failed_test_is_flagged() -> None:
    outcome = judge(received("camas", 10, passed=False))
    assert outcome.rows.column("basis").to_pylist() == ["failed_test"]


def test_while_the_contract_runs_the_rest_may_be_to_come() -> None:
    assert judge(received("camas", 9), end=at("2026-12-31 06:00")).clear == 1
    assert ids(judge(received("camas", 9), end=at("2026-05-31 06:00"))) == ["ocds-x-1"]


def test_the_newest_version_of_the_contract_counts() -> None:
    assert judge(received("camas", 8), lines=[line(1, 0, "camas", 10), line(1, 1, "camas", 8)]).clear == 1


def test_without_records_or_quantities_it_is_not_computable() -> None:
    assert judge().missing == {"reception records": 1}
    assert judge(received("camas", 9), lines=[line(1, 0, "camas", None)]).missing == {"contracts.items.quantity": 1}
