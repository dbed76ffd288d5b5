# SPDX-License-Identifier: Apache-2.0
"""Who is at the desk: the signed-in person in the office that they chose."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from vitrina.kernel import clock
from vitrina.parties.actors import Actor, actor_of, appointments_of_user
from vitrina.parties.models import Appointment
from vitrina.parties.sign_in import lacks_second_factor

SESSION_KEY = "office"


@dataclass(frozen=True, slots=True)
class Seat:
    """The actor at the desk, the appointment behind it, the others that the person could choose, and the instant."""

    actor: Actor
    appointment: Appointment
    others: list[Appointment]
    at: datetime

    @property
    def zone(self) -> str:
        """The zone of the unit; a supplier reads Mexico City time."""
        return self.appointment.unit.zone if self.appointment.unit else "America/Mexico_City"


def seat_of(request: HttpRequest) -> Seat | None:
    """The seat of the signed-in person; nothing when the person holds no office now."""
    at = clock.now()
    held = appointments_of_user(request.user, at)
    if not held:
        return None
    chosen = next((a for a in held if a.pk == request.session.get(SESSION_KEY)), held[0])
    return Seat(actor_of(chosen), chosen, [a for a in held if a.pk != chosen.pk], at)


def seated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for people who hold an office: it gets `seat` after the request; never cached."""

    @login_required
    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seat = seat_of(request)
        if seat and lacks_second_factor(request.user, seat.actor.role):
            return redirect("account_second_factor")
        response = view(request, seat, *args, **kwargs) if seat else render(request, "desk/no_office.html", status=403)
        response["Cache-Control"] = "no-store"
        return response

    return run
