# SPDX-License-Identifier: Apache-2.0
"""Suppliers who should not win: on the tax authority's list, debarred, close to an official; and those of whom that is
no longer true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .scene import Plant, Scene

Array = npt.NDArray[Any]


@dataclass
class Awarded(Plant):
    """A supplier that is awarded some purchases between two days; the list says why it should not be, or no longer."""

    kind: str
    case: str
    supplier: int
    start: str
    end: str
    share: float
    institution: int = -1  # only of this buyer
    role: str = "supplier"

    def before(self, scene: Scene) -> None:
        """Award it some."""
        p, lots = scene.frame.procedures, scene.frame.lots
        mine = scene.free(self.start, self.end)
        if self.institution >= 0:
            mine &= scene.world.unit_institution[p.unit] == self.institution
        rows = scene.pick(mine, self.share)
        lots.supplier[scene.lot(rows)] = self.supplier
        scene.tell(self.kind, self.case, rows)
        if len(rows):
            scene.tell_suppliers(self.kind, self.case, np.array([self.supplier]), self.role)
