# SPDX-License-Identifier: Apache-2.0
"""The actor of a command: one person in one office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from vitrina.ledger.kinds import Signer

from .models import Appointment, Person, Unit
from .roles import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the person, the office, and the unit or supplier for which it is held."""

    person_id: int
    name: str
    role: Role
    unit_key: str = ""
    supplier_key: str = ""
    supplier_name: str = ""

    @property
    def signer(self) -> Signer:
        """The actor as the public ledger names it: officials by name, suppliers by their company."""
        if self.supplier_key:
            return Signer(role=self.role, name=self.supplier_name, party=self.supplier_key)
        return Signer(role=self.role, name=self.name, party=self.unit_key)

    def acts_for(self, unit: Unit) -> bool:
        """Whether the actor's unit is this one or stands above it in the tree, or is the whole buyer's."""
        while unit is not None:
            if self.unit_key in (unit.key, unit.parent_id, unit.root_id):  # no query for the usual cases
                return True
            unit = unit.parent
        return False


def actor_of(appointment: Appointment) -> Actor:
    """The actor that an appointment makes of its person."""
    return Actor(
        person_id=appointment.person_id,
        name=str(appointment.person),
        role=Role(appointment.role),
        unit_key=appointment.unit_id or "",
        supplier_key=appointment.supplier_id or "",
        supplier_name=appointment.supplier.name if appointment.supplier else "",
    )


def appointments_of(person: Person, at: datetime) -> list[Appointment]:
    """The offices that a person holds at an instant, oldest first."""
    return _held(person.appointments.all(), at)


def appointments_of_user(user: Any, at: datetime) -> list[Appointment]:
    """The offices that the person of an account holds at an instant, oldest first; none without a person."""
    return _held(Appointment.objects.filter(person__user=user), at)


def _held(rows: QuerySet[Appointment], at: datetime) -> list[Appointment]:
    found = rows.select_related("person", "unit", "supplier").order_by("since", "id")
    return [a for a in found if a.holds(at)]


# What the installation does by itself when its hour comes: deadlines, decoys.
PLATFORM = Actor(person_id=0, name="Vitrina", role=Role.OPERATOR)
