# SPDX-License-Identifier: Apache-2.0
"""A search as files: JSON by pages, CSV and XLSX whole, feeds of the newest acts of the purchases found."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from vitrina.kernel import clock, xlsx
from vitrina.kernel.money import Money
from vitrina.kernel.text import plain_cell
from vitrina.portal import feeds, queries
from vitrina.search.entry import FACETS
from vitrina.search.finding import Found, by_buyer

from . import answers
from .filters import Filters

MOST_ROWS = 50_000  # of a CSV: whoever wants more asks by year or place
COLUMNS = (
    "kind", "id", "ocid", "number", "title", "buyer", "unit", "suppliers", "status", "method", "category", "place",
    "amount", "amount_kind", "currency", "date", "synthetic", "url",
)  # fmt: skip


def as_json(request: HttpRequest, filters: Filters, page: int) -> HttpResponse:
    """A page of results with every count."""
    found = answers.find(filters, first=(page - 1) * queries.PAGE)
    last = min(-(-found.total // queries.PAGE), 500)
    body = {
        **told(filters, found),
        "results": list(answers.plain(found.hits)),
        "page": page,
        "size": queries.PAGE,
        "next": f"{settings.PUBLIC_URL}{_page_address(request, page + 1)}" if page < last else None,
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def told(filters: Filters, found: Found) -> dict[str, Any]:
    """What was asked and how it was read, counted and summed: all but the rows."""
    facets: dict[str, Any] = {name: dict(found.facets[name]) for name in FACETS if name != "buyer"}
    facets["buyer"] = {key: {"name": name, "count": n} for key, (name, n) in by_buyer(found.facets["buyer"]).items()}
    return {
        "q": filters.q,
        "filters": {name: list(filters.of(name)) for name in FACETS if filters.of(name)},
        "order": filters.wanted.sorting,
        "total": found.total,
        "contracted": {"amount": str(Money(found.contracted).decimal), "currency": "MXN"},
        "corrected": found.corrected,
        "suggested": found.suggested,
        "also": found.also,
        "facets": facets,
    }


def _page_address(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"


class _Echo:
    def write(self, value: str) -> str:
        return value


def as_csv(request: HttpRequest, filters: Filters, page: int) -> StreamingHttpResponse:  # noqa: ARG001 - one shape for all
    """Everything found, as CSV (UTF-8), streamed; up to `MOST_ROWS` rows."""

    def rows() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield writer.writerow(COLUMNS)
        for row in answers.every(filters, MOST_ROWS):
            row["suppliers"] = "; ".join(row["suppliers"])
            yield writer.writerow([plain_cell(str(row[column])) for column in COLUMNS])

    response = StreamingHttpResponse(rows(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="busqueda.csv"'
    return response


def as_xlsx(request: HttpRequest, filters: Filters, page: int) -> StreamingHttpResponse:  # noqa: ARG001 - one shape for all
    """Everything found as a workbook, streamed; its first sheet says what was asked, and how much of it is here."""
    total = answers.find(filters, size=1).total

    def rows() -> Iterator[Sequence[xlsx.Cell]]:
        yield COLUMNS
        for row in answers.every(filters, MOST_ROWS):
            row["suppliers"] = "; ".join(row["suppliers"])
            row["amount"] = Decimal(row["amount"]) if row["amount"] else None
            yield [v if isinstance(v := row[column], Decimal) or v is None else str(v) for column in COLUMNS]

    told = (
        (_("Search"), f"{settings.PUBLIC_URL}{request.path}?{filters.query()}"),
        (_("File made on"), f"{clock.now():%Y-%m-%d %H:%M} UTC"),
        (_("Found"), total),
        (_("In this file"), min(total, MOST_ROWS)),
        (_("At most in a file"), MOST_ROWS),
        (_("To take more"), f"{settings.PUBLIC_URL}/datos/"),
    )
    pieces = xlsx.workbook(((_("About this file"), told), (_("Results"), rows())))
    response = StreamingHttpResponse(pieces, content_type=xlsx.MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="busqueda.xlsx"'
    return response


def as_feed(form: str) -> Callable[[HttpRequest, Filters, int], HttpResponseBase]:
    """The newest acts of the purchases found, as a feed of a form."""
    return lambda request, _filters, _page: feeds.everything(request, form)
