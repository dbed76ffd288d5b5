# SPDX-License-Identifier: Apache-2.0
"""Questions about a call at the desk: in groups for the contracting area, one's own for a supplier, counted for
internal control. Nobody else reads them before the meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from vitrina.cycle.clarifying import faults, sheet
from vitrina.cycle.clarifying.commands import TOPICS
from vitrina.cycle.clarifying.grouping import alike
from vitrina.cycle.clarifying.models import Question
from vitrina.cycle.clarifying.queries import (
    Group,
    flood_rule,
    floods_of,
    groups_of,
    is_closed,
    meeting_of,
    questions_for_officer,
    questions_of_supplier,
    tally_of,
)
from vitrina.cycle.clarifying.sending import opened
from vitrina.cycle.clarifying.states import MeetingState
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process, Submission
from vitrina.cycle.core.words import lang, rule_words
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel import clock, formats
from vitrina.kernel.text import fold
from vitrina.parties.roles import Role

from .inbox import called_processes, open_processes
from .offices import Seat, seated

GROUPS, MEMBERS, LETTERS = 25, 50, 320  # on a page; letters shown of a question in the list
SHEETS = ("clarifying.ask_many", "clarifying.ask_again_many")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@seated
def questions(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:
    """The questions of a purchase, as far as the office may read them."""
    process = open_processes(seat.actor).filter(ocid=ocid).first()
    process = process or get_object_or_404(called_processes(seat.actor), ocid=ocid)
    role = seat.actor.role
    context = {"nav": "desk", "seat": seat, "process": process}
    if role is Role.SUPPLIER:
        return render(request, "desk/questions_own.html", context | _own(request, seat, process))
    if role in {Role.OFFICER, Role.OIC} and seat.actor.acts_for(process.unit):
        if role is Role.OIC:
            return render(request, "desk/questions_tally.html", context | _tally(process))
        if number := _number(request.GET.get("grupo")):
            return render(request, "desk/questions_group.html", context | _group(request, process, number))
        return render(request, "desk/questions.html", context | _groups(request, process))
    return render(request, "desk/not_yours.html", context, status=403)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0  # noqa: PLR2004


def _pages(request: HttpRequest, total: int, size: int) -> tuple[int, dict[str, Any]]:
    """(first index of the page asked for, what `parts/pagination.html` needs)."""
    last_page = max(1, -(-total // size))
    page = min(max(1, _number(request.GET.get("page"))), last_page)

    def url(number: int) -> str:
        return "?" + urlencode({**request.GET.dict(), "page": number})

    start = (page - 1) * size
    return start, {
        "first": start + 1 if total else 0,
        "last": min(start + size, total),
        "total": total,
        "size": size,
        "previous_url": url(page - 1) if page > 1 else "",
        "next_url": url(page + 1) if page < last_page else "",
        "is_one": last_page == 1,
    }


def _groups(request: HttpRequest, process: Process) -> dict[str, Any]:
    """The groups, those that wait first and the largest of them first; searched by their words, alias or number."""
    groups = groups_of(process)
    waiting = [g for g in groups if not g.is_answered]
    shown, q = request.GET.get("ver", "faltan" if waiting else "todas"), request.GET.get("q", "").strip()[:200]
    found = {"faltan": waiting, "hechas": [g for g in groups if g.is_answered]}.get(shown, groups)
    if q:
        found = [g for g in found if _speaks_of(g, q)]
    found = sorted(found, key=lambda g: (-len(g.questions), g.number))
    start, pages = _pages(request, len(found), GROUPS)
    n_waiting = sum(not q.answer for g in waiting for q in g.questions)
    n, given = sum(len(g.questions) for g in groups), _given(process)
    return {
        "headline": _headline(n, n_waiting, len(waiting)),
        "n": n,
        "n_groups": len(groups),
        "views": [
            {"label": _("Wait for an answer"), "n": len(waiting), "value": "faltan"},
            {"label": _("Answered"), "n": len(groups) - len(waiting), "value": "hechas"},
            {"label": _("All"), "n": len(groups), "value": "todas"},
        ],
        "shown": shown,
        "q": q,
        "rows": [_row(g, process, given) for g in found[start : start + GROUPS]],
        "pages": pages,
        "is_closed": is_closed(process),
    }


def _headline(n: int, waiting: int, groups: int) -> str:
    if not n:
        return _("Nobody has asked yet.")
    if not waiting:
        text = ngettext("The one question has its answer.", "All %(n)s questions have their answer.", n)
        return text % {"n": f"{n:,}"}
    text = ngettext(
        "%(n)s question waits for an answer.", "%(n)s questions wait for an answer, in %(groups)s groups.", waiting
    )
    return text % {"n": f"{waiting:,}", "groups": f"{groups:,}"}


def _speaks_of(group: Group, q: str) -> bool:
    if number := _number(q):
        return number in group.numbers
    wanted = fold(q)
    return any(wanted in fold(question.text) or wanted == fold(question.alias) for question in group.questions)


def _given(process: Process) -> int:
    """Questions of a round before this one have their answer for good."""
    meeting = meeting_of(process)
    if meeting is None:
        return 0
    return meeting.round + (meeting.state == MeetingState.CLOSED)


def _row(group: Group, process: Process, given: int) -> dict[str, Any]:
    """A group as a line; its answer was given, and stands, when its round is before `given`."""
    lead, n = group.lead, len(group.questions)
    return {
        "number": group.number,
        "text": lead.text if len(lead.text) <= LETTERS else lead.text[:LETTERS].rstrip() + "…",
        "count": ngettext("%(n)s question", "%(n)s questions", n) % {"n": f"{n:,}"},
        "n": n,
        "who": who(group.by_alias),
        "answer": lead.answer[:LETTERS],
        "is_answered": group.is_answered,
        "is_by_hand": bool(lead.place),
        "is_given": lead.round < given,
        "n_waiting": sum(not q.answer for q in group.questions),
        "url": f"{reverse('desk:questions', args=[process.ocid])}?grupo={group.number}",
        **_steps(group, process),
    }


def _steps(group: Group, process: Process) -> dict[str, str]:
    """Where the group is answered, and where it is joined with others."""
    command = "clarifying.answer" if len(group.questions) == 1 else "clarifying.answer_group"
    return {
        "answer_url": _step(process, command, group.lead),
        "join_url": _step(process, "clarifying.join_groups", group.lead),
    }


def _step(process: Process, command: str, question: Question) -> str:
    return f"{reverse('desk:step', args=[process.ocid, command])}?key={question.id}"


def who(counted: list[tuple[str, int]], most: int = 8) -> str:
    """Aliases with how many each asked: `Quetzal (30), Roble (5)`."""
    told = [f"{alias} ({n:,})" if n > 1 else alias for alias, n in counted[:most]]
    rest = len(counted) - most
    if rest > 0:
        told.append(ngettext("and one company more", "and %(n)s companies more", rest) % {"n": f"{rest:,}"})
    return ", ".join(told)


def _group(request: HttpRequest, process: Process, number: int) -> dict[str, Any]:
    """One group whole: each question with its text, and the groups that look like it."""
    groups = groups_of(process)
    found = next((g for g in groups if number in g.numbers), None)
    if found is None:
        raise Http404
    start, pages = _pages(request, len(found.questions), MEMBERS)
    others = [g for g in groups if g is not found]
    near = [others[place] for place in alike(found.lead.text, [g.lead.text for g in others])]
    members = list(zip(found.numbers, found.questions, strict=True))[start : start + MEMBERS]
    n, given = len(found.questions), _given(process)
    return {
        "group": _row(found, process, given),
        "headline": ngettext("One question stands alone here.", "%(n)s questions ask the same.", n) % {"n": f"{n:,}"},
        "members": [
            {
                "number": place,
                "alias": q.alias,
                "topic": TOPICS.get(q.topic, q.topic),
                "text": q.text,
                "answer": q.answer,
                "by_hand": bool(q.place),
                "out_url": _step(process, "clarifying.take_out", q) if n > 1 else "",
            }
            for place, q in members
        ],
        "near": [_row(g, process, given) for g in near],
        "pages": pages,
        "about": _about(groups, found),
        "all_url": reverse("desk:questions", args=[process.ocid]),
    }


def _about(groups: list[Group], found: Group) -> dict[str, Any] | None:
    """What a group of re-questions asks about: the number, the question and the answer that was given."""
    number = found.lead.about
    asked = next((q for g in groups for n, q in zip(g.numbers, g.questions, strict=True) if n == number), None)
    return {"number": number, "question": asked.text, "answer": asked.answer} if asked else None


def _own(request: HttpRequest, seat: Seat, process: Process) -> dict[str, Any]:
    """A supplier's own questions, by their order among its own."""
    mine = questions_of_supplier(process, seat.actor.supplier_key)
    start, pages = _pages(request, len(mine), MEMBERS)
    shown = enumerate(mine[start : start + MEMBERS], start=start + 1)
    n = len(mine)
    return {
        "headline": ngettext("You have sent one question.", "You have sent %(n)s questions.", n) % {"n": f"{n:,}"}
        if n
        else _("You have sent no question."),
        "alias": mine[0].alias if mine else "",
        "rows": [
            {"cells": [str(n), q.text, _("answer %(n)s") % {"n": q.about} if q.about else str(TOPICS[q.topic])]}
            for n, q in shown
        ],
        "columns": [{"label": _("No.")}, {"label": _("Question")}, {"label": _("About")}],
        "pages": pages,
        "is_closed": is_closed(process),
        "again": _again(process),
    }


def _again(process: Process) -> dict[str, Any] | None:
    """The term for re-questions, once answers were given and while the meeting goes on."""
    meeting = meeting_of(process)
    if meeting is None or meeting.until is None or meeting.state == MeetingState.CLOSED:
        return None
    return {"until": meeting.until, "is_open": clock.now() <= meeting.until}


def _tally(process: Process) -> dict[str, Any]:
    """Who asked how many, under aliases, and how many repeat an earlier question: the evidence of a flood."""
    tender = tender_of(process)
    rows = questions_for_officer(process)
    rounds = sorted({q.round for q in rows})
    told = [(n, f) for n in rounds for f in tally_of(rows, n)]
    counted = [f for _n, f in told]
    floods = floods_of(process, tender) if tender else {}
    found = {(n, f.who) for n, some in floods.items() for f in some}
    rule = flood_rule(process, tender) if tender else None
    total = sum(f.questions for f in counted)
    repeated = sum(f.repeated for f in counted)
    n_asked = len({f.who for f in counted})
    asked = ngettext("One company asked", "%(n)s companies asked", n_asked) % {"n": n_asked}
    return {
        "headline": _("%(asked)s %(total)s questions; %(repeated)s repeat one asked before.")
        % {"asked": asked, "total": f"{total:,}", "repeated": f"{repeated:,}"}
        if counted
        else _("Nobody has asked yet."),
        "rows": [
            {
                "cells": [
                    f.who,
                    *([_("about the answers") if n else _("about the call")] if len(rounds) > 1 else []),
                    f"{f.questions:,}",
                    _share(f.questions, f.of),
                    f"{f.repeated:,}",
                    _share(f.repeated, f.questions),
                ],
                "kind": "first" if (n, f.who) in found else "",
            }
            for n, f in told
        ],
        "columns": [
            {"label": _("Company")},
            *([{"label": _("Asked")}] if len(rounds) > 1 else []),
            {"label": _("Questions"), "num": True},
            {"label": _("Share of all"), "num": True},
            {"label": _("Repeat another"), "num": True},
            {"label": _("Share of its own"), "num": True},
        ],
        "floods": sorted({who for _n, who in found}),
        "rule": rule_words(applied(rule)) if rule else "",
        "rule_told": _rule_told(rule.value) if rule else "",
        "note_url": reverse("desk:step", args=[process.ocid, "clarifying.note_flood"]) if found else "",
    }


def _rule_told(value: Mapping[str, Any]) -> str:
    """When the rule puts a company before internal control, with its numbers."""
    one, own = Fraction(value["share_of_one"]), Fraction(value["share_repeated"])
    told = {
        "least": f"{value['least']:,}",
        "one": _share(one.numerator, one.denominator),
        "own": _share(own.numerator, own.denominator),
    }
    text = _(
        "You are told when a company asks at least %(least)s questions, and they are more than %(one)s of all, or "
        "%(own)s of them repeat one asked before."
    )
    return text % told


def _share(part: int, whole: int) -> str:
    return formats.percent(Decimal(100 * part) / whole, lang())


AGAIN = "repreguntas"


@require_GET
@seated
def template(request: HttpRequest, seat: Seat, ocid: str, kind: str) -> HttpResponse:
    """The empty sheet to fill in, as CSV or XLSX."""
    if seat.actor.role is not Role.SUPPLIER or not open_processes(seat.actor).filter(ocid=ocid).exists():
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    if request.GET.get("de") == AGAIN:
        return _template_again(kind)
    if kind == "csv":
        return _file(sheet.template_csv(), "text/csv; charset=utf-8", "preguntas.csv")
    if kind == "xlsx":
        notes = [
            _("Write one question in each row of the first page."),
            _("tema: técnica, legal or económica."),
            _("pregunta: what you ask, at most 2,000 letters, without your company's name: it would be published."),
            _("Leave no other columns with secrets in them: the whole file is kept as proof."),
        ]
        return _file(sheet.template_xlsx(["técnica", "legal", "económica"], notes), XLSX, "preguntas.xlsx")
    raise Http404


def _template_again(kind: str) -> HttpResponse:
    """The empty sheet of re-questions."""
    if kind == "csv":
        return _file(sheet.template_csv(sheet.HEADER_AGAIN), "text/csv; charset=utf-8", f"{AGAIN}.csv")
    if kind != "xlsx":
        raise Http404
    notes = [
        _("Write one re-question in each row of the first page."),
        _("respuesta: the number of the question whose answer you ask about."),
        _("pregunta: what you ask, at most 2,000 letters, without your company's name: it would be published."),
    ]
    return _file(sheet.template_xlsx([], notes), XLSX, f"{AGAIN}.xlsx")


@require_GET
@seated
def rejected(request: HttpRequest, seat: Seat, token: str) -> HttpResponse:  # noqa: ARG001 - Django's view shape
    """The rows of a sheet that were not taken, with what is wrong and how to mend it: to be sent again."""
    sent = (
        Submission.objects.select_related("entry")
        .filter(token=token, person=seat.actor.person_id, command__in=SHEETS)
        .first()
    )
    if sent is None or sent.entry.is_erased:
        raise Http404
    event: Any = sent.entry.event
    found = opened(event.sha256, event.media_type, event.answers)
    content = sheet.rejected_csv(found, (_("row"), _("what is wrong"), _("how to mend it")), faults.by_row(found))
    return _file(content, "text/csv; charset=utf-8", "por-corregir.csv")


def faults_of(event: Any, most: int = 50) -> list[dict[str, str]]:
    """The first rows of a sheet that were not taken, as its receipt tells them."""
    found = opened(event.sha256, event.media_type, event.answers)
    rows = [
        {"row": str(f.number), "column": faults.column(f), "what": faults.what(f), "how": faults.how(f)}
        for f in found.faults
    ]
    return rows[:most]


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
