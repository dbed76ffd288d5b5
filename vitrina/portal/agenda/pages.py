# SPDX-License-Identifier: Apache-2.0
"""`/calendario/`: the public acts of a month, as a month and as a list, with the next one first, as a sentence."""

from __future__ import annotations

import csv
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import lang
from vitrina.kernel import clock, formats
from vitrina.kernel.text import plain_cell
from vitrina.kernel.workdays import local_day
from vitrina.ledger import feed
from vitrina.portal.search.filters import pairs_of

from . import ics, month, queries, words
from .queries import Scope, Shown
from .schedule import CANCELLED, DEADLINES

VIEWS = ("mes", "lista")
IN_A_DAY = 3  # acts that a day of the grid shows before it says how many more
LAST_ONES = 12  # of what already was


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The page: `mes` (2020-10), `vista` (mes, lista; else the width of the screen decides), `unidad`, a search."""
    now = clock.now()
    today = local_day(now, settings.TIME_ZONE)
    scope = queries.read_scope(pairs_of(request.GET))
    first = month.read(request.GET.get("mes", ""), today)
    view = request.GET.get("vista", "") if request.GET.get("vista", "") in VIEWS else ""
    acts = _of_month(scope, first)
    context = {
        "nav": "calendar",
        "ledger_size": feed.head(),
        "stream": "/live/all/events" if scope.is_all else "",
        "view": view,
        "scope": scope,
        "scope_query": scope.query(),
        "month_words": capfirst(formats.day(first, lang(), form="month")),
        "month_key": f"{first:%Y-%m}",
        **_next(scope, now),
        "summary": _summary(acts, first, now),
        "weekdays": [formats.day(date(2020, 6, d), lang(), form="weekday") for d in range(1, 8)],
        "weeks": month.weeks(first, [(local_day(s.act.starts_at, s.zone), _cell(s, now)) for s in acts], today),
        "in_a_day": IN_A_DAY,
        **_parted(acts, now),
        "units": queries.units(),
        **_addresses(scope, first, view, today),
    }
    return render(request, "portal/calendar.html", context)


def _of_month(scope: Scope, first: date) -> list[Shown]:
    """The acts whose day, on the clocks of their units, lies in the month."""
    found = queries.shown(scope.acts().filter(starts_at__range=month.span(first)))
    days = ((s, local_day(s.act.starts_at, s.zone)) for s in found)
    return [s for s, on in days if (on.year, on.month) == (first.year, first.month)]


def _next(scope: Scope, now: datetime) -> dict[str, Any]:
    """The headline: what happens now, else what comes next, else that nothing does; and where it can be followed."""
    found = (
        (queries.going(scope), _("Happening now: %(act)s of “%(title)s”.")),
        (queries.due(scope, now), _("About to begin: %(act)s of “%(title)s”.")),
        (queries.coming(scope, now), _("Next: %(act)s of “%(title)s”, %(when)s.")),
    )
    for rows, headline in found:
        for one in queries.shown(rows[:1]):
            act = one.act
            when = words.when(act.starts_at, now, one.zone)
            if act.kind in DEADLINES:
                when = _("%(when)s at the latest") % {"when": when}
            values = {"act": _lower(words.short(act)), "title": one.card.title, "when": when}
            is_ahead = act.began_at is None and act.starts_at > now
            return {"headline": headline % values, "next": one, "countdown": act.starts_at if is_ahead else None}
    return {"headline": _("No public act is foreseen."), "next": None, "countdown": None}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _summary(acts: list[Shown], first: date, now: datetime) -> str:
    """How many acts the month has, and how they stand, in one sentence."""
    name = formats.day(first, lang(), form="month")
    n = len(acts)
    if not n:
        return _("In %(month)s there is none.") % {"month": name}
    off = sum(s.act.status == CANCELLED for s in acts)
    ahead = sum(s.act.status != CANCELLED and s.act.began_at is None and s.act.starts_at > now for s in acts)
    text = ngettext("In %(month)s there is one public act", "In %(month)s there are %(n)s public acts", n)
    parts = [text % {"month": name, "n": n}]
    if ahead and n > 1:
        parts.append(ngettext("one is still to come", "%(n)s are still to come", ahead) % {"n": ahead})
    if off:
        parts.append(ngettext("one was called off", "%(n)s were called off", off) % {"n": off})
    return "; ".join([parts[0], _(" and ").join(parts[1:])] if parts[1:] else parts) + "."


def _cell(one: Shown, now: datetime) -> dict[str, Any]:
    """An act as a day of the grid shows it; `note`: where it stands, unless that is plain from its day."""
    kind, word = words.state(one.act, now)
    is_off = one.act.status == CANCELLED
    return {
        "hour": formats.clock_time(one.act.starts_at, zone=one.zone),
        "title": one.card.title,
        "name": words.short(one.act),
        "url": one.room_url,
        "is_off": is_off,
        "is_past": one.act.ended_at is not None,
        "note": word if is_off or kind != "wait" else "",
    }


def row(one: Shown, now: datetime) -> dict[str, Any]:
    """An act as the list shows it."""
    kind, word = words.state(one.act, now)
    return {
        "name": words.name(one.act),
        "at": one.act.starts_at,
        "zone": one.zone,
        "day": local_day(one.act.starts_at, one.zone),
        "title": one.card.title,
        "unit": one.card.unit_name or one.card.buyer_name,
        "change": words.change(one.act, one.zone),
        "kind": kind,
        "state": word,
        "is_off": one.act.status == CANCELLED,
        "number": one.act.position,
        "proof_url": reverse("portal:act", args=[one.act.position]),
        "url": one.room_url,
    }


def _parted(acts: list[Shown], now: datetime) -> dict[str, Any]:
    """What is to come (or goes on), by day; and what already was, the last first."""
    ahead = [s for s in acts if s.act.ended_at is None and s.act.status != CANCELLED]
    past = [s for s in reversed(acts) if s not in ahead]
    return {"ahead": [row(s, now) for s in ahead], "past": [row(s, now) for s in past]}


def _addresses(scope: Scope, first: date, view: str, today: date) -> dict[str, Any]:
    """Where the page leads: other months, the other view, and the calendar to take along."""

    def page(on: date, chosen: str) -> str:
        own = urlencode({k: v for k, v in {"mes": f"{on:%Y-%m}", "vista": chosen}.items() if v})
        return "?" + "&".join(part for part in (own, scope.query()) if part)

    query = scope.query()
    if lang() == "en":
        query = "&".join(part for part in ("lang=en", query) if part)
    suffix = f"?{query}" if query else ""
    ics_url = reverse("calendar_ics") + suffix
    return {
        "previous": {"url": page(month.after(first, -1), view), "words": _month_words(month.after(first, -1))},
        "following": {"url": page(month.after(first), view), "words": _month_words(month.after(first))},
        "this_month": page(today, view) if first != today.replace(day=1) else "",
        "as_list": page(first, "lista"),
        "as_month": page(first, "mes"),
        "ics_url": ics_url,
        "webcal_url": "webcal://" + settings.PUBLIC_URL.partition("://")[2] + ics_url,
        "json_url": reverse("calendar_json") + page(first, ""),
        "csv_url": reverse("calendar_csv") + page(first, ""),
        "reminder_url": reverse("reminders:subscribe") + (f"?{scope.query()}" if scope.query() else ""),
    }


def _month_words(on: date) -> str:
    return formats.day(on, lang(), form="month")


FIELDS = ("uid", "ocid", "act", "starts_at", "status", "sequence", "began_at", "ended_at", "former_at", "reason",
          "lot", "party", "title", "unit", "zone", "position")  # fmt: skip


def plain(one: Shown) -> dict[str, Any]:
    """An act as data: instants in UTC."""
    act, card = one.act, one.card
    instants = {n: at and formats.iso(at) for n in ("starts_at", "began_at", "ended_at", "former_at")
                for at in [getattr(act, n)]}  # fmt: skip
    return {
        "uid": ics.uid(act.id), "ocid": act.ocid, "act": act.kind, "status": act.status, "sequence": act.sequence,
        "reason": act.reason, "lot": act.lot or None, "party": act.party or None, "title": card.title,
        "unit": card.unit_name or card.buyer_name, "zone": one.zone, "position": act.position, **instants,
    }  # fmt: skip


def _asked(request: HttpRequest) -> list[dict[str, Any]]:
    """The acts of the month of an address, or every one without a month."""
    scope = queries.read_scope(pairs_of(request.GET))
    given = request.GET.get("mes", "")
    if not given:
        return [plain(s) for s in queries.shown(scope.acts())]
    return [plain(s) for s in _of_month(scope, month.read(given, local_day(clock.now(), settings.TIME_ZONE)))]


@require_safe
def calendar_json(request: HttpRequest) -> JsonResponse:
    """`/calendario.json`: the same acts as data."""
    response = JsonResponse({"v": 1, "acts": _asked(request)}, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def calendar_csv(request: HttpRequest) -> HttpResponse:
    """`/calendario.csv`: the same acts as a table (UTF-8)."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="calendario.csv"'
    writer = csv.writer(response)
    writer.writerow(FIELDS)
    for act in _asked(request):
        writer.writerow([plain_cell("" if act[name] is None else str(act[name])) for name in FIELDS])
    return response
