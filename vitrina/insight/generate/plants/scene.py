# SPDX-License-Identifier: Apache-2.0
"""What a planted case sees: a batch before its bids, who is in it, and which procedures another case has taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina.insight.generate import dates, grounds, labels, naming
from vitrina.insight.generate.amounts import DIRECT, NONE
from vitrina.insight.generate.frame import AWARDED, Frame
from vitrina.insight.generate.suppliers import Suppliers, supplier_id
from vitrina.insight.generate.world import World, classes

Array = npt.NDArray[Any]


@dataclass
class Lists:
    """Outside lists that come with a history, as rows of text: tax list, debarments, officials. `closed`: the day on
    which a firm was struck off the register of firms, empty where it never was on it.
    """

    tax: list[dict[str, Any]] = field(default_factory=list)
    debarred: list[dict[str, Any]] = field(default_factory=list)
    officials: list[dict[str, Any]] = field(default_factory=list)
    closed: dict[int, str] = field(default_factory=dict)


@dataclass
class Scene:
    """A batch and what cases do to it. `taken`: procedures that a case claimed."""

    frame: Frame
    world: World
    suppliers: Suppliers
    rng: np.random.Generator
    labels: list[labels.Label]
    taken: Array
    rivals: Array

    def free(self, start: str, end: str = "2027-01-01") -> Array:
        """A mask of procedures with one lot, awarded, between two days, that no case has claimed."""
        p, lots = self.frame.procedures, self.frame.lots
        single = np.bincount(lots.procedure, minlength=len(p)) == 1
        known = lots.amount[self.lot(np.arange(len(p)))] > 0
        found: Array = single & known & self.awarded(start, end)
        return found

    def awarded(self, start: str, end: str) -> Array:
        """A mask of procedures with any number of lots, awarded, between two days, that no case has claimed."""
        p = self.frame.procedures
        within = (p.published >= np.datetime64(start)) & (p.published < np.datetime64(end))
        found: Array = within & (p.outcome == AWARDED) & ~np.isnat(p.decided) & ~self.taken
        return found

    def lots_of(self, procedures: Array) -> Array:
        """All the lots of procedures."""
        return np.flatnonzero(np.isin(self.frame.lots.procedure, procedures))

    def lot(self, procedures: Array) -> Array:
        """The first lot of each procedure."""
        return np.searchsorted(self.frame.lots.procedure, procedures)

    def pick(self, mask: Array, share: float) -> Array:
        """Procedures of a mask, each with a probability; they are claimed."""
        rows = np.flatnonzero(mask & (self.rng.random(len(mask)) < share))
        self.taken[rows] = True
        return rows

    def ocids(self, procedures: Array) -> list[str]:
        """Their ocids."""
        return [naming.ocid(int(n)) for n in self.frame.procedures.number[procedures]]

    def buyers(self, procedures: Array) -> list[str]:
        """The ids of their buyers."""
        found = self.world.unit_institution[self.frame.procedures.unit[procedures]]
        return [naming.buyer_id(int(n)) for n in found]

    def tell(self, kind: str, case: str, procedures: Array, role: str = "purchase") -> None:
        """Label procedures."""
        self.labels += labels.rows(kind, case, labels.OCID, self.ocids(procedures), role)

    def tell_suppliers(self, kind: str, case: str, suppliers: Array, role: str) -> None:
        """Label suppliers."""
        ids = [supplier_id(int(n)) for n in suppliers]
        self.labels += labels.rows(kind, case, labels.TENDERER, ids, role)

    def reclassify(self, procedures: Array, item_class: int) -> None:
        """Let procedures buy something else."""
        p = self.frame.procedures
        p.item_class[procedures] = item_class
        p.category[procedures] = classes().category[item_class]

    def make_direct(self, procedures: Array, ground: int) -> None:
        """Let procedures be direct awards, decided some days after their publication."""
        p = self.frame.procedures
        p.kind[procedures] = DIRECT
        p.ground[procedures] = ground
        p.opening[procedures] = dates.NEVER
        p.clarification[procedures] = dates.NEVER
        p.has_bids[procedures] = False

    def ceiling(self, procedures: Array) -> Array:
        """The ceiling of a direct award for each, centavos."""
        p = self.frame.procedures
        institution = self.world.unit_institution[p.unit[procedures]]
        return self.world.ceilings(institution, dates.year(p.published[procedures]), p.category[procedures], DIRECT)

    def set_amount(self, procedures: Array, amount: Array) -> None:
        """The amounts of the (only) lots of direct awards, centavos, whole pesos. The estimate follows where one is
        told, within the ceiling: whoever presses an amount under it estimates so too.
        """
        p, lots, at = self.frame.procedures, self.frame.lots, self.lot(procedures)
        made = np.rint(np.asarray(amount) / 100).astype(np.int64) * 100
        before = p.estimate[procedures]
        scaled = np.minimum(np.rint(before * (made / lots.amount[at]) / 100) * 100, self.ceiling(procedures))
        p.estimate[procedures] = np.where(before != NONE, scaled, NONE).astype(np.int64)
        lots.amount[at] = made


class Plant:
    """A planted case. Its methods are called on each batch in turn: before the bids are drawn, and after."""

    kind: str
    case: str

    def before(self, scene: Scene) -> None:
        """Change procedures and lots."""

    def bids(self, scene: Scene) -> None:
        """Change or add bids."""


BY_AMOUNT, SINGLE = grounds.BY_AMOUNT, grounds.SINGLE
