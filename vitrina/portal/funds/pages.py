# SPDX-License-Identifier: Apache-2.0
"""`/recursos/`: where the money of some purchases is, from budget line to payment, and the acts behind each figure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import lang, money
from vitrina.kernel import clock, formats
from vitrina.ledger import feed
from vitrina.ledger.models import Position
from vitrina.portal.paging import page_of, pagination
from vitrina.portal.search import answers
from vitrina.search import finding
from vitrina.search.finding import Wanted

from . import charts, queries, words
from . import postings as p
from .models import WorkReport
from .queries import Funds, Scope
from .statement import Line, by_key, statement

SIZE, LATE, GROUPS, ACTS = 25, 20, 60, 50  # rows: purchases on a page, late things, groups, acts on a page


@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    """The page: `comprador`, `unidad`, `partida`, `programa`, `ejercicio`, `compra`, `contrato`."""
    now, scope = clock.now(), Scope.read(request.GET.dict())
    found, n, page = queries.funds(scope, now), scope.purchases().count(), page_of(request)
    first = (page - 1) * SIZE
    context = {
        "nav": "funds",
        "ledger_size": feed.head(),
        "about": words.scope_words(scope, list(scope.purchases()[:1])),
        "headline": words.headline(found, n),
        "lead": words.lead(found, n),
        "n": n,
        "scope": scope,
        **picture(found, n, scope, now),
        **late(scope, now),
        **_groups(scope, now),
        "purchases": [_purchase(row, one) for row, one in queries.by_purchase(scope, now, first, SIZE)],
        "purchase_columns": _columns(_("Purchase")),
        "pages": pagination(request, page, n, SIZE),
        "files": files(scope),
        "store": _store() if scope.is_all else {},
    }
    return render(request, "funds/funds.html", context)


def _store() -> dict[str, Any]:
    """What the loaded store tells of the money of its contracts: how much they are, of how many it has payments."""
    behind = answers.contracts()
    if behind is None:
        return {}
    found = finding.find([behind], Wanted(), size=1)
    paid = answers.told_of_contracts().get("paid", {})
    return {
        "n": found.total,
        "amount": money(found.contracted),
        "n_paid": paid.get("n_contracts", 0),
        "paid": money(paid.get("centavos", 0)),
        "is_synthetic": answers.told_of_contracts().get("is_synthetic", False),
    }


def picture(found: Funds, n: int, scope: Scope, now: datetime) -> dict[str, Any]:
    """The chart, and the statement as a table whose figures lead to their acts."""
    lines = [_line(line, scope) for line in statement(found)]
    return {
        "funds": found,
        "chart": charts.flow(found, n, scope, now),
        "lines": lines[:-1],
        "line_total": lines[-1]["cells"],
        "line_columns": [{"label": _("Step")}, {"label": _("Amount"), "num": True}],
    }


def _line(line: Line, scope: Scope) -> dict[str, Any]:
    amount = money(abs(line.centavos))
    sign = "" if line.is_step or line.centavos >= 0 else "− "
    sign = "+ " if not line.is_step and line.centavos > 0 else sign
    return {
        "kind": "first" if line.is_step else "",
        "cells": [
            {"text": line.words, "sub": line.note},
            {"text": f"{sign}{amount}", "url": f"{reverse('portal:funds_acts', args=[line.key])}?{scope.query()}"},
        ],
    }


def late(scope: Scope, now: datetime) -> dict[str, Any]:
    """What is overdue, oldest first."""
    rows = list(queries.late(scope, now)[: LATE + 1])
    names = queries.contract_names({row.contract for row in rows})
    return {
        "late": [words.due_row(row, names.get(row.contract, "")) for row in rows[:LATE]],
        "more_late": len(rows) > LATE,
        "late_columns": [
            {"label": _("It was due on")},
            {"label": _("What")},
            {"label": _("Purchase")},
            {"label": _("Owed since act")},
            {"label": _("Amount"), "num": True},
        ],
    }


def _columns(first: str) -> list[dict[str, Any]]:
    labels = (
        pgettext("money", "Planned"),
        _("Contracted"),
        _("Received"),
        _("Paid, with VAT"),
        _("Overdue"),
    )
    return [{"label": first}, *({"label": label, "num": True} for label in labels)]


def _cells(found: Funds) -> list[str]:
    amounts = (found[p.PLANNED], found[p.COMMITTED], found[p.ACCEPTED], found[p.PAID], found.late)
    return [money(amount) for amount in amounts]


def _purchase(row: Any, found: Funds) -> dict[str, Any]:
    sub = _("budget line %(name)s") % {"name": row.budget_key}
    name = {"text": row.title, "url": reverse("portal:purchase", args=[row.ocid]) + "#funds", "sub": sub}
    return {"cells": [name, *_cells(found)]}


def _groups(scope: Scope, now: datetime) -> dict[str, Any]:
    """The same figures by budget line and by unit, where there are several."""

    def rows(column: str, word: str) -> list[dict[str, Any]]:
        found = queries.by_column(scope, column, now)
        if len(found) < 2:  # noqa: PLR2004 - one group would say again what the page says
            return []
        return [
            {"cells": [{"text": labels[-1], "url": f"?{scope.query(**{word: labels[0]})}"}, *_cells(one)]}
            for labels, one, _n in found[:GROUPS]
        ]

    groups = (
        ("buyers", _("By institution"), _("Institution"), rows("buyer_key", "comprador")),
        ("units", _("By contracting unit"), _("Unit"), rows("unit_key", "unidad")),
        ("lines", _("By budget line"), _("Budget line (partida)"), rows("budget_key", "partida")),
    )
    return {
        "groups": [
            {"key": key, "title": title, "columns": _columns(label), "rows": found}
            for key, title, label, found in groups
            if found
        ]
    }


def files(scope: Scope) -> list[dict[str, str]]:
    """The same as data."""
    query = scope.query()
    suffix = f"?{query}" if query else ""
    return [
        {"label": _("Purchases (CSV)"), "url": reverse("funds_csv") + suffix},
        {"label": _("Every posting with its act (CSV)"), "url": reverse("funds_postings_csv") + suffix},
        {"label": "JSON", "url": reverse("funds_json") + suffix},
    ]


@require_safe
def acts(request: HttpRequest, key: str) -> HttpResponse:
    """`/recursos/<line>/`: the acts behind a figure, newest first, each with what it moved; they add up to it."""
    now, scope, page = clock.now(), Scope.read(request.GET.dict()), page_of(request)
    line = _line_of(key, queries.funds(scope, now))
    rows = queries.acts(scope, line.accounts)
    total = rows.count()
    shown = list(rows[(page - 1) * ACTS : page * ACTS])
    told = Position.objects.select_related("entry").in_bulk([row.position for row in shown])
    context = {
        "nav": "funds",
        "line": line,
        "amount": money(abs(line.centavos)),
        "about": words.scope_words(scope, list(scope.purchases()[:1])),
        "several": len(line.accounts) > 1,
        "rows": [_posting(row, told) for row in shown],
        "columns": [
            {"label": _("Date")},
            {"label": _("Act")},
            {"label": _("Purchase")},
            {"label": _("Ledger number")},
            {"label": _("What it moved"), "num": True},
        ],
        "n": total,
        "pages": pagination(request, page, total, ACTS),
        "back": f"{reverse('portal:funds')}?{scope.query()}".rstrip("?"),
        "csv": f"{reverse('funds_postings_csv')}?{scope.query()}&linea={key}",
    }
    return render(request, "funds/acts.html", context)


def _line_of(key: str, found: Funds) -> Line:
    """The line that an address names; one that is nothing now still has its address."""
    line = by_key(key, found)
    if line is None and key in p.ACCOUNTS:
        return Line(key, account_words(key), found[key], (key,))
    if line is None:
        raise Http404
    return line


def account_words(account: str) -> str:
    """The name of an account."""
    return {
        p.PLANNED: _("Planned, without VAT"),
        p.CERTIFIED: _("Certified: there is money for it"),
        p.AWARDED: _("Awarded, without VAT"),
        p.AMENDED: _("Added by amendments, without VAT"),
        p.COMMITTED: _("Contracted, without VAT"),
        p.RELEASED: _("Will not be spent"),
        p.ENDED: _("Will not be delivered: the contract ended early"),
        p.ARRIVED: _("Arrived, to be accepted or rejected"),
        p.ACCEPTED: _("Received and accepted, without VAT"),
        p.UNBILLED: _("Accepted, still to be invoiced"),
        p.INVOICED: _("Invoiced, without VAT"),
        p.SETTLED: _("Invoices that were paid, without VAT"),
        p.PENALTY: _("Penalties for delay"),
        p.VAT: _("Value added tax"),
        p.KEPT: _("Penalties kept back from invoices"),
        p.VERIFIED: _("Verified, to be paid"),
        p.PAID: _("Paid, with VAT"),
    }[account]


def _posting(row: Any, told: dict[int, Position]) -> dict[str, Any]:
    entry = told[row.position].entry
    sign = "+ " if row.centavos > 0 else "− "
    return {
        "cells": [
            formats.day(row.at, lang(), form="numday", zone="America/Mexico_City"),
            {"text": entry.event.sentence(), "sub": account_words(row.account)},
            {"text": row.purchase.title, "url": reverse("portal:purchase", args=[row.purchase_id])},
            {"text": formats.ledger_number(row.position, lang()), "url": reverse("portal:act", args=[row.position])},
            f"{sign}{money(abs(row.centavos))}",
        ]
    }


def of_purchase(ocid: str) -> dict[str, Any]:
    """What the page of a purchase shows of its flow; empty where nothing was planned here."""
    now, scope = clock.now(), Scope(compra=ocid)
    row = scope.purchases().first()
    if row is None:
        return {}
    found = queries.funds(scope, now)
    return {
        "flow": {
            "headline": words.headline(found, 1),
            "late_words": words.late(found),
            "budget_key": row.budget_key,
            "line_url": f"{reverse('portal:funds')}?partida={row.budget_key}&ejercicio={row.year}",
            "url": f"{reverse('portal:funds')}?{scope.query()}",
            "files": files(scope),
            "works": WorkReport.objects.filter(ocid=ocid)
            .values_list("contract", flat=True)
            .order_by("contract")
            .distinct(),
            **picture(found, 1, scope, now),
            **late(scope, now),
        }
    }
