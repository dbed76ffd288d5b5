# SPDX-License-Identifier: Apache-2.0
"""Facts into a format: the records of a quarter, and their three writings (JSON by number of field, CSV, XLSX)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from vitrina.api.models import HarvestedProcess
from vitrina.kernel.text import for_xml, plain_cell
from vitrina.ledger.models import Record
from vitrina.parties.models import Unit

from .acts import acts_of
from .facts import Json, Purchase, rows
from .formats import Field, Format

CHUNK = 200
ID = "ID"
GOVERNMENTS = {"mx": "federal"}  # the federal law is that of federal money; a state's own law of the state's


def quarter(year: int, number: int) -> tuple[date, date]:
    """First and last day of a calendar quarter.

    >>> quarter(2026, 4)
    (datetime.date(2026, 10, 1), datetime.date(2026, 12, 31))
    """
    after = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), after - timedelta(days=1)


def records(form: Format, since: date, until: date) -> Iterator[Json]:
    """Values by number of field, of what was awarded from one day to another; those of a table are a list of rows."""
    middle = ZoneInfo(settings.TIME_ZONE)
    span = {
        "awarded_from__lt": datetime.combine(until + timedelta(days=2), datetime.min.time(), middle),
        "awarded_until__gte": datetime.combine(since - timedelta(days=1), datetime.min.time(), middle),
    }  # a day more on each side: zones differ, and the row's own day decides
    found = HarvestedProcess.objects.filter(method__in=form.method, **span)
    after = ""
    while ocids := list(found.filter(ocid__gt=after).order_by("ocid").values_list("ocid", flat=True)[:CHUNK]):
        for purchase in _purchases(ocids):
            for day, facts in rows(purchase):
                if since <= day <= until:
                    told = {**facts, "year": str(since.year), "since": since, "until": until}
                    yield {field.id: _value(field, told) for field in form.fields}
        after = ocids[-1]


def _purchases(ocids: list[str]) -> Iterator[Purchase]:
    compiled = dict(Record.objects.filter(ocid__in=ocids).values_list("ocid", "compiled"))
    keys = {c.get("tender", {}).get("procuringEntity", {}).get("id") for c in compiled.values()}
    units = {u.key: u for u in Unit.objects.filter(key__in=keys)}
    acts = acts_of(ocids)
    for ocid in ocids:
        if ocid in compiled:
            unit = units.get(compiled[ocid].get("tender", {}).get("procuringEntity", {}).get("id"))
            funds = GOVERNMENTS.get(unit.jurisdiction, "state") if unit else ""
            yield Purchase(compiled[ocid], acts[ocid], unit.zone if unit else settings.TIME_ZONE, funds)


def _value(field: Field, facts: Json) -> Any:
    if field.type == "table":
        found = facts.get(field.source) or []
        return [{inner.id: _value(inner, row) for inner in field.fields} for row in found]
    value: Any = facts
    for part in field.source.split("."):
        value = value.get(part) if value else None
    if field.type == "catalogue":
        return next((o.order for o in field.options if o.code and o.code == value), None)
    if value is None or value == "":
        return None
    if field.type == "date":
        return f"{value:%d/%m/%Y}"
    return f"{Decimal(str(value)):.2f}" if field.type == "money" else str(value)


def as_json(form: Format, found: list[Json]) -> Json:
    """The shape of the platform's load service: records of `{idCampo, valor}`; empty values are left out."""
    return {"idFormato": form.id, "registros": [{"campos": _fields(record)} for record in found]}


def _fields(record: Json) -> list[Json]:
    kept = []
    for number, value in record.items():
        if isinstance(value, list):
            value = [{"campos": _fields(row)} for row in value]  # noqa: PLW2901 - the same value, written
        if value not in (None, []):
            kept.append({"idCampo": number, "valor": value})
    return kept


def sheets(form: Format, found: list[Json], *, in_words: bool) -> dict[str, list[list[Any]]]:
    """Pages of a workbook: the format's, and one for each of its tables, whose rows name the `ID` that its cell holds.

    First the numbers of the fields, then their names. `in_words` writes what a catalogue's number means.
    """
    main: list[list[Any]] = [[f.id for f in form.fields], [f.label for f in form.fields]]
    pages = {form.id: main}
    for table in form.tables:
        pages[f"Tabla_{table.id}"] = [[ID, *(f.id for f in table.fields)], [ID, *(f.label for f in table.fields)]]
    for n, record in enumerate(found, start=1):
        line = []
        for field in form.fields:
            value = record[field.id]
            if field.type == "table":
                for row in value:
                    cells = [_cell(inner, row[inner.id], in_words) for inner in field.fields]
                    pages[f"Tabla_{field.id}"].append([n, *cells])
                line.append(n if value else "")
            else:
                line.append(_cell(field, value, in_words))
        main.append(line)
    return pages


def _cell(field: Field, value: Any, in_words: bool) -> Any:
    if value is None:
        return ""
    if field.type == "catalogue":
        return next(o.label for o in field.options if o.order == value) if in_words else value
    if field.type == "money":
        return Decimal(value)
    return plain_cell(for_xml(value))


def as_csv(page: list[list[Any]]) -> str:
    """One page as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(page)
    return out.getvalue()


def as_xlsx(form: Format, found: list[Json]) -> bytes:
    """The workbook: numbers, names and records of the format, and a page for each of its tables."""
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second, for those who ask for one

    workbook = Workbook(write_only=True)
    for title, page in sheets(form, found, in_words=True).items():
        sheet = workbook.create_sheet(title)
        for line in page:
            sheet.append(line)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
