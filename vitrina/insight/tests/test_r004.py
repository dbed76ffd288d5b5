# SPDX-License-Identifier: Apache-2.0
"""R004: a competitive process that was not advertised in time."""

from __future__ import annotations

from datetime import datetime

from vitrina.insight.tests.tables import at, ids, judged

START = at("2026-03-02 15:00")


def release(rid: int, **more):
    return {"rid": rid, "ocid": f"ocds-x-{rid}", "method": "open", "tender_start": START, **more}


def notice(rid: int, published: datetime | None = START, type_: str = "tenderNotice"):
    return {"rid": rid, "section": "tender", "type": type_, "published": published}


def test_no_notice_or_one_after_the_start_is_flagged() -> None:
    documents = [notice(1), notice(2, START.replace(second=1)), notice(3, type_="biddingDocuments")]
    outcome = judged("R004", release=[release(n) for n in (1, 2, 3)], document=documents)
    assert ids(outcome) == ["ocds-x-2", "ocds-x-3"]
    assert outcome.rows.column("basis").to_pylist() == ["late_notice", "no_notice"]


def test_one_notice_in_time_is_enough() -> None:
    outcome = judged("R004", release=[release(1)], document=[notice(1, START.replace(day=9)), notice(1)])
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_direct_awards_are_not_looked_at() -> None:
    outcome = judged("R004", release=[release(1, method="direct")], document=[notice(1, type_="other")])
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {})


def test_without_documents_or_without_a_start_it_is_not_computable() -> None:
    outcome = judged("R004", release=[release(1), release(2, tender_start=None)], document=[notice(2)])
    assert outcome.missing == {"tender.documents": 1, "tender.tenderPeriod.startDate": 1}
    assert (outcome.flagged, outcome.clear) == (0, 0)
