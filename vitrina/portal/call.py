# SPDX-License-Identifier: Apache-2.0
"""The call on the page of a purchase: what is bought, what is asked of bidders, questions with their answers."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import day, day_time, lang
from vitrina.cycle.tendering.events import CallPublished, CriterionRef, Terms
from vitrina.cycle.tendering.methods import BY_COST, BY_POINTS, COST, SCALE
from vitrina.kernel import formats
from vitrina.ledger.models import Position

CALLS = {"call.published", "call.amended"}


def items(compiled: dict[str, Any]) -> dict[str, Any]:
    """The lines of goods as a table; the lot is a column only when there are several."""
    rows = [i for i in compiled.get("tender", {}).get("items", []) if i.get("quantity")]
    several = len({i.get("relatedLot") for i in rows}) > 1
    columns = [
        {"label": _("What it is")},
        {"label": "CUCoP"},
        {"label": _("Quantity"), "num": True},
        {"label": _("Unit")},
    ]
    if several:
        columns.insert(0, {"label": _("Lot")})
    table = []
    for item in rows:
        quantity = formats.number(Decimal(str(item["quantity"])), lang())
        cells = [
            item.get("description", ""),
            item.get("classification", {}).get("id", ""),
            quantity,
            item.get("unit", {}).get("name", ""),
        ]
        table.append({"cells": [item.get("relatedLot", ""), *cells] if several else cells})
    return {"item_columns": columns, "item_rows": table}


def auction_words(profile: str) -> str:
    """How the lots are auctioned before the ruling, by the name of the profile."""
    return {
        "open_clock": _("Before the ruling solvent bidders lower their offers in public, with an open clock."),
        "turns": _("Before the ruling solvent bidders lower their offers in public, in turns."),
        "sealed_final": _("Before the ruling solvent bidders lower their offers in public; the last round is sealed."),
    }.get(profile, profile)


def method_words(call: CallPublished, now: Terms) -> str:
    """How the winner is found, with what each part is worth where it is by points."""
    if now.evaluation_method == BY_COST:
        return _(
            "Of those that meet every requirement the lowest sum of price and life-cycle cost wins; the contract is "
            "for the price alone (cost-benefit)."
        )
    if now.evaluation_method != BY_POINTS:
        return _("Who meets every requirement at the lowest price wins (binary evaluation).")
    worth = {rule.key: rule.value for rule in call.rules}
    text = _(
        "Who gets the most points wins: %(technical)s for the technical part, which needs %(least)s, and %(economic)s "
        "for the price: all to the lowest, to the others in proportion (points and percentages)."
    )
    technical, economic, least = (worth[key] for key in SCALE)
    return text % {"technical": technical, "economic": economic, "least": least}


def points_words(criterion: CriterionRef) -> str:
    """What a requirement can give, or over which years it asks for a cost; empty where a bid passes or fails."""
    if criterion.years is not None:
        text = ngettext("cost of %(n)s year, without VAT", "cost of %(n)s years, without VAT", criterion.years)
        return text % {"n": criterion.years}
    if criterion.points is None:
        return ""
    return _("up to %(n)s points") % {"n": formats.number(criterion.points, lang())}


def costs_asked(entries: list[Position]) -> dict[str, int] | None:
    """Lot -> how many costs the call in force asks for; nothing where it is not by life-cycle cost."""
    calls = [row.entry.event for row in entries if row.entry.kind in CALLS]
    if not calls or calls[-1].terms.evaluation_method != BY_COST:
        return None
    only = calls[0].lots[0].number  # one without a lot is of the only lot
    return Counter(str(c.lot or only) for c in calls[-1].terms.criteria if c.kind == COST)


def terms(entries: list[Position], zone: str) -> dict[str, Any]:
    """The terms in force, from the last call or amendment: pairs of word and value, requirements, panel."""
    calls = [row.entry.event for row in entries if row.entry.kind in CALLS]
    if not calls:
        return {"terms": [], "criteria": []}
    first, now = calls[0], calls[-1].terms
    days = ngettext("%(n)d day after the signature", "%(n)d days after the signature", now.delivery_days)
    pairs = [
        (_("Questions until"), day_time(now.questions_until, zone)),
        (_("Clarification meeting"), day_time(now.clarification_at, zone)),
        (_("Envelopes until, and opening"), day_time(now.opening_at, zone)),
        (_("Ruling, at the latest"), day_time(now.award_by, zone)),
        (_("How it is decided"), method_words(first, now)),
        *([(_("Reverse auction"), auction_words(now.auction))] if now.auction else []),
        (_("Delivery"), f"{now.delivery_place}. {days % {'n': now.delivery_days}}."),
        (
            _("Contract"),
            _("from %(start)s to %(end)s") % {"start": day(now.contract_start), "end": day(now.contract_end)},
        ),
        (_("Performance guarantee"), formats.percent(now.guarantee_share * 100, lang())),
        (
            _("Penalty for delay"),
            _("%(rate)s a day of what is late")
            % {"rate": formats.percent(now.penalty_rate * 100, lang(), decimals=2)},
        ),
    ]
    return {
        "terms": [{"term": term, "value": value} for term, value in pairs],
        "call_text": now.description,
        "criteria": [
            {"title": c.title, "text": c.description, "lot": c.lot, "points": points_words(c)} for c in now.criteria
        ],
        "panel": [p for p in calls[0].panel if p.role == "evaluator"],
    }


SHOWN = 20  # questions that the page of a purchase shows; a page of their own has all


def questions(compiled: dict[str, Any]) -> dict[str, Any]:
    """The first questions with their answers, once the meeting published them, and how many there are in all."""
    asked = compiled.get("tender", {}).get("enquiries", [])
    shown = [
        {"who": q.get("title", ""), "question": q.get("description", ""), "answer": q.get("answer", "")}
        for q in asked[:SHOWN]
    ]
    return {"questions": shown, "n_questions": len(asked)}
