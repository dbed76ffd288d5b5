# SPDX-License-Identifier: Apache-2.0
"""`/adjudicaciones-directas/`: every direct award known here, with its ground, its reasons and its market study."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.words import lang, rule_words
from vitrina.kernel import clock, formats
from vitrina.kernel.money import Money
from vitrina.portal import queries
from vitrina.portal.models import PurchaseCard
from vitrina.portal.paging import page_of, pagination
from vitrina.portal.search import answers
from vitrina.portal.search.filters import Filters, pairs_of, read_filters, value_words
from vitrina.search.entry import buyer_of
from vitrina.search.finding import Found

from . import direct, files
from .direct import JUSTIFICATION, STUDY, Pieces, Share
from .words import points

FRACTION = re.compile(r"LAASSP-2025\b.*\b54\b.*\b([IVX]+)$")
BUYERS, LAST_PAGE, MOST_ROWS = 25, 500, 50_000
COLUMNS = ("kind", "id", "ocid", "number", "title", "buyer", "suppliers", "amount", "currency", "date", "ground",
           "justification", "justification_url", "market_study_url", "missing", "synthetic", "url")  # fmt: skip


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The page: the filters of `/buscar` but for the method, which is always this one."""
    filters = read_filters(pairs_of(request.GET))
    page = min(page_of(request), LAST_PAGE)
    everything, found = direct.found(filters, (page - 1) * queries.PAGE, queries.PAGE)
    query = Filters(filters.q, tuple(pair for pair in filters.values if pair[0] != "method")).query()
    context = {
        "nav": "search",
        "q": filters.q,
        "headline": _headline(everything, found),
        "lead": _lead(everything, found),
        "n": found.total,
        "applied": [(_value(n, v, everything), _without(request, n, v)) for n, v in filters.values if n != "method"],
        "hidden": [pair for pair in filters.values if pair[0] != "method"],
        "years": _share_rows(request, direct.shares(everything, found, "year"), "year"),
        "buyers": _share_rows(request, direct.shares(everything, found, "buyer")[:BUYERS], "buyer"),
        "share_columns": [
            {"label": _("Which")},
            {"label": _("Direct awards"), "num": True},
            {"label": _("Of how many"), "num": True},
            {"label": _("Share"), "num": True},
        ],
        "rows": _rows(found),
        "columns": _columns(),
        "pages": pagination(request, page, min(found.total, LAST_PAGE * queries.PAGE)) | {"total": found.total},
        "law": _law(clock.now()),
        "files": [
            {"label": "CSV", "url": f"{reverse('direct_csv')}?{query}".rstrip("?")},
            {"label": "JSON", "url": f"{reverse('direct_json')}?{query}".rstrip("?")},
        ],
        "is_synthetic": answers.told_of_contracts().get("is_synthetic", False),
        "own": PurchaseCard.objects.filter(is_imported=False).count(),
    }
    return render(request, "funds/direct.html", context)


def _headline(everything: Found, found: Found) -> str:
    if not found.total:
        return _("No direct award is known here.")
    share = points(Fraction(found.total, everything.total))
    values = {"share": share, "n": f"{found.total:,}", "of": f"{everything.total:,}"}
    return _("%(share)s were direct awards: %(n)s of %(of)s.") % values


def _lead(everything: Found, found: Found) -> str:
    if not found.contracted or not everything.contracted:
        return _("The amounts of these are not told by their sources.") if found.total else ""
    values = {
        "amount": formats.about_money(found.contracted, lang()),
        "share": points(Fraction(found.contracted, everything.contracted)),
    }
    return _("They were for %(amount)s, %(share)s of the money contracted.") % values


def _value(name: str, value: str, everything: Found) -> str:
    if name != "buyer":
        return value_words(name, value)
    return next((called for key, called in map(buyer_of, everything.facets["buyer"]) if key == value), value)


def _without(request: HttpRequest, name: str, value: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query.setlist(name, [v for v in query.getlist(name) if v != value])
    return f"?{query.urlencode()}"


def _with(request: HttpRequest, name: str, value: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query[name] = value
    return f"?{query.urlencode()}"


def _share_rows(request: HttpRequest, rows: list[Share], name: str) -> list[dict[str, Any]]:
    return [
        {"cells": [{"text": row.name or row.key, "url": _with(request, name, row.key)}, f"{row.direct:,}",
                   f"{row.n:,}", points(row.of_one)]}
        for row in rows
    ]  # fmt: skip


def _columns() -> list[dict[str, Any]]:
    labels = (_("What, and from whom"), _("Legal ground"), _("Justification"), _("Market study"))
    return [*({"label": label} for label in labels), {"label": _("Amount"), "num": True}]


def _rows(found: Found) -> list[dict[str, Any]]:
    """The awards of a page; what the source does not tell says so."""
    bodies = [hit.body for hit in found.hits]
    cards = PurchaseCard.objects.in_bulk([body["ocid"] for body in bodies if body["kind"] != "contract"])
    rows, law = [], direct.law(clock.system()).get("exception.grounds")
    grounds = law.value if law else {}
    for body, told in zip(bodies, direct.pieces(bodies), strict=True):
        shown = answers.contract_result(body) if body["kind"] == "contract" else _result(cards, body)
        if shown is None:
            continue  # withdrawn a moment ago
        what = {"text": shown["title"], "url": shown["url"], "sub": f"{shown['facts'][0]}. {shown['text']}"}
        pieces = (_ground(told.ground, grounds), _reason(told), _document(told.of_type(STUDY)))
        rows.append({"cells": [what, *pieces, shown["amount_text"]]})
    return rows


def _result(cards: dict[str, PurchaseCard], body: dict[str, Any]) -> dict[str, Any] | None:
    card = cards.get(body["ocid"])
    return queries.result(card) if card else None


def _ground(text: str, grounds: dict[str, str]) -> dict[str, str] | str:
    """A ground as its source writes it; under it, in words, what that fraction of article 54 says."""
    found = FRACTION.search(text)
    words = grounds.get(found[1], "") if found else ""
    return {"text": text, "sub": words} if text else _missing("")


def _missing(text: str) -> str:
    return text or _("missing in the source")


def _document(found: dict[str, str]) -> dict[str, str] | str:
    if not found:
        return _missing("")
    return {"text": found.get("title") or _("document"), "url": found.get("url", "")}


def _reason(told: Pieces) -> dict[str, str] | str:
    return _missing(told.rationale) if told.rationale else _document(told.of_type(JUSTIFICATION))


def _law(now: datetime) -> list[dict[str, Any]]:
    """What the law asks of each, in its words, with article and certainty."""
    rules = direct.law(clock.system()) | direct.law(now)
    found = []
    if fields := rules.get("exception.justification.fields"):
        what = {"term": _("The justification says"), "value": "; ".join(fields.value)}
        found.append(what | {"note": rule_words(applied(fields))})
    if cap := rules.get("exception.amount_cap"):
        share = points(Fraction(cap.value))
        value = _("%(share)s of the year's budget for purchases, at most") % {"share": share}
        found.append({"term": _("By amount"), "value": value, "note": rule_words(applied(cap))})
    return found


def _plain(filters: Filters, most: int) -> Iterator[dict[str, Any]]:
    for row, _body, told in direct.every(filters, most):
        study, reason = told.of_type(STUDY), told.of_type(JUSTIFICATION)
        yield {
            **{name: row[name] for name in COLUMNS if name in row},
            "suppliers": "; ".join(row["suppliers"]),
            "ground": told.ground,
            "justification": told.rationale,
            "justification_url": reason.get("url", ""),
            "market_study_url": study.get("url", ""),
            "missing": told.missing,
        }


@require_safe
def direct_csv(request: HttpRequest) -> HttpResponse:
    """`/adjudicaciones-directas.csv`: up to 50,000 awards; an empty cell is what its source does not tell."""
    filters = read_filters(pairs_of(request.GET))
    return files.table("adjudicaciones-directas.csv", COLUMNS, _plain(filters, MOST_ROWS))


@require_safe
def direct_json(request: HttpRequest) -> JsonResponse:
    """`/adjudicaciones-directas.json`: the shares by year and buyer, and a page of awards."""
    filters = read_filters(pairs_of(request.GET))
    everything, found = direct.found(filters, 0, 1)

    def plain(facet: str) -> list[dict[str, Any]]:
        rows = direct.shares(everything, found, facet)
        return [{"key": r.key, "name": r.name, "direct": r.direct, "n": r.n} for r in rows]

    page = min(page_of(request), LAST_PAGE)
    first = (page - 1) * queries.PAGE
    body = {
        "v": 1,
        "n": everything.total,
        "direct": found.total,
        "contracted": str(Money(everything.contracted).decimal),
        "contracted_direct": str(Money(found.contracted).decimal),
        "by_year": plain("year"),
        "by_buyer": plain("buyer"),
        "page": page,
        "size": queries.PAGE,
        "next": _next(request, page) if first + queries.PAGE < min(found.total, LAST_PAGE * queries.PAGE) else None,
        "awards": list(_plain(filters, first + queries.PAGE))[first:],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _next(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page + 1)
    return f"{settings.PUBLIC_URL}{request.path}?{query.urlencode()}"
