# SPDX-License-Identifier: Apache-2.0
"""A whole history, batch by batch: outline, background, planted cases, bids, tables. Same seed, same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from . import background, bidding, orgs, skeleton, world
from .frame import Frame
from .labels import Label
from .plants.plan import Planner
from .plants.scene import Lists, Plant, Scene
from .suppliers import Suppliers
from .tables import Context, build

BATCH = 40_000  # lots; a batch is always the same part of a history, whatever the machine
LARGE, MIDDLE = 500_000, 20_000


@dataclass
class History:
    """What was generated so far. `labels` and `lists` are whole once the batches are."""

    n_contracts: int
    seed: int
    is_planted: bool = True
    labels: list[Label] = field(default_factory=list)
    lists: Lists = field(default_factory=Lists)

    def __post_init__(self) -> None:
        rng = np.random.default_rng([self.seed, 0])
        self.world = world.build(self.n_contracts, rng)
        self.outline = skeleton.draw(self.n_contracts, rng)
        zones = 8 if self.n_contracts >= LARGE else 2 if self.n_contracts >= MIDDLE else 1
        self.suppliers = Suppliers(self.seed, zones)
        planner = Planner(self.outline, self.world, self.suppliers, np.random.default_rng([self.seed, 3]), self.lists)
        self.plants: list[Plant] = planner.cases() if self.is_planted else []
        self.seen = np.zeros(0, bool)

    def frames(self) -> Iterator[tuple[Frame, Context]]:
        """Each batch with its bids and cases, and what its tables need."""
        for number, rows in enumerate(self.outline.slices(BATCH)):
            rng = np.random.default_rng([self.seed, 1, number])
            frame, rivals = background.batch(self.outline, rows, self.world, self.suppliers, rng)
            bidding.estimates(frame, self.world, rng)
            taken = np.zeros(len(frame.procedures), bool)
            dice = np.random.default_rng([self.seed, 4, number])
            scene = Scene(frame, self.world, self.suppliers, dice, self.labels, taken, rivals)
            for plant in self.plants:
                plant.before(scene)
            frame.bids = bidding.draw(frame, rivals, rng)
            for plant in reversed(self.plants):  # papers before cartels, whose bids are added at the end
                plant.bids(scene)
            yield frame, Context(self.world, self.suppliers, rows.start, np.random.default_rng([self.seed, 2, number]))

    def batches(self) -> Iterator[tuple[Frame, dict[str, pa.Table]]]:
        """Each batch as it is and as tables of the store; `org` comes apart, from `organisations`."""
        for frame, context in self.frames():
            tables = build(frame, context)
            self._see(tables["party_role"])
            yield frame, tables

    def _see(self, roles: pa.Table) -> None:
        whole = len(self.world.name) + len(self.world.unit_code) + 2 * len(self.suppliers)
        self.seen = np.concatenate([self.seen, np.zeros(whole - len(self.seen), bool)])
        self.seen[roles["oid"].to_numpy()] = True

    def organisations(self) -> Iterator[pa.Table]:
        """The table `org`, of everybody that appeared."""
        return orgs.tables(self.world, self.suppliers, self.seen)

    def budgets(self) -> pa.Table:
        """The table `buyer_budget`: pesos a year of every institution, told for the years with recorded ceilings."""
        return orgs.budgets(self.world)
