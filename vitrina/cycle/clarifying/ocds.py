# SPDX-License-Identifier: Apache-2.0
"""The clarification as an OCDS release fragment: the enquiries with their answers, and the meeting that was held."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import iso, release_for

from .events import ClarificationClosed


@release_for(ClarificationClosed, "tenderUpdate")
def clarification_closed(event: ClarificationClosed, entry: Entry) -> dict[str, Any]:
    """Questions, answers and the instant of the meeting."""
    tender: dict[str, Any] = {
        "id": "tender",
        "hasEnquiries": bool(event.answers),
        "clarificationMeetings": [{"id": "1", "date": entry.header()["at"]}],
    }
    if event.answers:
        tender["enquiries"] = [
            {
                "id": str(a.number),
                "date": iso(a.asked_at),
                "title": f"{a.author or a.alias}, pregunta {a.number}",
                "description": a.question,
                "answer": a.answer,
                "dateAnswered": iso(a.answered_at),
                **({"threadID": str(a.group)} if a.group and a.group != a.number else {}),
            }
            for a in event.answers
        ]
    return {"tender": tender}
