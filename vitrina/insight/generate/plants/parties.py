# SPDX-License-Identifier: Apache-2.0
"""Suppliers who should not win: on the tax authority's list, debarred, close to an official; those of whom that is no
longer true; and honest firms that share a building.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina.insight.generate import labels, naming
from vitrina.insight.generate.suppliers import supplier_id

from .scene import Plant, Scene

Array = npt.NDArray[Any]


@dataclass
class Awarded(Plant):
    """Suppliers that are awarded purchases between two days; a list says why they should not be, or no longer."""

    kind: str
    case: str
    suppliers: Array
    start: str
    end: str
    share: float
    institution: int = -1  # only of this buyer
    role: str = "supplier"

    def before(self, scene: Scene) -> None:
        """Award them some."""
        p, lots = scene.frame.procedures, scene.frame.lots
        mine = scene.free(self.start, self.end)
        if self.institution >= 0:
            mine &= scene.world.unit_institution[p.unit] == self.institution
        rows = scene.pick(mine, self.share)
        if not len(rows):
            return
        won = scene.rng.choice(self.suppliers, len(rows))
        lots.supplier[scene.lot(rows)] = won
        scene.tell(self.kind, self.case, rows)
        scene.tell_suppliers(self.kind, self.case, np.unique(won), self.role)
        if self.institution >= 0:
            buyer = naming.buyer_id(self.institution)
            pairs = [labels.pair(buyer, supplier_id(int(each))) for each in np.unique(won)]
            scene.labels += labels.rows(self.kind, self.case, labels.BUYER_SUPPLIER, pairs, "pair")
