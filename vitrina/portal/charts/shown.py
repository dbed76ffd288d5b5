# SPDX-License-Identifier: Apache-2.0
"""A chart as pages and files show it: drawings, captions, table, addresses, the code of a frame."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import lang, money
from vitrina.kernel import formats
from vitrina.kernel.text import plain_cell
from vitrina.portal.linked import LICENCE

from . import svg
from .chart import Chart, Form, Unit, Value, exact
from .drawing import NARROW, WIDE, axis, draw, figure, scale

FILES = ("csv", "json", "svg")
FEW = 12  # rows of a table that stands open under its chart
_LINES = 190  # pixels of title, notes and source in a frame


def address(chart: Chart, form: str = "") -> str:
    """The path of the page for frames, or of a file; a file in English says so, since files have no language."""
    arguments = [chart.page, chart.key, chart.name]
    if not form:
        return reverse("portal:chart", args=arguments)
    spoken = "" if lang() == "es" else f"?lang={lang()}"
    return reverse("chart_file", args=[*arguments, form]) + spoken


def shown(chart: Chart) -> dict[str, Any]:
    """What `parts/chart.html` needs."""
    wide, narrow = draw(chart, WIDE), draw(chart, NARROW)
    whole = settings.PUBLIC_URL + address(chart)
    return {
        "chart": chart,
        "wide": svg.in_page(wide),
        "narrow": svg.in_page(narrow),
        "caption": caption(chart),
        "said": said(chart),
        "columns": [{"label": chart.first[1]}, *({"label": c.label, "num": True} for c in chart.columns)],
        "rows": table(chart),
        "is_open": len(chart.rows) <= FEW,
        "fold": len(chart.columns) > 2,  # noqa: PLR2004 - more than three with the names
        "source": source(chart),
        "url": address(chart),
        "files": [(form.upper(), address(chart, form)) for form in FILES],
        "code": frame(chart),
        "home": settings.PUBLIC_URL + chart.home,
        "whole_url": whole,
        "oembed_url": f"{settings.PUBLIC_URL}{reverse('oembed')}?{urlencode({'url': whole})}",
    }


def caption(chart: Chart) -> str:
    """What is counted, in which unit the drawing writes it, where its axis begins."""
    parts = [chart.note.rstrip(".")] if chart.note else []
    units = {
        1: _("In pesos"),
        10**3: _("In thousands of pesos"),
        10**6: _("In millions of pesos"),
        10**9: _("In thousands of millions of pesos"),
    }
    if chart.unit is Unit.MONEY:
        parts.append(units[scale(chart)])
    elif chart.unit is Unit.PERCENT:
        parts.append(_("In percent"))
    elif chart.unit is Unit.DAYS:
        parts.append(_("In days"))
    if not chart.is_drawn:
        return f"{'. '.join(parts)}."
    if chart.form is not Form.LINE:
        parts.append(_("The bars begin at zero"))
    elif (found := axis(chart)).is_cut:
        ends = {name: figure(v, chart.unit, scale(chart)) for name, v in (("low", found.low), ("high", found.high))}
        parts.append(_("The axis goes from %(low)s to %(high)s") % ends)
    else:
        parts.append(_("The axis begins at zero"))
    if any(row.mark == "open" for row in chart.rows):
        parts.append(_("Dashed: not over yet"))
    return ". ".join(parts) + "."


def said(chart: Chart) -> str:
    """What is read aloud in place of the drawing: its finding, and that the table has the figures."""
    n = len(chart.rows)
    rows = ngettext("Chart with one row; its table follows.", "Chart with %(n)s rows; its table follows.", n) % {
        "n": n
    }
    return f"{chart.title.rstrip('.')}. {rows}"


def cell(value: Value, unit: Unit) -> str | None:
    """A value as the table writes it: exact; nothing where there is no datum."""
    if value is None:
        return None
    if unit is Unit.MONEY:
        return money(int(value))
    if unit is Unit.PERCENT:
        return formats.percent(str(exact(value, unit)), lang())
    return formats.number(str(exact(value, unit)), lang())


def table(chart: Chart) -> list[dict[str, Any]]:
    """Rows as `parts/table.html` shows them."""
    units = [column.unit for column in chart.columns]
    return [
        {
            "kind": "first" if row.mark in {"first", "case"} else "",
            "cells": [
                {"text": row.label, "url": row.url, "sub": row.word},
                *(cell(value, unit) for value, unit in zip(row.values, units, strict=True)),
            ],
        }
        for row in chart.rows
    ]


def source(chart: Chart) -> str:
    """Who publishes it and of when it is."""
    values = {"who": settings.PUBLISHER_NAME, "when": formats.day_time(chart.as_of, lang(), zone=settings.TIME_ZONE)}
    text = _("Source: %(who)s, data as of %(when)s") % values
    if chart.position:
        text += _(", up to act %(n)s of the public ledger") % {"n": f"{chart.position:,}"}
    synthetic = _("Synthetic data.")
    return f"{text}. {synthetic}" if chart.is_synthetic else f"{text}."


def frame_height(chart: Chart) -> int:
    """Pixels of a frame in which nothing has to be scrolled, also on a phone."""
    return max(draw(chart, WIDE).height, draw(chart, NARROW).height) + _LINES


def frame(chart: Chart, width: int | None = None, height: int | None = None) -> SafeString:
    """The code that puts a chart into somebody else's page."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border:0"></iframe>',
        settings.PUBLIC_URL + address(chart),
        chart.title,
        width or "100%",
        height or frame_height(chart),
    )


def as_csv(chart: Chart) -> str:
    """Header and rows; amounts in pesos as decimal text, nothing where there is no datum."""
    out = io.StringIO()
    writer = csv.writer(out)
    has_keys = any(row.key for row in chart.rows)
    writer.writerow([*(["id"] if has_keys else []), chart.first[0], *(column.header for column in chart.columns)])
    for row in chart.rows:
        figures = [exact(v, c.unit) for v, c in zip(row.values, chart.columns, strict=True)]
        keys = [plain_cell(row.key)] if has_keys else []
        writer.writerow([*keys, plain_cell(row.label), *("" if f is None else f for f in figures)])
    return out.getvalue()


def as_json(chart: Chart) -> dict[str, Any]:
    """The chart as data: what it says, of when, in which units, its rows."""
    return {
        "id": f"{chart.page}/{chart.key}/{chart.name}",
        "form": chart.form,
        "title": chart.title,
        "note": caption(chart),
        "language": lang(),
        "asOf": formats.iso(chart.as_of),
        "ledgerPosition": chart.position,
        "synthetic": chart.is_synthetic,
        "publisher": settings.PUBLISHER_NAME,
        "license": LICENCE,
        "url": settings.PUBLIC_URL + address(chart),
        "page": settings.PUBLIC_URL + chart.home,
        "columns": [
            {"name": chart.first[0], "label": chart.first[1]},
            *({"name": c.name, "label": c.label, "unit": c.unit.upper() or "count"} for c in chart.columns),
        ],
        "rows": [
            ({"id": row.key} if row.key else {})
            | {chart.first[0]: row.label}
            | {c.name: exact(v, c.unit) for v, c in zip(row.values, chart.columns, strict=True)}
            for row in chart.rows
        ],
    }


def as_svg(chart: Chart, *, is_narrow: bool = False) -> bytes:
    """The chart as a file of its own."""
    link = (settings.PUBLIC_URL + address(chart)).partition("://")[2]
    drawing = draw(chart, NARROW if is_narrow else WIDE)
    return svg.as_file(drawing, chart.title, [caption(chart)], [source(chart), link])
