# SPDX-License-Identifier: Apache-2.0
"""R019: few bidders where other buyers get more."""

from __future__ import annotations

import pytest

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def bought(counts: list[int | None], first: int, buyer: str = "B", **more):
    return processes(counts, "n_tenderers", first, buyer_id=buyer, **more)


def test_one_bidder_where_other_buyers_get_five_is_flagged() -> None:
    rows = [*bought([1, 1, 5], 1, "A"), *bought([5] * 30, 10)]
    outcome = judged("R019", release=rows)
    assert ids(outcome) == ["ocds-x-1", "ocds-x-2"]
    assert outcome.rows.column("threshold").to_pylist() == [5.0, 5.0]
    assert outcome.rows.column("peer_n").to_pylist() == [30, 30]
    assert outcome.rows.column("basis").to_pylist() == ["numberOfTenderers"] * 2


def test_where_others_get_few_too_it_is_quiet_and_the_buyers_own_do_not_count() -> None:
    rows = [*bought([1] * 10, 1, "A"), *bought([1] * 4 + [5] * 26, 20)]
    outcome = judged("R019", release=rows)
    assert outcome.flagged == 0
    rows = [*bought([1] * 10, 1, "A"), *bought([1] * 2 + [5] * 28, 20)]
    assert len(ids(judged("R019", release=rows))) == 10


def test_the_quantile_is_between_two_numbers_where_it_falls_between_them() -> None:
    # Of 30, h = 30.33 x 0.1 + 0.33 = 3.367: between the third and the fourth.
    rows = [*bought([1], 1, "A"), *bought([1] * 3 + [5] * 27, 20)]
    outcome = judged("R019", release=rows)
    assert outcome.rows.column("threshold").to_pylist() == [pytest.approx(1 + 4 * (30 + 1 / 3) * 0.1 + 4 / 3 - 12)]


def test_few_others_or_no_number_is_not_computable_and_many_bidders_are_clear() -> None:
    rows = [*bought([1, None, 3], 1, "A"), *bought([5] * 29, 10)]
    outcome = judged("R019", release=rows)
    assert (outcome.flagged, outcome.clear) == (0, 30)
    assert outcome.missing == {"peers": 1, "tender.numberOfTenderers": 1}
