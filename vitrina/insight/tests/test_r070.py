# SPDX-License-Identifier: Apache-2.0
"""R070: who lost does the work. Firms 1 (won), 2 and 3 (lost) bid for process 1."""

from __future__ import annotations

from vitrina.insight.tests.deals import award, release
from vitrina.insight.tests.tables import ids, judged

WON = {"rid": 1, "award_no": 0, "pos": 0, "oid": 1}


def hired(oid: int, pos: int = 0):
    return {"rid": 1, "award_no": 0, "pos": pos, "oid": oid}


def judge(*subcontractors, bid=(1, 2, 3), said=None, more=(), **tables):
    return judged(
        "R070",
        release=release(1, *more),
        award=[award(n, has_subcontracting=said if n == 1 else None) for n in (1, *more)],
        award_supplier=[WON, *tables.pop("suppliers", [])],
        tenderer=[{"rid": 1, "pos": oid, "oid": oid} for oid in bid],
        subcontractor=list(subcontractors),
        **tables,
    )


def test_a_subcontractor_that_lost_is_flagged_and_another_firm_is_clear() -> None:
    outcome = judge(hired(2), hired(3, 1), hired(9, 2))
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == [2.0]
    assert judge(hired(9)).clear == 1
    assert judge(hired(1)).clear == 1


def test_a_process_told_as_its_subcontract_tells_who_was_hired() -> None:
    link = {"rid": 1, "section": "contract", "pos": 0, "relationship": "parent;subContract", "identifier": "ocds-x-7"}
    outcome = judge(more=(7,), suppliers=[WON | {"rid": 7, "oid": 2}], related_process=[link])
    assert ids(outcome) == ["ocds-x-1"]
    other = judge(
        more=(7,), suppliers=[WON | {"rid": 7, "oid": 2}], related_process=[link | {"relationship": "prior"}]
    )
    assert other.flagged == 0


def test_what_nobody_declares_is_never_clear() -> None:
    assert judge().missing == {"awards.subcontracting.subcontracts": 1}
    assert judge(said=True).missing == {"awards.subcontracting.subcontracts": 1}
    assert judge(said=False).clear == 1


def test_without_bidders_it_is_not_computable() -> None:
    assert judge(hired(2), bid=()).missing == {"bids.details.tenderers": 1}
