# SPDX-License-Identifier: Apache-2.0
"""Pages of institutions and units, suppliers, markets and places; the list of who buys."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import money
from vitrina.kernel import clock
from vitrina.kernel.text import fold
from vitrina.parties.models import Supplier, Unit
from vitrina.portal import queries
from vitrina.portal.charts import sources
from vitrina.portal.funds.supplier import history
from vitrina.portal.identity import identity_of
from vitrina.portal.models import PurchaseCard, SupplierCard
from vitrina.portal.paging import page_of, pagination
from vitrina.portal.tree import law_of, purchases_of, table, tree_of
from vitrina.profiles import Profile
from vitrina.profiles.book import ORDERS
from vitrina.profiles.shapes import Part

from . import reading, shown, tables

PAGE = 50
BODIES, MOST_HERE = 100, 300  # institutions of this installation on a page; before those of a history
MOST_ROWS = 100_000  # of a list as CSV
NAV = {"buyer": "buyers", "unit": "buyers"}


@require_safe
def unit(request: HttpRequest, key: str) -> HttpResponse:
    """An institution or one of its units: what it and those below it buy, from whom; the loaded history beside it."""
    registered = Unit.objects.select_related("root").filter(key=key).first()
    tree = tree_of(registered) if registered else None
    cards = purchases_of(key, tree).order_by("-last_position")
    first, profile = cards.first(), reading.of_unit(key)
    if registered is None and first is None:
        if here := reading.live_unit(key):
            return redirect("portal:unit", here)
        return _of_history(request, profile)
    name = registered.name if registered else (first.buyer_name if first.buyer_key == key else first.unit_name)
    totals, page = queries.sums(cards), page_of(request)
    here = {"key": key, "name": name, "purchases": totals["n"], "contracted_centavos": totals["contracted"] or 0}
    if (file := shown.as_file(request, profile, {"here": here})) is not None:
        return file
    context = {
        "nav": "buyers",
        "name": name,
        "unit": registered,
        "totals": totals,
        "key": key,
        "results": [queries.result(c) for c in cards[(page - 1) * queries.PAGE : page * queries.PAGE]],
        "pages": pagination(request, page, totals["n"]),
        "charts": sources.shown("comprador", key, always="proveedores"),
        "tree": tree,
        **(table(tree.children) if tree else {}),
        "law": law_of(registered, clock.now()) if registered else "",
        **identity_of(registered.buyer.key if registered else ""),
        **(shown.history(profile) if profile else {}),
    }
    return render(request, "portal/unit.html", context)


@require_safe
def supplier(request: HttpRequest, key: str) -> HttpResponse:
    """A supplier: its bids, its contracts, for how much, with whom; the loaded history beside them."""
    card = SupplierCard.objects.filter(key=key).first()
    registered = Supplier.objects.filter(key=key).first()
    profile = reading.of_supplier(key, registered)
    if card is None and registered is None:
        if here := reading.live_supplier(profile.key if profile else key):
            return redirect("portal:supplier", here)
        if profile and profile.key != key:
            return redirect("portal:supplier", profile.key)
        return _of_history(request, profile)
    here = {"key": key, "name": card.name if card else registered.name, "contracts": card.n_contracts if card else 0,
            "contracted_centavos": card.total_centavos if card else 0}  # fmt: skip
    if (file := shown.as_file(request, profile, {"here": here})) is not None:
        return file
    cards = PurchaseCard.objects.filter(supplier_keys__contains=[key]).order_by("-last_position")
    page, total = page_of(request), cards.count()
    context = {
        "nav": "search",
        "card": card,
        "name": here["name"],
        "registered": registered,
        "ledger": history(registered, key, clock.now()),
        "results": [queries.result(c) for c in cards[(page - 1) * queries.PAGE : page * queries.PAGE]],
        "pages": pagination(request, page, total),
        "n": total,
        **(shown.history(profile) if profile else {}),
    }
    return render(request, "portal/supplier.html", context)


@require_safe
def market(request: HttpRequest, key: str) -> HttpResponse:
    """What is bought: a class, or what begins with the same digits."""
    return _of_history(request, reading.of("market", key.upper()))


@require_safe
def place(request: HttpRequest, key: str) -> HttpResponse:
    """A state."""
    return _of_history(request, reading.of("place", key))


@require_safe
def country(request: HttpRequest) -> HttpResponse:
    """All of the history: who buys and sells most, what, where."""
    return _of_history(request, reading.of("country", ""))


def _of_history(request: HttpRequest, profile: Profile | None) -> HttpResponse:
    """The page of an entity that only the history knows; 404 with a way on."""
    if profile is None:
        raise Http404
    if (file := shown.as_file(request, profile)) is not None:
        return file
    context = {"nav": NAV.get(profile.kind, "search"), **shown.history(profile), "over": _over(profile)}
    return render(request, "portal/profile.html", context)


def _over(profile: Profile) -> str:
    """What kind of thing the page is about."""
    words = {
        "buyer": _("Institution"),
        "unit": _("Buying unit"),
        "supplier": _("Supplier"),
        "market": _("What is bought"),
        "place": _("Place"),
        "country": _("All of the loaded history"),
    }
    return words[profile.kind]


@require_safe
def buyers(request: HttpRequest) -> HttpResponse:
    """Who buys: the institutions with purchases here, then those of the history, or its units, by amount, number or
    name.
    """
    q = request.GET.get("q", "").strip()[:120]
    kind = "unit" if request.GET.get("kind") == "unit" else "buyer"
    order = request.GET.get("order", "")
    order, page, book = order if order in ORDERS else "amount", page_of(request), reading.book()
    if book and request.GET.get("format") == "csv":
        rows = book.listed(kind, text=q, order=order, size=MOST_ROWS).rows
        data = [(one.key, one.name, one.n, tables.decimal(one.centavos)) for one in rows]
        return shown.as_csv("compradores", ("key", "name", "contracts", "amount_mxn"), data)
    here = _here(q)
    if book and request.GET.get("format") == "json":
        found = book.listed(kind, text=q, order=order, first=(page - 1) * PAGE, size=PAGE)
        return shown.listed_json(found, [row["data"] for row in here])
    context = {
        "nav": "buyers",
        "q": q,
        "n": len(here),
        "columns": [
            {"label": _("Institution")},
            {"label": _("Purchases"), "num": True},
            {"label": _("Contracted"), "num": True},
        ],
        "rows": here[:MOST_HERE] if book else here[(page - 1) * BODIES : page * BODIES],
        "here_pages": {} if book else pagination(request, page, len(here), BODIES),
    }
    if book:
        found = book.listed(kind, text=q, order=order, first=(page - 1) * PAGE, size=PAGE)
        context |= {
            "history": found,
            "title": _title(found.total, kind, len(here), q),
            "kind": kind,
            "is_synthetic": book.is_synthetic,
            "kinds": [(_("Institutions"), _address(request, kind="buyer"), kind == "buyer"),
                      (_("Units: hospitals, clinics, offices"), _address(request, kind="unit"), kind == "unit")],
            "history_columns": _sorted_columns(request, order),
            "history_rows": [_row(one) for one in found.rows],
            "pages": pagination(request, page, found.total, PAGE),
            "hidden": [(name, request.GET[name]) for name in ("kind", "order") if name in request.GET],
            "csv_url": _address(request, format="csv"),
        }  # fmt: skip
    return render(request, "portal/buyers.html", context)


def _title(n: int, kind: str, here: int, q: str) -> str:
    """How many there are, as the first sentence."""
    if kind == "unit":
        told = ngettext("one buying unit", "%(n)s buying units", n) % {"n": tables.number(n)}
    else:
        told = ngettext("one institution", "%(n)s institutions", n) % {"n": tables.number(n)}
    words = {"what": told, "here": tables.number(here), "q": q}
    if q:
        return _("“%(q)s”: %(what)s in the loaded history, %(here)s with purchases here.") % words
    return _("The loaded history has %(what)s; %(here)s publish their purchases here.") % words


def _row(one: Part) -> dict[str, Any]:
    name = {"text": one.name, "url": reading.url(one.kind, one.key)}
    return {"cells": [name, tables.number(one.n), money(one.centavos)]}


def _here(q: str) -> list[dict[str, Any]]:
    """The institutions with purchases here, those with most first, then those of the register without any."""
    found = PurchaseCard.objects.exclude(buyer_key="").values("buyer_key", "buyer_name")
    counted = found.annotate(
        n=Count("ocid"), centavos=Sum("amount_centavos", filter=Q(amount_kind="contract", currency="MXN"))
    )
    rows = list(counted.order_by("-n", "buyer_name"))
    known = {r["buyer_key"] for r in rows}
    bodies = Unit.objects.filter(parent=None).order_by("name").values_list("key", "name")
    rows += [{"buyer_key": k, "buyer_name": n, "n": 0, "centavos": None} for k, n in bodies if k not in known]
    matching = [r for r in rows if not q or fold(q) in fold(r["buyer_name"])]
    return [
        {
            "cells": [
                {"text": r["buyer_name"], "url": reverse("portal:unit", args=[r["buyer_key"]])},
                f"{r['n']:,}",
                money(r["centavos"]) if r["centavos"] else _("no data"),
            ],
            "data": {"key": r["buyer_key"], "name": r["buyer_name"], "purchases": r["n"], "centavos": r["centavos"]},
        }
        for r in matching
    ]


def _address(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name in ("page", "format"):
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _sorted_columns(request: HttpRequest, order: str) -> list[dict[str, Any]]:
    """Columns whose heads are links to each order."""
    columns = (("name", _("Name"), False), ("n", _("Contracts"), True), ("amount", _("Amount"), True))
    return [
        {"label": label, "num": num, "sort_url": _address(request, order=name),
         "sorted": ("ascending" if name == "name" else "descending") if name == order else ""}
        for name, label, num in columns
    ]  # fmt: skip
