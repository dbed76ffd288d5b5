# SPDX-License-Identifier: Apache-2.0
"""The people of the demonstration and of the tests: an institute, its officials, three suppliers. All invented.

Built only through commands; every name belongs to nobody.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from vitrina.kernel.money import Money
from vitrina.parties import commands as parties
from vitrina.parties.actors import Actor, actor_of
from vitrina.parties.models import Appointment, Person, Supplier, Unit
from vitrina.parties.roles import Role
from vitrina.site.demo.keys import give_keys

MEXICO = ZoneInfo("America/Mexico_City")
Day = TypeVar("Day", bound=date)
PASSWORD = "vitrina-demo"  # noqa: S105 - everybody may know it: nothing in the demonstration is real
BUYER, UNIT, HOSPITAL = "050GYR", "050GYR047", "050GYR101"


def local(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant given in Mexico City time, as UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=MEXICO).astimezone(UTC)


@dataclass
class World:
    """Who is there. `people` and `actors` by role; evaluators and suppliers are several.

    `kept`: what the suppliers keep of their sealed bids (`client.Sealed`) by digest, since nobody else knows it.
    """

    buyer: Unit
    unit: Unit
    hospital: Unit
    actors: dict[Role, Actor]
    people: dict[Role, Person]
    evaluators: list[Actor]
    evaluator_people: list[Person]
    suppliers: list[Actor]
    supplier_rows: list[Supplier]
    shift: timedelta = timedelta()
    kept: dict[str, Any] = field(default_factory=dict)

    def when(self, day: Day) -> Day:
        """A day or instant of the story in this world: the same hour on the clock, `shift` later (or earlier)."""
        if not isinstance(day, datetime):
            return day + self.shift
        moved = day.astimezone(MEXICO).replace(tzinfo=None) + self.shift
        return moved.replace(tzinfo=MEXICO).astimezone(UTC)

    def earlier(self, weeks: int) -> World:
        """The same people, the story so many weeks before: weekdays stay what they are."""
        return replace(self, shift=self.shift - timedelta(weeks=weeks))

    def __getitem__(self, role: Role) -> Actor:
        return self.actors[role]


_OFFICIALS = {
    Role.REQUESTER: ("Rocío", "Ansaldo", "Coordinación de Laboratorios"),
    Role.OFFICER: ("Olga", "Ibarrondo", "Titular de la División de Bienes Terapéuticos"),
    Role.APPROVER: ("Tomás", "Urrabieta", "Coordinador de Adquisición de Bienes"),
    Role.OIC: ("Inés", "Olaiz", "Órgano Interno de Control"),
    Role.WITNESS: ("Teo", "Zumárraga", "Testigo social"),
    Role.WAREHOUSE: ("Wendy", "Alcorta", "Almacén central"),
    Role.TREASURY: ("Tania", "Echave", "Tesorería"),
    Role.AUDITOR: ("Ana", "Goñi", "Auditoría"),
    Role.OPERATOR: ("Óscar", "Perea", "Operación de la plataforma"),
}
_EVALUATORS = (("Emma", "Oñate"), ("Raúl", "Zebadúa"), ("Irma", "Lazcano"))
_SUPPLIERS = (
    ("biomedica-tres-lunas", "Biomédica Tres Lunas, S.A. de C.V.", "BTL100203AB1", "medium"),
    ("reactivos-valle-hondo", "Reactivos Valle Hondo, S.A. de C.V.", "RVH090807CD2", "small"),
    ("diagnosticos-ocotal", "Diagnósticos Ocotal, S. de R.L.", "DOC110405EF3", "micro"),
)


def _person(name: str, surname: str, position: str, n: str, rfc: str = "") -> Person:
    return parties.register_person(
        email=f"{n}@vitrina.example", given_name=name, surname=surname, position=position, password=PASSWORD, rfc=rfc
    )


def _rfc(name: str, surname: str, n: int) -> str:
    """A text with the form of a person's RFC; the day of birth is the turn in which they are made."""
    initials = "".join(unicodedata.normalize("NFD", word)[0] for word in (surname, surname[1:], "X", name)).upper()
    return f"{initials}8001{n:02d}VT1"


def world(at: datetime | None = None) -> World:
    """The institute, a contracting unit, a hospital, officials in every office, three evaluators, three suppliers."""
    at = at or local(2019, 1, 2)
    buyer = parties.register_unit(
        at=at,
        key=BUYER,
        name="Instituto Mexicano del Seguro Social",
        acronym="IMSS",
        kind="institute",
        rfc="IMS421231I45",
        can_contract=False,
    )
    unit = parties.register_unit(
        at=at,
        key=UNIT,
        name="Coordinación de Adquisición de Bienes",
        parent=buyer.key,
        kind="office",
        state="09",
        can_contract=True,
    )
    hospital = parties.register_unit(
        at=at,
        key=HOSPITAL,
        name="Hospital General de Zona 3",
        parent=buyer.key,
        kind="hospital",
        state="19",
    )
    parties.authorise_budget(at=at, buyer=buyer, year=2020, amount=Money.parse("53000000000"))
    people, actors = {}, {}
    for n, (role, (name, surname, position)) in enumerate(_OFFICIALS.items(), start=1):
        people[role] = _person(name, surname, position, role.value, _rfc(name, surname, n))
        actors[role] = actor_of(parties.appoint(at=at, person=people[role], role=role, unit=buyer))
    evaluators, suppliers, rows, evaluator_people = [], [], [], []
    for n, (name, surname) in enumerate(_EVALUATORS, start=1):
        person = _person(name, surname, "Evaluación técnica", f"evaluator{n}", _rfc(name, surname, n + 20))
        evaluator_people.append(person)
        evaluators.append(actor_of(parties.appoint(at=at, person=person, role=Role.EVALUATOR, unit=buyer)))
    for n, (key, name, rfc, size) in enumerate(_SUPPLIERS, start=1):
        row = parties.register_supplier(
            at=at, key=key, name=name, rfc=rfc, size=size, email=f"ventas{n}@vitrina.example"
        )
        person = _person(f"Representante {n}", "Larrínaga", "Representante legal", f"supplier{n}")
        rows.append(row)
        suppliers.append(actor_of(parties.appoint(at=at, person=person, role=Role.SUPPLIER, supplier=row)))
    give_keys(actors, at)
    actors[Role.EVALUATOR], actors[Role.SUPPLIER] = evaluators[0], suppliers[0]
    people[Role.EVALUATOR] = evaluator_people[0]
    return World(buyer, unit, hospital, actors, people, evaluators, evaluator_people, suppliers, rows)


def people_of() -> World:
    """The same world, read back from an installation that has it."""

    def held(role: Role) -> list[Appointment]:
        rows = Appointment.objects.select_related("person__user", "supplier", "unit")
        return list(
            rows.filter(role=role, until=None, person__user__email__endswith="@vitrina.example").order_by("id")
        )

    first = {role: held(role)[0] for role in [*_OFFICIALS, Role.EVALUATOR, Role.SUPPLIER]}
    evaluators, suppliers = held(Role.EVALUATOR), held(Role.SUPPLIER)
    return World(
        *(Unit.objects.select_related("parent", "root").get(key=key) for key in (BUYER, UNIT, HOSPITAL)),
        actors={role: actor_of(a) for role, a in first.items()},
        people={role: a.person for role, a in first.items()},
        evaluators=[actor_of(a) for a in evaluators],
        evaluator_people=[a.person for a in evaluators],
        suppliers=[actor_of(a) for a in suppliers],
        supplier_rows=[a.supplier for a in suppliers],
    )
