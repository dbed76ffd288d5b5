# SPDX-License-Identifier: Apache-2.0
"""The reference cartel and its competitive twin (`vitrina insight generate --golden`), and the screens run over them."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from vitrina.insight.generate.golden import ENTRY, PRODUCTS, Reference
from vitrina.insight.generate.suppliers import supplier_id
from vitrina.insight.screens import cells
from vitrina.insight.screens.catalogue import BY_CODE, COMPOSITE
from vitrina.insight.screens.run import Found, run
from vitrina.insight.screens.tenders import OUTSIDE, Tenders, mean
from vitrina.insight.store import schema
from vitrina.insight.tests.tables import tables

ERA = dt.date.fromisoformat(ENTRY) - dt.timedelta(days=1)  # the last day on which the cartel is whole
ITEMS = tuple(f"{product.code}-{number + 1:04d}" for number, product in enumerate(PRODUCTS) if product.is_rigged)


@dataclass(frozen=True)
class World:
    """Rows of the store's tables as plain values; `outsider`: item -> id of the firm that comes late."""

    rows: dict[str, list[dict[str, Any]]]
    outsider: dict[str, str]


@functools.cache
def world(kind: str, seed: int, variant: str = "exact") -> World:
    """`cartel` or `twin`, in one of the variants of the generator."""
    made = Reference(seed, is_cartel=kind == "cartel", variant=variant)
    rows: dict[str, list[dict[str, Any]]] = {}
    for _, parts in made.batches():
        for name, table in parts.items():
            if name in schema.SCHEMAS:
                rows.setdefault(name, []).extend(table.to_pylist())
    outsiders = zip(ITEMS, made.markets, strict=False)
    return World(rows, {item: supplier_id(int(market.firms[-1])) for item, market in outsiders})


@functools.cache
def seen(kind: str, seed: int, variant: str = "exact", until: dt.date | None = ERA) -> Found:
    """What the screens find in it."""
    with tables(**world(kind, seed, variant).rows) as t:
        return run(t, until=until)


def of_products(found: Found) -> np.ndarray:
    """Groups of bids for the two products before the outsider comes."""
    lots = found.tenders.lots
    early = np.array([day <= ERA for day in lots.rows.column("day").to_pylist()])
    return np.isin(lots.column("item").astype(str), ITEMS) & early


class Ranked(NamedTuple):
    """How suspicious each group of bids is by each screen of the composite and by IDENT, the composite and its rank, all
    among the background's cells.
    """

    suspicion: dict[str, np.ndarray]
    composite: np.ndarray
    rank: np.ndarray


def against_background(tenders: Tenders) -> Ranked:
    """Every tender ranked among those of the six honest markets with as many bidders; the two products count among
    nobody's peers.
    """
    lots = tenders.lots
    mine = np.isin(lots.column("item").astype(str), ITEMS)
    size = cells.size_class(lots.n)

    def rank(values: np.ndarray) -> np.ndarray:
        honest = cells.among_cells(np.where(mine, np.nan, values), [size]).share
        return np.where(mine, cells.outside(values, size, cells.codes(size, mine)).share, honest)

    each = {code: cells.suspicion(rank(tenders.value[code]), BY_CODE[code].side) for code in OUTSIDE}
    composite = mean([each[code] for code in COMPOSITE])
    return Ranked(each, composite, rank(composite))


def top_share(found: Found) -> float:
    """Share of the tenders of the two products that are in the top tenth of the composite, of those with enough peers."""
    rank = against_background(found.tenders).rank[of_products(found)]
    return float((rank[~np.isnan(rank)] > 0.9).mean())


def middles(found: Found, code: str) -> list[float]:
    """The middle suspicion of the tenders of each product by one screen, among the background's cells."""
    suspicion, early = against_background(found.tenders).suspicion[code], of_products(found)
    item = found.tenders.lots.column("item").astype(str)
    return [float(np.nanmedian(suspicion[early & (item == product)])) for product in ITEMS]


def auc(rigged: np.ndarray, honest: np.ndarray) -> float:
    """Probability that a rigged tender scores higher; equal ones half."""
    a, b = rigged[~np.isnan(rigged)][:, None], honest[~np.isnan(honest)]
    return float(((a > b).mean() + (a >= b).mean()) / 2)


def leading(found: Found) -> list[dict[str, Any]]:
    """The communities of the latest window, most urgent first, each with the `item` that it mostly bids for."""
    rows = found.tables["groups"].to_pylist()
    last = max((row["window_until"] for row in rows), default=None)
    return [row for row in rows if row["window_until"] == last]
