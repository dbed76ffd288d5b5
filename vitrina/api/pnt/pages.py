# SPDX-License-Identifier: Apache-2.0
"""`/pnt/{format}.{json,csv,xlsx}?ejercicio=2026&trimestre=3`: a quarter's records of a format."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vitrina.api.problems import problem

from . import export, formats

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YEARS = range(1990, 2100)


@require_safe
def quarter(request: HttpRequest, form_id: str, kind: str) -> HttpResponse:
    """The records of a format that were awarded in a quarter; a table of it as CSV with `tabla`."""
    wrong = _wrong(request, form_id)
    if wrong:
        return problem(400, "A parameter is not right", wrong)
    form = formats.load(form_id)
    year, number = int(request.GET["ejercicio"]), int(request.GET["trimestre"])
    found = list(export.records(form, *export.quarter(year, number)))
    file = f"{form_id}-{year}-T{number}"
    if kind == "json":
        return _sent(orjson.dumps(export.as_json(form, found)), "application/json", "")
    if kind == "xlsx":
        return _sent(export.as_xlsx(form, found), XLSX, f"{file}.xlsx")
    table = request.GET.get("tabla", "")
    page = export.sheets(form, found, in_words=False)[f"Tabla_{table}" if table else form.id]
    ending = f"-{table}" if table else ""
    return _sent(export.as_csv(page).encode(), "text/csv; charset=utf-8", f"{file}{ending}.csv")


def _wrong(request: HttpRequest, name: str) -> str:
    """What is wrong with a request, and how to mend it; empty when nothing is."""
    if name not in formats.FORMATS:
        return f"format: one of {', '.join(formats.FORMATS)}."
    year, number, table = (request.GET.get(k, "") for k in ("ejercicio", "trimestre", "tabla"))
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and int(year) in YEARS):  # noqa: PLR2004
        return "ejercicio: the year, four digits, such as 2026."
    if number not in {"1", "2", "3", "4"}:
        return "trimestre: 1, 2, 3 or 4."
    tables = [str(t.id) for t in formats.load(name).tables]
    return f"tabla: one of {', '.join(tables)}, or nothing." if table and table not in tables else ""


def _sent(content: Any, media_type: str, file: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    if file:
        response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
