# SPDX-License-Identifier: Apache-2.0
"""OVERCHARGE: how much dearer a community's tenders are without the newcomer of ENTRY than with it.

log price = alone + item x quarter + unit + error, over the tenders of the community: `alone` is 1 where the newcomer
does not bid, so that its tenders are the reference; an effect for each item in each quarter (prices of two trades do
not move together, so quarters are not shared), and one for each buying unit with several tenders; errors of one unit
may be alike. Twice: with the lowest valid bid (`paid`) and with the mean of the valid bids (`offered`). Told over the
reference price, exp(alone) - 1, and over the price itself, 1 - exp(-alone).

An estimate, with all that a comparison before and after cannot know: what a newcomer does to honest prices is in it.
Source: design page of the screens, 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vitrina.insight.tables import Tables

from . import cells
from .communities import Communities, communities
from .entry import Entry, entry
from .field import Ints, fields
from .groups import History, histories
from .least_squares import Effect, effect
from .lots import TOTAL, Lots, read
from .tenders import Tenders, screen

Vector = NDArray[np.float64]
MOST = 1_500  # tenders of a community that are looked at, the latest
LEAST = 4  # tenders with the newcomer, and without it in the same quarters
SEVERAL = 2
PRICES = ("paid", "offered")
# Beside a twin also what was paid over the mean of its bids: that is how a made-up cartel sets its price.
OF_TWIN = {"paid": "paid", "offered": "offered", "posture": "offered"}


@dataclass(frozen=True)
class Overcharge:
    """What a community is estimated to charge more. `at`: its groups of `Lots`; `alone`: those without the newcomer;
    `effects`: by `PRICES`, of log prices.
    """

    community: int
    item: str
    newcomer: int
    at: Ints
    alone: NDArray[np.bool_]
    n_units: int
    effects: dict[str, Effect]

    def row(self) -> dict[str, Any]:
        """As plain values: for each price `*_over` with `*_low` and `*_high` (over the reference), `*_share` (of the
        price itself), `*_dof`.
        """
        found: dict[str, Any] = {
            "community": self.community,
            "item": self.item,
            "newcomer": self.newcomer,
            "n_alone": int(self.alone.sum()),
            "n_reference": int((~self.alone).sum()),
            "n_units": self.n_units,
        }
        for price, of in self.effects.items():
            found |= told(price, of)
        return found


def told(price: str, of: Effect) -> dict[str, float]:
    """An effect on log prices as shares."""
    over, low, high = (float(np.expm1(x)) for x in (of.value, of.low, of.high))
    share = float(-np.expm1(-of.value))
    return {
        f"{price}_over": over,
        f"{price}_low": low,
        f"{price}_high": high,
        f"{price}_share": share,
        f"{price}_dof": of.dof,
    }


def unit_prices(lots: Lots, at: Ints) -> dict[str, Vector]:
    """Of each of these groups the lowest and the mean valid bid for one unit; nan where the quantity is not known."""
    quantity = lots.column("quantity").astype(float)[at]
    quantity = np.where(lots.column("line").astype(np.int64)[at] != TOTAL, 1.0, quantity)
    known = quantity > 0
    total = np.add.reduceat(lots.price, lots.start[:-1])[at] if len(lots.n) else np.zeros(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        lowest, mean = lots.price[lots.start[at]] / quantity, total / lots.n[at] / quantity
    return {"paid": np.where(known, lowest, np.nan), "offered": np.where(known, mean, np.nan)}


def quarters(day: Ints) -> Ints:
    """The quarter of each day since 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) // 3


def units(lots: Lots, at: Ints) -> Ints:
    """The buying unit of each of these groups as a number; where it is not told, each has its own."""
    names = lots.column("unit_id")[at]
    is_told = np.array([name is not None for name in names], dtype=bool)
    return np.where(is_told, cells.codes(names), len(at) + np.arange(len(at)))


def overcharge(found: Communities, history: History, came: Entry) -> Overcharge | None:
    """The estimate of one community; None where too few tenders with the newcomer, or without it in their quarters,
    have a price for one unit.
    """
    field, lots = found.field, found.field.lots
    at = history.lots[-MOST:]
    price = unit_prices(lots, at)
    at = at[~np.isnan(price["paid"])]
    alone = ~np.isin(at, field.lot[field.oid[field.firm] == came.oid])
    item, unit = cells.codes(lots.column("item")[at]), units(lots, at)
    when = cells.codes(item, quarters(field.day[at]))
    both = np.isin(when, when[alone]) & np.isin(when, when[~alone])
    if min((both & alone).sum(), (both & ~alone).sum()) < LEAST:
        return None
    # A unit with one tender would explain it wholly: those share one effect.
    several = np.where(np.bincount(unit)[unit] >= SEVERAL, unit + 1, 0)
    effects = {}
    for name in PRICES:
        one = effect(np.log(price[name][~np.isnan(price["paid"])]), alone.astype(float), [when, several], unit)
        if one is None:
            return None
        effects[name] = one
    names, counts = np.unique(lots.column("item")[at].astype(str), return_counts=True)
    leading = str(names[counts.argmax()])
    n_units = len(np.unique(several[several > 0]))
    return Overcharge(history.number, leading, came.oid, at, alone, n_units, effects)


def overcharges(tenders: Tenders, found: Communities) -> list[Overcharge]:
    """Of each community where ENTRY finds a newcomer, most tenders first."""
    rows = []
    for history in histories(found):
        came = entry(found, history, tenders)
        one = came and overcharge(found, history, came)
        if one:
            rows.append(one)
    return sorted(rows, key=lambda one: (-len(one.at), one.community))


@dataclass(frozen=True)
class Estimates:
    """The estimates of the latest 36 months of a store."""

    tenders: Tenders
    found: list[Overcharge]


def run(t: Tables, *, merged: bool = True) -> Estimates:
    """Compute them."""
    lots = read(t, merged=merged)
    tenders = screen(lots)
    latest = [communities(field, rewirings=0) for field in fields(t, lots)[:1]]
    return Estimates(tenders, [one for found in latest for one in overcharges(tenders, found)])


def beside(mine: Lots, one: Overcharge, other: Lots) -> dict[str, Effect]:
    """The difference from the same tenders without a cartel (a twin, where data are made up): of the tenders without
    the newcomer that both have, by ocid, lot and line; a tender in both worlds has one effect, errors of one quarter
    may be alike. Empty where there is none.
    """
    key = ("ocid", "lot", "line")
    place = {row: n for n, row in enumerate(zip(*(other.rows.column(k).to_pylist() for k in key), strict=True))}
    names = list(zip(*(mine.rows.column(k).to_pylist() for k in key), strict=True))
    pairs = [(n, place[names[n]]) for n in one.at[one.alone].tolist() if names[n] in place]
    if len(pairs) < LEAST:
        return {}
    own, there = np.array(pairs).T
    day = mine.rows.column("day").cast(pa.int32()).combine_chunks().to_numpy(zero_copy_only=False)[own]
    tender, when = np.tile(np.arange(len(own)), 2), np.tile(quarters(day.astype(np.int64)), 2)
    x = np.repeat([1.0, 0.0], len(own))
    prices, twins = unit_prices(mine, own), unit_prices(other, there)
    found = {}
    for name, of_twin in OF_TWIN.items():
        y = np.log(np.concatenate([prices["paid" if name == "posture" else name], twins[of_twin]]))
        one_effect = effect(y, x, [tender], when) if not np.isnan(y).any() else None
        if one_effect:
            found[name] = one_effect
    return found
