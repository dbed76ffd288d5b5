# SPDX-License-Identifier: Apache-2.0
"""The 46 indicators of the index: code, concept, words, which side is risky, and whether a store can hold the data.

`sign` +1: higher is riskier; -1: higher is safer; 0: told and not scored. `inverted`: what the published code does
with it (100 - x after min-max), for `compat_imco_v2` only. Source: design page of the indicators, 4.1 and 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from vitrina.insight.text import Text

CONCEPTS = {
    "competition": Text("competencia", "competition"),
    "transparency": Text("transparencia", "transparency"),
    "anomalies": Text("anomalías", "anomalies"),
}
OUTSIDE = "needs data from outside the store"
UNKNOWN = "its published definition is not known"


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator. `absent`: why no store can give it, empty where it can."""

    code: str
    concept: str
    title: Text
    sign: int
    inverted: bool = True
    absent: str = ""


def _of(concept: str, *rows: tuple[str, str, str, int, bool, str]) -> list[Indicator]:
    return [Indicator(code, concept, Text(es, en), *rest) for code, es, en, *rest in rows]


INDICATORS = (
    *_of(
        "competition",
        ("C01", "compras con un solo participante", "purchases with one participant", 1, True, ""),
        ("C02", "participantes por compra", "participants per purchase", -1, False, ""),
        ("C03", "ganadores por cada 100 contratos", "winners per 100 contracts", -1, False, ""),
        ("C04", "procedimientos sin licitación pública", "procedures other than open tender", 1, True, ""),
        ("C05", "importe sin licitación pública", "value other than by open tender", 1, True, ""),
        ("C06", "concentración por contratos (HHI)", "concentration by contracts (HHI)", 1, True, ""),
        ("C07", "concentración por importe (HHI)", "concentration by value (HHI)", 1, True, ""),
        ("C08", "dominancia por contratos", "dominance by contracts", 1, True, ""),
        ("C09", "dominancia por importe", "dominance by value", 1, True, ""),
        ("C10", "índice de participación", "participation index", -1, False, UNKNOWN),
        ("C11", "participantes distintos por cada 100", "distinct participants per 100 procedures", -1, False, ""),
        ("C12", "los cuatro mayores, por contratos", "four largest by contracts", 1, True, ""),
        ("C13", "los cuatro mayores, por importe", "four largest by value", 1, True, ""),
        ("C14", "importe medio por contrato", "mean value of a contract", 0, True, ""),
        ("C15", "participantes por ganador", "participants per winner", -1, True, ""),
        ("C16", "tendencia de la adjudicación directa", "trend of direct award", 1, True, ""),
        ("C17", "cambio de participantes por concurso", "change in participants per procedure", -1, True, ""),
    ),
    *_of(
        "transparency",
        ("T01", "datos que faltan por contrato", "missing fields per contract", 1, True, ""),
        ("T02", "adjudicaciones directas incompletas", "incomplete direct awards", 1, True, ""),
        ("T03", "invitaciones incompletas", "incomplete restricted invitations", 1, True, ""),
        ("T04", "licitaciones incompletas", "incomplete open tenders", 1, True, ""),
        ("T05", "procedimientos presenciales", "in-person procedures", 1, True, ""),
        ("T06", "sin junta de aclaraciones publicada", "without record of clarifications", 1, True, ""),
        ("T07", "sin acta de apertura", "without record of the opening", 1, True, ""),
        ("T08", "sin fallo publicado", "without award notice", 1, True, ""),
        ("T09", "sin contrato publicado", "without contract document", 1, True, ""),
        ("T10", "sin archivo alguno", "without any file", 1, True, ""),
        ("T11", "importes que no coinciden con la PNT", "amounts that differ from the PNT", 1, False, OUTSIDE),
        ("T12", "adjudicaciones sin proveedor", "awards without supplier", 1, False, ""),
        ("T13", "lo que falta en la PNT", "missing in the PNT", 1, True, OUTSIDE),
        ("T14", "con testigo social", "with social witness", -1, True, ""),
        ("T15", "tendencia de contratos no publicados", "trend of unpublished contracts", 1, True, ""),
    ),
    *_of(
        "anomalies",
        ("A01", "importe a empresas 69-B", "value to firms listed under 69-B", 1, True, OUTSIDE),
        ("A02", "importe a sancionados", "value to sanctioned firms", 1, False, OUTSIDE),
        ("A03", "contratos con convenio modificatorio", "amended contracts", 1, True, ""),
        ("A04", "convenios por contrato", "amendments per contract", 1, True, ""),
        ("A05", "convenios que no coinciden con la PNT", "amendments that differ from the PNT", 1, True, OUTSIDE),
        ("A06", "licitaciones nacionales en plazo corto", "national tenders under the term", 1, True, ""),
        ("A07", "internacionales en plazo corto", "international tenders under the term", 1, True, ""),
        ("A08", "bajo tratados en plazo corto", "tenders under treaties under the term", 1, True, ""),
        ("A09", "estratificación mal declarada", "size of firm misreported", 1, True, OUTSIDE),
        ("A10", "exclusividad MIPYME incumplida", "exclusivity for small firms breached", 1, True, OUTSIDE),
        ("A11", "directas sobre el tope", "direct awards above the ceiling", 1, True, ""),
        ("A12", "invitaciones sobre el tope", "restricted invitations above the ceiling", 1, True, ""),
        ("A13", "sin convocatoria", "without call", 1, True, ""),
        (
            "A14",
            "directas que suman más que el tope",
            "direct awards that add up to more than the ceiling",
            1,
            True,
            "",
        ),
    ),
)
BY_CODE = {each.code: each for each in INDICATORS}
