# SPDX-License-Identifier: Apache-2.0
"""R032: one person behind two bidders."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

ORGS = [{"oid": n, "id": name} for n, name in enumerate(("MX-RFC-C", "MX-RFC-A", "MX-RFC-B"))]


def owner(oid: int, **more):
    return {"rid": 1, "oid": oid, "pos": 0, "kind": "beneficialOwner", **more}


def judge(*owners, params=None, n: int = 2, processes_of: int = 1):
    rows = processes([None] * processes_of, "title")
    who = [{"rid": row["rid"], "pos": oid, "oid": oid} for row in rows for oid in range(n)]
    return judged("R032", params, release=rows, tenderer=who, org=ORGS, owner=list(owners))


def test_the_same_id_is_flagged_and_the_pair_is_named_in_order() -> None:
    outcome = judge(owner(0, owner_id="P1", owner_name="X"), owner(1, owner_id="P1", owner_name="Y"), processes_of=3)
    assert ids(outcome) == ["MX-RFC-A | MX-RFC-C"]
    assert outcome.rows.column("value").to_pylist() == [3.0]
    assert outcome.rows.column("basis").to_pylist() == ["id"]


def test_name_and_year_of_birth_are_enough_whatever_the_accents() -> None:
    outcome = judge(
        owner(0, owner_name=" Ana Núñez", birth_year=1970), owner(1, owner_name="ANA NUNEZ", birth_year=1970)
    )
    assert outcome.rows.column("basis").to_pylist() == ["name_and_birth"]


def test_a_name_alone_is_not_computable_unless_asked_for() -> None:
    both = owner(0, owner_name="Ana Núñez"), owner(1, owner_name="Ana Núñez", birth_year=1970)
    outcome = judge(*both)
    assert (outcome.flagged, outcome.missing) == (0, {"parties.beneficialOwners.id": 1})
    assert judge(*both, params={"names_alone": True}).flagged == 1


def test_other_ids_or_years_of_birth_are_other_people() -> None:
    outcome = judge(
        owner(0, owner_id="P1", owner_name="Ana Núñez", birth_year=1970),
        owner(1, owner_id="P2", owner_name="Ana Núñez", birth_year=1970),
    )
    assert (outcome.flagged, outcome.clear) == (0, 1)
    outcome = judge(
        owner(0, owner_name="Ana Núñez", birth_year=1970), owner(1, owner_name="Ana Núñez", birth_year=1971)
    )
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_a_pair_of_which_one_tells_no_owner_is_not_computable() -> None:
    outcome = judge(owner(0, owner_id="P1"), owner(1, owner_id="P2"), n=3)
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 1, {"parties.beneficialOwners": 2})
