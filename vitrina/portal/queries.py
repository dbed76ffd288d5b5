# SPDX-License-Identifier: Apache-2.0
"""What pages ask of the projections and of the public order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from vitrina.cycle.core.words import money, rule_words
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry, Position

from .models import PurchaseCard

PAGE = 20


def status_words(status: str) -> tuple[str, str]:
    """(shape, word) of an OCDS tender status."""
    words = {
        "planning": _("Planned"),
        "planned": _("Planned"),
        "active": _("Under way"),
        "complete": _("Awarded"),
        "unsuccessful": _("Deserted"),
        "cancelled": _("Cancelled"),
        "withdrawn": _("Withdrawn"),
    }
    return ("on" if status == "active" else "wait", words.get(status, _("No data")))


def method_words(method: str) -> str:
    """The procurement method as people call it."""
    return {
        "open": _("open tender"),
        "selective": _("invitation to at least three"),
        "direct": _("direct award"),
        "limited": _("limited"),
    }.get(method, _("no data"))


def stage_words(stage: str) -> str:
    """The name of a stage in the glass case."""
    return {
        "planning": pgettext("stage", "Plan"),
        "research": pgettext("stage", "Research"),
        "tendering": pgettext("stage", "Call"),
        "clarifying": pgettext("stage", "Clarification"),
        "bidding": pgettext("stage", "Envelopes"),
        "opening": pgettext("stage", "Opening"),
        "evaluation": pgettext("stage", "Evaluation"),
        "auction": pgettext("stage", "Auction"),
        "awarding": pgettext("stage", "Ruling"),
        "contracting": pgettext("stage", "Contract"),
        "delivery": pgettext("stage", "Deliveries"),
        "payment": pgettext("stage", "Payment"),
        "history": pgettext("stage", "Imported history"),
    }.get(stage, stage)


def sums(cards: QuerySet[PurchaseCard]) -> dict[str, Any]:
    """How many, and for how much what they contracted."""
    contracted = Sum("amount_centavos", filter=Q(amount_kind="contract", currency="MXN"))
    return cards.aggregate(n=Count("ocid"), contracted=contracted)


def facet_words(name: str, value: str) -> str:
    """A facet's value in words."""
    if name == "status":
        return status_words(value)[1]
    if name == "method":
        return method_words(value)
    if name == "category":
        return {"goods": _("goods"), "services": _("services"), "works": _("works")}.get(value, value)
    return value


def result(card: PurchaseCard) -> dict[str, Any]:
    """A card as `parts/results.html` shows it."""
    kind, state = status_words(card.status)
    facts = [card.unit_name or card.buyer_name, method_words(card.method) if card.method else "", card.number]
    return {
        "title": card.title,
        "url": reverse("portal:purchase", args=[card.ocid]),
        "kind": kind,
        "state": state,
        "facts": [f for f in facts if f],
        "amount_text": amount_words(card),
        "text": card.supplier_names,
        "number": card.last_position,
        "proof_url": reverse("portal:act", args=[card.last_position]),
    }


def amount_words(card: PurchaseCard) -> str:
    """The card's amount; a budget is said to be one."""
    if card.amount_centavos is None:
        return _("no data")
    amount = money(Money(card.amount_centavos, card.currency))
    return _("budget %(amount)s") % {"amount": amount} if card.amount_kind == "budget" else amount


def latest_acts(limit: int, *, before: int | None = None, condition: Q | None = None) -> list[Position]:
    """Public acts, newest first."""
    rows = Position.objects.filter(entry__visibility="public").select_related("entry")
    if condition is not None:
        rows = rows.filter(condition)
    if before is not None:
        rows = rows.filter(position__lt=before)
    return list(rows.order_by("-position")[:limit])


def act_of(row: Position, cards: dict[str, PurchaseCard]) -> dict[str, Any]:
    """An entry as lists and timelines show it."""
    return describe(row.position, row.entry, cards.get(row.entry.ocid))


def describe(position: int, entry: Entry, card: PurchaseCard | None = None) -> dict[str, Any]:
    """One act: sentence, detail, who, when, rule, documents, number."""
    event = entry.event
    documents = [{"label": d.title, "url": reverse("document", args=[d.sha256])} for d in event.documents]
    rule = event.rules[0] if event.rules else None
    return {
        "sentence": event.sentence(),
        "detail": event.detail(),
        "state": "done",
        "at": entry.at,
        "anchor": f"n{position}",
        "who": card.title if card else entry.actor.get("name", ""),
        "article": rule_words(rule) if rule else "",
        "documents": documents,
        "number": position,
        "proof_url": reverse("portal:act", args=[position]),
        "url": reverse("portal:purchase", args=[card.ocid]) if card else "",
        "kind": entry.kind,
        "stage": event.stage,
        "paper_url": reverse("act_pdf", args=[position]),
    }


def acts_page(rows: Iterable[Position]) -> list[dict[str, Any]]:
    """Acts with the purchases they belong to."""
    rows = list(rows)
    cards = PurchaseCard.objects.in_bulk({r.entry.ocid for r in rows if r.entry.ocid})
    return [act_of(r, cards) for r in rows]


def upcoming(now: datetime, limit: int = 3) -> QuerySet[PurchaseCard]:
    """Purchases whose opening is still to come, the nearest first."""
    return PurchaseCard.objects.filter(opening_at__gte=now, status="active", is_imported=False).order_by("opening_at")[
        :limit
    ]
