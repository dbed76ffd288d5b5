# SPDX-License-Identifier: Apache-2.0
"""Market research as OCDS release fragments. No price and no company appears before the opening reveals them."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import release_for

from .events import QuotesRequested, ResearchConcluded

STATISTICS = {"median": "la mediana", "mean": "la media"}


@release_for(QuotesRequested, "planningUpdate")
def quotes_requested(event: QuotesRequested, entry: Entry) -> dict[str, Any]:
    """The request, without the companies."""
    period = {"startDate": entry.header()["at"], "endDate": event.due_at.isoformat().replace("+00:00", "Z")}
    request = {
        "id": str(event.number),
        "title": f"Solicitud de cotización {event.number}",
        "description": event.text,
        "period": period,
    }
    return {"planning": {"requestsForQuotes": [request]}}


@release_for(ResearchConcluded, "planningUpdate")
def research_concluded(event: ResearchConcluded, entry: Entry) -> dict[str, Any]:
    """A milestone that carries the commitments."""
    items = "; ".join(f"partida {c.item_number}: sha256 {c.sha256}" for c in event.commitments)
    milestone = {
        "id": "market-research",
        "title": "Investigación de mercado",
        "description": (
            f"Precio de referencia: {STATISTICS[event.statistic]} de {event.n_sources} precios, sellado. {items}"
        ),
        "type": "assessment",
        "status": "met",
        "dateMet": entry.header()["at"],
    }
    return {"planning": {"hasQuotes": event.n_requests > 0, "milestones": [milestone]}}
