# SPDX-License-Identifier: Apache-2.0
"""`/buscar`: the page of the search, and the same answer as JSON, CSV and Atom from the same address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.portal import queries
from vitrina.portal.charts import tiles
from vitrina.portal.paging import page_of, pagination
from vitrina.search.entry import FACETS, buyer_of
from vitrina.search.finding import Found, by_buyer

from . import answers, files
from .filters import Filters, facet_label, pairs_of, read_filters, value_words

SHOWN = 6  # values of a facet, until all are asked for
LAST_PAGE = 500  # the pages after it are in the files
Build = Callable[[HttpRequest, Filters, int], HttpResponseBase]
FORMATS: dict[str, Build] = {
    "json": files.as_json,
    "csv": files.as_csv,
    "xlsx": files.as_xlsx,
    "atom": files.as_feed("atom"),
    "rss": files.as_feed("rss"),
    "feed": files.as_feed("json"),
}


@require_safe
def search(request: HttpRequest) -> HttpResponseBase:
    """One search over purchases and contracts; the sentence counts and sums what was found."""
    filters = read_filters(pairs_of(request.GET))
    page = min(page_of(request), LAST_PAGE)
    if build := FORMATS.get(request.GET.get("format", "")):
        return build(request, filters, page)
    found = answers.find(filters, first=(page - 1) * queries.PAGE)
    context = {
        "nav": "search",
        "filters": filters,
        "sentence": sentence(found),
        "found": found,
        "facets": [facet for name in FACETS if (facet := _facet(request, name, found, filters))["choices"]],
        "active": len(filters.values),
        "kept": [pair for pair in filters.pairs() if pair[0] != "q"],
        "hidden": [pair for pair in filters.pairs() if pair[0] in {"q", "order", "exact"}],
        "applied": [(_value_words(n, v, found), _address(request, without=(n, v))) for n, v in filters.values],
        "orders": _orders(request, filters),
        "results": answers.results(found.hits, filters, found.corrected),
        "pages": pagination(request, page, min(found.total, LAST_PAGE * queries.PAGE)) | {"total": found.total},
        "query": filters.query(),
        "follow_query": _followed(filters, found),
        "urls": {f: _address(request, format=f) for f in FORMATS},
        "exact_url": _address(request, exact="1"),
        "suggestions": [(_replaced(filters.q, a, b), _address(request, q=_replaced(filters.q, a, b)))
                        for a, b in found.suggested.items()],
        "empty_links": _ways_on(filters),
    }  # fmt: skip
    return render(request, "portal/search.html", context)


def moved(request: HttpRequest, form: str = "") -> HttpResponse:
    """The former addresses of the search (`/compras/`, `/compras.csv`), for ever."""
    query = request.GET.copy()
    if form:
        query["format"] = form
    return HttpResponsePermanentRedirect(f"{reverse('portal:search')}{'?' if query else ''}{query.urlencode()}")


def sentence(found: Found) -> str:
    """How many, for how much, and how many of them go on: the answer of the page."""
    n, active = found.total, found.facets["status"]["active"]
    text = ngettext("%(n)s purchase or contract", "%(n)s purchases and contracts", n) % {"n": f"{n:,}"}
    if found.contracted:
        amount = formats.about_money(found.contracted, lang())
        text = _("%(found)s, for %(amount)s contracted") % {"found": text, "amount": amount}
    if 0 < active < n:
        going = ngettext("One is under way", "%(n)s are under way", active) % {"n": f"{active:,}"}
        return _("%(found)s. %(going)s.") % {"found": text, "going": going}
    return f"{text}."


def _facet(request: HttpRequest, name: str, found: Found, filters: Filters) -> dict[str, Any]:
    """A facet as `parts/facets.html` shows it: what is chosen always, the most frequent, a link to all."""
    chosen, counts = filters.of(name), _counts(name, found)
    for value in chosen:
        counts.setdefault(value, ("", 0))
    shown = list(counts) if request.GET.get("all") == name else [
        value for place, value in enumerate(counts) if place < SHOWN or value in chosen
    ]  # fmt: skip
    left = len(counts) - len(shown)
    more = ngettext("Another one", "Another %(n)s", left) % {"n": f"{left:,}"}
    return {
        "name": name,
        "label": facet_label(name),
        "choices": [
            {"value": v, "label": _value_words(name, v, found), "count": counts[v][1], "checked": v in chosen}
            for v in shown
        ],
        "more_url": _address(request, all=name) if left else "",
        "more_label": f"{more}: {facet_label(name).lower()}",
        "tiles": _tiles(request, chosen, found) if name == "place" and counts else [],
    }


def _tiles(request: HttpRequest, chosen: tuple[str, ...], found: Found) -> list[tiles.Tile]:
    """The states as tiles: touching one asks for it, too; touching it again leaves it out."""

    def url(name: str) -> str:
        pair = ("place", name)
        return _address(request, without=pair) if name in chosen else _address(request, added=pair)

    return tiles.tiles(found.facets["place"], url, chosen)


def _counts(name: str, found: Found) -> dict[str, tuple[str, int]]:
    """Value -> (name, how many), in the order in which a reader looks for one."""
    if name == "buyer":
        return by_buyer(found.facets[name])
    counts = found.facets[name]
    ordered = {"year": sorted(counts, reverse=True), "band": sorted(counts)}.get(name)
    return {value: ("", counts[value]) for value in ordered or [v for v, _n in counts.most_common()]}


def _value_words(name: str, value: str, found: Found) -> str:
    if name == "buyer":
        names = (found_name for key, found_name in map(buyer_of, found.facets[name]) if key == value)
        return next(names, value)
    return value_words(name, value)


def _orders(request: HttpRequest, filters: Filters) -> list[tuple[str, str]]:
    """(words, address) of each order; the one in force has no address."""
    orders = {"best": _("most alike"), "recent": _("newest"), "amount": _("amount")}
    if not filters.q:
        del orders["best"]
    in_force = filters.wanted.sorting
    return [(text, "" if name == in_force else _address(request, order=name)) for name, text in orders.items()]


def _address(
    request: HttpRequest,
    *,
    without: tuple[str, str] | None = None,
    added: tuple[str, str] | None = None,
    **changed: str,
) -> str:
    """The address of this search with something changed, from its first page."""
    query = request.GET.copy()
    for name in ("page", "format", "all"):
        query.pop(name, None)
    if without:
        query.setlist(without[0], [v for v in query.getlist(without[0]) if v != without[1]])
    if added:
        query.appendlist(*added)
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _followed(filters: Filters, found: Found) -> str:
    """The search as it is followed: with the words that were looked for in place of those that nobody writes."""
    text = filters.q
    for typed, word in found.corrected.items():
        text = _replaced(text, typed, word)
    return replace(filters.scope(), q=text).query()


def _replaced(text: str, word: str, other: str) -> str:
    return text.replace(word, other) if word in text else other


def _ways_on(filters: Filters) -> list[dict[str, str]]:
    """Where to go when nothing was found."""
    wider = {"label": _("The same words without filters"), "url": f"?{Filters(filters.q).query()}"}
    return [
        *([wider] if filters.values and filters.q else []),
        {"label": _("See every purchase"), "url": reverse("portal:search")},
    ]
