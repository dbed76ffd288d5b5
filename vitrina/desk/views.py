# SPDX-License-Identifier: Apache-2.0
"""The desk's pages: inbox, purchase, receipt, choice of office, drafts."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vitrina.cycle.awarding.queries import explanation_for
from vitrina.cycle.bidding.queries import are_opened
from vitrina.cycle.clarifying.events import QuestionsSent
from vitrina.cycle.core.models import Process, Submission
from vitrina.cycle.core.signed_words import told
from vitrina.cycle.core.steps import FORMS
from vitrina.ledger.models import Entry
from vitrina.parties.models import Appointment
from vitrina.parties.roles import Role, may

from . import drafts, questions, signing
from .beside import beside
from .inbox import NEW, Waiting, called_processes, headline, open_processes, other_steps, tasks_of, waiting_for
from .offices import SESSION_KEY, Seat, seated
from .people import invitation, register_steps


@require_GET
@seated
def inbox(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What waits for the office, the first thing big, then the rest by date, then what waits for others."""
    mine, others = waiting_for(seat.actor, seat.at)
    context = {
        "nav": "desk",
        "seat": seat,
        "headline": headline(mine),
        "first": mine[0] if mine else None,
        "rest": mine[1:],
        **others_table(others[:40], seat),
        "processes": open_processes(seat.actor).order_by("-created_at")[:30],
        "can_begin": may(seat.actor.role, "planning.publish_line"),
        "register_steps": register_steps(seat.actor),
        "beside": beside(seat),
    }
    return render(request, "desk/inbox.html", context)


@require_GET
@seated
def purchase(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:
    """One purchase from inside: what waits in it, and the other steps that the office may take."""
    known = open_processes(seat.actor).filter(ocid=ocid).first()
    process = known or get_object_or_404(called_processes(seat.actor), ocid=ocid)
    waiting = tasks_of(process, seat.at)
    mine = sorted((w for w in waiting if w.is_for(seat.actor)), key=lambda w: w.order)
    context = {
        "nav": "desk",
        "seat": seat,
        "process": process,
        "mine": mine,
        **others_table([w for w in waiting if not w.is_for(seat.actor)], seat),
        "steps": other_steps(process, seat.actor, mine),
        **own_bids(process, seat),
    }
    return render(request, "desk/purchase.html", context)


def own_bids(process: Process, seat: Seat) -> dict[str, object]:
    """For a supplier: where it seals its bid and keeps its receipts, and after the ruling how it ended for it.

    Before the act the server does not know who bid: the receipts lie with the supplier.
    """
    if seat.actor.role is not Role.SUPPLIER:
        return {}
    return {
        "can_seal": process.number and not are_opened(process),
        "explanation": explanation_for(process, seat.actor.supplier_key),
    }


@require_GET
@seated
def receipt(request: HttpRequest, seat: Seat, token: str) -> HttpResponse:
    """What a person's own act left in the ledger; nobody else's."""
    submission = Submission.objects.select_related("entry").filter(token=token, person=seat.actor.person_id).first()
    if submission is None:
        raise Http404
    entry = submission.entry
    placed = getattr(entry, "placed", None)
    context = {
        "nav": "desk",
        "seat": seat,
        "entry": entry,
        "event": entry.event,
        "position": placed.position if placed else None,
        "form_title": FORMS[submission.command].button if submission.command in FORMS else "",
        "process": open_processes(seat.actor).filter(ocid=entry.ocid or request.GET.get("compra", "")[:120]).first(),
        "signed": told(entry) if signing.is_asked(submission.command) else None,
        **invitation(request, seat, entry),
        **sheet_told(entry, token),
    }
    return render(request, "desk/receipt.html", context)


def sheet_told(entry: Entry, token: str) -> dict[str, object]:
    """For a sheet of questions: the rows that were not taken, and where to get them as a sheet to mend."""
    event = entry.event
    if not isinstance(event, QuestionsSent) or not event.rejected:
        return {}
    rows = [{"cells": [f["row"], f["column"], f["what"], f["how"]]} for f in questions.faults_of(event)]
    columns = [
        {"label": _("Row of the sheet")},
        {"label": _("Column")},
        {"label": _("What is wrong")},
        {"label": _("How to mend it")},
    ]
    return {
        "fault_rows": rows,
        "fault_columns": columns,
        "n_rejected": len(event.rejected),
        "rejected_url": reverse("desk:questions_rejected", args=[token]),
    }


def others_table(others: list[Waiting], seat: Seat) -> dict[str, object]:
    """What waits for others, as a table; a supplier does not see it."""
    shown = others if seat.actor.role is not Role.SUPPLIER else []
    columns = [{"label": _("What")}, {"label": _("Purchase")}, {"label": _("Who")}, {"label": _("Until"), "num": True}]
    same: dict[tuple[str, str, str, str], list[Waiting]] = {}
    for w in shown:
        same.setdefault((w.title, w.process.ocid, w.who, w.due), []).append(w)
    rows = [
        {
            "cells": [
                title,
                {"text": many[0].process.title, "url": many[0].purchase_url},
                f"{who} ({len(many)})" if len(many) > 1 else who,
                due or _("No date"),
            ]
        }
        for (title, _ocid, who, due), many in same.items()
    ]
    return {
        "others": shown,
        "others_columns": columns,
        "others_rows": rows,
        "others_caption": _("Waits for others"),
    }


@require_POST
@seated
def choose_office(request: HttpRequest, seat: Seat) -> HttpResponse:  # noqa: ARG001 - the decorator's shape
    """Take another of one's own offices."""
    wanted = request.POST.get("office", "")
    pk = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0  # noqa: PLR2004
    appointment = get_object_or_404(Appointment, pk=pk, person__user=request.user)
    request.session[SESSION_KEY] = appointment.pk
    messages.info(request, _("You now act as %(office)s.") % {"office": appointment.role_name})
    return redirect(reverse("desk:inbox"))


@require_POST
@seated
def save_draft(request: HttpRequest, seat: Seat, ocid: str, command: str) -> HttpResponse:
    """Keep a form as it is being typed (sent by the page every few seconds)."""
    if command not in FORMS or FORMS[command].is_secret or not may(seat.actor.role, command):
        return JsonResponse({"saved": False})
    if ocid != NEW and not open_processes(seat.actor).filter(ocid=ocid).exists():
        raise Http404
    drafts.save(request.user, drafts_place(ocid, command, request.GET.get("key", "")), request.POST, seat.at)
    return JsonResponse({"saved": True})


def drafts_place(ocid: str, command: str, key: str) -> str:
    """Where a draft belongs."""
    return f"{ocid}/{command}/{key}"[:300]
