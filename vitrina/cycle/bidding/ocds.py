# SPDX-License-Identifier: Apache-2.0
"""Opened bids as OCDS release fragments (bids extension). Nothing is published of a bid before."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import document, iso, number, release_for, value

from .events import BidderRef, BidOpened, PricedLine


def bidder_party(ref: BidderRef) -> dict[str, Any]:
    """A bidder as an OCDS party."""
    party = {
        "id": ref.key,
        "name": ref.name,
        "identifier": {"scheme": "MX-RFC", "id": ref.rfc, "legalName": ref.name},
        "roles": ["tenderer"],
    }
    return party | ({"details": {"scale": ref.size}} if ref.size else {})


def _item(line: PricedLine) -> dict[str, Any]:
    return {
        "id": str(line.item),
        "description": line.description,
        "quantity": number(line.quantity),
        "unit": {"name": line.unit_name, "value": value(line.unit_price)},
        "relatedLot": str(line.lot),
    }


@release_for(BidOpened, "tenderUpdate")
def bid_opened(event: BidOpened, entry: Entry) -> dict[str, Any]:
    """The bid whole: bidder, prices, answers to the requirements, documents."""
    at = entry.header()["at"]
    bidder = {"id": event.bidder.key, "name": event.bidder.name}
    detail = {
        "id": event.bid,
        "date": iso(event.received_at),
        "status": "pending",
        "tenderers": [bidder],
        "value": value(event.total),
        "relatedLots": [str(lot) for lot in event.content.lots],
        "items": [_item(line) for line in event.lines],
        "requirementResponses": [
            {"id": f"{event.bid}-{n}", "value": text, "requirement": {"id": f"{n}.1.1"}, "relatedTenderer": bidder}
            for n, text in event.content.responses.items()
        ],
    }
    if event.documents:
        detail["documents"] = [document(ref, at) for ref in event.documents]
    return {
        "parties": [bidder_party(event.bidder)],
        "tender": {"id": "tender", "tenderers": [bidder], "numberOfTenderers": event.order},
        "bids": {"details": [detail]},
    }
