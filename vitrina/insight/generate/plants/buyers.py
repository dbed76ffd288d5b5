# SPDX-License-Identifier: Apache-2.0
"""Buyers who evade open tender: purchases split below the ceiling, amounts pressed under it, one favoured supplier;
and an honest market with a single source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina.insight.generate import labels, naming
from vitrina.insight.generate.amounts import DIRECT, OPEN, OTHER
from vitrina.insight.generate.suppliers import supplier_id

from .scene import BY_AMOUNT, SINGLE, Plant, Scene

Array = npt.NDArray[Any]
LAW_KNOWN = "2024-01-01"  # the rulebook records ceilings from then on
SPLIT_WITHIN = np.timedelta64(45 * 86_400, "s")
PARTS = (3, 5)
FAVOUR = 0.65  # of the purchases of a captured buyer, with all their lots, that go to its supplier


@dataclass
class Splitting(Plant):
    """Several direct awards to one supplier for one class within weeks, each below the ceiling, together above it."""

    share: float  # of the places where it could be
    kind: str = "splitting"

    def before(self, scene: Scene) -> None:
        """Claim runs of direct awards of a unit and give them one class and one supplier."""
        p = scene.frame.procedures
        rows = np.flatnonzero(scene.free(LAW_KNOWN) & (p.kind == DIRECT))
        rows = rows[np.lexsort((p.published[rows], p.unit[rows]))]
        at = 0
        while at + PARTS[0] <= len(rows):
            n = int(scene.rng.integers(PARTS[0], PARTS[1] + 1))
            run = rows[at : at + n]
            day = p.published[run]
            fits = len(run) >= PARTS[0] and p.unit[run[0]] == p.unit[run[-1]] and day[-1] - day[0] < SPLIT_WITHIN
            fits = fits and day[0].astype("datetime64[Y]") == day[-1].astype("datetime64[Y]")
            if fits and scene.rng.random() < self.share:
                self._split(scene, run)
                at += len(run)
            at += 1

    def _split(self, scene: Scene, run: Array) -> None:
        p, lots = scene.frame.procedures, scene.frame.lots
        scene.taken[run] = True
        first = run[0]
        scene.reclassify(run, int(p.item_class[first]))
        supplier = int(lots.supplier[scene.lot(run[:1])[0]])
        lots.supplier[scene.lot(run)] = supplier
        p.ground[run] = BY_AMOUNT
        share = scene.rng.uniform(0.55, 0.98, len(run))
        scene.set_amount(run, scene.ceiling(run) * share)
        case = f"splitting-{p.number[first]}"
        scene.tell(self.kind, case, run, "part")
        pair = labels.pair(scene.buyers(run[:1])[0], supplier_id(supplier))
        scene.labels += labels.rows(self.kind, case, labels.BUYER_SUPPLIER, [pair], "pair")
        scene.labels += labels.rows(self.kind, case, labels.BUYER, scene.buyers(run[:1]), "buyer")


@dataclass
class Bunching(Plant):
    """A buyer who in one year brings every amount somewhat above the ceiling just below it."""

    institution: int
    year: int
    case: str
    kind: str = "bunching"

    def before(self, scene: Scene) -> None:
        """Press amounts."""
        p, lots = scene.frame.procedures, scene.frame.lots
        mine = scene.free(f"{self.year}-01-01", f"{self.year + 1}-01-01") & (p.kind == DIRECT)
        rows = np.flatnonzero(mine & (scene.world.unit_institution[p.unit] == self.institution))
        amount, ceiling = lots.amount[scene.lot(rows)], scene.ceiling(rows)
        rows = rows[(amount > 0.5 * ceiling) & (amount < 6 * ceiling)]
        if not len(rows):
            return
        scene.taken[rows] = True
        scene.set_amount(rows, scene.ceiling(rows) * (1 - 0.08 * scene.rng.random(len(rows)) ** 2))
        p.ground[rows] = BY_AMOUNT
        scene.tell(self.kind, self.case, rows)
        buyer = naming.buyer_id(self.institution)
        scene.labels += labels.rows(self.kind, self.case, labels.BUYER, [buyer], str(self.year))


@dataclass
class Captured(Plant):
    """A buyer most of whose purchases in two years go to one supplier: directly, or in tenders of few days with one
    bidder.
    """

    institution: int
    supplier: int
    start: str
    end: str
    case: str
    kind: str = "captured"

    def before(self, scene: Scene) -> None:
        """Turn purchases to the supplier."""
        p, lots = scene.frame.procedures, scene.frame.lots
        mine = scene.awarded(self.start, self.end) & (scene.world.unit_institution[p.unit] == self.institution)
        rows = scene.pick(mine & (p.kind != OTHER), FAVOUR)
        lots.supplier[scene.lots_of(rows)] = self.supplier
        tender = p.kind[rows] == OPEN
        direct = rows[~tender | (scene.rng.random(len(rows)) < 0.6)]  # noqa: PLR2004
        total = np.bincount(lots.procedure, np.maximum(lots.amount, 0), minlength=len(p))
        small = total[direct] <= scene.ceiling(direct)
        scene.make_direct(direct[small], BY_AMOUNT)
        scene.make_direct(direct[~small], SINGLE)
        alone = np.setdiff1d(rows, direct)
        short = p.published[alone].astype("datetime64[D]") + np.timedelta64(6, "D")
        p.opening[alone] = np.minimum(short.astype("datetime64[s]") + np.timedelta64(10 * 3600, "s"), p.decided[alone])
        scene.rivals[scene.lots_of(alone)] = self.supplier
        scene.tell(self.kind, self.case, rows)
        if len(rows):
            pair = labels.pair(naming.buyer_id(self.institution), supplier_id(self.supplier))
            scene.labels += labels.rows(self.kind, self.case, labels.BUYER_SUPPLIER, [pair], "pair")
            scene.labels += labels.rows(self.kind, self.case, labels.BUYER, scene.buyers(rows[:1]), "buyer")


@dataclass
class SingleSource(Plant):
    """Honest: one maker of a patented class sells to everybody, directly and on that ground."""

    item_class: int
    supplier: int
    start: str
    end: str
    case: str
    kind: str = "lookalike.single_source"

    def before(self, scene: Scene) -> None:
        """Give it the direct awards of the class."""
        p, lots = scene.frame.procedures, scene.frame.lots
        mine = scene.free(self.start, self.end) & (p.item_class == self.item_class) & (p.kind == DIRECT)
        rows = scene.pick(mine, 0.8)
        lots.supplier[scene.lot(rows)] = self.supplier
        p.ground[rows] = SINGLE
        scene.tell(self.kind, self.case, rows)
        if len(rows):
            scene.tell_suppliers(self.kind, self.case, np.array([self.supplier]), "maker")
