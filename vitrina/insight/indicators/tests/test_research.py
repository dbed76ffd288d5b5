# SPDX-License-Identifier: Apache-2.0
"""The programme, market research, exceptions, places of delivery, payment and disputes: A03, A04, A07, A15, A21…"""

from __future__ import annotations

from datetime import date

from .worked import at, measured, told

CALL = at(2026, 3, 2)
MXN = {"currency": "MXN", "status": "active"}


def release(rid: int, **more):
    return {"rid": rid, "ocid": f"x-{rid}", "currency": "MXN", "tender_start": CALL,
            "tender_start_day": CALL.date(), **more}  # fmt: skip


def paper(rid: int, kind: str, published, section: str = "planning"):
    return {"rid": rid, "section": section, "pos": 0, "type": kind, "published": published}


def test_days_from_the_end_of_january_to_the_programme() -> None:
    papers = [paper(1, "procurementPlan", at(2026, 2, 10, 6)), paper(2, "procurementPlan", None)]
    assert told("A03.days", release=[release(1), release(2)], document=papers) == (
        *(10.0, 1, {"planning.documents.datePublished (procurementPlan)": 1}),
    )


def test_research_with_two_sources_and_a_study_by_the_call() -> None:
    quotes = [
        {"rid": rid, "request_no": 0, "quote_no": n, "oid": n} for rid, n in ((1, 0), (1, 1), (2, 0), (3, 5), (3, 6))
    ]
    papers = [paper(1, "marketStudies", at(2026, 2, 1)), paper(3, "marketStudies", at(2026, 4, 1))]
    rows = {"release": [release(n) for n in range(1, 5)], "quote": quotes, "document": papers}
    assert told("A04", **rows) == (1 / 3, 3, {"planning.requestsForQuotes.quotes": 1})
    assert measured("A04", release=[release(1)])[0]["missing"].startswith("planning.requestsForQuotes.quotes|")


def test_saving_against_the_median_quote_of_each_line() -> None:
    lines = [
        {"rid": 1, "request_no": 0, "quote_no": n, "line": 0, "item_id": "1", "unit_price": p, "currency": "MXN"}
        for n, p in enumerate((10.0, 12.0, 20.0))
    ]
    items = [
        {"rid": rid, "award_no": 0, "pos": 0, "item_id": "1", "quantity": 5.0, "unit_price": 9.0, "currency": "MXN"}
        for rid in (1, 2)
    ]
    awards = [{"rid": rid, "award_no": 0, **MXN} for rid in (1, 2)]
    rows = {"release": [release(1), release(2)], "award": awards, "award_item": items, "quote_line": lines}
    assert told("A15", **rows) == (0.25, 1, {"planning.requestsForQuotes.quotes.items.unit.value": 1})


def test_exceptions_with_their_justification_and_opinion_by_the_award() -> None:
    releases = [
        release(n, exception_article=a, method="direct")
        for n, a in ((1, "54-II"), (2, "ART. 54 FR. V"), (3, "55"), (4, "54-I"))
    ]
    filled = [
        {"rid": rid, "field": f"f{n}", "text": "dicho"} for rid, upto in ((1, 7), (2, 6), (4, 7)) for n in range(upto)
    ]
    papers = [paper(1, "marketStudies", at(2026, 3, 1)), paper(2, "marketStudies", at(2026, 3, 1)),
              paper(4, "marketStudies", at(2026, 5, 1))]  # fmt: skip
    awards = [
        {"rid": n, "award_no": 0, "date": at(2026, 4, 1), "date_day": date(2026, 4, 1), **MXN} for n in range(1, 5)
    ]
    rows = {"release": releases, "award": awards, "document": papers}
    assert told("A07", justification=filled, **rows) == (1 / 3, 3, {})
    assert (
        measured("A07", **rows)[0]["missing"]
        == "tender.legalBasis.id|justification.text|planning.documents.datePublished"
    )


def test_purchases_of_which_no_line_tells_its_place() -> None:
    items = [{"rid": 1, "pos": 0, "has_place": True}, {"rid": 1, "pos": 1}, {"rid": 2, "pos": 0}]
    rows = {"release": [release(1), release(2), release(3)]}
    assert told("U051", tender_item=items, **rows) == (0.5, 2, {})
    nowhere = [item | {"has_place": None} for item in items]
    assert measured("U051", tender_item=nowhere, **rows)[0]["state"] == "nc"


def test_payments_by_their_date_in_purchases_and_in_works() -> None:
    due = {"section": "implementation", "contract_no": 0, "type": "financing", "due": at(2026, 2, 1)}
    releases = [release(1, date=at(2026, 3, 1)), release(2, date=at(2026, 3, 1), category="works")]
    stones = [{"rid": 1, "pos": 0, **due, "met": at(2026, 1, 30)}, {"rid": 1, "pos": 1, **due},
              {"rid": 2, "pos": 0, **due, "met": at(2026, 2, 3)}]  # fmt: skip
    assert told("A21.in_time", release=releases, milestone=stones)[:2] == (0.5, 2)
    assert told("O18.in_time", release=releases, milestone=stones)[:2] == (0.0, 1)


def test_founded_complaints_for_each_hundred_contracts_of_works() -> None:
    releases = [release(n, category="works") for n in (1, 2)]
    contracts = [{"rid": n, "contract_no": k, **MXN} for n in (1, 2) for k in (0, 1)]
    complaints = [{"rid": 1, "pos": 0, "is_founded": True}, {"rid": 1, "pos": 1, "is_founded": False}]
    assert told("O19.complaints", release=releases, contract=contracts, complaint=complaints)[0] == 25.0
