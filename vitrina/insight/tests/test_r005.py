# SPDX-License-Identifier: Apache-2.0
"""R005: key documents of a competitive process are missing or late."""

from __future__ import annotations

from datetime import datetime, timedelta

from vitrina.insight.tests.tables import at, ids, judged

START = at("2026-03-02 15:00")
KEY = ("biddingDocuments", "technicalSpecifications", "evaluationCriteria", "contractDraft")


def release(rid: int, **more):
    return {"rid": rid, "ocid": f"ocds-x-{rid}", "method": "open", "tender_start": START, **more}


def documents(rid: int, *types: str, published: datetime = START):
    return [{"rid": rid, "section": "tender", "type": type_, "published": published} for type_ in types]


def test_the_value_is_the_share_of_key_documents_that_is_lacking() -> None:
    given = [*documents(1, *KEY), *documents(2, *KEY[:3]), *documents(3, "tenderNotice")]
    outcome = judged("R005", release=[release(n) for n in (1, 2, 3)], document=given)
    assert ids(outcome) == ["ocds-x-2", "ocds-x-3"]
    assert outcome.rows.column("value").to_pylist() == [0.25, 1.0]


def test_a_document_may_come_a_day_after_the_start_and_not_later() -> None:
    day = timedelta(days=1)
    given = [
        *documents(1, *KEY, published=START + day),
        *documents(2, *KEY, published=START + day + timedelta(seconds=1)),
    ]
    assert ids(judged("R005", release=[release(1), release(2)], document=given)) == ["ocds-x-2"]


def test_the_list_is_a_parameter() -> None:
    given = documents(1, "biddingDocuments")
    assert ids(judged("R005", {"documents": ["biddingDocuments"]}, release=[release(1)], document=given)) == []


def test_without_any_document_it_is_not_computable() -> None:
    outcome = judged("R005", release=[release(1), release(2, method="direct")])
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"tender.documents": 1})
