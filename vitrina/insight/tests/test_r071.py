# SPDX-License-Identifier: Apache-2.0
"""R071: most of the work is handed on."""

from __future__ import annotations

from vitrina.insight.tests.deals import award, release
from vitrina.insight.tests.tables import ids, judged


def judge(*awards, shares=()):
    parts = [{"rid": 1, "award_no": 0, "pos": n, "oid": n, "share": s} for n, s in enumerate(shares)]
    return judged("R071", release=release(*(a["rid"] for a in awards)), award=list(awards), subcontractor=parts)


def test_more_than_the_part_is_flagged_and_the_part_is_not() -> None:
    outcome = judge(award(1, subcontracted_share=0.49), award(2, subcontracted_share=0.5))
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.clear == 1


def test_the_parts_of_the_subcontractors_are_summed_also_in_per_cent() -> None:
    assert ids(judge(award(1), shares=(0.3, 0.3))) == ["ocds-x-1"]
    assert judge(award(1), shares=(30, 15)).clear == 1


def test_an_award_that_says_that_nothing_is_handed_on_is_clear() -> None:
    assert judge(award(1, has_subcontracting=False)).clear == 1


def test_untold_is_not_computable() -> None:
    assert judge(award(1), award(2, has_subcontracting=True)).missing == {"awards.subcontracting": 2}
