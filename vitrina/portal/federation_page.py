# SPDX-License-Identifier: Apache-2.0
"""`/federacion/`: which other installations are shown here, until which act, checked when, and what was found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import day_time
from vitrina.federation.queries import Standing, standings
from vitrina.federation.verdicts import HIDDEN, HOLDS, WORDS


@require_safe
def federation(request: HttpRequest) -> HttpResponse:
    """The members, one after the other; `?format=json` is the same as data, with the evidence."""
    rows = standings()
    if request.GET.get("format") == "json":
        body = {"members": [_plain(row) for row in rows], "n": len(rows)}
        response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
        response["Access-Control-Allow-Origin"] = "*"
        return response
    hidden = sum(row.member.verdict in HIDDEN for row in rows)
    context = {
        "nav": "data",
        "n": len(rows),
        "n_purchases": sum(row.n for row in rows if row.member.is_shown),
        "n_hidden": hidden,
        "members": [_shown(row) for row in rows],
    }
    return render(request, "portal/federation.html", context)


def _shown(row: Standing) -> dict[str, Any]:
    member = row.member
    never = _("not yet")
    counted = ngettext("%(n)s purchase", "%(n)s purchases", row.n) % {"n": f"{row.n:,}"}
    facts = [
        (_("Shown here"), counted if member.is_shown else _("nothing")),
        (_("Verified until its act"), f"{member.size:,}"),
        (_("Its last act"), day_time(row.last_at, settings.TIME_ZONE) if row.last_at else never),
        (_("Looked at"), day_time(member.checked_at, settings.TIME_ZONE) if member.checked_at else never),
        (_("Held last"), day_time(member.held_at, settings.TIME_ZONE) if member.held_at else never),
        (_("Its public log"), member.origin),
    ]
    if row.n_refused:
        facts.append((_("Could not be read"), f"{row.n_refused:,}"))
    is_well = member.verdict == HOLDS
    return {
        "name": member.name,
        "url": member.url,
        "kind": "on" if is_well else "wait",
        "state": WORDS.get(member.verdict, member.verdict),
        "sentence": "" if is_well else member.sentence,
        "facts": [{"term": term, "value": value} for term, value in facts],
        "keys": member.policy.splitlines(),
    }


def _plain(row: Standing) -> dict[str, Any]:
    member = row.member
    return {
        "key": member.key,
        "name": member.name,
        "url": member.url,
        "origin": member.origin,
        "policy": member.policy,
        "since": member.added_at.isoformat(),
        "verdict": member.verdict,
        "sentence": member.sentence,
        "shown": member.is_shown,
        "purchases": row.n,
        "refused": row.n_refused,
        "size": member.size,
        "checked_at": member.checked_at.isoformat() if member.checked_at else None,
        "held_at": member.held_at.isoformat() if member.held_at else None,
        "checkpoint": member.note,
        "offered": member.offered,
    }
