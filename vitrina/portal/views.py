# SPDX-License-Identifier: Apache-2.0
"""Public pages: home, acts, data. Each opens with its answer as a sentence."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from vitrina.cycle.core.signed_words import told
from vitrina.cycle.core.words import lang
from vitrina.kernel import clock, formats
from vitrina.ledger import feed
from vitrina.ledger.models import Entry, Position, Release

from . import log_page, queries, signatures
from .charts import sources
from .models import PurchaseCard

ACTS = 50  # on a page of acts
MOST_RAW = 200_000  # letters of an act that its page shows; minutes of thousands of questions weigh megabytes


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What happens now, the acts of the day, where the money of the year went."""
    now = clock.now()
    contracted = PurchaseCard.objects.filter(amount_kind="contract", currency="MXN")
    sums = contracted.aggregate(n=Count("ocid"), total=Sum("amount_centavos"))
    context = {
        "now": now,
        "upcoming": queries.upcoming(now),
        "acts": queries.acts_page(queries.latest_acts(8)),
        "n_acts": feed.head(),
        "total": sums["total"],
        "n_contracts": sums["n"],
        "n_buyers": PurchaseCard.objects.filter(amount_kind="contract").values("buyer_key").distinct().count(),
        "ledger_size": feed.head(),
        "stream": "/live/all/events",
        "examples": _examples(),
        "charts": sources.shown("inicio", sources.ONLY, always="dinero-por-procedimiento") if sums["total"] else (),
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
