# SPDX-License-Identifier: Apache-2.0
"""Pages of internal control: the letters of its institution, and the answer to one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.words import short_day
from vitrina.desk.beside import Beside
from vitrina.desk.offices import Seat, seated
from vitrina.parties.models import Unit
from vitrina.parties.roles import may
from vitrina.portal.paging import page_of, pagination

from . import commands, queries, rules
from .forms import AnswerForm
from .models import Letter

PAGE = 20
LETTERS = 200  # shown of a text in the list


def _buyer(seat: Seat) -> Unit:
    return Unit.objects.select_related("root").get(key=seat.actor.unit_key).buyer


def note(seat: Seat) -> Beside | None:
    """What the inbox says of letters, for who answers them."""
    if not may(seat.actor.role, "contact.answer"):
        return None
    n = queries.written_to(_buyer(seat)).filter(answered_at=None).count()
    title = ngettext("%(n)d letter of the public waits", "%(n)d letters of the public wait", n) % {"n": n}
    return Beside(title if n else _("No letter of the public waits"), reverse("contact_office:letters"))


@require_GET
@seated
def letters(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Those that wait first, the one that waits longest above."""
    if not may(seat.actor.role, "contact.answer"):
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    found = queries.written_to(_buyer(seat))
    waiting, answered = found.filter(answered_at=None), found.exclude(answered_at=None)
    page, n = page_of(request), answered.count()
    first = (page - 1) * PAGE
    context = {
        "nav": "desk",
        "seat": seat,
        "n_waiting": waiting.count(),
        "waiting": [_row(one, seat) for one in waiting.order_by("number")[:100]] if page == 1 else [],
        "answered": [_row(one, seat) for one in answered.order_by("-answered_at")[first : first + PAGE]],
        "pages": pagination(request, page, n),
    }
    return render(request, "contact/letters.html", context)


def _row(letter: Letter, seat: Seat) -> dict[str, Any]:
    text = letter.text if len(letter.text) <= LETTERS else f"{letter.text[:LETTERS].rsplit(' ', 1)[0]}…"
    return {
        "due": short_day(letter.received_at, seat.zone).capitalize(),
        "title": f"{rules.KIND_WORDS[rules.Kind(letter.kind)]}, {letter.folio}",
        "url": reverse("contact_office:letter", args=[letter.number]),
        "text": text,
        "action": _("See it") if letter.answered_at else _("Read and answer"),
    }


@require_http_methods(["GET", "POST"])
@seated
def letter(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """One letter, whole, and the form of its answer."""
    if not may(seat.actor.role, "contact.answer"):
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    found = get_object_or_404(queries.written_to(_buyer(seat)), number=number)
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                commands.answer(
                    seat.actor, at=seat.at, number=number, outcome=given["outcome"], text=given["text"]
                )  # fmt: skip
            except Refused as refused:
                form.add_error(None, " ".join(r.message for r in refused.refusals))
            else:
                return redirect("contact_office:letter", number=number)
    context = {
        "nav": "desk",
        "seat": seat,
        "letter": found,
        "kind": rules.KIND_WORDS[rules.Kind(found.kind)],
        "outcome": rules.OUTCOME_WORDS[rules.Outcome(found.outcome)] if found.outcome else "",
        "page_url": settings.PUBLIC_URL + found.page if found.page else "",
        "form": form,
    }
    return render(request, "contact/letter.html", context, status=status)
