# SPDX-License-Identifier: Apache-2.0
"""The call and its changes as OCDS release fragments."""

from __future__ import annotations

from datetime import date
from typing import Any

from vitrina.compranet.ocds import CHARACTERS
from vitrina.cycle.planning.ocds import item
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import document, iso, number, release_for

from .events import CallAmended, CallPublished, CriterionRef, TenderCancelled, TenderResumed, TenderSuspended, Terms
from .methods import BINARY, BY_COST, BY_POINTS

PROCEDURES = {
    "licitacion_publica": "Licitación pública",
    "invitacion_tres_personas": "Invitación a cuando menos tres personas",
    "adjudicacion_directa": "Adjudicación directa",
}
AWARDED_BY = {
    BINARY: "Evaluación binaria: la oferta solvente más baja",
    BY_POINTS: "Puntos y porcentajes: la oferta solvente con más puntos, técnicos y de precio",
    BY_COST: "Costo-beneficio: la oferta solvente con la menor suma de precio y costo del ciclo de vida",
}
AWARD_CRITERIA = {BINARY: "priceOnly", BY_POINTS: "ratedCriteria", BY_COST: "costOnly"}  # words of OCDS
GROUNDS = {
    "fortuitous_event": "Caso fortuito",
    "force_majeure": "Fuerza mayor",
    "need_ended": "Extinción de la necesidad",
    "would_harm": "Daño a la convocante si continuara",
}


def _day(on: date, end: bool = False) -> str:
    return f"{on.isoformat()}T{'23:59:59' if end else '00:00:00'}-06:00"


def _criterion(ref: CriterionRef) -> dict[str, Any]:
    """A requirement in the shape of the requirements extension: one group with one requirement."""
    key = str(ref.number)
    requirement: dict[str, Any] = {"id": f"{key}.1.1", "title": ref.title}
    if ref.years is not None:
        requirement |= {"dataType": "number", "minValue": 0}
    elif ref.points is None:
        requirement |= {"dataType": "boolean", "expectedValue": True}
    else:
        requirement |= {"dataType": "number", "minValue": 0, "maxValue": number(ref.points)}
    counted = f"Pesos sin IVA en {ref.years} años." if ref.years is not None else ""
    if told := f"{counted} {ref.description}".strip():
        requirement["description"] = told
    found: dict[str, Any] = {
        "id": key,
        "title": ref.title,
        "relatesTo": "lot" if ref.lot else "tenderer",
        "requirementGroups": [{"id": f"{key}.1", "requirements": [requirement]}],
    }
    return found | ({"relatedItem": str(ref.lot)} if ref.lot else {})


def _dates(terms: Terms, published_at: str | None) -> dict[str, Any]:
    start = {"startDate": published_at} if published_at else {}
    return {
        "tenderPeriod": {**start, "endDate": iso(terms.opening_at)},
        "enquiryPeriod": {**start, "endDate": iso(terms.questions_until)},
        "awardPeriod": {"startDate": iso(terms.opening_at), "endDate": iso(terms.award_by)},
        "contractPeriod": {"startDate": _day(terms.contract_start), "endDate": _day(terms.contract_end, end=True)},
        "clarificationMeetings": [{"id": "1", "date": iso(terms.clarification_at)}],
    }


def _terms(terms: Terms, published_at: str | None = None) -> dict[str, Any]:
    return {
        "id": "tender",
        "title": terms.title,
        "description": terms.description,
        "status": "active",
        **_dates(terms, published_at),
        "criteria": [_criterion(c) for c in terms.criteria],
    }


@release_for(CallPublished, "tender")
def call_published(event: CallPublished, entry: Entry) -> dict[str, Any]:
    """The call with its items, lots, criteria and periods."""
    at = entry.header()["at"]
    tender = {
        **_terms(event.terms, at),
        "procedureNumber": event.number,
        "mainProcurementCategory": event.category,
        "procurementMethod": event.ocds_method,
        "procurementMethodDetails": PROCEDURES.get(event.procedure, event.procedure),
        "procurementMethodCharacterMxCnet": CHARACTERS[event.character],
        "awardCriteria": AWARD_CRITERIA[event.terms.evaluation_method],
        "awardCriteriaDetails": AWARDED_BY[event.terms.evaluation_method],
        "submissionMethod": ["electronicSubmission"],
        "hasEnquiries": False,
        "items": [item(i) for i in event.items],
        "lots": [{"id": str(lot.number), "title": lot.title, "status": "active"} for lot in event.lots],
    }
    if event.documents:
        tender["documents"] = [document(ref, at) for ref in event.documents]
    return {"tender": tender}


@release_for(CallAmended, "tenderAmendment")
def call_amended(event: CallAmended, entry: Entry) -> dict[str, Any]:
    """The terms as they now stand, and what changed."""
    at = entry.header()["at"]
    changes = "; ".join(f"{c.field}: {c.before} -> {c.after}" for c in event.changes)
    what = changes or "Documentos"
    amendment = {"id": str(event.number), "date": at, "rationale": event.reason, "description": what}
    tender = {**_terms(event.terms), "amendments": [amendment]}
    # merging by id never drops an element: a requirement that was removed stays, empty and named so
    gone = [{"id": str(n), "title": "Requisito retirado", "requirementGroups": None} for n in event.removed_criteria]
    tender["criteria"] = [*tender["criteria"], *gone]
    if event.documents:
        tender["documents"] = [document(ref, at) for ref in event.documents]
    return {"tender": tender}


@release_for(TenderSuspended, "tenderUpdate")
def tender_suspended(event: TenderSuspended, entry: Entry) -> dict[str, Any]:
    """OCDS has no suspended status: the tender stays active and a milestone says what happened."""
    title = f"Suspensión ordenada por {event.authority}"
    return {"tender": {"id": "tender", "status": "active", "milestones": [_halt(entry, title, event.reason)]}}


@release_for(TenderResumed, "tenderUpdate")
def tender_resumed(event: TenderResumed, entry: Entry) -> dict[str, Any]:
    """The dates that hold after a suspension."""
    milestone = _halt(entry, "Suspensión levantada", event.reason)
    return {"tender": {"id": "tender", **_dates(event.terms, None), "milestones": [milestone]}}


def _halt(entry: Entry, title: str, reason: str) -> dict[str, Any]:
    return {
        "id": f"halt-{entry.seq}",
        "title": title,
        "description": reason,
        "type": "assessment",
        "status": "met",
        "dateMet": entry.header()["at"],
    }


@release_for(TenderCancelled, "tenderCancellation")
def tender_cancelled(event: TenderCancelled, entry: Entry) -> dict[str, Any]:
    """The ground as an amendment; the lots end with the tender."""
    why = {
        "id": "cancellation",
        "date": entry.header()["at"],
        "rationale": GROUNDS.get(event.code, event.code),
        "description": event.reason,
    }
    lots = [{"id": str(n), "status": "cancelled"} for n in event.lots]
    return {"tender": {"id": "tender", "status": "cancelled", "amendments": [why], "lots": lots}}
