# SPDX-License-Identifier: Apache-2.0
"""`/obras/` and `/obras/<contract>/`: how far works are against plan and payments, with photographs and place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import day, lang, money
from vitrina.kernel import clock, formats, mexico
from vitrina.kernel.workdays import local_day
from vitrina.ledger import feed
from vitrina.portal.search import answers
from vitrina.search import finding
from vitrina.search.finding import Wanted

from . import charts, files
from .words import points, ratio, work_headline
from .works import ZONE, Work, works

MOST = 500  # works on the page; the files have them all
COLUMNS = ("contract", "ocid", "supplier", "number", "cutoff_on", "planned", "actual", "authorised", "paid", "value",
           "place", "latitude", "longitude", "position", "at")  # fmt: skip


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every work that was reported on here; what the loaded store knows of works, apart."""
    now = clock.now()
    found = works(now)
    today = local_day(now, ZONE)
    behind, late = sum(w.is_behind for w in found), sum(w.is_overdue(today) for w in found)
    context = {
        "nav": "funds",
        "ledger_size": feed.head(),
        "headline": _headline(len(found), behind),
        "lead": _lead(found, late),
        "rows": [_row(work) for work in found[:MOST]],
        "columns": [
            {"label": _("Work or service")},
            {"label": _("Reported up to")},
            {"label": pgettext("share", "Planned"), "num": True},
            {"label": _("Done"), "num": True},
            {"label": _("Paid"), "num": True},
        ],
        "store": _store(),
    }
    return render(request, "funds/works.html", context)


def _headline(n: int, behind: int) -> str:
    if not n:
        return _("Nobody has reported the progress of a work here yet.")
    if not behind:
        return ngettext("The work that is reported goes as planned.", "The %(n)s works go as planned.", n) % {"n": n}
    if n == 1:
        return _("The only work that is reported is behind its plan.")
    text = ngettext(
        "One of %(n)s works is behind its plan.", "%(behind)s of %(n)s works are behind their plan.", behind
    )
    return text % {"behind": behind, "n": n}


def _lead(found: list[Work], late: int) -> str:
    if not found:
        return _("When the area that supervises a contract reports, its figures and photographs appear here.")
    value, paid = sum(w.value for w in found), sum(w.paid_now for w in found)
    text = _("They are worth %(value)s without VAT; %(paid)s of it were paid.") % {
        "value": formats.about_money(value, lang()),
        "paid": formats.about_money(paid, lang()),
    }
    if late:
        text += " " + ngettext("The term of one is over.", "The term of %(n)s is over.", late) % {"n": late}
    return text


def _row(work: Work) -> dict[str, Any]:
    name = {
        "text": work.contract.title,
        "url": reverse("portal:work", args=[work.contract.id]),
        "sub": f"{work.contract.id}, {work.contract.supplier_name}",
    }
    shares = (work.planned, work.actual, work.paid_share)
    return {"cells": [name, day(work.last.cutoff_on), *(points(share) for share in shares)]}


def _store() -> dict[str, Any]:
    """How many contracts of works the loaded store has, and for how much: it says nothing of their progress."""
    behind = answers.contracts()
    if behind is None:
        return {}
    found = finding.find([behind], Wanted(filters={"category": ("works",)}), size=0)
    url = f"{reverse('portal:search')}?category=works"
    return {"n": found.total, "amount": money(found.contracted), "url": url}


@require_safe
def work(request: HttpRequest, contract: str) -> HttpResponse:
    """One work: the lines, the two indicators with what they are made of, photographs, place."""
    now = clock.now()
    found = works(now, contract)
    if not found:
        raise Http404
    one = found[0]
    today = local_day(now, ZONE)
    context = {
        "nav": "funds",
        "work": one,
        "headline": work_headline(one),
        "lead": _one_lead(one, today),
        "is_overdue": one.is_overdue(today),
        "chart": charts.progress(one, now),
        "indicators": _indicators(one),
        "report_columns": [{"label": _("Up to")}, *({"label": label, "num": True} for label in
                           (pgettext("share", "Planned"), _("Done"), _("Authorised"), _("Paid")))],
        "report_rows": [_report_row(r, paid) for r, paid in zip(one.reports, one.paid, strict=True)],
        "photos": [{**photo, "url": reverse("document", args=[photo["sha256"]]), "day": _taken(photo)}
                   for r in reversed(one.reports) for photo in r.photos],
        "locator": locator(one.last.latitude, one.last.longitude),
        "funds_url": f"{reverse('portal:funds')}?contrato={contract}",
    }  # fmt: skip
    return render(request, "funds/work.html", context)


def _taken(photo: dict[str, str]) -> str:
    return day(date.fromisoformat(photo["taken_on"]))


def _one_lead(one: Work, today: date) -> str:
    values = {"day": day(one.last.cutoff_on), "paid": points(one.paid_share)}
    text = _("As reported up to %(day)s, when %(paid)s of the contract was paid.") % values
    if one.is_overdue(today):
        text += " " + _("The contract ended on %(day)s and the works are not done.") % {
            "day": day(one.contract.ends_on)
        }
    return text


def _indicators(one: Work) -> list[dict[str, str]]:
    """O13 and O14 with numerator and denominator."""
    spi = _("not computable: nothing was planned by then")
    if one.spi is not None:
        spi = f"{ratio(one.spi)} = {points(one.actual, 2)} ÷ {points(one.planned, 2)}"
    gap = _("%(gap)s points = %(paid)s ÷ %(value)s − %(actual)s") % {
        "gap": ratio(one.gap * 100),
        "paid": money(one.paid[-1]),
        "value": money(one.value),
        "actual": points(one.actual, 2),
    }
    return [
        {
            "term": _("O13: done against planned (SPI)"),
            "value": spi,
            "note": _("One is as planned; below one, behind."),
        },
        {
            "term": _("O14: paid less done"),
            "value": gap,
            "note": _("Above zero, more was paid than done. Without VAT."),
        },
    ]


def _report_row(report: Any, paid: int) -> dict[str, Any]:
    act = formats.ledger_number(report.position, lang())
    first = {"text": f"{day(report.cutoff_on)}, {act}", "url": reverse("portal:act", args=[report.position]),
             "sub": report.note}  # fmt: skip
    shares = (points(Fraction(report.planned) / 100), points(Fraction(report.actual) / 100))
    return {"cells": [first, *shares, money(report.authorised_centavos), money(paid)]}


def locator(latitude: Decimal, longitude: Decimal) -> dict[str, Any]:
    """The outline of the country as a path of 1,000 units across, and where the point stands in it."""
    scale = 1000 / (mexico.EAST - mexico.WEST)

    def at(x: float, y: float) -> tuple[int, int]:
        return round((x - mexico.WEST) * scale), round((mexico.NORTH - y) * scale)

    path = "M" + "L".join(f"{x} {y}" for x, y in (at(*corner) for corner in mexico.OUTLINE)) + "Z"
    x, y = at(float(longitude), float(latitude))
    return {"path": path, "x": x, "y": y, "height": round((mexico.NORTH - mexico.SOUTH) * scale),
            "latitude": f"{latitude.normalize():f}", "longitude": f"{longitude.normalize():f}"}  # fmt: skip


def _plain(one: Work) -> list[dict[str, Any]]:
    return [
        {"contract": one.contract.id, "ocid": r.ocid, "supplier": one.contract.supplier_name, "number": r.number,
         "cutoff_on": r.cutoff_on.isoformat(), "planned": str(r.planned), "actual": str(r.actual),
         "authorised": files.decimal(r.authorised_centavos), "paid": files.decimal(paid),
         "value": files.decimal(r.value_centavos), "place": r.place, "latitude": str(r.latitude),
         "longitude": str(r.longitude), "position": r.position, "at": formats.iso(r.at)}
        for r, paid in zip(one.reports, one.paid, strict=True)
    ]  # fmt: skip


@require_safe
def works_csv(request: HttpRequest) -> HttpResponse:
    """`/obras.csv`: a line for each report; amounts without VAT, shares in percent, places in degrees (WGS 84)."""
    contract = request.GET.get("contrato", "")[:20]
    rows = (row for one in works(clock.now(), contract) for row in _plain(one))
    return files.table("obras.csv", COLUMNS, rows)


@require_safe
def works_json(request: HttpRequest) -> JsonResponse:
    """`/obras.json`: the same, with the addresses of the photographs."""
    contract = request.GET.get("contrato", "")[:20]
    body = []
    for one in works(clock.now(), contract):
        for row, report in zip(_plain(one), one.reports, strict=True):
            photos = [
                {**p, "url": f"{settings.PUBLIC_URL}{reverse('document', args=[p['sha256']])}"} for p in report.photos
            ]
            body.append({**row, "photos": photos})
    response = JsonResponse({"v": 1, "reports": body}, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response
