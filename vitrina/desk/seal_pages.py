# SPDX-License-Identifier: Apache-2.0
"""Pages of sealed bids at the desk: seal a bid, the ceremony of a key, the room of those who open.

What they show is what the JSON of `seal_api` says; the work is done by scripts in the person's own browser.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from vitrina.cycle.bidding.reception import warning
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import board as boards
from vitrina.cycle.opening.queries import act_of
from vitrina.cycle.tendering.models import Opener
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel import ids
from vitrina.parties.openers.queries import OPENING_ROLES
from vitrina.parties.roles import ROLE_NAMES, Role
from vitrina.parties.sign_in.fresh import must_confirm
from vitrina.parties.signing import policy

from . import confirming, key_shown, room_shown, seal_shown, signing
from .inbox import called_processes, open_processes, step_url
from .offices import Seat, seated
from .seal_data import key_data, opening_data, sealing_data


def _process(seat: Seat, ocid: str) -> Process:
    process = called_processes(seat.actor).filter(ocid=ocid).first()
    if process is None or tender_of(process) is None:
        raise Http404
    return process


@require_GET
@ensure_csrf_cookie
@seated
def seal(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:
    """`/mi-espacio/compra/<ocid>/sellar/`: a supplier seals, replaces, withdraws; after the act, how it was opened."""
    if seat.actor.role is not Role.SUPPLIER:
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    process = _process(seat, ocid)
    data = sealing_data(seat, process)
    can_rescue = data["state"] == "closed" and act_of(process) is not None
    if (data["state"] == "open" or can_rescue) and must_confirm(request):
        return confirming.suspend(request)  # before the work begins: this never holds up a bid at its deadline
    context = {
        "nav": "desk",
        "seat": seat,
        "signing": signing.offer(seat, request.user, "bid"),
        "words": seal_shown.seal_words(),
        "can_rescue": can_rescue,
        "barred": warning(seat.actor, process, seat.at) if data["state"] == "open" else "",
        **seal_shown.sealing(data, process.unit.zone),
    }
    return render(request, "desk/seal.html", context)


@require_GET
@ensure_csrf_cookie
@seated
def key(request: HttpRequest, seat: Seat) -> HttpResponse:
    """`/mi-espacio/llave/`: an opener makes, keeps, proves and rehearses a key."""
    if seat.actor.role not in OPENING_ROLES:
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    without = not policy.of("opener.key").required
    context = {
        "nav": "desk",
        "seat": seat,
        "zone": seat.zone,
        "now": seat.at,
        "role_name": str(ROLE_NAMES[seat.actor.role]),
        "signing": signing.offer(seat, request.user, "opener.key", can_go_without=without),
        "words": key_shown.key_words(),
        "purchases": _named(seat),
        **key_shown.ceremony(key_data(seat)),
    }
    return render(request, "desk/key.html", context)


def _named(seat: Seat) -> list[dict[str, str]]:
    """The purchases still to be opened that count on the person's key."""
    rows = Opener.objects.filter(person=seat.actor.person_id, process__in=open_processes(seat.actor))
    found = []
    for opener in rows.select_related("process__unit"):
        tender = tender_of(opener.process)
        act = act_of(opener.process)
        if tender and (act is None or act.opened_at is None):
            found.append(key_shown.named(opener.process, tender.opening_at))
    return sorted(found, key=lambda one: one["when"])


@require_GET
@ensure_csrf_cookie
@seated
def room(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:
    """`/mi-espacio/compra/<ocid>/llaves/`: who is in, what is missing; give one's key; the officer leads the act."""
    if seat.actor.role not in OPENING_ROLES:
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    process = _process(seat, ocid)
    if not seat.actor.acts_for(process.unit):
        raise Http404
    told = boards.told_of(ocid)
    board = boards.read(told)
    without = not policy.of("opening.shares").required
    context = {
        "nav": "desk",
        "seat": seat,
        "process": process,
        "token": ids.token(),
        "stream": f"/live/{ocid}/events",
        "last": told[-1].position if told else 0,
        "signing": signing.offer(seat, request.user, "opening.shares", can_go_without=without),
        "words": room_shown.room_words(board),
        **room_shown.room(opening_data(seat, process), board, process.unit.zone, seat.at),
    }
    if context["action"]:
        context["action"]["url"] = step_url(ocid, context["action"]["command"])
    context["attend_url"] = step_url(ocid, room_shown.ATTEND)
    return render(request, "desk/room.html", context)
