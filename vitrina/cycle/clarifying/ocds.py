# SPDX-License-Identifier: Apache-2.0
"""The clarification as an OCDS release fragment: the enquiries with their answers, and the meeting that was held."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.models import Entry
from vitrina.ledger.releases import iso, release_for

from .events import Answered, AnswersGiven, ClarificationClosed


@release_for(ClarificationClosed, "tenderUpdate")
def clarification_closed(event: ClarificationClosed, entry: Entry) -> dict[str, Any]:
    """Questions, answers and the instant of the meeting."""
    tender: dict[str, Any] = {
        "id": "tender",
        "hasEnquiries": bool(event.answers),
        "clarificationMeetings": [{"id": "1", "date": entry.header()["at"]}],
    }
    if event.answers:
        tender["enquiries"] = [_enquiry(a) for a in event.answers]
    return {"tender": tender}


@release_for(AnswersGiven, "tenderUpdate")
def answers_given(event: AnswersGiven, entry: Entry) -> dict[str, Any]:  # noqa: ARG001 - the shape of every release
    """Questions and answers, while the meeting waits for what is asked about them."""
    return {"tender": {"id": "tender", "hasEnquiries": True, "enquiries": [_enquiry(a) for a in event.answers]}}


def _enquiry(a: Answered) -> dict[str, Any]:
    """One question. A thread begins with the question that asks the same first; a re-question stands in that of the
    question whose answer it is about.
    """
    thread = a.about or (a.group if a.group != a.number else 0)
    what = f"repregunta {a.number}, sobre la respuesta {a.about}" if a.about else f"pregunta {a.number}"
    return {
        "id": str(a.number),
        "date": iso(a.asked_at),
        "title": f"{a.author or a.alias}, {what}",
        "description": a.question,
        "answer": a.answer,
        "dateAnswered": iso(a.answered_at),
        **({"threadID": str(thread)} if thread else {}),
    }
