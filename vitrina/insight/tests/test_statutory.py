# SPDX-License-Identifier: Apache-2.0
"""The values of the law beside each Mexican process: which law, which ceiling, how many working days."""

from __future__ import annotations

from datetime import date

import pytest

from vitrina import law
from vitrina.insight.flags import statutory
from vitrina.insight.tests.tables import tables
from vitrina.law import loader


def release(rid: int, day: date = date(2026, 3, 2), **more):
    return {
        "rid": rid,
        "ocid": f"ocds-x-{rid}",
        "method": "open",
        "category": "goods",
        "character": "N",
        "currency": "MXN",
        "tender_start_day": day,
        "buyer_oid": 1,
        **more,
    }


def told(*rows, place: str = "", **more):
    with tables(release=list(rows), **more) as t:
        t.manifest.place = place
        return {row["rid"]: row for row in t.rows(statutory.statutory(t))}


def test_terms_depend_on_the_law_of_the_day_and_the_character() -> None:
    found = told(release(1), release(2, character="T"), release(3, date(2024, 5, 6)), release(4, category="works"))
    assert [found[n]["law"] for n in (1, 2, 3, 4)] == ["LAASSP-2025", "LAASSP-2025", "LAASSP-2000", "LOPSRM"]
    for n, character in ((1, "N"), (2, "T")):
        rule = law.rule(statutory.TERMS["publication_min"], at=date(2026, 3, 2), procedure="open", character=character)
        assert found[n]["publication_min_days"] == rule.value
    assert found[1]["signature_max_wd"] is not None
    assert found[3]["signature_max_days"] is not None
    assert found[3]["signature_max_wd"] is None


def test_a_character_that_is_not_told_gets_the_most_lenient_term() -> None:
    found = told(release(1), release(2, character=None))
    assert found[2]["character"] is None
    assert found[2]["publication_min_days"] == found[1]["publication_min_days"]


def test_ceilings_follow_the_bracket_of_the_buyer_and_else_the_top_one() -> None:
    budget = [{"buyer_oid": 2, "year": 2026, "amount": 20_000_000.0}]
    found = told(release(1), release(2, buyer_oid=2), release(3, category="works"), buyer_budget=budget)
    top = law.ceiling(10**10, year=2026, category="goods", procedure="adjudicacion_directa").value
    own = law.ceiling(20_000_000, year=2026, category="goods", procedure="adjudicacion_directa").value
    works = law.ceiling(10**11, year=2026, category="works", procedure="invitacion_tres_personas").value
    assert (found[1]["t_da"], found[1]["budget_known"]) == (top, False)
    assert (found[2]["t_da"], found[2]["budget_known"]) == (own, True)
    assert found[3]["t_i3"] == works


def test_a_year_that_is_not_recorded_has_no_ceiling() -> None:
    found = told(release(1, date(2019, 3, 1)))
    assert (found[1]["t_da"], found[1]["publication_min_days"]) == (None, 15.0)


def test_only_mexican_processes_are_told_the_law() -> None:
    orgs = [{"oid": 5, "country": "MX"}, {"oid": 6, "country": "PY"}]
    rows = [release(1), release(2, currency="USD"), release(3, currency="USD", buyer_oid=5), release(4, buyer_oid=6)]
    assert sorted(told(*rows, org=orgs)) == [1, 3]
    assert sorted(told(*rows, place="py", org=orgs)) == []
    contract = [{"rid": 1, "contract_no": 0, "currency": "MXN"}]
    assert sorted(told(release(1, currency=None), release(2, currency=None), contract=contract)) == [1]
    assert sorted(told(*rows, place="mx", org=orgs)) == [1, 2, 3, 4]


def test_a_state_whose_law_is_not_recorded_gets_no_federal_numbers() -> None:
    found = told(release(1), place="coah")
    assert found[1]["publication_min_days"] is None or found[1]["law"].startswith("COAH")


def test_the_details_tell_the_procedure_before_the_method() -> None:
    rows = [
        release(1, method="limited"),
        release(2, method="limited", method_detail="Invitación a cuando menos tres personas"),
        release(3, method="open", method_detail="Adjudicación Directa"),
        release(4, method=None),
    ]
    found = told(*rows)
    assert [found[n]["procedure"] for n in (1, 2, 3, 4)] == [
        "adjudicacion_directa",
        "invitacion_tres_personas",
        "adjudicacion_directa",
        None,
    ]


def test_working_days_are_those_of_the_calendar() -> None:
    start, last = (
        date(2026, 1, 30),
        law.due(law.rule("term.award_to_signature.max", at=date(2026, 1, 30)), date(2026, 1, 30)).end,
    )
    rows = [
        release(1, start, award_start_day=last),
        release(2, last, award_start_day=date(2026, 2, 20)),
        release(3, start),
    ]
    with tables(release=rows) as t:
        found = statutory.working_between(t, t.release, "tender_start_day", "award_start_day", "days")
        days = {row["rid"]: row["days"] for row in t.rows(found.select("rid", "days"))}
    assert days == {1: 15, 2: -1, 3: None}


@pytest.mark.parametrize("key", [*statutory.TERMS.values(), *statutory.CEILINGS.values()])
def test_every_key_is_one_of_the_rulebook(key) -> None:
    assert key in loader.tables().rows


def test_a_rule_can_be_cited_with_its_article_and_certainty() -> None:
    rule = statutory.cite("term.publication_to_opening.min", date(2026, 3, 2), character="N")
    assert rule is not None
    assert (rule.value, rule.article, rule.certainty) == (15, "42", "S")
    assert statutory.cite("term.publication_to_opening.min", date(2026, 3, 2), place="coah") is None
