# SPDX-License-Identifier: Apache-2.0
"""How far an operator's hand goes: over the whole installation for the body that runs it, else over the own body.

The body that runs it is the one that entered the register first, unless `VITRINA_OPERATING_BODY` names another. Who
acts for suppliers is in its hands alone: suppliers bid to every body, so their accounts are no single body's.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from vitrina.ledger.models import Entry

from .actors import Actor
from .events import UnitRegistered
from .models import Appointment, Person, Unit


def operating_body() -> str:
    """The key of the body that runs the installation; "" while none is registered."""
    if settings.OPERATING_BODY:
        return str(settings.OPERATING_BODY)
    first = Entry.objects.filter(kind=UnitRegistered.kind).order_by("id").first()
    return first.event.key if first else ""


def body_of(actor: Actor) -> str:
    """The key of the body to which an operator is bound; "" for one of the body that runs the installation."""
    unit = Unit.objects.select_related("root").get(key=actor.unit_key)
    return "" if unit.buyer.key == operating_body() else unit.buyer.key


def holds(body: str, unit: Unit | None) -> bool:
    """Whether a unit is within reach; nobody's (an office for a supplier) is so only without a body."""
    return not body or (unit is not None and unit.buyer.key == body)


def within(body: str, prefix: str = "") -> Q:
    """The condition that `<prefix>unit` is the body or stands under it."""
    return Q(**{f"{prefix}unit": body}) | Q(**{f"{prefix}unit__root": body})


def people(body: str) -> QuerySet[Person]:
    """The people whom an operator sees: everybody, or those who hold or held an office in the body."""
    if not body:
        return Person.objects.all()
    return Person.objects.filter(pk__in=Appointment.objects.filter(within(body)).values("person"))


def is_ours(body: str, person: Person, at: datetime) -> bool:
    """Whether a person's account is the body's alone: every office that they hold now, or ever if none, is in it."""
    offices = list(person.appointments.select_related("unit__root"))
    held = [a for a in offices if a.until is None or at < a.until] or offices
    return not body or (bool(held) and all(holds(body, a.unit) for a in held))
