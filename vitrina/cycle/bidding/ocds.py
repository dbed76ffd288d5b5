# SPDX-License-Identifier: Apache-2.0
"""Bids as OCDS release fragments (bids extension). Nothing is published of a bid before the act reveals it."""

from __future__ import annotations

from typing import Any

from vitrina.kernel.ids import legal_personality
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import document, iso, number, release_for, value

from .events import BidderRef, BidOpened, BidUnopenable, EnvelopeRevealed, PricedLine, ReceptionClosed


def bidder_party(ref: BidderRef) -> dict[str, Any]:
    """A bidder as an OCDS party."""
    party = {
        "id": ref.key,
        "name": ref.name,
        "identifier": {
            "scheme": "MX-RFC",
            "id": ref.rfc,
            "legalName": ref.name,
            "legalPersonality": legal_personality(ref.rfc),
        },
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


def _answers(event: BidOpened) -> dict[str, Any]:
    """The answer to each requirement: a number where it declares a cost, else text."""
    costs = {str(cost.criterion): number(cost.amount.decimal) for cost in event.costs}
    return {**event.content.responses, **costs}


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
            {"id": f"{event.bid}-{n}", "value": said, "requirement": {"id": f"{n}.1.1"}, "relatedTenderer": bidder}
            for n, said in _answers(event).items()
        ],
    }
    if event.documents:
        detail["documents"] = [document(ref, at) for ref in event.documents]
    return {
        "parties": [bidder_party(event.bidder)],
        "tender": {"id": "tender", "tenderers": [bidder], "numberOfTenderers": event.order},
        "bids": {"details": [detail]},
    }


@release_for(ReceptionClosed, "tenderUpdate")
def reception_closed(event: ReceptionClosed, entry: Entry) -> dict[str, Any]:
    """The deadline, and when it was written down."""
    milestone = {
        "id": "reception",
        "title": "Cierre de la recepción de proposiciones",
        "type": "assessment",
        "status": "met",
        "dueDate": iso(event.deadline),
        "dateMet": entry.header()["at"],
    }
    return {"tender": {"id": "tender", "milestones": [milestone]}}


@release_for(EnvelopeRevealed, "tenderUpdate")
def envelope_revealed(event: EnvelopeRevealed, entry: Entry) -> dict[str, Any]:  # noqa: ARG001 - the builders' shape
    """Whose the envelope is; a bid that was replaced, withdrawn or late is told as withdrawn, unread. One of a
    purchase that was cancelled first stays pending: nobody judged it, and its bidder did not take it back.
    """
    if event.bidder is None or event.object_type != "sobre/v1":
        return {"tender": {"id": "tender"}}
    bidder = {"id": event.bidder.key, "name": event.bidder.name}
    status = "pending" if event.state in {"live", "kept_closed"} else "withdrawn"
    detail = {"id": event.c[:26], "date": iso(event.logged_at), "status": status, "tenderers": [bidder]}
    return {"parties": [bidder_party(event.bidder)], "bids": {"details": [detail]}}


@release_for(BidUnopenable, "tenderUpdate")
def bid_unopenable(event: BidUnopenable, entry: Entry) -> dict[str, Any]:  # noqa: ARG001 - the builders' shape
    """A bid that could not be opened."""
    bidder = {"id": event.bidder.key, "name": event.bidder.name}
    return {"bids": {"details": [{"id": event.c[:26], "status": "disqualified", "tenderers": [bidder]}]}}
