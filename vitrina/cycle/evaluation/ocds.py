# SPDX-License-Identifier: Apache-2.0
"""The evaluation as OCDS release fragments: milestones of the tender. What was found is released with the award."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import release_for

from .events import ConflictDeclared, EvaluationConcluded


def _milestone(key: str, title: str, entry: Entry, description: str = "") -> dict[str, Any]:
    milestone = {
        "id": key,
        "title": title,
        "type": "assessment",
        "status": "met",
        "dateMet": entry.header()["at"],
    }
    if description:
        milestone["description"] = description
    return {"tender": {"id": "tender", "milestones": [milestone]}}


@release_for(ConflictDeclared, "tenderUpdate")
def conflict_declared(event: ConflictDeclared, entry: Entry) -> dict[str, Any]:
    """A met milestone for each declaration."""
    said = "se excusa por conflicto de interés" if event.is_excused else "sin conflicto de interés"
    title = f"Declaración de intereses de {event.name}: {said}"
    return _milestone(f"declaration-{event.number}", title, entry, event.position)


@release_for(EvaluationConcluded, "tenderUpdate")
def evaluation_concluded(event: EvaluationConcluded, entry: Entry) -> dict[str, Any]:
    """A met milestone; what was found comes with the award."""
    count = f"{event.bids} proposiciones, {event.criteria} requisitos, {event.evaluators} personas evaluadoras"
    return _milestone("evaluation", "Evaluación concluida", entry, count)
