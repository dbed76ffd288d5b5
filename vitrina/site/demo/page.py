# SPDX-License-Identifier: Apache-2.0
"""The demonstration's two conveniences on the page: move the clock, sign in as anybody of the invented world."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from vitrina.cycle.tendering.models import Tender
from vitrina.parties.models import Appointment, Person
from vitrina.parties.roles import DUTIES, ROLE_NAMES, Role

from . import clock

INVENTED = "@vitrina.example"  # where everybody of the demonstration has their e-mail, and nobody else


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view does not exist outside a demonstration."""

    def run(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.VITRINA_DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return run


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if safe else "/"


def next_act(after: datetime) -> datetime | None:
    """The next clarification meeting or opening that is scheduled."""
    instants = [i for pair in Tender.objects.values_list("clarification_at", "opening_at") for i in pair if i]
    return min((i for i in instants if i > after), default=None)


@demo_only
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the world's clock by a step, or to the next act."""
    step = request.POST.get("step", "")
    if step == "next":
        instant = next_act(clock.now())
        if instant:
            clock.advance_to(instant)
    else:
        try:
            clock.advance(clock.parse_step(step))
        except (clock.BadStep, OverflowError) as error:
            return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    return redirect(_back(request))


@demo_only
@require_GET
def who(request: HttpRequest) -> HttpResponse:
    """Everybody one can be, by office, with what each office does."""
    return render(request, "demo/who.html", {"offices": offices(clock.now()), "nav": "desk"})


def offices(at: datetime) -> list[dict[str, Any]]:
    """The offices of the demonstration in the order of a purchase: `name`, `duty`, `people` (appointments)."""
    rows = Appointment.objects.filter(person__user__email__endswith=INVENTED).order_by("id")
    held = [a for a in rows.select_related("person__user", "unit", "supplier") if a.holds(at)]
    found = (
        {
            "key": role.value,
            "name": ROLE_NAMES[role],
            "duty": DUTIES[role],
            "people": [a for a in held if a.role == role],
        }
        for role in Role
    )
    return [office for office in found if office["people"]]


@demo_only
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the invented people."""
    wanted = request.POST.get("person", "")
    pk = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0  # noqa: PLR2004
    person = get_object_or_404(Person, pk=pk, user__email__endswith=INVENTED)
    login(request, person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("desk:inbox")
