# SPDX-License-Identifier: Apache-2.0
"""Registering units, suppliers, people and offices. The platform's operator acts here, or the installation itself."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from vitrina.kernel.money import Money
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Signer

from .events import BudgetAuthorised, OfficeEnded, OfficeGiven, SupplierRegistered, UnitRegistered
from .models import Appointment, Budget, Person, Supplier, Unit
from .roles import Role

OPERATOR = Signer(role=Role.OPERATOR, name="Vitrina", party="")


@transaction.atomic
def register_unit(  # noqa: PLR0913 - the register's own columns
    *, at: datetime, key: str, name: str, kind: str, acronym: str = "", parent: str = "", state: str = "",
    zone: str = "America/Mexico_City", jurisdiction: str = "mx", rfc: str = "", can_contract: bool = False,
) -> Unit:
    """Register a unit under its parent; a unit without parent is a buyer."""
    above = Unit.objects.get(key=parent) if parent else None
    unit = Unit.objects.create(
        key=key, name=name, acronym=acronym, parent=above, root=above.buyer if above else None, kind=kind,
        state=state, zone=zone, jurisdiction=jurisdiction, rfc=rfc, can_contract=can_contract,
    )
    event = UnitRegistered(
        key=key, name=name, acronym=acronym, parent=parent, unit_kind=kind, state=state, zone=zone,
        jurisdiction=jurisdiction,
    )
    append(f"unit:{key}", event, actor=OPERATOR, at=at)
    return unit


@transaction.atomic
def authorise_budget(*, at: datetime, buyer: Unit, year: int, amount: Money) -> Budget:
    """Write down the budget authorised to a buyer for a year; the ceilings of that year depend on it."""
    budget, _ = Budget.objects.update_or_create(buyer=buyer, year=year, defaults={"centavos": amount.centavos})
    event = BudgetAuthorised(buyer=buyer.key, year=year, amount=amount)
    append(f"unit:{buyer.key}", event, actor=OPERATOR, at=at)
    return budget


@transaction.atomic
def register_supplier(*, at: datetime, key: str, name: str, rfc: str, size: str = "", email: str = "") -> Supplier:
    """Register a supplier under a public key that says nothing of its RFC."""
    supplier = Supplier.objects.create(key=key, name=name, rfc=rfc, size=size, email=email)
    event = SupplierRegistered(key=key, name=name, rfc=rfc, size=size)
    append(f"supplier:{key}", event, actor=OPERATOR, at=at)
    return supplier


@transaction.atomic
def register_person(
    *, email: str, given_name: str, surname: str, second_surname: str = "", position: str = "", password: str = "",
) -> Person:
    """Make a sign-in for a person. People are not in the ledger; their offices are, blinded."""
    user = get_user_model().objects.create_user(username=email, email=email, password=password or None)
    return Person.objects.create(
        user=user, given_name=given_name, surname=surname, second_surname=second_surname, position=position,
    )


@transaction.atomic
def appoint(
    *, at: datetime, person: Person, role: Role, unit: Unit | None = None, supplier: Supplier | None = None,
) -> Appointment:
    """Give a person an office in a unit, or for a supplier, from an instant on."""
    appointment = Appointment.objects.create(person=person, role=role, unit=unit, supplier=supplier, since=at)
    party = unit.key if unit else supplier.key if supplier else ""
    event = OfficeGiven(person=person.pk, role=role, party=party)
    append(f"person:{person.pk}", event, actor=OPERATOR, at=at)
    return appointment


@transaction.atomic
def end_appointment(*, at: datetime, appointment: Appointment) -> None:
    """End an office from an instant on."""
    appointment.until = at
    appointment.save(update_fields=["until"])
    party = appointment.unit_id or appointment.supplier_id or ""
    event = OfficeEnded(person=appointment.person_id, role=appointment.role, party=party)
    append(f"person:{appointment.person_id}", event, actor=OPERATOR, at=at)
