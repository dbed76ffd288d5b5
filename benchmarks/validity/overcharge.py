# SPDX-License-Identifier: Apache-2.0
"""The overcharge of the reference cartel, estimated without looking at what was planted, over many seeds.

Planted: the cartel's price over the mean of honest bids. Paid: what the lowest bid of the cartel is over the lowest of
its twin, of the same tenders; the buyer pays the lowest, so this is more.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vitrina.insight.generate import write as out
from vitrina.insight.generate.golden import PRODUCTS, Reference
from vitrina.insight.screens import overcharge
from vitrina.insight.screens.least_squares import Effect
from vitrina.insight.screens.lots import read
from vitrina.insight.store import Store

POINTS = 0.05
PLANTED = {f"{p.code}-{n + 1:04d}": (p.name, p.overcharge) for n, p in enumerate(PRODUCTS) if p.is_rigged}
HOW = (("newcomer", "with the newcomer as reference"), ("twin", "beside the twin"))


@dataclass
class Found:
    """Estimates of one product, one price and one way, by seed; `paid`: what the twin tells of the same seed."""

    shares: list[float] = field(default_factory=list)
    near: int = 0
    covers: int = 0
    covers_paid: int = 0

    def add(self, of: Effect, planted: float, paid: float) -> None:
        """One more seed."""
        share = float(np.expm1(of.value))
        self.shares.append(share)
        self.near += abs(share - planted) <= POINTS
        self.covers += of.low <= np.log1p(planted) <= of.high
        self.covers_paid += of.low <= paid <= of.high


def estimates(seed: int) -> Iterator[tuple[str, str, dict[str, Effect]]]:
    """(item, way, effects by price) of the cartel of a seed."""
    with tempfile.TemporaryDirectory() as folder:
        stores = []
        for name, is_cartel in (("cartel", True), ("twin", False)):
            out.store(Reference(seed, is_cartel=is_cartel), Path(folder) / name)  # type: ignore[arg-type]
            stores.append(Store(Path(folder) / name))
        with stores[0].tables() as t:
            made = overcharge.run(t)
        with stores[1].tables() as t:
            twin = read(t)
    for one in made.found:
        yield one.item, "newcomer", one.effects
        yield one.item, "twin", overcharge.beside(made.tenders.lots, one, twin)


def part(seeds: int) -> list[str]:
    """The part of the page on the overcharge."""
    found: dict[tuple[str, str, str], Found] = defaultdict(Found)
    for seed in range(1, seeds + 1):
        made = {(item, way): effects for item, way, effects in estimates(seed)}
        for (item, way), effects in made.items():
            for price, of in effects.items():
                found[item, way, price].add(of, PLANTED[item][1], made[item, "twin"]["paid"].value)
    rows = [
        f"{seeds} seeds, mean [least, most]; near: within {100 * POINTS:.0f} points of what was planted.",
        "",
        "| product, planted | price | reference | estimate | near | interval holds what was planted | what was paid |",
        "|---|---|---|---|---|---|---|",
    ]
    for item, (name, planted) in PLANTED.items():
        for way, words in HOW:
            for price in overcharge.PRICES if way == "newcomer" else overcharge.OF_TWIN:
                one = found[item, way, price]
                n = len(one.shares)
                told = f"{np.mean(one.shares):.3f} [{min(one.shares):.3f}, {max(one.shares):.3f}]" if n else "–"
                paid = f"{one.covers_paid} of {n}" if way == "newcomer" else "–"
                cells = (
                    f"{name}, {planted:.3f}",
                    price,
                    words,
                    told,
                    f"{one.near} of {n}",
                    f"{one.covers} of {n}",
                    paid,
                )
                rows.append(f"| {' | '.join(cells)} |")
    return rows
