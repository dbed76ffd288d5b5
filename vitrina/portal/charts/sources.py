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
}
ONLY = "-"  # the key of a page of which there is one
NAME = re.compile(r"[a-z][a-z0-9-]*")


def of_page(page: str, key: str) -> Iterable[Chart]:
    """The charts of a page. Errors: `Http404` for a kind that there is not."""
    if page not in SOURCES:
        raise Http404
    found: Iterable[Chart] = import_string(SOURCES[page])(key)
    return found


def find(page: str, key: str, name: str) -> Chart:
    """One chart of a page. Errors: `Http404`."""
    chart = next((one for one in of_page(page, key) if one.name == name), None)
    if chart is None:
        raise Http404
    return chart
