# SPDX-License-Identifier: Apache-2.0
"""The operator's list of people with their offices, and the one-time link that a receipt shows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vitrina.cycle.core.steps import FORMS
from vitrina.ledger.models import Entry
from vitrina.parties import reach
from vitrina.parties.actors import Actor
from vitrina.parties.models import Appointment, Person
from vitrina.parties.roles import may
from vitrina.parties.sign_in import SECOND_FACTORS, one_time_path

from .offices import Seat, seated
from .pages import TO_BEGIN

PER_PAGE = 30
MAX_WORDS = 5  # of a search: each word looks through every office again
LINKED = {"office.given", "invitation.renewed"}


def register_steps(actor: Actor) -> list[tuple[str, str]]:
    """(title, address) of the steps with which an operator adds to the register; none for other offices."""
    return [(str(FORMS[c].button), register_url(c)) for c in TO_BEGIN if may(actor.role, c)]


def register_url(command: str, key: int | None = None) -> str:
    """Where a step of the register is done; `key` is the number of the person or the office."""
    return reverse("desk:register", args=[command]) + (f"?key={key}" if key else "")


def invitation(request: HttpRequest, seat: Seat, entry: Entry) -> dict[str, Any]:
    """Who was invited by this entry and with which link, for the operator who did it."""
    if entry.kind not in LINKED or not may(seat.actor.role, "parties.invite_person"):
        return {}
    person = Person.objects.select_related("user").get(pk=entry.event.person)
    path = one_time_path(person)
    link = request.build_absolute_uri(path) if path else ""
    return {"invited": person, "link": link} if link or entry.kind == "invitation.renewed" else {}


@require_GET
@seated
def people(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Everybody within reach: offices held now, how they sign in, and what can be done about it."""
    if not may(seat.actor.role, "parties.appoint"):
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    q = request.GET.get("q", "")[:100].replace("\x00", "").strip()
    body = reach.body_of(seat.actor)
    page = Paginator(_matching(q, body), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "desk", "seat": seat, "q": q, "page": page, "rows": [_row(p, seat, body) for p in page],
        "register_steps": register_steps(seat.actor),
        "previous_url": _at(page.previous_page_number(), q) if page.has_previous() else "",
        "next_url": _at(page.next_page_number(), q) if page.has_next() else "",
    }  # fmt: skip
    return render(request, "desk/people.html", context)


def _at(page: int, q: str) -> str:
    return "?" + urlencode({"q": q, "page": page} if q else {"page": page})


def _matching(q: str, body: str) -> QuerySet[Person]:
    rows = reach.people(body).select_related("user").order_by("surname", "given_name", "pk")
    for word in q.split()[:MAX_WORDS]:
        fields = ("given_name", "surname", "second_surname", "user__email", "appointments__unit__key")
        rows = rows.filter(Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR))
    offices = Appointment.objects.select_related("unit__root", "supplier").order_by("since", "pk")
    return rows.distinct().prefetch_related(Prefetch("appointments", offices), "user__authenticator_set")


def _row(person: Person, seat: Seat, body: str) -> dict[str, Any]:
    offices = list(person.appointments.all())
    held = [a for a in offices if a.holds(seat.at)]
    is_own = person.pk == seat.actor.person_id
    can = not is_own and all(reach.holds(body, a.unit) for a in held or offices)  # else another body's account too
    return {
        "person": person,
        "entrance": _entrance(person),
        "is_own": is_own,
        "offices": [
            (a, "" if is_own else register_url("parties.end_appointment", a.pk))
            for a in held
            if reach.holds(body, a.unit)
        ],
        "appoint_url": register_url("parties.appoint", person.pk) if can else "",
        "renew_url": register_url("parties.renew_invitation", person.pk) if can else "",
    }


def _entrance(person: Person) -> str:
    kinds = {a.type for a in person.user.authenticator_set.all()}
    if kinds & set(SECOND_FACTORS):
        return _("With a second key")
    return _("Password only") if person.user.has_usable_password() else _("Invited")
