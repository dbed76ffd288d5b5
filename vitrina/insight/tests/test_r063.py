# SPDX-License-Identifier: Apache-2.0
"""R063: the text of the contract is not there when it should be. The data are of 1 June 2026."""

from __future__ import annotations

from datetime import date

from vitrina.insight.tests.deals import contract, release
from vitrina.insight.tests.tables import at, ids, judged

SIGNED = date(2026, 3, 2)
TERM = "date 30 days after contracts.dateSigned"


def paper(rid: int, kind: str = "contractSigned", section: str = "contract", **more):
    return {"rid": rid, "section": section, "parent_no": 0, "pos": 0, "type": kind, **more}


def judge(*papers, signed=SIGNED, rids=(1,), params=None):
    return judged(
        "R063",
        params,
        release=release(*rids),
        contract=[contract(n, date_signed_day=signed) for n in rids],
        document=list(papers),
    )


def test_a_contract_that_nobody_can_read_is_flagged() -> None:
    outcome = judge(paper(1, "tenderNotice", "tender"), paper(2), rids=(1, 2))
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("basis").to_pylist() == ["absent"]
    assert outcome.clear == 1


def test_published_a_day_after_the_term_is_late_and_on_its_last_day_is_not() -> None:
    outcome = judge(
        paper(1, published=at("2026-04-01 15:00")), paper(2, published=at("2026-04-02 15:00")), rids=(1, 2)
    )
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.rows.column("value").to_pylist() == [31.0]


def test_data_from_before_the_end_of_the_term_cannot_tell() -> None:
    notice = paper(1, "tenderNotice", "tender")
    assert judge(notice, signed=date(2026, 5, 2)).missing == {TERM: 1}
    assert ids(judge(notice, signed=date(2026, 5, 1))) == ["ocds-x-1"]


def test_unsigned_or_without_any_document_it_is_not_computable() -> None:
    assert judge(paper(1), signed=None).missing == {"contracts.dateSigned": 1}
    assert judge().missing == {"contracts.documents": 1}
