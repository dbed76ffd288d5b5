# SPDX-License-Identifier: Apache-2.0
"""The reference cartel and its competitive twin (`vitrina insight generate --golden`), and the screens run over them."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from vitrina.insight.generate.golden import ENTRY, PRODUCTS, Reference
from vitrina.insight.generate.suppliers import supplier_id
from vitrina.insight.screens import cells
from vitrina.insight.screens.run import Found, run
from vitrina.insight.screens.tenders import Tenders, screen
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


def against_background(found: Found) -> Tenders:
    """The same tenders, where the two products are ranked among the six honest markets alone."""
    lots = found.tenders.lots
    item = lots.column("item").astype(str)
    return screen(lots, apart=np.where(np.isin(item, ITEMS), 0, cells.codes(item) + 1))


def top_share(found: Found) -> float:
    """Share of the tenders of the two products that are in the top tenth of the composite, of those with enough peers."""
    rank = against_background(found).outside_rank[of_products(found)]
    return float((rank[~np.isnan(rank)] > 0.9).mean())


def auc(rigged: np.ndarray, honest: np.ndarray) -> float:
    """Probability that a rigged tender scores higher; equal ones half."""
    a, b = rigged[~np.isnan(rigged)][:, None], honest[~np.isnan(honest)]
    return float(((a > b).mean() + (a >= b).mean()) / 2)


def leading(found: Found) -> list[dict[str, Any]]:
    """The communities of the latest window, most urgent first, each with the `item` that it mostly bids for."""
    rows = found.tables["groups"].to_pylist()
    last = max((row["window_until"] for row in rows), default=None)
    return [row for row in rows if row["window_until"] == last]
