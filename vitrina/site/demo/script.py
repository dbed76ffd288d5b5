# SPDX-License-Identifier: Apache-2.0
"""The demonstration's purchases: one to carry on, one standing in each other stage, and the side ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from vitrina.cycle import STAGES
from vitrina.cycle.core.models import Process
from vitrina.cycle.tendering import commands as tendering
from vitrina.parties.roles import Role

from .people import World, local
from .story import awarding, bidding, clarifying, contracting, evaluation, opening, payment, planning, research
from .story import delivery as delivering
from .story import tendering as calling

OPENING_DAY = local(2020, 10, 13, 10, 57)  # three minutes before the envelopes are opened
LAST_ACT = {  # when the story reaches the end of each stage
    "planning": local(2020, 2, 10, 12), "research": local(2020, 4, 6, 12), "tendering": calling.PUBLISHED,
    "clarifying": calling.CLARIFICATION, "bidding": bidding.RECEIVED, "opening": opening.CLOSED,
    "evaluation": evaluation.CONCLUDED, "awarding": awarding.RULED, "contracting": contracting.GUARANTEED,
    "delivery": delivering.noon(delivering.SECOND_DUE), "payment": payment.PAID,
}


@dataclass(frozen=True)
class Telling:
    """A purchase of the demonstration: what it buys, how far it is told, how many weeks before the main one."""

    title: str
    reach: Callable[..., Process]
    weeks: int = 0
    terms: dict[str, Any] = field(default_factory=dict)


def cancelled(w: World, **terms: Any) -> Process:
    """The need ended after the call."""
    process = calling.reach_tendering(w, **terms)
    tendering.cancel(
        w[Role.APPROVER], process.ocid, at=w.when(calling.PUBLISHED + timedelta(days=3)), code="need_ended",
        reason="La unidad recibió los bienes por transferencia de otra delegación.",
    )
    return Process.objects.get(ocid=process.ocid)


def suspended(w: World, **terms: Any) -> Process:
    """Internal control stopped the purchase to look into the call."""
    process = calling.reach_tendering(w, **terms)
    tendering.suspend(
        w[Role.OIC], process.ocid, at=w.when(calling.PUBLISHED + timedelta(days=2)),
        authority="Órgano Interno de Control", reason="Se revisa si un requisito técnico limita la participación.",
    )
    return Process.objects.get(ocid=process.ocid)


def goods(title: str, quantity: int, unit_name: str, **more: Any) -> dict[str, Any]:
    """Arguments of the story for other goods than the main purchase's."""
    return {"title": title, "quantity": quantity, "unit_name": unit_name, "terms": {"title": title}, **more}


TELLINGS = (
    Telling("payment", payment.reach_payment, 11, goods("Guantes de nitrilo", 96_000, "caja", late=True)),
    Telling("delivery", delivering.reach_delivery, 8, goods("Gasas estériles", 31_500, "paquete")),
    Telling("contracting", contracting.reach_contracting, 5, goods("Mascarillas de oxígeno", 8_400, "pieza")),
    Telling("awarding", awarding.reach_awarding, 3, goods("Tiras para glucosa", 150_000, "tira", lots=2)),
    Telling("evaluation", evaluation.reach_evaluation, 2, goods("Jeringas desechables", 220_000, "pieza")),
    Telling("opening", opening.reach_opening, 1, goods("Tubos para muestra de sangre", 75_000, "tubo")),
    Telling("clarifying", clarifying.reach_clarifying, -1, goods("Reactivo para hepatitis C", 64_000, "prueba")),
    Telling("tendering", calling.reach_tendering, -2, goods("Equipo de venoclisis", 42_000, "equipo")),
    Telling("research", research.reach_research, 0, {"title": "Suero fisiológico", "quantity": 52_000, "unit_name": "bolsa"}),
    Telling("planning", planning.reach_planning, 0,
            {"title": "Lancetas de seguridad", "quantity": 310_000, "unit_name": "pieza", "funded": False}),
    Telling("deserted", awarding.reach_awarding, 4, goods("Placas radiográficas", 5_200, "placa", offers={})),
    Telling("cancelled", cancelled, 6, goods("Alcohol en gel", 18_000, "litro")),
    Telling("suspended", suspended, 1, goods("Campos quirúrgicos", 9_300, "juego")),
)


def tell_all(w: World, progress: Callable[[str], None]) -> Process:
    """Every purchase of the demonstration; returns the one whose envelopes wait to be opened."""
    for telling in TELLINGS:
        progress(telling.terms["title"])
        telling.reach(w.earlier(telling.weeks), **telling.terms)
    progress("Reactivo para VIH 1 y 2")
    return bidding.reach_bidding(w)


def run_purchase(w: World, *, until: str, now: datetime, reached: Callable[[str], None]) -> Process:
    """A whole purchase up to a stage, told so many weeks earlier that its last act is not after `now`."""
    late = LAST_ACT[until] - now
    weeks = max(0, -(-late // timedelta(weeks=1)))
    process = getattr(import_module(f"vitrina.site.demo.story.{until}"), f"reach_{until}")(w.earlier(weeks))
    for stage in STAGES[: STAGES.index(until) + 1]:
        reached(stage)
    return process
