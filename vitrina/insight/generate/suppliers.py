# SPDX-License-Identifier: Apache-2.0
"""Suppliers: who wins and who bids, by preferential attachment within markets, and what each is called.

A market is a class of goods in a zone. A winner is new with a fixed probability, else one who won there before, the
more often the more likely (Simon's process), weighed by a fitness; some are called again by a unit that knows them.
Names are made up of invented words and end in "(ficticia)"; an RFC begins with ZZ and has a right check digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina.kernel import ids

from . import profile
from .world import STATES, World, classes

Array = npt.NDArray[Any]
CANDIDATES = 10  # drawn for each lot, before those drawn twice are dropped
AGAIN = 0.30  # how often a unit calls its last supplier of a class again, P
NOT_REGISTERED = 0.005  # honest firms that the register of firms does not cover, P
ELSEWHERE = 0.10  # winners that come from the class in another zone, P
_RFC = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
_HEADS = (
    "Comercializadora", "Grupo", "Servicios", "Distribuidora", "Soluciones", "Consorcio", "Proveedora", "Suministros",
    "Ingeniería", "Corporativo", "Logística", "Industrias", "Abastecedora", "Operadora", "Constructora", "Innovación",
)  # fmt: skip
_SYLLABLES = (
    "zar", "mel", "quin", "tor", "vel", "nub", "drax", "fol", "gim", "lun", "pex", "rov", "sil", "tum", "ux", "yor",
    "bri", "cal", "dov", "ene", "fra", "gol", "hux", "ith", "jor", "kel", "lir", "mov", "nax", "oli", "pru", "qua",
)  # fmt: skip
_GIVEN = ("Zulmara", "Quilén", "Ovandro", "Mirelba", "Tarsicio", "Ludovina", "Erasmina", "Froilando")


@dataclass
class Suppliers:
    """All suppliers that appeared, as growing columns; `histories`: who won in each market, in order."""

    seed: int
    n_zones: int
    fitness: Array = field(default_factory=lambda: np.empty(0))
    market: Array = field(default_factory=lambda: np.empty(0, np.int32))
    state: Array = field(default_factory=lambda: np.empty(0, np.int8))
    is_person: Array = field(default_factory=lambda: np.empty(0, bool))
    size: Array = field(default_factory=lambda: np.empty(0, np.int8))
    histories: dict[int, Array] = field(default_factory=dict)
    last: Array | None = None
    contacts: dict[int, dict[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.fitness)

    def zone(self, state: Array) -> Array:
        """The zone of a state."""
        return state.astype(np.int32) * self.n_zones // len(STATES)

    def market_of(self, item_class: Array, state: Array) -> Array:
        """The market of a class where it is delivered."""
        return item_class.astype(np.int32) * self.n_zones + self.zone(state)

    def more(self, market: Array, rng: np.random.Generator) -> Array:
        """New suppliers, one for each market given; their numbers."""
        n = len(market)
        first = len(self)
        zone = market % self.n_zones
        low = -(-zone * len(STATES) // self.n_zones)
        high = -(-(zone + 1) * len(STATES) // self.n_zones)
        is_person = rng.random(n) < profile.PERSONS
        fitness = np.exp(rng.normal(0, profile.FITNESS_SIGMA, n))
        p = np.array(profile.SIZE_SHARES) / sum(profile.SIZE_SHARES)
        self.fitness = np.concatenate([self.fitness, fitness])
        self.market = np.concatenate([self.market, market.astype(np.int32)])
        self.state = np.concatenate([self.state, rng.integers(low, np.maximum(high, low + 1)).astype(np.int8)])
        self.is_person = np.concatenate([self.is_person, is_person])
        self.size = np.concatenate([self.size, rng.choice(len(p), n, p=p).astype(np.int8)])
        return np.arange(first, first + n)

    def settle(self, suppliers: Array, market: Array) -> None:
        """Make suppliers known in a market, as if each had won there once."""
        for m in np.unique(market):
            known = self.histories.get(int(m), np.empty(0, np.int64))
            self.histories[int(m)] = np.concatenate([known, suppliers[market == m]])

    def draw(self, market: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
        """A winner for each lot, (lots x CANDIDATES) others of its market who may bid against it, and whether the
        winner is new.
        """
        n = len(market)
        is_new = rng.random(n) < profile.NEW_SUPPLIER
        picks, tosses = rng.random((2, n)), rng.random(n)
        elsewhere = rng.random(n) < ELSEWHERE
        zones = rng.integers(0, self.n_zones, n)
        others = rng.random((n, CANDIDATES))
        winners, rivals = np.empty(n, np.int64), np.empty((n, CANDIDATES), np.int64)
        order = np.argsort(market, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(market[order])) + 1):
            if not len(rows):
                continue
            m = int(market[rows[0]])
            known = self.histories.get(m, np.empty(0, np.int64))
            fresh = is_new[rows]
            if len(known) < 2:  # noqa: PLR2004 - a market begins with two who could compete
                known = np.concatenate([known, self.more(np.full(2, m), rng)])
            found = np.where(fresh, -1, self._pick(known, picks[:, rows], tosses[rows]))
            found[fresh] = self.more(np.full(fresh.sum(), m), rng)
            for zone in range(self.n_zones):
                far = elsewhere[rows] & ~fresh & (zones[rows] == zone)
                there = self.histories.get(m // self.n_zones * self.n_zones + zone)
                if there is not None and far.any():
                    found[far] = there[(picks[0, rows[far]] * len(there)).astype(np.int64)]
            winners[rows] = found
            known = np.concatenate([known, found])
            self.histories[m] = known
            rivals[rows] = known[(others[rows] * len(known)).astype(np.int64)]
        return winners, rivals, is_new

    def _pick(self, known: Array, picks: Array, tosses: Array) -> Array:
        """Of two winners of the past, one by fitness."""
        a, b = known[(picks * len(known)).astype(np.int64)]
        return np.where(tosses * (self.fitness[a] + self.fitness[b]) < self.fitness[a], a, b)

    def again(
        self, winners: Array, is_new: Array, unit: Array, item_class: Array, world: World, rng: np.random.Generator
    ) -> Array:
        """The winners, some of those that are not new replaced by the last supplier of the unit for the class."""
        if self.last is None:
            self.last = np.full((len(world.unit_code), len(classes().code)), -1, np.int64)
        before = self.last[unit, item_class]
        found = np.where((rng.random(len(winners)) < AGAIN) & (before >= 0) & ~is_new, before, winners)
        self.last[unit, item_class] = found
        return found

    def knows_rfc(self, supplier: Array, year: Array) -> Array:
        """Whether the RFC of a supplier is told in the data of a year: all of a supplier's or none."""
        share = np.array([profile.of_era(profile.KNOWN_RFC, min(y, profile.LAST_YEAR)) for y in range(2010, 2035)])
        share = share[np.clip(year - 2010, 0, 24)]
        told = np.minimum(1.0, share / (1 - _PERSON_CONTRACTS))
        mixed = _mix(supplier.astype(np.uint64) * np.uint64(64) + (year - 2000).astype(np.uint64), self.seed)
        found: Array = ~self.is_person[supplier] & (mixed < told)
        return found

    def uncovered(self, supplier: Array) -> Array:
        """Which suppliers a register of firms does not know though they are honest."""
        found: Array = _mix(supplier.astype(np.uint64) * np.uint64(64) + np.uint64(63), self.seed) < NOT_REGISTERED
        return found


_PERSON_CONTRACTS = 0.206  # contracts of natural persons, whose RFC is suppressed; D


def _mix(keys: Array, seed: int) -> Array:
    """A number in [0, 1) for each key, the same for the same key and seed (splitmix64)."""
    with np.errstate(over="ignore"):
        z = keys + np.uint64(seed & 0xFFFFFFFF) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(float) / 2**53


def distinct(winners: Array, rivals: Array) -> Array:
    """A mask over `rivals`: the first of each supplier in a row, the winner left out."""
    found = rivals != winners[:, None]
    for j in range(1, rivals.shape[1]):
        for i in range(j):
            found[:, j] &= rivals[:, j] != rivals[:, i]
    return found


def supplier_id(number: int) -> str:
    """The publisher's own number of a supplier."""
    return f"MX-PROV-{number:07d}"


def rfc(number: int, *, is_person: bool) -> str:
    """An RFC that nobody has: it begins with ZZ, its check digit is right."""
    head = number % 26
    rest, day = divmod(number // 26, 365 * 30)
    date = np.datetime64("1985-01-01") + np.timedelta64(int(day), "D")
    body = f"ZZ{chr(65 + head)}{'X' if is_person else ''}{str(date)[2:4]}{str(date)[5:7]}{str(date)[8:10]}"
    body += _RFC[1 + rest % 9] + _RFC[10 + rest // 9 % 14]
    weighed = sum(_RFC.index(c) * (13 - i) for i, c in enumerate(body.rjust(12)))
    digit = 11 - weighed % 11
    found = body + {11: "0", 10: "A"}.get(digit, str(digit))
    assert ids.rfc_check_digit_holds(found)
    return found


def word(number: int) -> str:
    """An invented word; many numbers share one."""
    n, k = divmod(number * 7919 % 2**31, len(_SYLLABLES))
    n, j = divmod(n, len(_SYLLABLES))
    return (_SYLLABLES[k] + _SYLLABLES[j] + _SYLLABLES[n % len(_SYLLABLES)]).capitalize()


def name(number: int, *, is_person: bool) -> str:
    """An invented name, another for each number."""
    if is_person:
        return f"{_GIVEN[number % len(_GIVEN)]} {word(number)}ez {number} (ficticia)"
    return f"{_HEADS[number % len(_HEADS)]} {word(number)} {number}, S.A. de C.V. (ficticia)"
