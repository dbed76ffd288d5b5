# SPDX-License-Identifier: Apache-2.0
"""A price that was asked about as OCDS: a milestone of the tender with its term, met or not."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import document, iso, release_for

from .events import (
    JustificationAccepted,
    JustificationGiven,
    JustificationLapsed,
    JustificationRejected,
    JustificationRequested,
)


def _milestone(lot: int, alias: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"justification-{lot}-{alias}",
        "title": f"Justificación de un precio bajo, partida {lot}",
        "type": "assessment",
        "status": status,
        "relatedLots": [str(lot)],
        **more,
    }


def _tender(milestone: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"tender": {"id": "tender", "milestones": [milestone], **more}}


@release_for(JustificationRequested, "tenderUpdate")
def requested(event: JustificationRequested, entry: Entry) -> dict[str, Any]:  # noqa: ARG001 - shape of a builder
    """The milestone with its term."""
    return _tender(_milestone(event.lot, event.alias, "scheduled", dueDate=iso(event.answer_by)))


@release_for(JustificationGiven, "tenderUpdate")
def given(event: JustificationGiven, entry: Entry) -> dict[str, Any]:
    """The milestone met, with the document that came."""
    at = entry.header()["at"]
    documents = [document(ref, at) for ref in event.documents]
    return _tender(
        _milestone(event.lot, event.alias, "met", dateMet=at), **({"documents": documents} if documents else {})
    )


@release_for(JustificationLapsed, "tenderUpdate")
def lapsed(event: JustificationLapsed, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """Nobody answered."""
    return _tender(_milestone(event.lot, event.alias, "notMet"))


@release_for(JustificationAccepted, "tenderUpdate")
@release_for(JustificationRejected, "tenderUpdate")
def decided(event: JustificationAccepted | JustificationRejected, entry: Entry) -> dict[str, Any]:  # noqa: ARG001
    """The reasons of what was decided; what becomes of the bid the ruling says."""
    status = "met" if event.answer else "notMet"
    return _tender(_milestone(event.lot, event.alias, status, description=" ".join(event.reasons)))
