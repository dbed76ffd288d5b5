# SPDX-License-Identifier: Apache-2.0
"""Which charts there are: a kind of page -> the function that makes the charts of one such page.

A kind and the names of its charts stand in addresses that others have put into their pages: neither is ever renamed.
A function takes the key of the page (`-` where there is only one) and gives its charts in the language in force; of a
page that there is not, it raises `Http404`. A chart without data is still given, without rows: its address goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.http import Http404
from django.utils.module_loading import import_string

from .chart import Chart

# kind of page -> dotted name of `(key: str) -> Iterable[Chart]`
SOURCES: dict[str, str] = {
    "inicio": "vitrina.portal.charts.of_home.charts",
    "comprador": "vitrina.portal.charts.of_unit.charts",
    "historia": "vitrina.portal.profiles.charts.of_country",
    "historia-comprador": "vitrina.portal.profiles.charts.of_unit",
    "historia-contrato": "vitrina.portal.profiles.price_charts.charts",
    "historia-lugar": "vitrina.portal.profiles.charts.of_place",
    "historia-mercado": "vitrina.portal.profiles.charts.of_market",
    "historia-proveedor": "vitrina.portal.profiles.charts.of_supplier",
    "recursos": "vitrina.portal.funds.charts.of_flow",
    "obra": "vitrina.portal.funds.charts.of_work",
}
ONLY = "-"  # the key of a page of which there is one
NAME = re.compile(r"[a-z][a-z0-9-]*")


def of_page(page: str, key: str) -> Iterable[Chart]:
    """The charts of a page. Errors: `Http404` for a kind that there is not."""
    if page not in SOURCES:
        raise Http404
    found: Iterable[Chart] = import_string(SOURCES[page])(key)
    return found


def shown(page: str, key: str, *, always: str = "") -> list[Chart]:
    """The charts that a page shows: those that draw something, and one whose table stands for itself."""
    return [one for one in of_page(page, key) if one.is_drawn or (one.name == always and not one.is_empty)]


def find(page: str, key: str, name: str) -> Chart:
    """One chart of a page. Errors: `Http404`."""
    chart = next((one for one in of_page(page, key) if one.name == name), None)
    if chart is None:
        raise Http404
    return chart
