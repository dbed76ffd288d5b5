# SPDX-License-Identifier: Apache-2.0
"""The page of one contract of the store behind the search: what, from whom, for how much, under which procedure,
beside what others paid, in time or not, and what rules flagged.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.kernel.ids import supplier_key, told_rfc
from vitrina.portal import queries
from vitrina.portal.search import answers
from vitrina.profiles import Book
from vitrina.profiles.kinds import class_key
from vitrina.profiles.shapes import Raised
from vitrina.search import finding
from vitrina.search.places import place

from . import peers, price_charts, reading, shown
from .tables import pesos


@require_safe
def contract(request: HttpRequest, key: str) -> HttpResponse:
    """A contract by its id; `?format=json` is the same as data."""
    index = answers.contracts()
    body = finding.one(index, key) if index else None
    if body is None:
        raise Http404
    held = reading.book()
    raised, compared = held.raised(body["ocid"]) if held else [], peers.compared(held, body)
    if request.GET.get("format") == "json":
        more = {"flags": msgspec.to_builtins(raised), "peers": [msgspec.to_builtins(one.prices) for one in compared]}
        response = JsonResponse(body | more, json_dumps_params={"ensure_ascii": False})
        response["Access-Control-Allow-Origin"] = "*"
        return response
    search = reverse("portal:search")
    context = {
        "nav": "search",
        "contract": body,
        "amount": answers.amount_words(body),
        "facts": _facts(body),
        "suppliers": [_supplier(held, one) for one in body.get("suppliers", [])],
        "dates": _dates(body),
        "between": peers.dates(body),
        "in_time": peers.in_time(body) if body.get("due") else "",
        "held": held is not None,
        "bids": peers.bids(body),
        "compared": compared,
        "charts": [price_charts.prices(held, body["id"], n, one) for n, one in enumerate(compared, 1)] if held else [],
        "flags": [shown.flag_words(flag) for flag in raised],
        "flagged": _flagged(held, raised),
        "items": [_item(item) for item in body.get("items", [])],
        "columns": [
            {"label": _("What")},
            {"label": "CUCoP"},
            {"label": _("Quantity"), "num": True},
            {"label": _("Unit price"), "num": True},
        ],
        "number_url": f"{search}?{urlencode({'q': body['number']})}" if body.get("number") else "",
        "buyer_url": _url(held, "buyer", body.get("buyer_key", "")),
        "unit_url": _url(held, "unit", body.get("unit_key", "")),
        "place_url": _url(held, "place", place(body.get("place"))),
    }
    return render(request, "portal/contract.html", context)


def _url(held: Book | None, kind: str, key: str) -> str:
    """The page of who or what the history tells, where it has one."""
    return reading.url(kind, key) if held and key and held.part(kind, key) else ""


def _supplier(held: Book | None, told: dict[str, Any]) -> dict[str, str]:
    key, name = (
        told.get("key") or supplier_key(told.get("id"), told.get("name"), told.get("rfc")),
        told.get("name", ""),
    )
    url = (
        _url(held, "supplier", key)
        or f"{reverse('portal:search')}?{urlencode({'q': told_rfc(told.get('rfc')) or name})}"
    )
    return {"name": name, "rfc": told_rfc(told.get("rfc")), "url": url}


def _flagged(held: Book | None, raised: list[Raised]) -> str:
    """What the rules say of the process of this contract."""
    if held is None or not held.has_flags:
        return _("No rules were run over this history, so nothing is known of flags.")
    n = len({flag.rule.code for flag in raised})
    if not n:
        return _("No rule raised a flag on its process.")
    return ngettext("One rule raised a flag on its process.", "%(n)s rules raised a flag on its process.", n) % {
        "n": n
    }


def _facts(body: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, value) of the procedure; what the source does not say is said to be missing."""
    missing = _("no data")
    method = queries.method_words(body["method"]) if body.get("method") else missing
    ground = ", ".join(body[k] for k in ("law", "ground") if body.get(k))
    return [
        (_("How it was bought"), method.capitalize()),
        (_("As the source calls it"), body.get("method_detail", missing)),
        (_("Legal ground"), ground or missing),
        (_("State of the procedure"), queries.status_words(body.get("status", ""))[1]),
        (_("Consolidated purchase"), _("yes") if body.get("is_consolidated") else _("no, or not told")),
    ]


def _dates(body: dict[str, Any]) -> list[tuple[str, str]]:
    labels = {"called": _("Called"), "opened": _("Bids opened"), "awarded": _("Awarded"), "signed": _("Signed"),
              "start": _("Begins"), "end": _("Ends"), "due": _("Delivery agreed for"),
              "met": _("Delivered")}  # fmt: skip
    return [
        (label, formats.day(date.fromisoformat(body[name]), lang()) if body.get(name) else _("no data"))
        for name, label in labels.items()
    ]


def _item(item: dict[str, Any]) -> dict[str, Any]:
    quantity, price = item.get("quantity"), item.get("unit_price")
    shown = formats.number(Decimal(str(quantity)), lang()) if quantity is not None else _("no data")
    return {
        "cells": [
            item.get("description", _("no data")),
            _class(item),
            f"{shown} {item.get('unit', '')}".strip(),
            pesos(price) if price is not None else _("no data"),
        ]
    }


def _class(item: dict[str, Any]) -> Any:
    key = class_key(item.get("scheme"), item.get("class"))
    return {"text": item["class"], "url": reading.url("market", key)} if key else _("no data")
