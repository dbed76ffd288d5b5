# SPDX-License-Identifier: Apache-2.0
"""`/live/<ocid>/preguntar`: the public's question to the social witness; and how a room shows what was asked."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.integrity.questions import commands, queries, rules
from vitrina.kernel import clock
from vitrina.portal.models import PurchaseCard

SHOWN = 40  # questions of a room before it asks to see them all


def shown(ocid: str, *, whole: bool = False) -> dict[str, Any]:
    """The questions of a room, the newest first, and whether one may ask."""
    process = Process.objects.select_related("unit").filter(ocid=ocid).first()
    asked = queries.questions_of(ocid)[::-1]
    return {
        "questions": [_shown(q) for q in (asked if whole else asked[:SHOWN])],
        "n_questions": len(asked),
        "n_more": 0 if whole else max(0, len(asked) - SHOWN),
        "witness": queries.witness_of(process) if process else "",
        "may_ask": queries.may_ask(process),
    }


def _shown(question: queries.Question) -> dict[str, Any]:
    hidden = question.hidden
    return {
        "number": question.number,
        "text": question.text,
        "at": question.at,
        "position": question.position,
        "proof_url": _act(question.position),
        "is_withdrawn": question.is_withdrawn,
        "hidden": hidden.detail() if hidden else "",
        "hidden_position": question.hidden_position,
        "hidden_url": _act(question.hidden_position),
        "answers": [
            {"text": a.text, "name": a.name, "at": a.at, "position": a.position, "proof_url": _act(a.position)}
            for a in question.answers
        ],
    }


def _act(position: int | None) -> str:
    return reverse("portal:act", args=[position]) if position else ""


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, ocid: str) -> HttpResponse:
    """The form; sent, it leads back to the room. What is refused keeps its text."""
    card = get_object_or_404(PurchaseCard, ocid=ocid)
    process = Process.objects.select_related("unit").filter(ocid=ocid).first()
    if process is None or not queries.witness_of(process):
        raise Http404
    text, error, status = request.POST.get("text", "").replace("\x00", ""), "", 200
    if request.method == "POST":
        if not ratelimit.consume(request, action="ask"):
            error, status = _("You have asked several times in a short while. Try again in some minutes."), 429
        else:
            try:
                entry = commands.ask(ocid, at=clock.now(), text=text)
            except Refused as refused:
                error, status = " ".join(r.message for r in refused.refusals), 422
            else:
                return redirect(f"{reverse('portal:room', args=[ocid])}?pregunta={entry.seq}#questions")
    context = {
        "nav": "calendar",
        "card": card,
        "text": text,
        "error": error,
        "witness": queries.witness_of(process),
        "may_ask": queries.may_ask(process),
        "longest": rules.LONGEST,
        "door": list(rules.DOOR_WORDS.values()),
        "hiding": list(rules.HIDING.values()),
        "room_url": reverse("portal:room", args=[ocid]),
    }
    return render(request, "portal/ask.html", context, status=status)
