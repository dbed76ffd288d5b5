# SPDX-License-Identifier: Apache-2.0
"""The opening act as OCDS release fragments. Its bids are in `bidding.ocds`."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import iso, release_for, value

from .events import BidsOpened, OpeningClosed, OpeningStarted, ReferencePriceRevealed

MILESTONE = "opening"


@release_for(OpeningStarted, "tenderUpdate")
def opening_started(event: OpeningStarted, entry: Entry) -> dict[str, Any]:
    """The hour of the call and the hour at which the act began."""
    milestone = {
        "id": MILESTONE,
        "title": "Presentación y apertura de proposiciones",
        "type": "assessment",
        "status": "met",
        "dueDate": iso(event.scheduled_at),
        "dateMet": entry.header()["at"],
    }
    return {"tender": {"id": "tender", "milestones": [milestone]}}


@release_for(ReferencePriceRevealed, "tenderUpdate")
def reference_price_revealed(event: ReferencePriceRevealed, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """The estimated value, whole and per unit."""
    items = [{"id": str(p.item), "unit": {"value": value(p.unit_price)}} for p in event.prices]
    return {"tender": {"id": "tender", "value": value(event.total), "items": items}}


@release_for(BidsOpened, "tenderUpdate")
def bids_opened(event: BidsOpened, entry: Entry) -> dict[str, Any]:
    """How many bids there were."""
    statistic = {"id": "bids", "measure": "bids", "date": entry.header()["at"], "value": event.n_bids}
    return {
        "tender": {"id": "tender", "numberOfTenderers": event.n_bids},
        "bids": {"statistics": [statistic]},
    }


@release_for(OpeningClosed, "tenderUpdate")
def opening_closed(event: OpeningClosed, entry: Entry) -> dict[str, Any]:
    """The minutes, and the time left for the ruling."""
    minutes = {
        "id": "opening-minutes",
        "title": "Acta de la apertura de proposiciones",
        "description": event.observations or "Sin observaciones.",
        "type": "assessment",
        "status": "met",
        "dateMet": entry.header()["at"],
    }
    period = {"startDate": entry.header()["at"], "endDate": iso(event.award_by)}
    return {"tender": {"id": "tender", "milestones": [minutes], "awardPeriod": period}}
