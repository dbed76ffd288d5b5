# SPDX-License-Identifier: Apache-2.0
"""R069: the same, dearer."""

from __future__ import annotations

import pytest

from vitrina.insight.flags.contracts import HISTORY
from vitrina.insight.tests.deals import amendment, contract, line, release
from vitrina.insight.tests.tables import ids, judged


def judge(now, *lines, before=100.0):
    return judged(
        "R069",
        release=release(1),
        contract=[contract(1, now)],
        contract_item=list(lines),
        amendment=[amendment(1, amount_before=before)] if before else [],
    )


def test_a_unit_price_that_rose_is_flagged() -> None:
    outcome = judge(100.0, line(1, 0, "camas", 10, 10.0), line(1, 1, "camas", 8, 12.5))
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == pytest.approx([0.25])
    assert outcome.rows.column("basis").to_pylist() == ["unit_price"]


def test_a_value_that_rose_with_the_same_quantities_is_flagged() -> None:
    same = (line(1, 0, "camas", 10), line(1, 1, "camas", 10))
    outcome = judge(110.0, *same)
    assert outcome.rows.column("basis").to_pylist() == ["value"]
    assert judge(100.0, *same).clear == 1
    assert judge(100.1, *same).clear == 1


def test_more_of_the_same_at_the_same_price_is_clear() -> None:
    assert judge(200.0, line(1, 0, "camas", 10, 10.0), line(1, 1, "camas", 20, 10.0)).clear == 1


def test_with_one_version_or_neither_price_nor_same_quantity_it_is_not_computable() -> None:
    assert judge(110.0, line(1, 0, "camas", 10, 10.0)).missing == {HISTORY: 1}
    assert judge(110.0, line(1, 0, "camas", 10), line(1, 1, "camas", 12)).missing == {"contracts.items.unit.value": 1}
