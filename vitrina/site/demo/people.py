# SPDX-License-Identifier: Apache-2.0
"""The people of the demonstration and of the tests: an institute, its officials, three suppliers. All invented.

Built only through commands; every name belongs to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from vitrina.kernel.money import Money
from vitrina.parties import commands as parties
from vitrina.parties.actors import Actor, actor_of
from vitrina.parties.models import Person, Supplier, Unit
from vitrina.parties.roles import Role

MEXICO = ZoneInfo("America/Mexico_City")


def local(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant given in Mexico City time, as UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=MEXICO).astimezone(UTC)


@dataclass
class World:
    """Who is there. `people` and `actors` by role; evaluators and suppliers are several."""

    buyer: Unit
    unit: Unit
    hospital: Unit
    actors: dict[Role, Actor]
    people: dict[Role, Person]
    evaluators: list[Actor]
    evaluator_people: list[Person]
    suppliers: list[Actor]
    supplier_rows: list[Supplier]
    facts: dict[str, object] = field(default_factory=dict)

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
}
_EVALUATORS = (("Emma", "Oñate"), ("Raúl", "Zebadúa"), ("Irma", "Lazcano"))
_SUPPLIERS = (
    ("biomedica-tres-lunas", "Biomédica Tres Lunas, S.A. de C.V.", "BTL100203AB1", "medium"),
    ("reactivos-valle-hondo", "Reactivos Valle Hondo, S.A. de C.V.", "RVH090807CD2", "small"),
    ("diagnosticos-ocotal", "Diagnósticos Ocotal, S. de R.L.", "DOC110405EF3", "micro"),
)


def _person(name: str, surname: str, position: str, n: str) -> Person:
    return parties.register_person(
        email=f"{n}@vitrina.example", given_name=name, surname=surname, position=position, password="vitrina-demo"
    )


def world(at: datetime | None = None) -> World:
    """The institute, a contracting unit, a hospital, officials in every office, three evaluators, three suppliers."""
    at = at or local(2020, 1, 2)
    buyer = parties.register_unit(
        at=at, key="050GYR", name="Instituto Mexicano del Seguro Social", acronym="IMSS", kind="institute",
        rfc="IMS421231I45", can_contract=False,
    )
    unit = parties.register_unit(
        at=at, key="050GYR047", name="Coordinación de Adquisición de Bienes", parent=buyer.key, kind="office",
        state="09", can_contract=True,
    )
    hospital = parties.register_unit(
        at=at, key="050GYR101", name="Hospital General de Zona 3", parent=buyer.key, kind="hospital", state="19",
    )
    parties.authorise_budget(at=at, buyer=buyer, year=2020, amount=Money.parse("53000000000"))
    people, actors = {}, {}
    for role, (name, surname, position) in _OFFICIALS.items():
        people[role] = _person(name, surname, position, role.value)
        actors[role] = actor_of(parties.appoint(at=at, person=people[role], role=role, unit=buyer))
    evaluators, suppliers, rows, evaluator_people = [], [], [], []
    for n, (name, surname) in enumerate(_EVALUATORS, start=1):
        person = _person(name, surname, "Evaluación técnica", f"evaluator{n}")
        evaluator_people.append(person)
        evaluators.append(actor_of(parties.appoint(at=at, person=person, role=Role.EVALUATOR, unit=buyer)))
    for n, (key, name, rfc, size) in enumerate(_SUPPLIERS, start=1):
        row = parties.register_supplier(at=at, key=key, name=name, rfc=rfc, size=size, email=f"ventas{n}@vitrina.example")
        person = _person(f"Representante {n}", "Larrínaga", "Representante legal", f"supplier{n}")
        rows.append(row)
        suppliers.append(actor_of(parties.appoint(at=at, person=person, role=Role.SUPPLIER, supplier=row)))
    actors[Role.EVALUATOR], actors[Role.SUPPLIER] = evaluators[0], suppliers[0]
    people[Role.EVALUATOR] = evaluator_people[0]
    return World(buyer, unit, hospital, actors, people, evaluators, evaluator_people, suppliers, rows)
