# SPDX-License-Identifier: Apache-2.0
"""The auction as OCDS release fragments: milestones of the tender, by lot."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import iso, release_for

from .events import AuctionCertified, AuctionRescheduled, AuctionScheduled, AuctionSkipped, AuctionVoided


def _milestone(lot: int, status: str, **more: Any) -> dict[str, Any]:
    milestone = {
        "id": f"auction-{lot}",
        "title": f"Ofertas subsecuentes de descuento, partida {lot}",
        "type": "auction",
        "status": status,
        "relatedLots": [str(lot)],
        **more,
    }
    return {"tender": {"id": "tender", "milestones": [milestone]}}


@release_for(AuctionScheduled, "tenderUpdate")
def auction_scheduled(event: AuctionScheduled, entry: Entry) -> dict[str, Any]:  # noqa: ARG001 - shape of a builder
    """The milestone with its hour."""
    return _milestone(event.lot, "scheduled", dueDate=iso(event.starts_at))


@release_for(AuctionRescheduled, "tenderUpdate")
def auction_rescheduled(event: AuctionRescheduled, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """The milestone with its new hour."""
    return _milestone(event.lot, "scheduled", dueDate=iso(event.starts_at))


@release_for(AuctionSkipped, "tenderUpdate")
def auction_skipped(event: AuctionSkipped, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """It is not held."""
    return _milestone(event.lot, "notMet")


@release_for(AuctionVoided, "tenderUpdate")
def auction_voided(event: AuctionVoided, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """It was declared void."""
    return _milestone(event.lot, "notMet", description=event.reason)


@release_for(AuctionCertified, "tenderUpdate")
def auction_certified(event: AuctionCertified, entry: Entry) -> dict[str, Any]:
    """The milestone met."""
    return _milestone(event.lot, "met", dateMet=entry.header()["at"])
