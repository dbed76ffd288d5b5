# SPDX-License-Identifier: Apache-2.0
"""S3: the sanctions that this installation has published and that stand, in both versions of the specification."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from vitrina.kernel.money import Money
from vitrina.kernel.text import fold
from vitrina.ledger.releases import iso, value
from vitrina.parties.models import Unit
from vitrina.redress.events import OfficialSanctionRef, SanctionRef
from vitrina.redress.queries import standing

from .asked import Asked, Shape, spanish

Json = dict[str, Any]
KINDS = {
    "I": "INHABILITADO", "M": "MULTADO", "S": "SUSPENSIÓN DE ACTIVIDADES", "D": "DISOLUCIÓN DE LA SOCIEDAD",
    "A": "AMONESTACIÓN", "IND": "INDEMNIZACIÓN POR LOS DAÑOS Y PERJUICIOS OCASIONADOS", "SE": "SANCIÓN ECONÓMICA",
    "O": "OTRO",
}  # fmt: skip
# The names of the second version; those without a block of their own are told as another sanction.
SECOND = {"I": "INHABILITACION", "S": "SUSPENSION_ACTIVIDADES", "D": "DISOLUCION_SOCIEDAD", "IND": "INDEMNIZACION",
          "SE": "SANCION_ECONOMICA", "M": "SANCION_ECONOMICA"}  # fmt: skip
SPACE = uuid.UUID("5f5a5ad0-3f0e-5d6b-9d3a-8b8f0c1f7a30")  # of the ids of the second version
SHAPE = Shape(
    sorts=("nombreRazonSocial", "rfc", "institucionDependencia"),
    texts=("id", "nombreRazonSocial", "rfc", "institucionDependencia", "expediente", "tipoPersona"),
    lists={"tipoSancion": frozenset(KINDS)},
)


def search(asked: Asked) -> tuple[int, list[Json]]:
    """`(how many, those of the page)` in the first version. With `id` nothing else counts."""
    return found_in(_first_version(), asked, _texts, ("nombreRazonSocial",))


def found_in(
    rows: list[Json], asked: Asked, texts: Callable[[Json], dict[str, str]], order: tuple[str, ...]
) -> tuple[int, list[Json]]:
    """Items of a list that are asked for, by what is asked, else in the Spanish `order` of these of their `texts`."""
    query = asked.query
    rows = [row for row in rows if (row["id"] == query["id"] if "id" in query else _matches(row, texts(row), query))]
    rows.sort(key=lambda row: (*(spanish(texts(row)[name]) for name in order), row["id"]))
    for name, is_descending in reversed(asked.sort):
        rows.sort(key=lambda row: spanish(texts(row)[name]), reverse=is_descending)
    return len(rows), rows[asked.start : asked.start + asked.page_size]


def _matches(row: Json, texts: dict[str, str], query: Json) -> bool:
    if "tipoSancion" in query and not {k["clave"] for k in row["tipoSancion"]} & set(query["tipoSancion"]):
        return False
    return all(fold(query[name]) in fold(texts[name]) for name in texts if name in query)


def institutions() -> list[Json]:
    """Where the faults were committed."""
    return institutions_of(_first_version())


def institutions_of(rows: list[Json]) -> list[Json]:
    """The institutions that items name, once each, in Spanish order."""
    found = {row["institucionDependencia"]["clave"]: row["institucionDependencia"] for row in rows}
    return sorted(found.values(), key=lambda row: spanish(row["nombre"]))


def _first_version() -> list[Json]:
    rows = standing()
    units = Unit.objects.in_bulk({s.institution for s, _ in rows})
    return [_item(s, at, units.get(s.institution)) for s, at in rows]


def _item(s: SanctionRef, at: datetime, unit: Unit | None) -> Json:
    short = {"siglas": unit.short} if unit else {}
    item: Json = {
        "id": s.id,
        "fechaCaptura": iso(at),
        "expediente": s.file,
        "institucionDependencia": {"nombre": s.institution_name, "clave": s.institution, **short},
        "particularSancionado": {"nombreRazonSocial": s.name, "tipoPersona": s.person, "rfc": s.rfc},
        "objetoContrato": s.contract,
        "autoridadSancionadora": s.authority,
        "tipoFalta": s.fault,
        "tipoSancion": [{"clave": code, "valor": KINDS[code]} for code in s.kinds],
        "causaMotivoHechos": s.cause,
        "resolucion": without_nothing(
            {"url": s.url, "fechaNotificacion": s.notified_on and s.notified_on.isoformat()}
        ),
        "multa": s.fine and {"monto": pesos(s.fine), "moneda": {"clave": s.fine.currency}},
        "inhabilitacion": debarment(s),
    }
    item["particularSancionado"] = without_nothing(item["particularSancionado"])
    return without_nothing(item)


def debarment(s: SanctionRef | OfficialSanctionRef) -> Json:
    """From when to when, in the first version; empty for a sanction that debars nobody."""
    if not (s.debarred_from and s.debarred_until):
        return {}
    first, last = s.debarred_from.isoformat(), s.debarred_until.isoformat()
    return {"plazo": f"{first} a {last}", "fechaInicial": first, "fechaFinal": last}


def second_version(person: str) -> list[Json]:
    """Every item of the second version of companies (M) or of persons (F), by the day on which it was firm."""
    rows = [(s, at) for s, at in standing() if s.person == person]
    return [_second_item(s, at) for s, at in sorted(rows, key=lambda row: (row[0].firm_on, row[0].id))]


def second_head(s: SanctionRef | OfficialSanctionRef, at: datetime) -> Json:
    """What every item of the second version begins with, and its resolution."""
    return {
        "id": str(uuid.uuid5(SPACE, s.id)),
        "date_created": iso(at),
        "date_updated": iso(at),
        "fecha": at.date().isoformat(),
        "expediente": s.file,
        "resolucion": without_nothing({
            "fechaResolucion": s.resolved_on.isoformat(),
            "fechaNotificacion": s.notified_on and s.notified_on.isoformat(),
            "fechaResolucionFirme": s.firm_on.isoformat(),
            "urlResolucionFirme": s.url,
            "autoridadResolutora": s.authority,
        }),
    }  # fmt: skip


def _second_item(s: SanctionRef, at: datetime) -> Json:
    # names of persons are kept whole: the specification's surnames stay empty
    who = {"nombreRazonSocial": s.name} if s.person == "M" else {"nombres": s.name}
    return {
        **second_head(s, at),
        "datosGenerales": without_nothing({**who, "rfc": s.rfc}),
        "dondeCometioLaFalta": {"nombreEntePublico": s.institution_name},
        "entePublico": {"nombre": s.institution_name},
        "faltaCometida": [{"valor": s.fault, "descripcionHechos": s.cause}],
        "tipoSancion": [_second_kind(s, code) for code in s.kinds],
    }  # fmt: skip


def _second_kind(s: SanctionRef, code: str) -> Json:
    if code == "IND" and s.fine:
        return {"clave": SECOND[code], "indemnizacion": whole_pesos(s.fine)}
    return second_kind(s, code, SECOND, KINDS)


def second_kind(
    s: SanctionRef | OfficialSanctionRef, code: str, second: dict[str, str], kinds: dict[str, str]
) -> Json:
    """A kind of sanction in the second version, with the block that it has there."""
    told: Json = {"clave": second.get(code, "OTRO")}
    if code == "I" and (days := debarment(s)):
        return told | {"inhabilitacion": {name: days[name] for name in ("fechaInicial", "fechaFinal")}}
    if code in {"M", "SE"} and s.fine:
        return told | {"sancionEconomica": whole_pesos(s.fine)}
    return told if code in second else told | {"otro": {"denominacionSancion": kinds[code]}}


def whole_pesos(money: Money) -> Json:
    """A whole number in the specification: centavos that it has no place for are rounded down."""
    return {"monto": money.centavos // 100, "moneda": money.currency}


def pesos(money: Money) -> int | float:
    """An amount as the specifications write it."""
    amount: int | float = value(money)["amount"]
    return amount


def _texts(row: Json) -> Json:
    who = row["particularSancionado"]
    return {
        "nombreRazonSocial": who["nombreRazonSocial"],
        "rfc": who.get("rfc", ""),
        "tipoPersona": who["tipoPersona"],
        "institucionDependencia": row["institucionDependencia"]["nombre"],
        "expediente": row.get("expediente", ""),
    }


def without_nothing(value_: Json) -> Json:
    """Without what is not known."""
    return {k: v for k, v in value_.items() if v not in (None, "", {}, [])}
