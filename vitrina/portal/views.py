# SPDX-License-Identifier: Apache-2.0
"""Public pages: home, buyers, units, suppliers, acts, data. Each opens with its answer as a sentence."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.cycle.core.signed_words import told
from vitrina.cycle.core.words import lang, money
from vitrina.kernel import clock, formats
from vitrina.kernel.text import fold
from vitrina.ledger import feed
from vitrina.ledger.models import Entry, Position, Release
from vitrina.parties.models import Supplier, Unit

from . import log_page, queries, signatures
from .models import PurchaseCard, SupplierCard
from .paging import page_of, pagination

ACTS = 50  # on a page of acts
MOST_RAW = 200_000  # letters of an act that its page shows; minutes of thousands of questions weigh megabytes


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What happens now, the acts of the day, where the money of the year went."""
    now = clock.now()
    by_method = (
        PurchaseCard.objects.filter(amount_kind="contract", currency="MXN")
        .values("method")
        .annotate(n=Count("ocid"), centavos=Sum("amount_centavos"))
        .order_by("-centavos")
    )
    rows = [r for r in by_method if r["centavos"]]
    total = sum(r["centavos"] for r in rows)
    shares = [{**r, "words": queries.method_words(r["method"]), "share": 100 * r["centavos"] // total} for r in rows]
    context = {
        "now": now,
        "upcoming": queries.upcoming(now),
        "acts": queries.acts_page(queries.latest_acts(8)),
        "n_acts": feed.head(),
        "shares": shares,
        "total": total,
        "n_contracts": sum(r["n"] for r in rows),
        "n_buyers": PurchaseCard.objects.filter(amount_kind="contract").values("buyer_key").distinct().count(),
        "ledger_size": feed.head(),
        "stream": "/live/all/events",
        "examples": _examples(),
        "money_columns": [
            {"label": _("How it was bought")},
            {"label": _("Contracts"), "num": True},
            {"label": _("Amount"), "num": True},
            {"label": _("Share"), "num": True},
        ],
        "money_rows": [
            {"cells": [s["words"].capitalize(), f"{s['n']:,}", money(s["centavos"]), f"{s['share']} %"]}
            for s in shares
        ],
    }
    return render(request, "portal/home.html", context)


def _examples() -> list[dict[str, Any]]:
    """Searches that find something here: the title of a live purchase, a buyer, a number."""
    card = PurchaseCard.objects.exclude(number="").order_by("is_imported", "-last_position").first()
    if card is None:
        return []
    words = " ".join(card.title.split()[:3])
    base = reverse("portal:search")
    return [
        {"label": words, "url": f"{base}?{urlencode({'q': words})}"},
        {"label": card.number, "url": f"{base}?{urlencode({'q': card.number})}", "mono": True},
    ]


@require_safe
def buyers(request: HttpRequest) -> HttpResponse:
    """Every institution with purchases here, by what it contracted."""
    q = request.GET.get("q", "").strip()[:120]
    rows = PurchaseCard.objects.values("buyer_key", "buyer_name").annotate(
        n=Count("ocid"), centavos=Sum("amount_centavos", filter=Q(amount_kind="contract", currency="MXN"))
    )
    shown = [r for r in rows.order_by("-n", "buyer_name") if not q or fold(q) in fold(r["buyer_name"])]
    context = {
        "nav": "buyers",
        "q": q,
        "n": len(shown),
        "columns": [
            {"label": _("Institution")},
            {"label": _("Purchases"), "num": True},
            {"label": _("Contracted"), "num": True},
        ],
        "rows": [
            {
                "cells": [
                    {"text": r["buyer_name"], "url": reverse("portal:unit", args=[r["buyer_key"]])},
                    f"{r['n']:,}",
                    money(r["centavos"]) if r["centavos"] else _("no data"),
                ]
            }
            for r in shown[:300]
            if r["buyer_key"]
        ],
    }
    return render(request, "portal/buyers.html", context)


@require_safe
def unit(request: HttpRequest, key: str) -> HttpResponse:
    """An institution or one of its units: what it buys, from whom, and its own units below it."""
    registered = Unit.objects.select_related("parent", "root").filter(key=key).first()
    cards = PurchaseCard.objects.filter(Q(buyer_key=key) | Q(unit_key=key)).order_by("-last_position")
    first = cards.first()
    if registered is None and first is None:
        raise Http404
    name = registered.name if registered else (first.buyer_name if first.buyer_key == key else first.unit_name)
    totals, page = queries.sums(cards), page_of(request)
    children = registered.children.order_by("name") if registered else Unit.objects.none()
    context = {
        "nav": "buyers",
        "name": name,
        "unit": registered,
        "totals": totals,
        "key": key,
        "results": [queries.result(c) for c in cards[(page - 1) * queries.PAGE : page * queries.PAGE]],
        "pages": pagination(request, page, totals["n"]),
        "children": children[:60],
        "n_children": children.count(),
        "n_below": Unit.objects.filter(root=registered).count() if registered else 0,
        "suppliers": _top_suppliers(cards),
        "supplier_columns": [
            {"label": _("Supplier")},
            {"label": _("Purchases"), "num": True},
            {"label": _("Contracted"), "num": True},
        ],
    }
    return render(request, "portal/unit.html", context)


def _top_suppliers(cards: Any) -> list[dict[str, Any]]:
    rows = (
        cards.filter(amount_kind="contract", currency="MXN")
        .exclude(supplier_names="")
        .values("supplier_names")
        .annotate(n=Count("ocid"), centavos=Sum("amount_centavos"))
        .order_by("-centavos")[:8]
    )
    return [{"cells": [r["supplier_names"][:120], f"{r['n']:,}", money(r["centavos"])]} for r in rows]


@require_safe
def supplier(request: HttpRequest, key: str) -> HttpResponse:
    """A supplier: its bids, its contracts, for how much, with whom."""
    card = SupplierCard.objects.filter(key=key).first()
    registered = Supplier.objects.filter(key=key).first()
    if card is None and registered is None:
        raise Http404
    cards = PurchaseCard.objects.filter(supplier_keys__contains=[key]).order_by("-last_position")
    page, total = page_of(request), cards.count()
    context = {
        "nav": "search",
        "card": card,
        "name": card.name if card else registered.name,
        "registered": registered,
        "results": [queries.result(c) for c in cards[(page - 1) * queries.PAGE : page * queries.PAGE]],
        "pages": pagination(request, page, total),
        "n": total,
    }
    return render(request, "portal/supplier.html", context)


@require_safe
def acts(request: HttpRequest) -> HttpResponse:
    """The public order, newest first."""
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None  # noqa: PLR2004
    rows = queries.latest_acts(ACTS, before=before)
    context = {
        "nav": "acts",
        "acts": queries.acts_page(rows),
        "n_acts": feed.head(),
        "before": before,
        "older": rows[-1].position if len(rows) == ACTS else None,
        "stream": "" if before else "/live/all/events",
    }
    return render(request, "portal/acts.html", context)


@require_safe
def act(request: HttpRequest, position: int) -> HttpResponse:
    """One entry of the ledger, whole: what was said, by whom, its digests, its release; 410 once it is withdrawn."""
    row = get_object_or_404(Position.objects.select_related("entry"), position=position)
    statement = feed.statement(row.position, row.entry)
    card = PurchaseCard.objects.filter(ocid=row.entry.ocid).first() if row.entry.is_public else None
    release = Release.objects.filter(position=position).first()
    raw = json.dumps(statement, ensure_ascii=False, indent=2, sort_keys=True)
    is_small = len(raw) <= MOST_RAW
    context = {
        "nav": "acts",
        "position": position,
        "entry": row.entry if row.entry.is_public else None,
        "card": card,
        "act": queries.describe(position, row.entry, card) if row.entry.is_public else None,
        "release": release,
        "raw": raw if is_small else "",
        "raw_weight": formats.number(Decimal(len(raw) // 1000), lang()),
        "digest": row.entry.digest,
        "release_raw": json.dumps(json.loads(release.body), ensure_ascii=False, indent=2)
        if release and is_small
        else "",
        "signed": told(row.entry) if row.entry.is_public else None,
        "act_signed": signatures.act_signed(row.entry) if row.entry.is_public else None,
        "logged": log_page.facts(position),
        "withdrawal": _withdrawal(row.entry) if row.entry.is_erased else None,
    }
    return render(request, "portal/act.html", context, status=410 if row.entry.is_erased else 200)


def _withdrawal(entry: Entry) -> dict[str, Any]:
    """The act that withdrew the content of an entry, as the page tells it."""
    act, number = entry.erasure.act, entry.erasure.position
    url = reverse("portal:act", args=[number]) if number else ""
    return {"detail": act.event.detail(), "at": act.at, "number": number, "url": url}


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """How to take the data away and to check it."""
    return render(
        request, "portal/data.html", {"nav": "data", "n_acts": feed.head(), "n_releases": Release.objects.count()}
    )
