# SPDX-License-Identifier: Apache-2.0
"""`/mi-espacio/compra/<ocid>/camara/`: an official authorises a camera for an act, and takes care of its captions.

A key is shown in the answer to the very request that made it, and nowhere again: only its hash reaches the command.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vitrina.broadcast import keys, policy, shown
from vitrina.broadcast.models import Broadcast, Recording, StreamKey
from vitrina.broadcast.sittings import TERMS, Sitting, sittings_of
from vitrina.cycle.core.command import COMMANDS, once
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused, refuse
from vitrina.kernel import ids
from vitrina.parties.roles import may
from vitrina.parties.sign_in.fresh import must_confirm

from . import confirming
from .inbox import called_processes
from .offices import Seat, seated

TASKS = {"issue": "issue_key", "revoke": "revoke_key", "caption": "type_caption", "captions": "publish_captions"}


@require_http_methods(["GET", "POST"])
@seated
def camera(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:
    """The acts of the purchase with their cameras. POST `do` is one of TASKS; sent twice, it is done once."""
    if not may(seat.actor.role, "broadcast.issue_key"):
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    process = called_processes(seat.actor).filter(ocid=ocid).first()
    if process is None or not seat.actor.acts_for(process.unit):
        raise Http404
    confirming.resume(request)
    if request.method == "GET":
        return _page(request, seat, process)
    if request.POST.get("do") == "issue" and must_confirm(request):
        return confirming.suspend(request)
    return _do(request, seat, process)


def _do(request: HttpRequest, seat: Seat, process: Process) -> HttpResponse:
    task, token = request.POST.get("do", ""), request.POST.get("token", "")
    is_token = token.isascii() and token.isalnum() and 16 <= len(token) <= 64  # noqa: PLR2004 - our own tokens
    if task not in TASKS or not is_token:
        return _page(request, seat, process, status=400)
    secret = keys.mint()
    name = f"broadcast.{TASKS[task]}"

    def run() -> Any:
        return COMMANDS[name](seat.actor, process.ocid, at=seat.at, **_arguments(request, task, secret))

    try:
        _entry, is_new = once(token, seat.actor, name, run)
    except Refused as refused:
        return _page(request, seat, process, refused=refused, task=task, status=409)
    if task == "issue":
        if is_new:
            return _page(request, seat, process, secret=secret, act=request.POST.get("act", ""))
        messages.info(request, _("That key was shown already, once. Make another if it was lost."))
    return redirect(reverse("desk:camera", args=[process.ocid]) + ("?escribir=1#typing" if task == "caption" else ""))


def _arguments(request: HttpRequest, task: str, secret: str) -> dict[str, Any]:
    act = request.POST.get("act", "")
    if task == "issue":
        return {"act": act, "digest": keys.digest_of(secret)}
    if task == "revoke":
        return {"act": act, "reason": request.POST.get("reason", "")}
    if task == "caption":
        return {"text": request.POST.get("text", "")}
    upload = request.FILES.get("upload")
    if upload is None:
        raise refuse("captions", _("Choose the file with the captions."), field="upload")
    return {"broadcast": request.POST.get("broadcast", ""), "upload": upload}


def _page(
    request: HttpRequest, seat: Seat, process: Process, *, secret: str = "", act: str = "", task: str = "",
    refused: Refused | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    name = keys.stream_name(process.number, process.ocid)
    sittings = sittings_of(process)
    context = {
        "nav": "desk",
        "seat": seat,
        "process": process,
        "zone": process.unit.zone,
        "server": settings.BROADCAST_SERVER,
        "stream": f"/live/{process.ocid}/events",
        "stream_key": f"{name}?key={secret}" if secret else "",
        "stream_act": next((s.name for s in sittings if s.act == act), ""),
        "acts": [_act(process, s, seat) for s in sittings],
        "on_air": shown.on_air(process),
        "lines": _lines(process),
        "most_characters": policy.MOST_CHARACTERS,
        "recordings": _recordings(process),
        "refusals": refused.refusals if refused else (),
        "task": task,
        "typed": request.POST.get("text", "") if task == "caption" else "",
        "token": ids.token(),
        "minutes": int(policy.RECONNECT.total_seconds() // 60),
    }
    response = render(request, "desk/camera.html", context, status=status)
    if secret:
        response["Referrer-Policy"] = "no-referrer"
    return response


def _act(process: Process, sitting: Sitting, seat: Seat) -> dict[str, Any]:
    key = StreamKey.objects.filter(process=process, act=sitting.act, revoked_at=None).last()
    on_air = key is not None and Broadcast.objects.filter(key=key, ended_at=None).exists()
    is_over = sitting.over_at is not None or seat.at > sitting.ends_at
    return {
        "sitting": sitting,
        "key": key,
        "on_air": on_air,
        "is_over": is_over,
        "has_hour": sitting.act not in TERMS,
    }


def _lines(process: Process) -> list[str]:
    now = shown.on_air(process)
    return [line.text for line in now.lines.order_by("-pk")[:5]] if now else []


def _recordings(process: Process) -> list[Recording]:
    rows = Recording.objects.select_related("broadcast__key", "captions")
    return list(rows.filter(broadcast__key__process=process, state=Recording.KEPT).order_by("broadcast__began_at"))
