# SPDX-License-Identifier: Apache-2.0
"""R066: an amendment buys more of a line, or a line that nobody competed for."""

from __future__ import annotations

from datetime import date

from vitrina import law
from vitrina.insight.flags.contracts import HISTORY
from vitrina.insight.tests.deals import contract, line, release
from vitrina.insight.tests.tables import ids, judged

CAP = float(law.rule("amendment.line.max", at=date(2026, 3, 2)).value)


def judge(*lines, asked=(), **more):
    tender = [{"rid": 1, "pos": n, "item_id": name} for n, name in enumerate(asked)]
    return judged(
        "R066", release=release(1, **more), contract=[contract(1)], contract_item=list(lines), tender_item=tender
    )


def test_a_line_that_grew_beyond_the_cap_of_the_law_is_flagged_and_at_the_cap_is_not() -> None:
    most = 100 * (1 + CAP)
    outcome = judge(line(1, 0, "camas", 100), line(1, 1, "camas", most + 1))
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("threshold").to_pylist() == [CAP]
    assert judge(line(1, 0, "camas", 100), line(1, 1, "camas", most)).clear == 1


def test_a_new_line_is_flagged_unless_the_tender_has_it() -> None:
    lines = (line(1, 0, "camas", 10), line(1, 1, "camas", 10), line(1, 1, "grúas", 1))
    outcome = judge(*lines)
    assert outcome.rows.column("basis").to_pylist() == ["new_line"]
    assert judge(*lines, asked=("camas", "grúas")).clear == 1


def test_a_line_that_shrinks_is_clear() -> None:
    assert judge(line(1, 0, "camas", 10), line(1, 1, "camas", 4)).clear == 1


def test_with_one_version_or_without_quantities_it_is_not_computable() -> None:
    assert judge(line(1, 0, "camas", 10)).missing == {HISTORY: 1}
    assert judge(line(1, 0, "camas", None), line(1, 1, "camas", 9)).missing == {"contracts.items.quantity": 1}
