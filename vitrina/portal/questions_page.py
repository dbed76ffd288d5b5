# SPDX-License-Identifier: Apache-2.0
"""The public page of the questions about a call: each with its answer, and with which others it was answered.

Made of the public minutes alone; the same as CSV and JSON.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vitrina.cycle.clarifying.commands import TOPICS
from vitrina.cycle.clarifying.events import Answered, AnswersGiven, ClarificationClosed, Flooded
from vitrina.cycle.clarifying.flood import RULE
from vitrina.cycle.core.words import rule_words
from vitrina.kernel import clock
from vitrina.kernel.text import fold, plain_cell
from vitrina.ledger import feed
from vitrina.ledger.models import Entry, Position
from vitrina.parties.models import Unit

from .models import PurchaseCard
from .paging import page_of, pagination

SIZE = 40
NUMBERS = 12  # of the questions of a group that a line names
COLUMNS = (
    "number", "round", "about", "alias", "author", "topic", "question", "answer", "asked_at", "answered_at", "group",
    "by_hand",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What the meeting of a purchase published last: the answers by number, the numbers of each group, the
    re-questions about each answer (by the group of what they are about), the floods. `until`: when re-questions close,
    while they are received.
    """

    positions: tuple[int, ...]
    answers: tuple[Answered, ...]
    groups: dict[int, list[int]]
    again: dict[int, list[Answered]]
    until: datetime | None
    floods: tuple[Flooded, ...]
    rules: tuple[str, ...]
    grouping: str


def told_of(ocid: str) -> Told:
    """The public answers of a purchase; `Http404` before the meeting, and when nobody had asked."""
    kinds = (AnswersGiven.kind, ClarificationClosed.kind)
    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}", entry__kind__in=kinds)
    found = [row for row in rows.select_related("entry").order_by("position") if not row.entry.is_erased]
    told = _told(tuple((row.position, row.entry.pk) for row in found))
    if not told.answers:
        raise Http404
    return told


@lru_cache(maxsize=8)
def _told(acts: tuple[tuple[int, int], ...]) -> Told:
    """Read once: the minutes of a large case weigh megabytes, and an act never changes."""
    last: Any = Entry.objects.get(pk=acts[-1][1]).event if acts else None  # each tells what the one before told too
    answers: tuple[Answered, ...] = last.answers if last else ()
    groups: dict[int, list[int]] = {}
    again: dict[int, list[Answered]] = {}
    group_of = {one.number: one.group or one.number for one in answers}
    for one in answers:
        groups.setdefault(group_of[one.number], []).append(one.number)
        if one.about and group_of[one.number] == one.number:
            again.setdefault(group_of[one.about], []).append(one)
    return Told(
        positions=tuple(position for position, _pk in acts),
        answers=answers,
        groups=groups,
        again=again,
        until=getattr(last, "until", None),
        floods=last.floods if last else (),
        rules=tuple(rule_words(r) for r in (last.rules if last else ()) if r.key == RULE),
        grouping=last.grouping if last else "",
    )


@require_safe
def questions(request: HttpRequest, ocid: str) -> HttpResponse:
    """`/p/<ocid>/preguntas/`: one line for each different question, or all of them, or one group whole."""
    card = get_object_or_404(PurchaseCard, ocid=ocid)
    told = told_of(ocid)
    unit = Unit.objects.filter(key=card.unit_key).first()
    shown, q, group = (
        request.GET.get("ver", ""),
        request.GET.get("q", "").strip()[:200],
        _number(request.GET.get("grupo")),
    )
    found = _found(told, shown, q, group)
    page = page_of(request)
    context = {
        "nav": "search",
        "card": card,
        "zone": unit.zone if unit else settings.TIME_ZONE,
        "ledger_size": feed.head(),
        "position": told.positions[-1],
        "q": q,
        "group": group,
        "shown": shown,
        "n": len(told.answers),
        "n_groups": sum(not one.about for one in told.answers if one.group in {0, one.number}),
        "until": told.until,
        "is_asking": told.until is not None and clock.now() <= told.until,
        "rows": [_row(one, told) for one in found[(page - 1) * SIZE : page * SIZE]],
        "pages": pagination(request, page, len(found), SIZE),
        "is_one_page": len(found) <= SIZE,
        "floods": [one.words() for one in told.floods],
        "flood_rules": told.rules,
        "asked": _asked(told),
        "asked_columns": _asked_columns(told),
        **_sentences(told),
    }
    return render(request, "portal/questions.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0  # noqa: PLR2004


def _found(told: Told, shown: str, q: str, group: int) -> list[Answered]:
    if group:
        numbers = set(next((many for many in told.groups.values() if group in many), []))
        return [a for a in told.answers if a.number in numbers]
    wanted = fold(q)
    rows = [a for a in told.answers if shown == "todas" or q or (a.group in {0, a.number} and not a.about)]
    if not q:
        return rows  # a re-question stands under the answer that it is about
    if number := _number(q):
        return [a for a in rows if a.number == number]
    return [a for a in rows if wanted in fold(a.question) or wanted in fold(a.answer) or wanted == fold(a.alias)]


def _sentences(told: Told) -> dict[str, str]:
    first = [a for a in told.answers if not a.round]
    n, companies, more = len(first), len({a.alias for a in told.answers}), len(told.answers) - len(first)
    different = sum(a.group in {0, a.number} for a in first)
    asked = ngettext("The meeting answered one question", "The meeting answered %(n)s questions", n) % {"n": f"{n:,}"}
    who = ngettext("of one company", "of %(n)s companies", companies) % {"n": f"{companies:,}"}
    lead = _("Each stands here with its answer, under the word that its company drew.")
    if different < n:
        text = _("%(n)s of them are different; those that ask the same were answered together, and none was left out.")
        lead = f"{text % {'n': f'{different:,}'}} {lead}"
    if more:
        text = ngettext(
            "%(n)s question was asked about the answers; it stands under the one that it is about.",
            "%(n)s questions were asked about the answers; each stands under the one that it is about.",
            more,
        )
        lead = f"{lead} {text % {'n': f'{more:,}'}}"
    return {"headline": f"{asked} {who}.", "lead": lead}


def _asked(told: Told) -> list[dict[str, Any]]:
    """Who asked how many, and how many about the answers where somebody did."""
    counted = Counter(a.author or a.alias for a in told.answers)
    again = Counter(a.author or a.alias for a in told.answers if a.about)
    return [
        {"cells": [who, f"{n - again[who]:,}", *([f"{again[who]:,}"] if again else [])]}
        for who, n in sorted(counted.items(), key=lambda x: (-x[1], x[0]))
    ]


def _asked_columns(told: Told) -> list[dict[str, Any]]:
    columns = [{"label": _("Company")}, {"label": _("Questions"), "num": True}]
    return [*columns, {"label": _("About the answers"), "num": True}] if told.again else columns


def _row(one: Answered, told: Told, *, is_under: bool = False) -> dict[str, Any]:
    """A question with its answer, and under it what was asked about that; `is_under`: it stands under one itself."""
    same = [n for n in told.groups[one.group or one.number] if n != one.number]
    numbers = ", ".join(f"{n:,}" for n in same[:NUMBERS]) + ("…" if len(same) > NUMBERS else "")
    with_others = ngettext(
        "Answered together with question %(numbers)s", "Answered together with %(n)s others: %(numbers)s", len(same)
    )
    return {
        "number": one.number,
        "who": one.author or one.alias,
        "topic": TOPICS.get(one.topic, one.topic),
        "question": one.question,
        "answer": one.answer,
        "at": one.answered_at,
        "same": with_others % {"n": f"{len(same):,}", "numbers": numbers} if same else "",
        "by_hand": one.by_hand,
        "group": one.group or one.number,
        "about": 0 if is_under else one.about,
        "again": [_row(each, told, is_under=True) for each in told.again.get(one.number, ())],
    }


@require_safe
def questions_json(request: HttpRequest, ocid: str) -> JsonResponse:  # noqa: ARG001 - Django's view shape
    """`/p/<ocid>/preguntas.json`: the minutes as data; `groups` gives the numbers that were answered together."""
    told = told_of(ocid)
    rows = [{name: _plain(getattr(a, name)) for name in COLUMNS} for a in told.answers]
    body = {
        "v": 1,
        "ocid": ocid,
        "acts": list(told.positions),
        "grouping": told.grouping,
        "questions": rows,
        "groups": {str(number): many for number, many in told.groups.items() if len(many) > 1},
        "floods": [
            {"alias": f.alias, "questions": f.questions, "repeated": f.repeated, "of": f.of, "round": f.round}
            for f in told.floods
        ],
        "requestions_until": _plain(told.until),
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def questions_csv(request: HttpRequest, ocid: str) -> HttpResponse:  # noqa: ARG001
    """`/p/<ocid>/preguntas.csv`: one row for each question."""
    told = told_of(ocid)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([[plain_cell(str(_plain(getattr(a, name)))) for name in COLUMNS] for a in told.answers])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="preguntas.csv"'
    return response


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def questions_url(compiled: dict[str, Any], ocid: str) -> str:
    """Where the questions of a purchase stand; nothing when none was published here."""
    has = bool(compiled.get("tender", {}).get("enquiries"))
    return reverse("portal:questions", args=[ocid]) if has else ""
