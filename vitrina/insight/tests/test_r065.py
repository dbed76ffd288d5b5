# SPDX-License-Identifier: Apache-2.0
"""R065: less to deliver, and nearly as much to pay."""

from __future__ import annotations

import pytest

from vitrina.insight.flags.contracts import HISTORY
from vitrina.insight.tests.deals import amendment, contract, line, release
from vitrina.insight.tests.tables import ids, judged


def judge(now, *lines, before=100.0):
    return judged(
        "R065",
        release=release(1),
        contract=[contract(1, now)],
        contract_item=list(lines),
        amendment=[amendment(1, amount_before=before)] if before else [],
    )


BOTH = (line(1, 0, "camas", 6, 10.0), line(1, 0, "mesas", 4, 10.0))


def test_a_line_that_goes_without_its_price_is_flagged() -> None:
    outcome = judge(100.0, *BOTH, line(1, 1, "camas", 6, 10.0))
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == pytest.approx([0.4])


def test_a_fall_in_proportion_is_clear_up_to_two_hundredths() -> None:
    fewer = line(1, 1, "camas", 6, 10.0)
    assert judge(62.0, *BOTH, fewer).clear == 1
    assert ids(judge(62.01, *BOTH, fewer)) == ["ocds-x-1"]


def test_one_line_alone_needs_no_price() -> None:
    assert ids(judge(90.0, line(1, 0, "camas", 10), line(1, 1, "camas", 8))) == ["ocds-x-1"]
    assert judge(80.0, line(1, 0, "camas", 10), line(1, 1, "camas", 8)).clear == 1


def test_nothing_taken_away_is_clear() -> None:
    assert judge(130.0, *BOTH, line(1, 1, "camas", 9, 10.0), line(1, 1, "mesas", 4, 10.0)).clear == 1


def test_with_one_version_or_without_prices_it_is_not_computable() -> None:
    assert judge(100.0, *BOTH).missing == {HISTORY: 1}
    bare = [line(1, v, n, 5 - v) for v in (0, 1) for n in ("camas", "mesas")]
    assert judge(90.0, *bare).missing == {"contracts.items.unit.value": 1}
    assert judge(90.0, line(1, 0, "camas", 10), line(1, 1, "camas", 8), before=None).missing == {
        "contracts.value in two releases": 1
    }
