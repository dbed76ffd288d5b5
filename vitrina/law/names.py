# SPDX-License-Identifier: Apache-2.0
"""The words of a question and their other spellings: procedures, characters, categories, jurisdictions.

Accents, case, spaces and hyphens never matter: `Licitación Pública`, `licitacion-publica` and `LICITACION` are one.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from vitrina.kernel.money import Money
from vitrina.law.errors import BadQuestion

PROCEDURES = {
    "licitacion_publica": ("licitacion", "open", "lp", "la", "lo"),
    "invitacion_tres_personas": (
        "invitacion",
        "i3p",
        "ia",
        "io",
        "selective",
        "invitacion_a_cuando_menos_tres_personas",
        "invitacion_a_cuando_menos_3_personas",
    ),
    "adjudicacion_directa": ("adjudicacion", "ad", "aa", "ao", "direct"),
    "dialogo_competitivo": ("dialogo",),
    "ad_estrategia_negociacion": ("adjudicacion_directa_con_negociacion",),
    "contrato_especifico_acuerdo_marco": ("contrato_especifico",),
    "orden_tienda_digital": ("orden_suministro_tienda_digital",),
}
CHARACTERS = {
    "N": ("nacional", "national"),
    "T": (
        "tratados",
        "internacional_bajo_tratados",
        "internacional_bajo_la_cobertura_de_tratados",
        "international_treaties",
    ),
    "I": ("abierta", "internacional_abierta", "internacional_abierto", "international_open"),
}
CATEGORIES = {
    "goods": ("bienes", "adquisiciones"),
    "services": ("servicios",),
    "lease": ("leases", "arrendamientos", "arrendamiento"),
    "works": ("obra", "obras", "obra_publica"),
    "works_services": ("servicios_relacionados_con_la_obra", "servicios_relacionados"),
}
MODALITIES: dict[str, tuple[str, ...]] = {"ofertas_subsecuentes_descuento": ("osd", "auction", "subasta_inversa")}
LEVELS = {"federal": (), "state": ("estatal",), "municipal": ()}
JURISDICTIONS = {
    "mx": ("federal", "mexico"),
    "coah": ("coahuila", "mx_coa", "coahuila_de_zaragoza"),
    "son": ("sonora", "mx_son"),
}
DIMENSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "procedure": PROCEDURES,
    "character": CHARACTERS,
    "category": CATEGORIES,
    "modality": MODALITIES,
    "level": LEVELS,
}
SYNONYMS = {"method": "procedure", "procurement_method": "procedure", "main_procurement_category": "category"}


def fold(text: str) -> str:
    """Lower case, no accents, words joined by `_`."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return "_".join(plain.lower().replace("-", " ").replace("_", " ").replace(".", " ").split())


def _index(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold(spelling): code for code, others in words.items() for spelling in (code, *others)}


_INDEX = {name: _index(words) for name, words in DIMENSIONS.items()}
_JURISDICTION = _index(JURISDICTIONS)


def _known(name: str, value: Any, index: dict[str, str]) -> str:
    code = index.get(fold(value)) if isinstance(value, str) else None
    if code is None:
        words = ", ".join(dict.fromkeys(index.values()))
        raise BadQuestion(f"{name}={value!r} is not one of: {words}.", f"{name}={value!r} no es uno de: {words}.")
    return code


def jurisdiction(value: str) -> str:
    """The code of a jurisdiction (`mx`, `coah`, `son`), else `BadQuestion`."""
    return _known("jurisdiction", value, _JURISDICTION)


def word(name: str, value: Any) -> str:
    """The code for one word of dimension `name`, else `BadQuestion`."""
    return _known(name, value, _INDEX[name])


def pesos(value: Any) -> int:
    """Whole pesos (rounded down) from a `Money` in MXN or an integer number of pesos; else `BadQuestion`."""
    if isinstance(value, Money) and value.currency == "MXN" and value.centavos >= 0:
        return value.centavos // 100
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise BadQuestion(
        f"budget={value!r}: pass whole pesos or Money in MXN, not negative.",
        f"budget={value!r}: indique pesos enteros o Money en MXN, no negativo.",
    )


def question(given: dict[str, Any]) -> dict[str, Any]:
    """The question in canonical words. Unknown keys and values are a `BadQuestion`; None means not given."""
    asked: dict[str, Any] = {}
    for said, value in given.items():
        name = SYNONYMS.get(said, said)
        if value is None:
            continue
        if name == "budget":
            asked[name] = pesos(value)
        elif name in DIMENSIONS:
            asked[name] = word(name, value)
        else:
            names = ", ".join((*DIMENSIONS, "budget", "law", "jurisdiction", "rulebook"))
            raise BadQuestion(
                f"{name!r} is not a word of a question to the law; use: {names}.",
                f"{name!r} no es una palabra de una pregunta a la ley; use: {names}.",
            )
    return asked
