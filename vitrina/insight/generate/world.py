# SPDX-License-Identifier: Apache-2.0
"""Who buys and what: institutions with budgets, their buying units, the classes of goods and services, and the
ceilings of the law for each. All names are invented.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina import law

from . import profile
from .amounts import DIRECT, INVITATION

Array = npt.NDArray[Any]
STATES = (
    "Aguascalientes", "Baja California", "Baja California Sur", "Campeche", "Chiapas", "Chihuahua", "Ciudad de México",
    "Coahuila", "Colima", "Durango", "Guanajuato", "Guerrero", "Hidalgo", "Jalisco", "México", "Michoacán", "Morelos",
    "Nayarit", "Nuevo León", "Oaxaca", "Puebla", "Querétaro", "Quintana Roo", "San Luis Potosí", "Sinaloa", "Sonora",
    "Tabasco", "Tamaulipas", "Tlaxcala", "Veracruz", "Yucatán", "Zacatecas",
)  # fmt: skip
CAPITAL = STATES.index("Ciudad de México")
ITEMS = 40  # item codes in each class
HOSPITALS = 12  # of a health buyer, at most
_KINDS = ("Instituto", "Comisión", "Centro", "Organismo", "Servicio", "Consejo", "Coordinación", "Sistema")
_OF = (
    "Atención Ultramarina", "Caminos Imaginarios", "Aguas Soñadas", "Salud Ficticia", "Archivos de Papel", "Faros",
    "Bosques de Vidrio", "Puertos Nublados", "Semillas Azules", "Mareas", "Relojes Públicos", "Puentes Invisibles",
    "Nubes", "Oficios Perdidos", "Minas de Sal Gema", "Vientos", "Estaciones Remotas", "Cartografía Fantástica",
    "Huertos Lunares", "Lagunas", "Correos Lentos", "Talleres de Cristal", "Jardines Colgantes", "Islas Posibles",
    "Museos del Mañana", "Cosechas", "Trenes de Juguete", "Escuelas del Aire", "Orquestas", "Telares", "Canteras",
    "Volcanes Dormidos", "Dunas", "Manantiales", "Observatorios",
)  # fmt: skip
HEALTH_SHARE, IN_CAPITAL = 0.35, 0.3


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes of what is bought, as columns. `thing`: what each of the `ITEMS` item codes of each class is called."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    thing: tuple[str, ...]
    unit: tuple[str, ...]
    category: Array
    log_price: Array
    weight: Array
    is_health: Array

    def draw(self, category: Array, is_health: Array, rng: np.random.Generator) -> Array:
        """A class of each category for buyers of health care and others."""
        found = np.zeros(len(category), np.int16)
        for number in range(len(profile.CATEGORIES)):
            for health in (False, True):
                at = (category == number) & (is_health == health)
                weight = np.where(self.category == number, self.weight, 0.0)
                weight *= np.where(self.is_health, 1.6 if health else 0.4, 1.0)
                found[at] = rng.choice(len(weight), at.sum(), p=weight / weight.sum())
        return found


@functools.cache
def classes() -> Classes:
    """The classes of `classes.toml`."""
    rows = tomllib.loads((Path(__file__).parent / "classes.toml").read_text("utf-8"))["class"]
    return Classes(
        tuple(r["code"] for r in rows),
        tuple(r["name"] for r in rows),
        tuple(_thing(r, item) for r in rows for item in range(ITEMS)),
        tuple(r["unit"] for r in rows),
        np.array([profile.CATEGORIES.index(r["category"]) for r in rows], np.int8),
        np.array([r["log_price"] for r in rows]),
        np.array([r["weight"] for r in rows], float),
        np.array([r["is_health"] for r in rows]),
    )


def _thing(row: dict[str, Any], item: int) -> str:
    things = row.get("things")
    return str(things[item % len(things)]) if things else f"{row['name']}, renglón {item}"


@dataclass(frozen=True, slots=True)
class World:
    """Institutions and units as columns. `budget`: pesos a year; `share`: of all procedures, by unit."""

    name: tuple[str, ...]
    budget: Array
    is_health: Array
    publishes_bids: Array
    publishes_estimate: Array
    publishes_execution: Array
    unit_institution: Array
    unit_state: Array
    unit_share: Array
    unit_code: tuple[str, ...]
    unit_name: tuple[str, ...]

    def ceilings(self, institution: Array, year: Array, category: Array, kind: int) -> Array:
        """The ceiling in centavos for each, of a direct award or an invitation."""
        table = _ceilings(kind)[:, :, _bracket(self.budget)]
        at = np.clip(year - profile.FIRST_YEAR, 0, table.shape[0] - 1)
        found: Array = table[at, category, institution]
        return found


def zipf(n: int, top: int, share: float) -> Array:
    """Shares of `n` ranks by Zipf's law, its exponent found by bisection so that the first `top` hold `share`."""
    low, high = 0.0, 4.0
    ranks = np.arange(1, n + 1, dtype=float)
    for _ in range(60):
        middle = (low + high) / 2
        weights = ranks**-middle
        low, high = (middle, high) if weights[:top].sum() < share * weights.sum() else (low, middle)
    weights = ranks**-low
    return weights / weights.sum()


def build(n_contracts: int, rng: np.random.Generator) -> World:
    """The buyers of a history of so many contracts: fewer units when it is small."""
    n = profile.INSTITUTIONS
    share = zipf(n, profile.TOP, profile.TOP_SHARE)
    n_units = np.maximum(1, np.rint(share * min(3_300, max(n, n_contracts / 300)))).astype(int)
    institution = np.repeat(np.arange(n, dtype=np.int32), n_units)
    within = np.exp(rng.normal(0, profile.UNIT_SIGMA, len(institution)))
    total = np.bincount(institution, within)
    order = np.lexsort((-within, institution))
    state = np.where(
        rng.random(len(institution)) < IN_CAPITAL, CAPITAL, rng.integers(0, len(STATES), len(institution))
    )
    # The budget follows the share of purchases, so that the large have the top bracket.
    budget = 250e9 * share * np.exp(rng.normal(0, 0.4, n)) / share[0]
    first = np.concatenate([[0], np.cumsum(n_units)[:-1]])
    numbers = np.arange(len(institution)) - first[institution]
    codes = tuple(f"{i:03d}S{k:05d}" for i, k in zip(institution, numbers, strict=True))
    names = tuple(_name(i) for i in range(n))
    is_health = rng.random(n) < HEALTH_SHARE
    return World(
        names,
        budget,
        is_health,
        _spread(share, profile.PUBLISH_BIDS, rng),
        _spread(share, profile.PUBLISH_ESTIMATE, rng),
        _spread(share, profile.PUBLISH_EXECUTION, rng),
        institution,
        state.astype(np.int8),
        (within / total[institution] * share[institution])[order],
        codes,
        tuple(
            _unit_name(names[i], int(k), is_health=bool(is_health[i]))
            for i, k in zip(institution, numbers, strict=True)
        ),
    )


def _spread(weight: Array, share: float, rng: np.random.Generator) -> Array:
    """Which institutions: taken in random order until they hold `share` of the weight."""
    order = rng.permutation(len(weight))
    found = np.zeros(len(weight), bool)
    held = 0.0
    for i in order:
        if held + weight[i] <= share + 0.01:
            found[i] = True
            held += weight[i]
    return found


def _name(i: int) -> str:
    return f"{_KINDS[i // len(_OF) % len(_KINDS)]} Nacional de {_OF[i % len(_OF)]} (ficticio)"


def _unit_name(institution: str, number: int, *, is_health: bool) -> str:
    """The name of a unit: the largest of a health buyer are hospitals, the others clinics."""
    of = institution.removesuffix(" (ficticio)")
    if not is_health:
        return f"Unidad de compras {number + 1}, {of} (ficticia)"
    if number < HOSPITALS:
        return f"Hospital General {number + 1}, {of} (ficticio)"
    return f"Clínica {number + 1}, {of} (ficticia)"


def _bracket(budget: Array) -> Array:
    return np.searchsorted(_edges(), budget, side="right") - 1


@functools.cache
def _edges() -> Array:
    """Where the brackets of any category begin: budgets at which some ceiling changes."""
    from vitrina.law import loader  # noqa: PLC0415

    rows = loader.tables().rows["ceiling.adjudicacion_directa"]
    return np.array(sorted({float(row.budget[0]) for row in rows if row.budget}))


@functools.cache
def _ceilings(kind: int) -> Array:
    """Ceilings in centavos by year from 2010, category and bracket. A year or bracket that the rulebook does not
    record is scaled from one that it does by the growth of the profile: an assumption of this history, not law.
    """
    procedure = {DIRECT: "adjudicacion_directa", INVITATION: "invitacion_tres_personas"}[kind]
    years = range(profile.FIRST_YEAR, profile.LAST_YEAR + 1)
    edges = _edges()
    found = np.full((len(years), len(profile.CATEGORIES), len(edges)), np.nan)
    for i, year in enumerate(years):
        for j, category in enumerate(profile.CATEGORIES):
            for k, budget in enumerate(edges):
                try:
                    value = law.ceiling(int(budget), year=year, category=category, procedure=procedure).value
                except law.LawError:
                    continue
                found[i, j, k] = float(value) * 100
    last = found[-1]
    for i, year in enumerate(years):
        guess = np.rint(last / (1 + profile.GROWTH) ** (profile.LAST_YEAR - year) / 100_000) * 100_000
        found[i] = np.where(np.isnan(found[i]), guess, found[i])
    return found.astype(np.int64)
