# SPDX-License-Identifier: Apache-2.0
"""A profile as `portal/parts/history.html` shows it, and as data: JSON whole, CSV table by table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.kernel.text import plain_cell
from vitrina.profiles import Profile
from vitrina.profiles.shapes import Mention, Page, Raised
from vitrina.search.opened import Kept

from . import charts, reading, sentences, tables

_KEPT = Kept(300)
MOST_FLAGS = 8  # that a page tells in words; the others are in the JSON


def history(profile: Profile) -> dict[str, Any]:
    """What a page shows of a history: `headline`, `lead`, `exact`, `above`, and `body`, the sections as HTML, which
    are kept while the history does not change: most of the work of a page is in them.
    """
    book = reading.book()
    key = (book.path, book.stamp, profile.kind, profile.key, lang()) if book else None
    return {"profile": profile, **_KEPT.get(key, lambda: _history(profile))}


def _history(profile: Profile) -> dict[str, Any]:
    flags = profile.flags[:MOST_FLAGS]
    context = {
        "tables": list(tables.tables(profile)),
        "years": charts.by_year(profile),
        "flags": [flag_words(flag) for flag in flags],
        "flagged": sentences.flagged(profile),
        "n_flags_left": len(profile.flags) - len(flags),
        "largest": reading.largest(profile),
        "search_url": reading.search_url(profile, order="amount"),
        "quality": sentences.quality(profile),
        "mentions": [mention_words(one) for one in profile.mentions],
        "lists": _lists(profile),
    }
    return {
        "headline": sentences.headline(profile),
        "lead": sentences.lead(profile),
        "exact": profile.figures.centavos,
        "above": [{"name": one.name, "url": reading.url(one.kind, one.key)} for one in profile.above],
        "body": render_to_string("portal/parts/history.html", context),
    }


def flag_words(flag: Raised) -> dict[str, Any]:
    """A flag in words: what, how often here and elsewhere, what may explain it."""
    rule, said = flag.rule, lang()
    often = ""
    if flag.of == 1 and flag.national is not None:
        often = _("It is raised in %(national)s of all contracts of the history.") % {
            "national": reading.percent(flag.national)}  # fmt: skip
    elif not flag.is_own and flag.national is not None:
        often = _("In %(n)s of %(of)s here (%(share)s); in the whole history, %(national)s.") % {
            "n": formats.number(flag.n, said), "of": reading.contracts_words(flag.of),
            "share": reading.share_words(flag.n, flag.of), "national": reading.percent(flag.national),
        }  # fmt: skip
    elif rule.judged:
        often = _("It was raised in %(n)s of the %(of)s that the rule could judge.") % {
            "n": formats.number(rule.flagged, said), "of": formats.number(rule.judged, said)}  # fmt: skip
    return {
        "code": rule.code,
        "title": rule.title.say(said),
        "text": rule.explanation.say(said),
        "often": often,
        "measured": _measured(flag),
        "innocent": [one.say(said) for one in rule.innocent],
    }


def _measured(flag: Raised) -> str:
    """Value, limit and peers, where the rule tells them."""
    if flag.value is None or (flag.threshold is None and not flag.peer_n):
        return ""
    told = _("Measured: %(value)s") % {"value": _figure(flag.value)}
    if flag.threshold is not None:
        told += _("; the rule looks from %(limit)s") % {"limit": _figure(flag.threshold)}
    if flag.peer_n:
        told += _("; compared with %(n)s") % {"n": formats.number(flag.peer_n, lang())}
    return f"{told}."


def _figure(value: float) -> str:
    return formats.number(f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}", lang())  # noqa: PLR2004


def mention_words(one: Mention) -> dict[str, str]:
    """A row of an outside list in words."""
    stages = {"presumed": _("presumed"), "definitive": _("definitive"), "cleared": _("cleared"),
              "favourable": _("favourable ruling")}  # fmt: skip
    what = {
        "tax": _("List of article 69-B of the tax code: %(kind)s") % {"kind": stages.get(one.kind, one.kind)},
        "sanction": _("Sanction: %(kind)s") % {"kind": one.kind or _("no data")},
        "register": _("Register: %(kind)s") % {"kind": one.kind or _("no data")},
    }[one.list]
    days = [formats.day(day, lang()) if day else _("no data") for day in (one.start, one.end)]
    period = _("from %(start)s to %(end)s") % {"start": days[0], "end": days[1]}
    cut = _("list of %(day)s") % {"day": formats.day(one.cut, lang())} if one.cut else ""
    return {"what": what, "more": "; ".join(filter(None, (one.authority, one.file, period, cut)))}


def _lists(profile: Profile) -> str:
    """Which outside lists were looked at."""
    if profile.kind != "supplier":
        return ""
    if not profile.lists:
        return _("No list of sanctions or of taxpayers was loaded with this history, so nothing is known of them.")
    if not profile.is_registered:
        return _(
            "It is told without an RFC of its own, so it could not be looked up in the lists that are shown here."
        )
    return _("It is in none of the lists that were loaded.")


def as_file(request: HttpRequest, profile: Profile | None, more: dict[str, Any] | None = None) -> HttpResponse | None:
    """The twin that `?format=` asks for: the profile as JSON, a table of it (`&table=`) as CSV; nothing for a page."""
    form = request.GET.get("format", "")
    if form not in {"json", "csv"}:
        return None
    if form == "json":
        told = {"history": as_json(profile) if profile else None, **(more or {})}
        return _open(HttpResponse(msgspec.json.encode(told), content_type="application/json; charset=utf-8"))
    wanted = request.GET.get("table", "years")
    table = next((one for one in tables.tables(profile) if one.id == wanted), None) if profile else None
    if table is None:
        raise Http404
    return as_csv(wanted, *table.data)


def as_json(profile: Profile) -> dict[str, Any]:
    """A profile as data. Amounts are integer centavos, as their names say; addresses are whole."""
    told: dict[str, Any] = msgspec.to_builtins(profile)
    return told | {"largest": [f"{reverse('portal:contract', args=[key])}" for key in profile.largest]}


def as_csv(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> HttpResponse:
    """A table as CSV (UTF-8)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([plain_cell(str(cell)) for cell in row] for row in rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    return response


def listed_json(page: Page, here: Sequence[dict[str, Any]]) -> HttpResponse:
    """A page of the list of who buys."""
    told = {"here": here, "history": {"total": page.total, "rows": page.rows}}
    return _open(HttpResponse(msgspec.json.encode(told), content_type="application/json; charset=utf-8"))
