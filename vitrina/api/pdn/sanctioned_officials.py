# SPDX-License-Identifier: Apache-2.0
"""S3 of officials: sanctions for grave faults that were published here and stand, in both versions.

RFC and CURP are not kept, so a search by them finds nobody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vitrina.ledger.releases import iso
from vitrina.parties.models import Unit
from vitrina.redress.events import OfficialSanctionRef
from vitrina.redress.queries import standing_of_officials

from .asked import Asked, Shape
from .sanctions import debarment, found_in, institutions_of, pesos, second_head, second_kind, without_nothing

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
    return found_in(_first_version(), asked, _texts, ("primerApellido", "nombres"))


def institutions() -> list[Json]:
    """Where these officials served."""
    return institutions_of(_first_version())


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
        "inhabilitacion": debarment(s),
    }
    return without_nothing(item)


def _names(s: OfficialSanctionRef) -> Json:
    return dict(zip(NAMES, (s.given_name, s.surname, s.second_surname), strict=True))


def second_version() -> list[Json]:
    """Every item of the second version, by the day on which it was firm."""
    rows = sorted(standing_of_officials(), key=lambda row: (row[0].firm_on, row[0].id))
    return [_second_item(s, at) for s, at in rows]


def _second_item(s: OfficialSanctionRef, at: datetime) -> Json:
    return {
        **second_head(s, at),
        "datosGenerales": without_nothing(_names(s)),
        "empleoCargoComision": {"denominacion": s.position},
        "entePublico": {"nombre": s.institution_name},
        "faltaCometida": [
            {"clave": FAULTS_SECOND.get(s.fault, "OTRO"), "valor": FAULTS[s.fault], "descripcionHechos": s.cause}
        ],
        "tipoSancion": [second_kind(s, code, SECOND, KINDS) for code in s.kinds],
    }  # fmt: skip


def _texts(row: Json) -> Json:
    who = row["servidorPublicoSancionado"]
    return {name: who.get(name, "") for name in (*NAMES, "rfc", "curp")} | {
        "institucionDependencia": row["institucionDependencia"]["nombre"]
    }
