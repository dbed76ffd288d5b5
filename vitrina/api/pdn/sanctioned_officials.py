# SPDX-License-Identifier: Apache-2.0
"""S3 of officials: sanctions for grave faults that were published here and stand, in both versions.

RFC and CURP are not kept, so a search by them finds nobody.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from vitrina.kernel.text import fold
from vitrina.ledger.releases import iso
from vitrina.parties.models import Unit
from vitrina.redress.events import OfficialSanctionRef
from vitrina.redress.queries import standing_of_officials

from .asked import Asked, Shape, spanish
from .sanctions import SPACE, pesos, without_nothing

Json = dict[str, Any]
KINDS = {
    "I": "INHABILITADO", "M": "MULTADO", "S": "SUSPENSIÓN DEL EMPLEO, CARGO O COMISIÓN",
    "D": "DESTITUCIÓN DEL EMPLEO, CARGO O COMISIÓN", "IRSC": "INDEMNIZACIÓN RESARCITORIA", "SE": "SANCIÓN ECONÓMICA",
    "O": "OTRO",
}  # fmt: skip
FAULTS = {
    "AG": "ADMINISTRATIVA GRAVE", "AC": "ACTO DE CORRUPCIÓN", "AUT": "ABUSO DE AUTORIDAD",
    "CEX": "COHECHO O EXTORSION",
    "PEC": "PECULADO", "DRP": "DESVÍO DE RECURSOS PÚBLICOS", "UII": "UTILIZACIÓN INDEBIDA DE INFORMACIÓN",
    "AFN": "ABUSO DE FUNCIONES", "ABCI": "ACTUACIÓN BAJO CONFLICTO DE INTERÉS", "CIND": "CONTRATACIÓN INDEBIDA",
    "EOCI": "ENRIQUECIMIENTO OCULTO U OCULTAMIENTO DE CONFLICTO DE INTERÉS", "TINF": "TRÁFICO DE INFLUENCIAS",
    "ENCB": "ENCUBRIMIENTO", "DSCT": "DESACATO", "OJUST": "OBSTRUCCIÓN DE LA JUSTICIA",
}  # fmt: skip
SECOND = {"I": "INHABILITACION", "S": "SUSPENSION", "D": "DESTITUCION", "M": "SANCION_ECONOMICA",
          "SE": "SANCION_ECONOMICA"}  # fmt: skip
FAULTS_SECOND = {
    "AFN": "ABUSO_FUNCIONES", "AUT": "ABUSO_FUNCIONES", "CEX": "COHECHO", "PEC": "PECULADO",
    "DRP": "DESVIO_RECURSOS_PUBLICOS", "UII": "UTILIZACION_INDEBIDA_INFORMACION", "ABCI": "CONFLICTO_INTERES",
    "CIND": "CONTRATACION_INDEBIDA", "EOCI": "ENRIQUECIMIENTO_OCULTO", "TINF": "TRAFICO_INFLUENCIAS",
    "ENCB": "ENCUBRIMIENTO", "DSCT": "DESACATO", "OJUST": "OBSTRUCCION",
}  # fmt: skip
NAMES = ("nombres", "primerApellido", "segundoApellido")
SHAPE = Shape(
    sorts=(*NAMES, "institucionDependencia"),
    texts=("id", *NAMES, "rfc", "curp", "institucionDependencia", "rfcSolicitante"),
    lists={"tipoSancion": frozenset(KINDS)},
)


def search(asked: Asked) -> tuple[int, list[Json]]:
    """`(how many, those of the page)` in the first version. With `id` nothing else counts."""
    query, found = asked.query, _first_version()
    rows = [r for r in found if (r["id"] == query["id"] if "id" in query else _matches(r, query))]
    rows.sort(key=lambda row: (spanish(_texts(row)["primerApellido"]), spanish(_texts(row)["nombres"]), row["id"]))
    for name, is_descending in reversed(asked.sort):
        rows.sort(key=lambda row: spanish(_texts(row)[name]), reverse=is_descending)
    return len(rows), rows[asked.start : asked.start + asked.page_size]


def institutions() -> list[Json]:
    """Where these officials served."""
    found = {row["institucionDependencia"]["clave"]: row["institucionDependencia"] for row in _first_version()}
    return sorted(found.values(), key=lambda row: spanish(row["nombre"]))


def _first_version() -> list[Json]:
    rows = standing_of_officials()
    units = Unit.objects.in_bulk({s.institution for s, _ in rows})
    return [_item(s, at, units.get(s.institution)) for s, at in rows]


def _item(s: OfficialSanctionRef, at: datetime, unit: Unit | None) -> Json:
    who = {**_names(s), "puesto": s.position}
    item = {
        "id": s.id,
        "fechaCaptura": iso(at),
        "expediente": s.file,
        "institucionDependencia": without_nothing(
            {"nombre": s.institution_name, "clave": s.institution, "siglas": unit.short if unit else ""}
        ),
        "servidorPublicoSancionado": without_nothing(who),
        "autoridadSancionadora": s.authority,
        "tipoFalta": {"clave": s.fault, "valor": FAULTS[s.fault]},
        "tipoSancion": [{"clave": code, "valor": KINDS[code]} for code in s.kinds],
        "causaMotivoHechos": s.cause,
        "resolucion": without_nothing({"url": s.url, "fechaResolucion": s.resolved_on.isoformat()}),
        "multa": s.fine and {"monto": pesos(s.fine), "moneda": {"clave": s.fine.currency, "valor": "Peso mexicano"}},
    }
    if s.debarred_from and s.debarred_until:
        first, last = s.debarred_from.isoformat(), s.debarred_until.isoformat()
        item["inhabilitacion"] = {"plazo": f"{first} a {last}", "fechaInicial": first, "fechaFinal": last}
    return without_nothing(item)


def _names(s: OfficialSanctionRef) -> Json:
    return dict(zip(NAMES, (s.given_name, s.surname, s.second_surname), strict=True))


def second_version() -> list[Json]:
    """Every item of the second version, by the day on which it was firm."""
    rows = sorted(standing_of_officials(), key=lambda row: (row[0].firm_on, row[0].id))
    return [_second_item(s, at) for s, at in rows]


def _second_item(s: OfficialSanctionRef, at: datetime) -> Json:
    return {
        "id": str(uuid.uuid5(SPACE, s.id)),
        "date_created": iso(at),
        "date_updated": iso(at),
        "fecha": at.date().isoformat(),
        "expediente": s.file,
        "datosGenerales": without_nothing(_names(s)),
        "empleoCargoComision": {"denominacion": s.position},
        "entePublico": {"nombre": s.institution_name},
        "resolucion": without_nothing({
            "fechaResolucion": s.resolved_on.isoformat(),
            "fechaNotificacion": s.notified_on and s.notified_on.isoformat(),
            "fechaResolucionFirme": s.firm_on.isoformat(),
            "urlResolucionFirme": s.url,
            "autoridadResolutora": s.authority,
        }),
        "faltaCometida": [
            {"clave": FAULTS_SECOND.get(s.fault, "OTRO"), "valor": FAULTS[s.fault], "descripcionHechos": s.cause}
        ],
        "tipoSancion": [_second_kind(s, code) for code in s.kinds],
    }  # fmt: skip


def _second_kind(s: OfficialSanctionRef, code: str) -> Json:
    told: Json = {"clave": SECOND.get(code, "OTRO")}
    if code == "I" and s.debarred_from and s.debarred_until:
        first, last = s.debarred_from.isoformat(), s.debarred_until.isoformat()
        return told | {"inhabilitacion": {"fechaInicial": first, "fechaFinal": last}}
    if code in {"M", "SE"} and s.fine:
        return told | {"sancionEconomica": {"monto": s.fine.centavos // 100, "moneda": s.fine.currency}}
    return told if code in SECOND else told | {"otro": {"denominacionSancion": KINDS[code]}}


def _texts(row: Json) -> Json:
    who = row["servidorPublicoSancionado"]
    return {name: who.get(name, "") for name in (*NAMES, "rfc", "curp")} | {
        "institucionDependencia": row["institucionDependencia"]["nombre"]
    }


def _matches(row: Json, query: Json) -> bool:
    if "tipoSancion" in query and not {k["clave"] for k in row["tipoSancion"]} & set(query["tipoSancion"]):
        return False
    texts = _texts(row)
    return all(fold(query[name]) in fold(texts[name]) for name in texts if name in query)
