# SPDX-License-Identifier: Apache-2.0
"""The charts of the home page: where the contracted money went, by method and by year."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.cycle.core.words import lang
from vitrina.kernel import clock, formats
from vitrina.ledger.models import Cursor, Position
from vitrina.portal import queries
from vitrina.portal.models import PurchaseCard

from .chart import Chart, Column, Form, Mark, Row, Unit, exact
from .sources import ONLY

PAGE = "inicio"


def charts(key: str) -> Iterator[Chart]:
    """Both charts. Errors: `Http404` for another key than `-`."""
    if key != ONLY:
        raise Http404
    home = reverse("portal:home")
    cards = PurchaseCard.objects.filter(amount_kind="contract", currency="MXN")
    yield by_method(cards, page=PAGE, key=key, home=home)
    yield by_year(cards, page=PAGE, key=key, home=home)


def _sums(cards: QuerySet[PurchaseCard], field: str) -> list[dict[str, Any]]:
    return list(cards.values(field).annotate(n=Count("ocid"), centavos=Sum("amount_centavos")))


def _figures() -> tuple[Column, ...]:
    return (Column("amount", _("Amount"), Unit.MONEY), Column("contracts", _("Contracts")))


def _common(page: str, key: str, home: str) -> dict[str, Any]:
    """What charts of purchases share; they are as the portal knows the purchases: up to the act that it read last."""
    cursor = Cursor.objects.filter(projection="portal").values_list("position", flat=True).first() or 0
    last = Position.objects.select_related("entry").filter(position=cursor).first()
    return {
        "page": page,
        "key": key,
        "home": f"{home}#money",
        "note": _("Contracted amounts, as published"),
        "as_of": last.entry.at if last else clock.now(),
        "position": cursor,
        "is_synthetic": settings.VITRINA_DEMO,
    }


def by_method(cards: QuerySet[PurchaseCard], *, page: str, key: str, home: str) -> Chart:
    """What was contracted by each method; the share of each stands in the table."""
    rows = sorted((r for r in _sums(cards, "method") if r["centavos"]), key=lambda r: -r["centavos"])
    total = sum(r["centavos"] for r in rows)
    title = _("Nothing was contracted yet")
    if rows:
        share = Fraction(100 * rows[0]["centavos"], total)
        values = {
            "share": formats.percent(str(exact(share, Unit.PERCENT)), lang()),
            "how": queries.method_words(rows[0]["method"]),
        }
        title = _("%(share)s of the money went by %(how)s") % values
    return Chart(
        name="dinero-por-procedimiento",
        form=Form.RANKED,
        title=title,
        first=("method", _("How it was bought")),
        columns=(*_figures(), Column("share", _("Share"), Unit.PERCENT)),
        rows=tuple(
            Row(
                queries.method_words(r["method"]).capitalize(),
                (r["centavos"], r["n"], Fraction(100 * r["centavos"], total)),
                Mark.NONE if i else Mark.FIRST,
                key=r["method"],
            )
            for i, r in enumerate(rows)
        ),
        **_common(page, key, home),
    )


def by_year(cards: QuerySet[PurchaseCard], *, page: str, key: str, home: str) -> Chart:
    """What was contracted in each year, those without contracts too; the present one is not over yet."""
    found = {r["year"]: r for r in _sums(cards, "year")}
    years = range(min(found, default=1), max(found, default=0) + 1)
    now, best = clock.now().year, max(found, key=lambda y: found[y]["centavos"] or 0, default=0)
    title = _("Nothing was contracted yet")
    if found:
        values = {"year": best, "amount": formats.about_money(found[best]["centavos"] or 0, lang())}
        title = _("%(year)s has most: %(amount)s contracted") % values
        if len(found) == 1:
            title = _("%(amount)s contracted, all of it in %(year)s") % values
    return Chart(
        name="dinero-por-anio",
        form=Form.BARS,
        title=title,
        first=("year", _("Year")),
        columns=_figures(),
        rows=tuple(
            Row(
                str(y),
                (found[y]["centavos"] or 0, found[y]["n"]) if y in found else (0, 0),
                Mark.OPEN if y == now else Mark.FIRST if y == best else Mark.NONE,
            )
            for y in years
        ),
        **_common(page, key, home),
    )
