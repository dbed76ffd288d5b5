# SPDX-License-Identifier: Apache-2.0
"""What an operator does to the register: who may, what is refused, then the register's own commands.

An operator takes no part in purchases and never decides about their own offices: another operator does. One of a body
that is a guest here (`parties.reach`) reaches its units and its people, and nobody else's.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from vitrina.cycle.core.command import opening_command
from vitrina.cycle.core.refusal import Refused, refuse
from vitrina.ledger.models import Entry
from vitrina.parties import commands as register
from vitrina.parties import reach
from vitrina.parties import rfc as rfcs
from vitrina.parties.actors import Actor
from vitrina.parties.models import Appointment, Person, Supplier, Unit
from vitrina.parties.roles import Role

_KEY = re.compile(r"[0-9A-Z]{3,20}", re.ASCII)
_LEGAL_FORM = re.compile(
    r",?(?<!\s)\s+(S\.?\s?A\.?|S\.? de R\.?|S\.?\s?C\.?|A\.?\s?C\.?|S\.?\s?A\.?\s?P\.?\s?I\.?)\b.*$", re.IGNORECASE
)


@opening_command("parties.register_unit")
def register_unit(actor: Actor, *, at: datetime, key: str, parent: str, rfc: str = "", **columns: Any) -> Entry:
    """Register a unit under its parent, or a buyer. Refuses a key that is taken, a parent that nobody knows."""
    if not _KEY.fullmatch(key):
        raise refuse("key", _("Write the key with capitals and digits only, from 3 to 20."), field="key")
    if Unit.objects.filter(key=key).exists():
        raise refuse("taken", _("Another unit already has this key."), field="key")
    above = find_unit(parent, field="parent") if parent else None
    _within(actor, above, field="parent")
    if above and columns.get("jurisdiction", above.jurisdiction) != above.jurisdiction:
        message = _("A unit buys under the law of the unit above it. Choose the same.")
        raise refuse("law", message, field="jurisdiction")
    if rfc:
        check_rfc(rfc)
    register.register_unit(at=at, by=actor.signer, key=key, parent=parent, rfc=rfc, **columns)
    return _last(f"unit:{key}")


@opening_command("parties.register_supplier")
def register_supplier(actor: Actor, *, at: datetime, name: str, rfc: str, size: str, email: str = "") -> Entry:
    """Register a supplier. A false check digit is no reason to refuse: real registers hold some."""
    check_rfc(rfc)
    other = Supplier.objects.filter(rfc=rfc).first()
    if other:
        raise refuse("taken", _("%(name)s already has this RFC.") % {"name": other.name}, field="rfc")
    key = _free_key(name)
    register.register_supplier(at=at, by=actor.signer, key=key, name=name, rfc=rfc, size=size, email=email)
    return _last(f"supplier:{key}")


@opening_command("parties.invite_person")
def invite_person(actor: Actor, *, at: datetime, email: str, role: str, party: str, **names: str) -> Entry:
    """Give a new person an account without a password and a first office; the receipt shows their one-time link."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise refuse("email", _("Write the e-mail as name@institution.mx."), field="email") from error
    if get_user_model().objects.filter(Q(email__iexact=email) | Q(username__iexact=email)).exists():
        raise refuse(
            "taken", _("Somebody with this e-mail already has an account: give them the office."), field="email"
        )
    if names.get("rfc"):
        check_rfc(names["rfc"])
    unit, supplier = find_party(Role(role), party)
    _within(actor, unit, field="party")
    person = register.register_person(email=email, **names)
    register.appoint(at=at, by=actor.signer, person=person, role=Role(role), unit=unit, supplier=supplier)
    return _last(f"person:{person.pk}")


@opening_command("parties.renew_invitation")
def renew_invitation(actor: Actor, *, at: datetime, person: str, forget_keys: bool = False) -> Entry:
    """Take a person's password back and let them choose another by a one-time link; the receipt shows it."""
    who = _another(actor, find_person(person, actor, at))
    register.renew_invitation(at=at, by=actor.signer, person=who, forget_keys=forget_keys)
    return _last(f"person:{who.pk}")


@opening_command("parties.appoint")
def appoint(actor: Actor, *, at: datetime, person: str, role: str, party: str) -> Entry:
    """Give a person one more office. Nobody is official and supplier at once, nor twice the same."""
    who = _another(actor, find_person(person, actor, at))
    unit, supplier = find_party(Role(role), party)
    _within(actor, unit, field="party")
    held = [a for a in who.appointments.all() if a.until is None or at < a.until]
    if any((a.role, a.unit, a.supplier) == (role, unit, supplier) for a in held):
        raise refuse("held", _("They already hold this office."), field="role")
    if any((a.supplier is None) != (supplier is None) for a in held):
        raise refuse(
            "both-sides", _("Nobody can act for an institution and for a supplier. End the other office first.")
        )
    register.appoint(at=at, by=actor.signer, person=who, role=Role(role), unit=unit, supplier=supplier)
    return _last(f"person:{who.pk}")


@opening_command("parties.end_appointment")
def end_appointment(actor: Actor, *, at: datetime, appointment: str) -> Entry:
    """End an office now: the next page that the person asks for no longer opens."""
    office = find_appointment(appointment, actor)
    _another(actor, office.person)
    if not office.holds(at):
        raise refuse("ended", _("This office has already ended."))
    register.end_appointment(at=at, by=actor.signer, appointment=office)
    return _last(f"person:{office.person_id}")


def check_rfc(rfc: str) -> None:
    """Refuse what cannot be an RFC of one's own."""
    why = {
        "form": _("Write the RFC as the tax office gives it, as ABC010203AB1: 12 characters, or 13 for a person."),
        "date": _("The six digits of an RFC are a date, and these are none: year, month, day."),
        "generic": _("This is the generic RFC of the public at large or of foreigners. A supplier has its own."),
    }.get(rfcs.fault(rfc))
    if why:
        raise refuse("rfc", why, field="rfc")


def find_unit(key: str, *, field: str) -> Unit:
    """The unit with a key; refuses with the nearest ones when there is none."""
    unit = Unit.objects.filter(key=key.upper()).first()
    if unit:
        return unit
    near = Unit.objects.filter(Q(name__icontains=key) | Q(acronym__iexact=key) | Q(key__startswith=key.upper()[:6]))[
        :3
    ]
    guess = ", ".join(f"{u.key} ({u.name})" for u in near)
    message = _("No unit has the key %(key)s. Did you mean %(guess)s?") if guess else _("No unit has the key %(key)s.")
    raise refuse("unit", message % {"key": key[:40], "guess": guess}, field=field)


def find_party(role: Role, party: str) -> tuple[Unit | None, Supplier | None]:
    """For whom an office is held: a supplier (by RFC or public key) for suppliers, a unit (by key) for the rest."""
    if role is not Role.SUPPLIER:
        return find_unit(party, field="party"), None
    supplier = Supplier.objects.filter(Q(rfc=rfcs.clean(party)) | Q(key=party.lower())).first()
    if supplier is None:
        raise refuse("supplier", _("No supplier is registered with this RFC. Register it first."), field="party")
    return None, supplier


def find_person(pk: str, actor: Actor, at: datetime) -> Person:
    """The person with a number; refuses one that nobody has, or whose account is not the operator's to touch."""
    person: Person = _find(Person.objects.select_related("user"), pk)
    if not reach.is_ours(reach.body_of(actor), person, at):
        raise _unknown()
    return person


def find_appointment(pk: str, actor: Actor) -> Appointment:
    """The office with a number; refuses one that is not, or not within the operator's reach."""
    office: Appointment = _find(Appointment.objects.select_related("person__user", "unit__root", "supplier"), pk)
    if not reach.holds(reach.body_of(actor), office.unit):
        raise _unknown()
    return office


def _within(actor: Actor, unit: Unit | None, *, field: str) -> None:
    if not reach.holds(reach.body_of(actor), unit):
        message = _("You register units and people of your own institution. Ask who runs this site for the rest.")
        raise refuse("reach", message, field=field)


def _find(rows: Any, pk: str) -> Any:
    found = rows.filter(pk=int(pk)).first() if re.fullmatch(r"[0-9]{1,9}", pk, re.ASCII) else None
    if found is None:
        raise _unknown()
    return found


def _unknown() -> Refused:
    return refuse("unknown", _("It is not in the register. Choose it from the list of people."))


def _another(actor: Actor, person: Person) -> Person:
    if person.pk == actor.person_id:
        raise _own()
    return person


def _own() -> Refused:
    return refuse("own", _("Nobody decides about their own offices. Ask another operator."))


def _free_key(name: str) -> str:
    stem = slugify(_LEGAL_FORM.sub("", name))[:50].strip("-") or "proveedor"
    taken = set(Supplier.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(k for k in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if k not in taken)


def _last(stream: str) -> Entry:
    return Entry.objects.filter(stream=stream).order_by("-seq")[0]
