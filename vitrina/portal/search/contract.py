# SPDX-License-Identifier: Apache-2.0
"""The page of one contract of the store behind the search: what, from whom, for how much, under which procedure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import lang, money
from vitrina.kernel import formats
from vitrina.portal import queries
from vitrina.search import finding

from . import answers


@require_safe
def contract(request: HttpRequest, key: str) -> HttpResponse:
    """A contract by its id; `?format=json` is the same as data."""
    index = answers.contracts()
    body = finding.one(index, key) if index else None
    if body is None:
        raise Http404
    if request.GET.get("format") == "json":
        response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
        response["Access-Control-Allow-Origin"] = "*"
        return response
    search = reverse("portal:search")
    suppliers = [
        {"name": s.get("name", ""), "rfc": s.get("rfc", ""),
         "url": f"{search}?{urlencode({'q': s.get('rfc') or s.get('name', '')})}"}
        for s in body.get("suppliers", [])
    ]  # fmt: skip
    context = {
        "nav": "search",
        "contract": body,
        "amount": answers.amount_words(body),
        "facts": _facts(body),
        "suppliers": suppliers,
        "dates": _dates(body),
        "items": [_item(item) for item in body.get("items", [])],
        "columns": [
            {"label": _("What")},
            {"label": "CUCoP"},
            {"label": _("Quantity"), "num": True},
            {"label": _("Unit price"), "num": True},
        ],
        "number_url": f"{search}?{urlencode({'q': body['number']})}" if body.get("number") else "",
        "buyer_url": f"{search}?{urlencode({'buyer': body['buyer_key']})}" if body.get("buyer_key") else "",
    }
    return render(request, "portal/contract.html", context)


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
        (_("Buying unit"), body.get("unit", missing)),
        (_("Place"), body.get("place", missing)),
        (_("Consolidated purchase"), _("yes") if body.get("is_consolidated") else _("no, or not told")),
    ]


def _dates(body: dict[str, Any]) -> list[tuple[str, str]]:
    labels = {"awarded": _("Awarded"), "signed": _("Signed"), "start": _("Begins"), "end": _("Ends")}
    return [
        (label, formats.day(date.fromisoformat(body[name]), lang()) if body.get(name) else _("no data"))
        for name, label in labels.items()
    ]


def _item(item: dict[str, Any]) -> dict[str, Any]:
    quantity, price = item.get("quantity"), item.get("unit_price")
    shown = formats.number(Decimal(str(quantity)), lang()) if quantity is not None else _("no data")
    cents = int((Decimal(str(price)) * 100).to_integral_value()) if price is not None else None
    return {
        "cells": [
            item.get("description", _("no data")),
            item.get("class", _("no data")),
            f"{shown} {item.get('unit', '')}".strip(),
            money(cents) if cents is not None else _("no data"),
        ]
    }
