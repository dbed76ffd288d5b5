# SPDX-License-Identifier: Apache-2.0
"""R033: one holder with a large share of two bidders."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

ORGS = [{"oid": 0, "id": "A"}, {"oid": 1, "id": "B"}]


def holder(oid: int, share: float | None, name: str = "Fondo Ejemplo", **more):
    return {"rid": 1, "oid": oid, "pos": 0, "kind": "shareholder", "owner_name": name, "share": share, **more}


def judge(*owners, params=None):
    who = [{"rid": 1, "pos": oid, "oid": oid} for oid in (0, 1)]
    return judged("R033", params, release=processes([None], "title"), tenderer=who, org=ORGS, owner=list(owners))


def test_a_quarter_of_both_is_flagged_and_less_of_one_is_not() -> None:
    outcome = judge(holder(0, 0.9), holder(1, 0.25))
    assert ids(outcome) == ["A | B"]
    assert outcome.rows.column("value").to_pylist() == [0.25]
    assert outcome.rows.column("basis").to_pylist() == ["name"]
    quiet = judge(holder(0, 0.9), holder(1, 0.249))
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_lesser_holders_are_reported_when_asked_for() -> None:
    assert ids(judge(holder(0, 0.1), holder(1, 0.1), params={"major": 0.10})) == ["A | B"]


def test_other_holders_are_clear() -> None:
    outcome = judge(holder(0, 0.9), holder(1, 0.9, "Otro Fondo"))
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_a_share_that_is_not_told_or_no_holders_at_all_are_not_computable() -> None:
    assert judge(holder(0, 0.9), holder(1, None)).missing == {"parties.shareholders.shareholding": 1}
    beneficial = {**holder(1, 0.9), "kind": "beneficialOwner"}
    assert judge(holder(0, 0.9), beneficial).missing == {"parties.shareholders": 1}
