# SPDX-License-Identifier: Apache-2.0
"""R010: awarded without competition and without a ground."""

from __future__ import annotations

from vitrina import law
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import at, ids, judged

FIELDS = law.rule("exception.justification.fields", at=at("2026-03-02").date()).value


def direct(*grounds: str | None, **more):
    return processes(grounds, "legal_ground", method="direct", **more)


def justification(rid: int, fields: list[str]):
    return [{"rid": rid, "field": field, "text": "dicho"} for field in fields]


def test_a_direct_award_without_a_ground_is_flagged() -> None:
    rows = [*direct(None, " ", "54-II"), *processes([None], "legal_ground", first=9)]
    outcome = judged("R010", release=rows)
    assert ids(outcome) == ["ocds-x-1", "ocds-x-2"]
    assert outcome.clear == 1


def test_free_words_are_a_ground_only_where_the_mexican_law_does_not_hold() -> None:
    rows = [
        *direct(None, method_rationale="Urgente"),
        *direct(None, first=2, method_rationale="Urgent", currency="USD"),
    ]
    assert ids(judged("R010", release=rows)) == ["ocds-x-1"]


def test_a_justification_that_lacks_a_field_of_the_law_is_flagged() -> None:
    given = [*justification(1, FIELDS), *justification(2, FIELDS[:-1])]
    given.append({"rid": 2, "field": FIELDS[-1], "text": " "})
    outcome = judged("R010", release=direct("54-I", "54-I"), justification=given)
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.rows.column("basis").to_pylist() == ["fields"]


def test_a_study_published_after_the_award_is_flagged() -> None:
    awards = [{"rid": n, "award_no": 0, "status": "active", "date": at("2026-03-20 18:00")} for n in (1, 2)]
    papers = [
        {"rid": 1, "section": "planning", "type": "marketStudies", "published": at("2026-03-20 18:00")},
        {"rid": 2, "section": "planning", "type": "marketStudies", "published": at("2026-03-20 18:01")},
    ]
    outcome = judged("R010", release=direct("54-I", "54-I"), award=awards, document=papers)
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.rows.column("basis").to_pylist() == ["late"]


def test_without_a_method_it_is_not_computable() -> None:
    outcome = judged("R010", release=processes([None], "legal_ground", method=None))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"tender.procurementMethod": 1})
