# SPDX-License-Identifier: Apache-2.0
"""The charts of a contract: each of its unit prices among its peers."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.portal.charts.chart import Chart, Column, Form, Mark, Row
from vitrina.portal.search import answers
from vitrina.profiles import Book
from vitrina.search import finding

from . import peers, reading

PAGE = "historia-contrato"


def charts(key: str) -> Iterator[Chart]:
    """Those of a contract by its id. Errors: `Http404` for one that there is not."""
    index, held = answers.contracts(), reading.book()
    body = finding.one(index, key) if index else None
    if body is None or held is None:
        raise Http404
    for n, one in enumerate(peers.compared(held, body), 1):
        yield prices(held, key, n, one)


def prices(held: Book, key: str, n: int, one: peers.Compared) -> Chart:
    """The peers of a price; the first and the last class hold what lies beyond."""
    told = one.prices
    last = len(told.bins) - 1
    at = min(last, max(0, int((one.price - told.low) / told.step))) if told.step else 0
    shown = told.bins if told.step else told.bins[:1]
    rows = tuple(
        Row(_short(told.low + k * told.step), (count,), *((Mark.CASE, _("this one")) if k == at else ()))
        for k, count in enumerate(shown)
    )
    return Chart(
        page=PAGE, key=key, name=f"precio-{n}", form=Form.HISTOGRAM, title=one.finding, note=one.range,
        first=("from", _("Unit price in pesos, from")), columns=(Column("lines", _("Lines of awards")),), rows=rows,
        home=f"{reverse('portal:contract', args=[key])}#peers", as_of=held.made, is_synthetic=held.is_synthetic,
    )  # fmt: skip


def _short(value: float) -> str:
    """A price under a column: three figures."""
    for scale, sign in ((1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * scale:  # what rounds up to it, too
            return f"{value / scale:.3g}{sign}"
    return f"{value:.3g}"
