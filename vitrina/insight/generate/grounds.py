# SPDX-License-Identifier: Apache-2.0
"""The words of a procedure: its label, the law it falls under, and the ground of an exception to open tender.

Labels and articles as the national platform writes them; which law applies on a day is asked of `vitrina.law`.
"""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina.law import query

from . import dates, profile
from .amounts import DIRECT, INVITATION, OPEN, OTHER
from .frame import Procedures
from .world import World

Array = npt.NDArray[Any]
NO_GROUND, BY_AMOUNT, SINGLE, DANGER, SAME_TERMS, FORCE_MAJEURE, DESERTED, BRAND, PERISHABLE = range(9)
# ground: (label, fraction of the article of grounds, weight among direct awards, D)
_GROUNDS: tuple[tuple[str, str, float], ...] = (
    ("", "", 0.0),
    ("POR MONTOS MÁXIMOS POR EXCEPCIÓN", "", 0.0),
    ("POR PATENTES, LICENCIAS, OFERENTE ÚNICO U OBRAS DE ARTE", "I", 190),
    ("POR URGENCIA Y EVENTUALIDAD", "V", 281),
    ("POR ADJUDICACIÓN A PROVEEDOR CON CONTRATO VIGENTE, BAJO LAS MISMAS CONDICIONES", "III", 59),
    ("POR CASO FORTUITO O FUERZA MAYOR", "II", 181),
    ("POR LICITACIONES PÚBLICAS DESIERTAS", "VII", 161),
    ("POR INEXISTENCIA DE MARCAS ALTERNATIVAS", "VIII", 7),
    ("POR BIENES PERECEDEROS O USADOS", "IX", 21),
)
_LABELS = {
    OPEN: "LICITACIÓN PÚBLICA",
    INVITATION: "INVITACIÓN A CUANDO MENOS 3 PERSONAS",
    DIRECT: "ADJUDICACIÓN DIRECTA",
    OTHER: "PROCEDIMIENTO ENTRE ENTES PÚBLICOS",
}
METHODS = {OPEN: "open", INVITATION: "selective", DIRECT: "direct", OTHER: None}
# Articles of the ground by amount, and of the other grounds, by statute.
_ARTICLES = {
    "LAASSP-2025": ("ART. 55 PÁRRAFO PRIMERO", "ART. 54"),
    "LAASSP-2000": ("ART. 42", "ART. 41"),
    "LOPSRM": ("ART. 43", "ART. 42"),
}
BETWEEN_BODIES = "CEEP"
SMALL, STEEP = 0.20, 0.80  # share of awards below the ceiling that are founded on the amount, growing with it; P


def draw(p: Procedures, first: Array, world: World, rng: np.random.Generator) -> Array:
    """The ground of each direct award and invitation, after the amount (centavos) of its first lot."""
    n = len(p)
    institution, years = world.unit_institution[p.unit], dates.year(p.published)
    weights = np.array([weight for *_, weight in _GROUNDS])
    other = rng.choice(len(weights), n, p=weights / weights.sum())
    found = np.zeros(n, np.int8)
    for kind in (DIRECT, INVITATION):
        ceiling = world.ceilings(institution, years, p.category, kind)
        share = first / ceiling
        small = share <= 1
        if kind == DIRECT:
            small &= rng.random(n) < SMALL + STEEP * share
        found = np.where(p.kind == kind, np.where(small, BY_AMOUNT, other), found)
    return found.astype(np.int8)


@functools.cache
def _statutes() -> tuple[Array, dict[bool, tuple[str, ...]]]:
    """Days on which the statute changes, and the statute from each, for works and for the rest."""
    first, last = date(profile.FIRST_YEAR, 1, 1), date(profile.LAST_YEAR, 12, 31)
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal())]
    found: dict[bool, list[str]] = {False: [], True: []}
    for day in days:
        for is_works, category in ((False, "goods"), (True, "works")):
            found[is_works].append(query.law_at(day, category=category).id)
    return np.array(days, "datetime64[s]"), {key: tuple(value) for key, value in found.items()}


def statute(published: Array, is_works: Array) -> list[str]:
    """The law under which each was called."""
    days, names = _statutes()
    at = np.maximum(np.searchsorted(days, published, side="right") - 1, 0)
    works, rest = np.array(names[True]), np.array(names[False])
    return np.where(is_works, works[at], rest[at]).tolist()  # type: ignore[no-any-return]


@functools.cache
def words(kind: int, ground: int, law_name: str) -> tuple[str, str | None, str]:
    """The label of the procedure, the article of its ground (None for a tender), and the law."""
    label, fraction, _ = _GROUNDS[ground]
    if kind == OTHER:
        return _LABELS[kind], None, BETWEEN_BODIES
    if not ground:
        return _LABELS[kind], None, law_name
    by_amount, others = _ARTICLES.get(law_name, _ARTICLES["LAASSP-2025"])
    article = by_amount if ground == BY_AMOUNT else f"{others} FR. {fraction}"
    return f"{_LABELS[kind]} {label}".strip(), article, law_name
