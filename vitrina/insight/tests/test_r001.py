# SPDX-License-Identifier: Apache-2.0
"""R001: no planning document when the process was called."""

from __future__ import annotations

from datetime import date, datetime

from vitrina.insight.tests.tables import at, ids, judged

CALLED = at("2026-03-02 15:00")


def release(rid: int, **more):
    return {"rid": rid, "ocid": f"ocds-x-{rid}", "method": "open", "tender_start": CALLED, **more}


def document(rid: int, section: str = "planning", type_: str = "marketStudies", published: datetime | None = None):
    return {"rid": rid, "section": section, "type": type_, "published": published}


def test_a_process_with_documents_but_none_of_planning_is_flagged() -> None:
    documents = [document(1, "tender", "tenderNotice"), document(2), document(3, "planning", "hearingNotice")]
    assert ids(judged("R001", release=[release(n) for n in (1, 2, 3)], document=documents)) == ["ocds-x-1", "ocds-x-3"]


def test_a_planning_document_at_the_instant_of_the_call_is_in_time_and_one_second_later_is_not() -> None:
    documents = [document(1, published=CALLED), document(2, published=CALLED.replace(second=1))]
    assert ids(judged("R001", release=[release(1), release(2)], document=documents)) == ["ocds-x-2"]


def test_a_day_without_hour_never_proves_lateness() -> None:
    rows = [release(n, tender_start=None, tender_start_day=date(2026, 3, 2)) for n in (1, 2)]
    documents = [document(1, published=at("2026-03-03 07:00")), document(2, published=at("2026-03-04 00:00"))]
    assert ids(judged("R001", release=rows, document=documents)) == ["ocds-x-2"]


def test_a_process_without_any_document_is_not_computable() -> None:
    outcome = judged("R001", release=[release(1), release(2, method=None)], document=[document(2)])
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"planning.documents": 1, "tender.procurementMethod": 1}


def test_methods_for_which_planning_is_due_are_a_parameter() -> None:
    documents = [document(1, "tender"), document(2, "tender")]
    rows = [release(1), release(2, method="direct")]
    assert ids(judged("R001", {"procurement_methods": ["open"]}, release=rows, document=documents)) == ["ocds-x-1"]
