# SPDX-License-Identifier: Apache-2.0
"""The ruling as an OCDS release: an award per lot, every bid's fate, the lots and the tender."""

from __future__ import annotations

from typing import Any

from vitrina.cycle.bidding.events import BidderRef
from vitrina.cycle.bidding.ocds import bidder_party
from vitrina.cycle.planning.ocds import item
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import release_for, value

from .events import AwardedLine, LotRuling, RulingIssued


def _item(line: AwardedLine) -> dict[str, Any]:
    plain = item(line.item)
    return plain | {"unit": {**plain["unit"], "value": value(line.unit_price)}}


def _award(lot: LotRuling, entry: Entry) -> dict[str, Any]:
    award = {
        "id": str(lot.lot),
        "title": lot.title,
        "status": lot.state,
        "date": entry.header()["at"],
        "rationale": lot.reason,
        "relatedLots": [str(lot.lot)],
    }
    won = lot.award
    if won:
        award |= {
            "value": value(won.total),
            "suppliers": [{"id": won.bidder.key, "name": won.bidder.name}],
            "items": [_item(line) for line in lot.lines],
            "relatedBid": won.bid,
        }
    return award


def _party(ref: BidderRef) -> dict[str, Any]:
    return bidder_party(ref) | {"roles": ["tenderer", "supplier"]}


@release_for(RulingIssued, "award")
def ruling_issued(event: RulingIssued, entry: Entry) -> dict[str, Any]:
    """Awards by lot; a bid that is solvent in any lot is `valid`, any other `disqualified`."""
    solvent: dict[str, bool] = {}
    for standing in (s for lot in event.lots for s in lot.standings):
        solvent[standing.bid] = solvent.get(standing.bid, False) or standing.is_solvent
    winners = {s.bidder.key: s.bidder for s in event.awards}
    lots = [{"id": str(lot.lot), "status": "complete" if lot.winner else "unsuccessful"} for lot in event.lots]
    release: dict[str, Any] = {
        "tender": {"id": "tender", "status": "complete" if winners else "unsuccessful", "lots": lots},
        "awards": [_award(lot, entry) for lot in event.lots],
    }
    if winners:
        release["parties"] = [_party(ref) for ref in winners.values()]
    if solvent:
        details = [{"id": bid, "status": "valid" if ok else "disqualified"} for bid, ok in solvent.items()]
        release["bids"] = {"details": details}
    return release
