# SPDX-License-Identifier: Apache-2.0
"""What only successive releases tell, and what extensions carry: fees, the planned method, lots, quotes, places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vitrina.insight.flags.registry import chosen
from vitrina.insight.flags.run import run

from .stores import lines, rows, stored


def release(n: int, tag: str, **body: Any) -> dict[str, Any]:
    return {"ocid": "ocds-x-1", "id": str(n), "date": f"2026-0{n}-01T00:00:00Z", "tag": [tag], **body}


def fee(amount: float) -> dict[str, Any]:
    return {"participationFees": [{"id": "1", "value": {"amount": amount, "currency": "MXN"}}]}


def test_a_fee_that_rises_from_one_release_to_the_next(tmp_path: Path) -> None:
    told = [
        release(1, "planning", tender={"procurementMethod": "open"}),
        release(2, "tender", tender={"id": "t", "procurementMethod": "direct", **fee(100)}),
        release(3, "tenderUpdate", tender={"id": "t", **fee(250)}),
    ]
    store, _ = stored(tmp_path, lines(*told))
    changes = [(r["pos"], str(r["date"].date()), r["amount"], r["currency"]) for r in rows(store, "fee_change")]
    assert changes == [(0, "2026-02-01", 100.0, "MXN"), (1, "2026-03-01", 250.0, "MXN")]
    (row,) = rows(store, "release")
    assert (row["fee"], row["method"], row["plan_method"]) == (250.0, "direct", "open")
    with store.tables() as t:
        (outcome,) = run(t, chosen(["R009"]))
    assert outcome.rows.column("value").to_pylist() == [150.0]


def test_one_release_tells_no_change(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines(release(2, "tender", tender={"procurementMethod": "open", **fee(100)})))
    assert rows(store, "fee_change") == []
    assert rows(store, "release")[0]["plan_method"] is None


def test_lots_places_and_the_way_bids_come_in(tmp_path: Path) -> None:
    tender = {
        "submissionMethod": ["inPerson", "electronicSubmission"],
        "lots": [{"id": "1", "status": "complete"}, {"id": "2", "status": "unsuccessful"}],
        "items": [
            {"id": "a", "relatedLot": "1", "deliveryAddress": {"region": "Sonora"}},
            {"id": "b", "relatedLot": "2", "deliveryLocation": {"description": "Almacén 4"}},
            {"id": "c", "deliveryAddress": {}},
        ],
    }
    store, _ = stored(tmp_path, lines(release(1, "compiled", tender=tender)))
    found = [(r["item_id"], r["state"], r["status"], r["has_place"]) for r in rows(store, "tender_item")]
    assert found == [("a", "Sonora", "complete", True), ("b", None, "unsuccessful", True), ("c", None, None, None)]
    assert rows(store, "release")[0]["participation_form"] == "mixta"


def test_quotes_of_the_market_research(tmp_path: Path) -> None:
    quote = {
        "id": "q",
        "date": "2026-01-05T00:00:00Z",
        "issuingSupplier": {"id": "s-77", "name": "Aceros del Golfo SA"},
        "value": {"amount": 50, "currency": "MXN"},
        "items": [{"id": "1", "quantity": 5, "unit": {"value": {"amount": 10, "currency": "MXN"}}}],
    }
    asked = {"planning": {"requestsForQuotes": [{"id": "r", "quotes": [quote]}]}}
    store, _ = stored(tmp_path, lines(release(1, "compiled", **asked)))
    (row,), (line,) = rows(store, "quote"), rows(store, "quote_line")
    assert (row["id"], row["amount"], row["oid"]) == ("s-77", 50.0, rows(store, "org")[0]["oid"])
    assert (line["item_id"], line["unit_price"], line["quantity"]) == ("1", 10.0, 5.0)
