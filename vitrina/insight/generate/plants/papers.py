# SPDX-License-Identifier: Apache-2.0
"""What shows in receipts, papers and contracts: bids after the deadline, bids of rivals written by one hand, contracts
that grow after the award.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina.insight.generate import labels
from vitrina.insight.generate.amounts import DIRECT
from vitrina.insight.generate.frame import VALID
from vitrina.insight.generate.suppliers import supplier_id

from .buyers import LAW_KNOWN
from .scene import BY_AMOUNT, Plant, Scene

Array = npt.NDArray[Any]


def _lots_with_bids(scene: Scene, at_least: int) -> Array:
    """Lots with so many valid bids, of procedures with one lot that no case has claimed."""
    bids = scene.frame.bids
    assert bids is not None
    n = np.bincount(bids.lot[bids.status == VALID], minlength=len(scene.frame.lots))
    free = scene.free("2010-01-01")[scene.frame.lots.procedure]
    found: Array = np.flatnonzero((n >= at_least) & free)
    return found


@dataclass
class LateBids(Plant):
    """The winning bid came after the deadline."""

    share: float
    kind: str = "late_bid"

    def bids(self, scene: Scene) -> None:
        """Let winners be late."""
        bids, lots = scene.frame.bids, scene.frame.lots
        assert bids is not None
        at = _lots_with_bids(scene, 1)
        at = at[scene.rng.random(len(at)) < self.share]
        scene.taken[lots.procedure[at]] = True
        rows = np.flatnonzero(np.isin(bids.lot, at) & (bids.supplier == lots.supplier[bids.lot]))
        late = scene.rng.integers(300, 4 * 3600, len(rows)).astype("timedelta64[s]")
        bids.received[rows] = scene.frame.of_lots("opening")[bids.lot[rows]] + late
        scene.tell(self.kind, self.kind, lots.procedure[at])


@dataclass
class CopiedPapers(Plant):
    """Two rivals' papers have one author."""

    share: float
    kind: str = "copied_documents"

    def bids(self, scene: Scene) -> None:
        """Give two valid bids one author."""
        bids, lots = scene.frame.bids, scene.frame.lots
        assert bids is not None
        at = _lots_with_bids(scene, 2)
        at = at[scene.rng.random(len(at)) < self.share]
        scene.taken[lots.procedure[at]] = True
        valid = np.flatnonzero((bids.status == VALID) & np.isin(bids.lot, at))
        first = np.searchsorted(bids.lot[valid], at)  # bids are in the order of lots here
        one, other = valid[first], valid[first + 1]
        bids.author[other] = bids.author[one]
        scene.tell(self.kind, self.kind, lots.procedure[at])
        firms = zip(bids.supplier[one].tolist(), bids.supplier[other].tolist(), strict=True)
        pairs = [labels.pair(*sorted(map(supplier_id, pair))) for pair in firms]
        scene.labels += labels.rows(self.kind, self.kind, labels.PAIR, pairs, "rivals")


@dataclass
class ChangeOrders(Plant):
    """Contracts won low that grow by half or more; of direct awards by amount, from below the ceiling to above it."""

    share: float
    kind: str = "change_orders"

    def before(self, scene: Scene) -> None:
        """Write amendments."""
        p, lots = scene.frame.procedures, scene.frame.lots
        mine = scene.free("2015-01-01")
        grows = mine & ((p.kind != DIRECT) | ((p.ground == BY_AMOUNT) & (p.published >= np.datetime64(LAW_KNOWN))))
        rows = scene.pick(grows, self.share)
        direct = rows[p.kind[rows] == DIRECT]
        scene.set_amount(direct, scene.ceiling(direct) * scene.rng.uniform(0.75, 0.99, len(direct)))
        at = scene.lot(rows)
        lots.amended[at] = (
            np.rint(lots.amount[at] * scene.rng.uniform(1.45, 2.4, len(rows)) / 100).astype(np.int64) * 100
        )
        scene.tell(self.kind, self.kind, rows)
