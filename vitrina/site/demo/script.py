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
from .story import auction as auctioning
from .story import awarding, bidding, clarifying, contracting, evaluation, opening, payment, planning, research
from .story import delivery as delivering
from .story import progress as working
from .story import tendering as calling

OPENING_DAY = local(2020, 10, 13, 10, 57)  # three minutes before the envelopes are opened
LAST_ACT = {  # when the story reaches the end of each stage
    "planning": local(2020, 2, 10, 12),
    "research": local(2020, 4, 6, 12),
    "tendering": calling.PUBLISHED,
    "clarifying": calling.CLARIFICATION,
    "bidding": bidding.RECEIVED,
    "opening": opening.CLOSED,
    "evaluation": evaluation.CONCLUDED,
    "auction": auctioning.CERTIFIED,
    "awarding": awarding.RULED,
    "contracting": contracting.GUARANTEED,
    "delivery": delivering.noon(delivering.SECOND_DUE),
    "payment": payment.PAID,
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
        w[Role.APPROVER],
        process.ocid,
        at=w.when(calling.PUBLISHED + timedelta(days=3)),
        code="need_ended",
        reason="La unidad recibió los bienes por transferencia de otra delegación.",
    )
    return Process.objects.get(ocid=process.ocid)


def suspended(w: World, **terms: Any) -> Process:
    """Internal control stopped the purchase to look into the call."""
    process = calling.reach_tendering(w, **terms)
    tendering.suspend(
        w[Role.OIC],
        process.ocid,
        at=w.when(calling.PUBLISHED + timedelta(days=2)),
        authority="Órgano Interno de Control",
        reason="Se revisa si un requisito técnico limita la participación.",
    )
    return Process.objects.get(ocid=process.ocid)


def goods(quantity: int, unit_name: str, **more: Any) -> dict[str, Any]:
    """Arguments of the story for other goods than the main purchase's."""
    return {"quantity": quantity, "unit_name": unit_name, **more}


TELLINGS = (  # in the order of their last acts, so that the newest stand at the end of the ledger
    Telling("Lancetas de seguridad", planning.reach_planning, 0, goods(310_000, "pieza", funded=False)),
    Telling("Suero fisiológico", research.reach_research, 0, goods(52_000, "bolsa")),
    Telling("Alcohol en gel", cancelled, 6, goods(18_000, "litro", terms={})),
    Telling("Placas radiográficas", awarding.reach_awarding, 4, goods(5_200, "placa", offers={}, terms={})),
    Telling("Campos quirúrgicos", suspended, 1, goods(9_300, "juego", terms={})),
    Telling("Guantes de nitrilo", payment.reach_payment, 11, goods(96_000, "caja", late=True, terms={})),
    Telling("Tiras para glucosa", awarding.reach_awarding, 3, goods(150_000, "tira", lots=2, terms={})),
    Telling("Reactivo para influenza", auctioning.reach_auction, 7, goods(90_000, "prueba", terms={})),
    Telling("Jeringas desechables", evaluation.reach_evaluation, 2, goods(220_000, "pieza", terms={})),
    Telling("Tubos para muestra de sangre", opening.reach_opening, 1, goods(75_000, "tubo", terms={})),
    Telling("Equipo de venoclisis", calling.reach_tendering, -2, goods(42_000, "equipo", terms={})),
    Telling("Lámparas de exploración", clarifying.reach_asked, -2, goods(180, "pieza", terms={})),
    Telling("Mascarillas de oxígeno", contracting.reach_contracting, 5, goods(8_400, "pieza", terms={})),
    Telling("Gasas estériles", delivering.reach_delivery, 8, goods(31_500, "paquete", terms={})),
    Telling("Reparación de azoteas", working.reach_works, 8, goods(6_400, "metro cuadrado", terms={})),
    Telling("Reactivo para hepatitis C", clarifying.reach_clarifying, -1, goods(64_000, "prueba", terms={})),
)


def tell_all(w: World, progress: Callable[[str], None]) -> Process:
    """Every purchase of the demonstration; returns the one whose envelopes wait to be opened."""
    for telling in TELLINGS:
        progress(telling.title)
        terms = telling.terms | {"title": telling.title}
        if "terms" in terms:  # the call has a title of its own
            terms["terms"] = {"title": telling.title}
        telling.reach(w.earlier(telling.weeks), **terms)
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
