# SPDX-License-Identifier: Apache-2.0
"""Cartels of six kinds among the tenders of a class, and two honest markets that look like them.

rotation: the winner is whose turn it is by value, the losers write the same price to the cent. turns: one after the
other wins, the losers bid high. cover: losers bid high, each differently, whoever wins. suppression: those whose turn
it is not stay away. allocation: each has its states. phantom: one firm wins always, the others only bid. The honest
twins have the same few firms in every tender: in one a common cost makes prices alike, in the other a published
reserve.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina.insight.generate import labels
from vitrina.insight.generate.amounts import OPEN
from vitrina.insight.generate.bidding import receipts
from vitrina.insight.generate.frame import VALID, Bids
from vitrina.insight.generate.suppliers import supplier_id

from .scene import Plant, Scene

Array = npt.NDArray[Any]
Prices = dict[int, float]  # supplier -> centavos
RIGGED = ("rotation", "turns", "cover", "suppression", "allocation", "phantom")
HONEST = ("common_cost", "public_reserve")
OUTSIDER, TOGETHER, SHARED_AUTHOR = 0.10, 0.40, 0.25


@dataclass
class Market(Plant):
    """A set of firms that meet in tenders of one class in a window; `form` says how they bid."""

    form: str
    case: str
    item_class: int
    members: Array
    start: str
    end: str
    share: float  # of the eligible tenders that it claims
    overcharge: float = 0.3
    is_known: bool = False
    n_met: int = 0
    won: Array = field(default_factory=lambda: np.zeros(0))
    written: list[tuple[int, int, float]] = field(default_factory=list)
    joint: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.is_rigged = self.form in RIGGED
        self.kind = f"cartel.{self.form}" if self.is_rigged else f"lookalike.{self.form}"
        self.won = np.zeros(len(self.members))
        self.shares = np.linspace(1.2, 0.8, len(self.members)) / len(self.members)

    def before(self, scene: Scene) -> None:
        """Claim tenders and decide who wins them, at what price, against which bids."""
        p, lots = scene.frame.procedures, scene.frame.lots
        self._enter(scene)
        mask = scene.free(self.start, self.end) & (p.kind == OPEN) & p.has_bids
        mine = scene.pick(mask, self.share)
        scene.reclassify(mine, self.item_class)
        self.written, self.joint = [], []
        for procedure, lot in zip(mine.tolist(), scene.lot(mine).tolist(), strict=True):
            state = int(scene.world.unit_state[p.unit[procedure]])
            prices = self._prices(float(lots.amount[lot]), state, procedure, scene)
            if scene.rng.random() < OUTSIDER and self.is_rigged:
                outsider = int(scene.rivals[lot, 0])
                prices.setdefault(outsider, max(prices.values()) * (1 + scene.rng.uniform(0.06, 0.2)))
            winner = min(prices, key=prices.__getitem__)
            lots.supplier[lot], lots.amount[lot], lots.is_scripted[lot] = winner, round(prices[winner]), True
            if winner in self.members:
                self.won[np.flatnonzero(self.members == winner)[0]] += prices[winner]
            self.written += [(lot, who, price) for who, price in prices.items()]
            if self.is_rigged and scene.rng.random() < TOGETHER:
                self.joint.append(lot)
        scene.tell(self.kind, self.case, mine)
        if len(mine):
            scene.tell_suppliers(self.kind, self.case, self.members, "member")
            scene.labels += pair_labels(self.kind, self.case, self.members)

    def _enter(self, scene: Scene) -> None:
        """From the batch in which they begin, members are known in their class, and so sell and bid beside their case
        too; phantoms are not. (Known from the beginning of the history, they would have become the class.)
        """
        first, last = scene.frame.procedures.published[[0, -1]]
        if not self.is_known and last + (last - first) >= np.datetime64(self.start):  # the next batch has the start
            own = self.members[:1] if self.form == "phantom" else self.members
            for zone in range(scene.suppliers.n_zones):
                scene.suppliers.settle(own, np.full(len(own), self.item_class * scene.suppliers.n_zones + zone))
            self.is_known = True

    def _prices(self, base: float, state: int, procedure: int, scene: Scene) -> Prices:
        if not self.is_rigged:
            return self._honest(base, procedure, scene)
        turn = int(np.argmin(self.won / self.shares))
        if self.form == "cover":
            turn = int(scene.rng.choice(len(self.members), p=self.shares / self.shares.sum()))
        if self.form == "allocation":
            turn = state % len(self.members)
        if self.form == "phantom":
            turn = 0
        if self.form == "turns":
            turn, self.n_met = self.n_met % len(self.members), self.n_met + 1
        price = base * (1 + self.overcharge)
        prices = {int(self.members[turn]): float(round(price / 100) * 100)}
        others = [int(m) for i, m in enumerate(self.members) if i != turn]
        if self.form == "rotation":
            posture = float(round(price * (1 + scene.rng.uniform(0.015, 0.04)) / 100) * 100)
            return prices | dict.fromkeys(others, posture)
        if self.form in {"cover", "phantom", "turns"}:
            return prices | {who: price * (1 + scene.rng.uniform(0.04, 0.12)) for who in others}
        covers = scene.rng.random() < (0.4 if self.form == "suppression" else 0.5)
        who = others[int(scene.rng.integers(len(others)))]
        return prices | ({who: price * (1 + scene.rng.uniform(0.05, 0.15))} if covers else {})

    def _honest(self, base: float, procedure: int, scene: Scene) -> Prices:
        names = [int(m) for m in self.members]
        if self.form == "common_cost":
            noise = scene.rng.normal(0, 0.012, len(names))
            return {who: base * float(np.exp(e)) for who, e in zip(names, noise, strict=True)}
        reserve = round(base * 1.06 / 1e5) * 1e5 + 1e5
        scene.frame.procedures.estimate[procedure] = int(reserve)
        below = scene.rng.beta(1.2, 4, len(names)) * 0.08
        return {who: reserve * float(1 - b) for who, b in zip(names, below, strict=True)}

    def bids(self, scene: Scene) -> None:
        """Hand the bids in: some of a cartel's minutes apart, some written by one hand."""
        if not self.written:
            return
        lot = np.array([row[0] for row in self.written])
        supplier = np.array([row[1] for row in self.written])
        amount = np.rint([row[2] for row in self.written]).astype(np.int64)
        order = np.lexsort((scene.rng.random(len(lot)), lot))
        lot, supplier, amount = lot[order], supplier[order], amount[order]
        received, author, device = receipts(scene.frame, lot, supplier, scene.rng)
        inside = np.isin(supplier, self.members)
        for each in self.joint:
            rows = np.flatnonzero((lot == each) & inside)
            first = received[rows].min()
            received[rows] = first + scene.rng.integers(0, 280, len(rows)).astype("timedelta64[s]")
        if self.is_rigged:
            for each in np.unique(lot)[scene.rng.random(len(np.unique(lot))) < SHARED_AUTHOR]:
                rows = np.flatnonzero((lot == each) & inside)
                author[rows] = author[rows[0]]
        status = np.full(len(lot), VALID, np.int8)
        assert scene.frame.bids is not None
        scene.frame.bids = scene.frame.bids.plus(Bids(lot, supplier, amount, status, received, author, device))


def pair_labels(kind: str, case: str, members: Array) -> list[labels.Label]:
    """Labels of each pair of members."""
    ids = sorted(supplier_id(int(m)) for m in members)
    pairs = [labels.pair(a, b) for i, a in enumerate(ids) for b in ids[i + 1 :]]
    return labels.rows(kind, case, labels.PAIR, pairs, "pair")
