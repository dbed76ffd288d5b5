# SPDX-License-Identifier: Apache-2.0
"""The flow of funds as data: `/recursos.json`, `/recursos.csv`, `/recursos/actos.csv`, each posting and its act."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from vitrina.kernel import clock, formats
from vitrina.kernel.money import Money
from vitrina.kernel.text import plain_cell

from . import queries
from .models import FundedPurchase, Posting
from .postings import ACCOUNTS, DUES
from .queries import Funds, Scope
from .statement import by_key

BATCH = 500
PLAIN = ("ocid", "title", "buyer_key", "buyer_name", "unit_key", "unit_name", "year", "budget_key", "programme_key",
         "portfolio_key", "is_over")  # fmt: skip
POSTING = ("position", "at", "ocid", "contract", "account", "ref", "amount", "act")


def decimal(centavos: int) -> str:
    """Pesos as decimal text."""
    return str(Money(centavos).decimal)


def _figures(found: Funds) -> dict[str, Any]:
    """Accounts and what is overdue, as decimal texts. Which have VAT: docs/explanation/funds.md."""
    late = {f"late_{kind}": decimal(found.owed(kind).late) for kind in DUES}
    return {name: decimal(found[name]) for name in ACCOUNTS} | late


def _purchases(scope: Scope, now: datetime) -> Iterator[dict[str, Any]]:
    first = 0
    while rows := queries.by_purchase(scope, now, first, BATCH):
        for row, found in rows:
            yield _plain(row) | _figures(found)
        first += BATCH


def _plain(row: FundedPurchase) -> dict[str, Any]:
    url = settings.PUBLIC_URL + reverse("portal:purchase", args=[row.ocid])
    return {name: getattr(row, name) for name in PLAIN} | {"url": url}


@require_safe
def funds_json(request: HttpRequest) -> JsonResponse:
    """The figures of what an address asks for, in all and purchase by purchase, at the instant `at`."""
    now, scope = clock.now(), Scope.read(request.GET.dict())
    body = {
        "v": 1,
        "at": formats.iso(now),
        "currency": "MXN",
        "totals": _figures(queries.funds(scope, now)),
        "purchases": list(_purchases(scope, now)),
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


class _Echo:
    """What `csv` writes, given back line by line."""

    def write(self, text: str) -> str:
        return text


def table(name: str, columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> HttpResponse:
    """Rows as a CSV that is sent as it is made (UTF-8)."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield writer.writerow(columns)
        for row in rows:
            yield writer.writerow([plain_cell("" if row[c] is None else str(row[c])) for c in columns])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def funds_csv(request: HttpRequest) -> HttpResponse:
    """A line for each purchase."""
    now, scope = clock.now(), Scope.read(request.GET.dict())
    columns = (*PLAIN, *ACCOUNTS, *(f"late_{kind}" for kind in DUES), "url")
    return table("recursos.csv", columns, _purchases(scope, now))


@require_safe
def postings_csv(request: HttpRequest) -> HttpResponse:
    """A line for each posting, in the order of the ledger; `linea` asks for those behind one line of the statement."""
    now, scope = clock.now(), Scope.read(request.GET.dict())
    key = request.GET.get("linea", "")
    line = by_key(key, queries.funds(scope, now)) if key else None
    accounts = line.accounts if line else (key,) if key in ACCOUNTS else ACCOUNTS
    rows = scope.of(Posting.objects.filter(account__in=accounts)).order_by("position", "id")
    return table("recursos-actos.csv", POSTING, map(_posting, rows.iterator(chunk_size=2000)))


def _posting(row: Posting) -> dict[str, Any]:
    return {
        "position": row.position, "at": formats.iso(row.at), "ocid": row.purchase_id, "contract": row.contract,
        "account": row.account, "ref": row.ref, "amount": decimal(row.centavos),
        "act": settings.PUBLIC_URL + reverse("portal:act", args=[row.position]),
    }  # fmt: skip
