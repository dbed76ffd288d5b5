# SPDX-License-Identifier: Apache-2.0
"""S2: officials who take part in purchases, from the offices that they hold now.

Names, office and institution: what the register of officials is for. RFC and CURP are not handed out, and whoever
searches by RFC has to say who asks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from vitrina.kernel.text import fold
from vitrina.ledger.releases import iso
from vitrina.parties.models import Appointment, Unit
from vitrina.parties.roles import Role

from .asked import Asked, Shape, Wrong, spanish

Json = dict[str, Any]
PROCEDURES = {1: "CONTRATACIONES PÚBLICAS"}
SHAPE = Shape(
    sorts=("nombres", "primerApellido", "segundoApellido", "institucionDependencia", "puesto"),
    texts=("id", "nombres", "primerApellido", "segundoApellido", "curp", "rfc", "institucionDependencia",
           "rfcSolicitante"),
    lists={"tipoProcedimiento": frozenset(range(1, 6))},
)  # fmt: skip
AREAS = {
    "R": "REQUIRENTE", "C": "CONTRATANTE", "RC": "RESPONSABLE DE LA CONTRATACIÓN", "T": "TÉCNICA",
    "RE": "RESPONSABLE DE LA EJECUCIÓN DE LOS TRABAJOS", "O": "OTRA",
}  # fmt: skip
LEVELS = {"A": "ATENCIÓN", "T": "TRAMITACIÓN", "R": "RESOLUCIÓN"}
# Offices by which an official takes part in a purchase: in which area, with what say.
OFFICES = {
    Role.REQUESTER: ("R", "A"),
    Role.OFFICER: ("C", "T"),
    Role.APPROVER: ("RC", "R"),
    Role.EVALUATOR: ("T", "A"),
    Role.WAREHOUSE: ("RE", "A"),
    Role.TREASURY: ("O", "T"),
}
TEXTS = ("nombres", "primerApellido", "segundoApellido")


def search(asked: Asked, at: datetime) -> tuple[int, list[Json]]:
    """`(how many, those of the page)`. With `id` nothing else counts; every other criterion has to hold."""
    query = asked.query
    if {"rfc", "curp"} & set(query) and "rfcSolicitante" not in query:
        raise Wrong("query.rfcSolicitante", "query.rfcSolicitante: who asks by RFC or CURP says their own RFC.")
    if "id" in query:
        rows = [row for row in _officials(at) if row["id"] == query["id"]]
    else:
        rows = [row for row in _officials(at, query.get("rfc", "")) if _matches(row, query)]
    rows.sort(key=lambda row: (spanish(row["primerApellido"]), spanish(row.get("segundoApellido", "")),
                               spanish(row["nombres"]), row["id"]))  # fmt: skip
    for name, is_descending in reversed(asked.sort):
        rows.sort(key=lambda row: spanish(_text_of(row, name)), reverse=is_descending)
    return len(rows), rows[asked.start : asked.start + asked.page_size]


def institutions(at: datetime) -> list[Json]:
    """The institutions of whose officials the search tells, in Spanish order."""
    keys = {a.unit.buyer.key for a in _appointments(at) if a.unit}
    found = [_institution(unit) for unit in Unit.objects.filter(key__in=keys)]
    return sorted(found, key=lambda row: spanish(row["nombre"]))


def _appointments(at: datetime, rfc: str = "") -> list[Appointment]:
    held = Q(since__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))
    found = Appointment.objects.filter(held, role__in=OFFICES, unit__isnull=False)
    if rfc:
        found = found.filter(person__rfc__iexact=rfc)
    return list(found.select_related("person", "unit__root").order_by("person_id", "since", "id"))


def _officials(at: datetime, rfc: str = "") -> list[Json]:
    """One row for each person and institution, whatever offices they hold there."""
    rows: dict[str, Json] = {}
    for held in _appointments(at, rfc):
        person, buyer, role = held.person, held.unit.buyer, Role(held.role)  # type: ignore[union-attr]
        key = f"{person.pk}-{buyer.key}"
        area, level = OFFICES[role]
        row = rows.setdefault(
            key,
            {
                "id": key,
                "nombres": person.given_name,
                "primerApellido": person.surname,
                "institucionDependencia": _institution(buyer),
                "puesto": {"nombre": person.position or str(held.role_name)},
                "tipoArea": [],
                "nivelResponsabilidad": [],
                "tipoProcedimiento": [{"clave": clave, "valor": valor} for clave, valor in PROCEDURES.items()],
            },
        )
        row["fechaCaptura"] = iso(held.since)  # the newest: they come in order
        if person.second_surname:
            row["segundoApellido"] = person.second_surname
        for name, code, words in (("tipoArea", area, AREAS), ("nivelResponsabilidad", level, LEVELS)):
            told = {"clave": code, "valor": words[code]}
            row[name] += [] if told in row[name] else [told]
    return list(rows.values())


def _institution(buyer: Unit) -> Json:
    return {"nombre": buyer.name, "siglas": buyer.short, "clave": buyer.key}


def _matches(row: Json, query: Json) -> bool:
    if "curp" in query:
        return False  # nobody's is kept
    if "tipoProcedimiento" in query and not set(query["tipoProcedimiento"]) & set(PROCEDURES):
        return False
    wanted = [*TEXTS, "institucionDependencia"]
    return all(fold(query[name]) in fold(_text_of(row, name)) for name in wanted if name in query)


def _text_of(row: Json, name: str) -> str:
    value = row.get(name, "")
    return str(value["nombre"]) if isinstance(value, dict) else str(value)
