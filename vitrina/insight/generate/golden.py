# SPDX-License-Identifier: Apache-2.0
"""The reference test of the screens: a cartel in insulin and saline, and its competitive twin, from one seed.

Both have the same tenders, dates, buyers, bidders and costs, and six honest markets beside. In the cartel the winner
rotates by value, losers write common prices a little above, an outsider comes in the middle of 2006. Modelled on what
is told of the Mexican tenders of 2003 to 2006; every name and figure is invented. Source: screens, section 8.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import dates, labels, naming, orgs
from .amounts import NONE, OPEN
from .bidding import receipts
from .frame import AWARDED, DISQUALIFIED, KNOWN, VALID, WITHDRAWN, Bids, Frame, Lots, Procedures
from .plants.cartels import pair_labels
from .plants.scene import Lists
from .suppliers import Suppliers, supplier_id
from .tables import Context, build
from .world import STATES, World, classes

Array = npt.NDArray[Any]
TENDERS, RIGGED = 60, 48
START, ENTRY, END = "2003-01-06", "2006-07-03", "2007-03-01"
LAG_FROM = np.datetime64("2005-01-01")
TWO = "two"
HONEST = ("25501", "29501", "22104", "21601", "24601", "27101")  # each its own market


@dataclass(frozen=True, slots=True)
class Product:
    """A market. `code`: its class. `overcharge` and `shares` only of the two that a cartel rigs."""

    name: str
    code: str
    firms: int
    log_cost: float
    overcharge: float = 0.0
    shares: tuple[float, ...] = ()

    @property
    def is_rigged(self) -> bool:
        """Whether a cartel rigs it, where there is one."""
        return bool(self.shares)


PRODUCTS = (
    Product("insulin", "25301", 4, 4.6, 0.576, (0.30, 0.27, 0.23, 0.20)),
    Product("saline", "25401", 5, 2.9, 0.229, (0.24, 0.22, 0.20, 0.18, 0.16)),
    *(Product(f"honest-{i + 1}", code, 4 + i % 4, 3.0 + 0.4 * i) for i, code in enumerate(HONEST)),
)


@dataclass
class Market:
    """What both worlds share of one product: bidders and costs, arrays of tenders x firms, the outsider last."""

    firms: Array
    is_there: Array
    cost: Array
    quantity: Array
    day: Array
    estimate_noise: Array
    accident: Array


@dataclass
class Reference:
    """The cartel or its twin as a history of one batch. `variant`: see `vitrina insight generate --variant`."""

    seed: int
    is_cartel: bool
    variant: str = "exact"
    labels: list[labels.Label] = field(default_factory=list)
    lists: Lists = field(default_factory=Lists)

    def __post_init__(self) -> None:
        rng = np.random.default_rng([self.seed, 90])
        self.own = np.random.default_rng([self.seed, 91, int(self.is_cartel)])
        self.suppliers = Suppliers(self.seed, 1)
        self.world = _world(rng)
        self.markets = [self._market(product, rng) for product in PRODUCTS]
        self.n_contracts = TENDERS * len(PRODUCTS)
        self.seen = np.zeros(0, bool)

    def _market(self, product: Product, rng: np.random.Generator) -> Market:
        n = product.firms + 1
        firms = self.suppliers.more(np.zeros(n, np.int32), rng)
        self.suppliers.is_person[firms] = False
        span = (np.datetime64(ENTRY) - np.datetime64(START)).astype(int)
        late = (np.datetime64(END) - np.datetime64(ENTRY)).astype(int)
        day = np.concatenate([rng.integers(0, span, RIGGED), span + rng.integers(0, late, TENDERS - RIGGED)])
        day = np.datetime64(START) + np.sort(day)
        quarter = (
            day.astype("datetime64[M]").astype(int) - np.datetime64(START).astype("datetime64[M]").astype(int)
        ) // 3
        noise, firm = (0.008, 0.005) if self.variant == "common-cost" else (0.05, 0.03)
        walk = np.cumsum(rng.normal(0, 0.02, quarter.max() + 1))[quarter]
        unit = rng.normal(0, 0.03, TENDERS)
        spread = rng.normal(0, 1, n) * firm + rng.normal(0, 1, (TENDERS, n)) * noise
        is_there = np.ones((TENDERS, n), bool)  # the same firms meet in every tender
        if self.variant == TWO:
            is_there[:, :-1] = rng.random((TENDERS, n - 1)).argsort(axis=1) < 2  # noqa: PLR2004
        is_there[:, -1] = (np.arange(TENDERS) >= RIGGED) & (np.arange(TENDERS) % 2 == 0)
        return Market(
            firms,
            is_there,
            np.exp(product.log_cost + (walk + unit)[:, None] + spread),
            rng.integers(2_000, 60_000, TENDERS),
            day,
            rng.normal(1.02, 0.04, TENDERS),
            rng.random((TENDERS, n)),
        )

    def _prices(self, product: Product, m: Market) -> tuple[Array, Array]:
        """Unit prices (tenders x firms) in pesos, and the estimates."""
        count = m.is_there.sum(axis=1)
        fair = m.cost * (1 + 0.25 / count)[:, None]
        mean = np.where(m.is_there, fair, np.nan)
        mean = np.nanmean(mean, axis=1)
        estimate = mean * m.estimate_noise
        if self.is_cartel and product.is_rigged:
            return self._rigged(product, m, fair, mean, estimate)
        if self.variant == "public-reserve":
            below = self.own.beta(1.2, 4, fair.shape) * 0.06
            fair = estimate[:, None] * (1 - below)
        return np.round(fair, 2), estimate

    def _rigged(self, product: Product, m: Market, fair: Array, mean: Array, estimate: Array) -> tuple[Array, Array]:
        season = m.day.astype("datetime64[Y]").astype(int)
        posture = np.array([round(float(mean[season == s].mean()) * (1 + product.overcharge), 1) for s in season])
        above = {s: 1 + self.own.uniform(0.015, 0.04, self.own.integers(2, 4)) for s in np.unique(season).tolist()}
        prices = np.round(fair * 1.05, 2)  # where the outsider is, the members come near to what is fair
        prices[:, -1] = np.round(fair[:, -1], 2)
        won = np.zeros(product.firms)
        region = np.arange(TENDERS) % product.firms
        for i in range(TENDERS):
            present = np.flatnonzero(m.is_there[i, :-1])
            if m.is_there[i, -1]:
                continue
            turn = present[np.argmin(won[present] / np.array(product.shares)[present])]
            if self.variant == "allocation":
                turn = region[i] if region[i] in present else turn
            losing = np.full(product.firms, round(posture[i] * float(self.own.choice(above[int(season[i])])), 2))
            if self.variant == "noisy":
                losing = np.round(
                    np.maximum(losing * np.exp(self.own.normal(0, 0.01, len(losing))), posture[i] + 0.01), 2
                )
            if self.variant == "suppression" and self.own.random() < 0.5:  # noqa: PLR2004 - half
                stays = [turn, *[f for f in present if f != turn][:1]]
                m.is_there[i, :-1] = np.isin(np.arange(product.firms), stays)
            prices[i, :-1] = losing
            prices[i, turn] = posture[i]
            won[turn] += posture[i] * m.quantity[i]
        last = np.concatenate([estimate[:1], posture[:-1]])
        return prices, np.where(m.day >= LAG_FROM, last, estimate)

    def frame(self) -> Frame:
        """All tenders, in order of publication."""
        rows = [(k, i) for k in range(len(PRODUCTS)) for i in range(TENDERS)]
        rows.sort(key=lambda r: (self.markets[r[0]].day[r[1]], r))
        priced = [self._prices(product, m) for product, m in zip(PRODUCTS, self.markets, strict=True)]
        n = len(rows)
        product, tender = np.array(rows).T
        day = np.array([self.markets[k].day[i] for k, i in rows]).astype("datetime64[s]")
        hour = np.timedelta64(3600, "s")
        published = dates.working(day) + 12 * hour
        opening = dates.working(day + 15 * dates.DAY) + 10 * hour
        decided = dates.working(opening.astype("datetime64[D]").astype("datetime64[s]") + 5 * dates.DAY) + 13 * hour
        estimate = np.array([priced[k][1][i] * self.markets[k].quantity[i] for k, i in rows])
        shelf = np.array([classes().code.index(made.code) for made in PRODUCTS], np.int16)
        quantity = np.array([self.markets[k].quantity[i] for k, i in rows])
        zeros = np.zeros(n, np.int64)
        p = Procedures(
            np.arange(n), published, tender, np.full(n, OPEN, np.int8), np.full(n, 1, np.int8),
            shelf[product], zeros.astype(np.int8), np.full(n, AWARDED, np.int8),
            np.zeros(n, bool), np.rint(estimate).astype(np.int64) * 100, zeros.astype(np.int8), opening,
            opening - 7 * dates.DAY, decided, np.ones(n, bool), np.zeros(n, bool), np.ones(n, bool),
        )  # fmt: skip
        signed = decided + 14 * dates.DAY
        lots = Lots(
            np.arange(n), zeros, zeros - 1, zeros, np.full(n, NONE), np.ones(n, bool),
            np.full(n, KNOWN, np.int8), signed, signed, signed + 90 * dates.DAY, zeros, product + 1, quantity,
            np.ones(n, bool),
        )  # fmt: skip
        found = Frame(p, lots)
        self._bid(found, rows, priced)
        return found

    def _bid(self, frame: Frame, rows: list[tuple[int, int]], priced: list[tuple[Array, Array]]) -> None:
        """The bids; the lowest valid one wins."""
        lots, all_bids = frame.lots, []
        for row, (k, i) in enumerate(rows):
            m = self.markets[k]
            who = np.flatnonzero(m.is_there[i])
            amount = np.rint(priced[k][0][i, who] * lots.quantity[row] * 100).astype(np.int64)
            accident = m.accident[i, who]
            status = np.where(accident < 0.02, DISQUALIFIED, np.where(accident > 0.99, WITHDRAWN, VALID))  # noqa: PLR2004
            if not (status == VALID).any():
                status[:] = VALID
            lowest = int(np.argmin(np.where(status == VALID, amount, np.iinfo(np.int64).max)))
            lots.supplier[row], lots.amount[row] = m.firms[who[lowest]], amount[lowest]
            order = np.argsort(m.accident[i, who] * 7919 % 1)
            all_bids.append(
                (np.full(len(who), row), m.firms[who][order], amount[order], status[order].astype(np.int8))
            )
        lot, supplier, amount, status = (np.concatenate(x) for x in zip(*all_bids, strict=True))
        received, author, device = receipts(frame, lot, supplier, np.random.default_rng([self.seed, 93]))
        frame.bids = Bids(lot, supplier, amount, status, received, author, device)
        self._conspire(frame, rows)

    def _conspire(self, frame: Frame, rows: list[tuple[int, int]]) -> None:
        """What the cartel does beyond prices, and the labels of both worlds."""
        bids, p = frame.bids, frame.procedures
        assert bids is not None
        for k, product in enumerate(PRODUCTS):
            if not product.is_rigged:
                continue
            members = self.markets[k].firms[:-1]
            kind = f"golden.cartel.{product.name}" if self.is_cartel else f"lookalike.twin.{product.name}"
            mine = [row for row, (product_no, _) in enumerate(rows) if product_no == k]
            rigged = [row for row in mine if not self.markets[k].is_there[rows[row][1], -1]]
            for row in rigged if self.is_cartel else []:
                at = np.flatnonzero((bids.lot == row) & np.isin(bids.supplier, members))
                if self.own.random() < 0.40:  # noqa: PLR2004 - sent together
                    bids.received[at] = bids.received[at].min() + self.own.integers(0, 290, len(at)).astype(
                        "timedelta64[s]"
                    )
                if self.own.random() < 0.25:  # noqa: PLR2004 - written by one hand
                    bids.author[at] = bids.author[at[0]]
            ids = [naming.ocid(int(n)) for n in p.number[rigged]]
            self.labels += labels.rows(kind, kind, labels.OCID, ids, "rigged" if self.is_cartel else "twin")
            self.labels += labels.rows(kind, kind, labels.TENDERER, [supplier_id(int(f)) for f in members], "member")
            outsider = supplier_id(int(self.markets[k].firms[-1]))
            self.labels += labels.rows(kind, kind, labels.TENDERER, [outsider], "outsider")
            self.labels += pair_labels(kind, kind, members)

    def batches(self) -> Iterator[tuple[Frame, dict[str, pa.Table]]]:
        """One batch."""
        frame = self.frame()
        tables = build(frame, Context(self.world, self.suppliers, 0, np.random.default_rng([self.seed, 92])))
        self.seen = np.zeros(len(self.world.name) + len(self.world.unit_code) + 2 * len(self.suppliers), bool)
        self.seen[tables["party_role"]["oid"].to_numpy()] = True
        yield frame, tables

    def organisations(self) -> Iterator[pa.Table]:
        """The table `org`."""
        return orgs.tables(self.world, self.suppliers, self.seen)

    def budgets(self) -> pa.Table:
        """The table `buyer_budget`."""
        return orgs.budgets(self.world)


def _world(rng: np.random.Generator) -> World:
    """One institution with a unit for each tender of a product."""
    states = rng.integers(0, len(STATES), TENDERS).astype(np.int8)
    yes, no = np.ones(1, bool), np.zeros(1, bool)
    codes = tuple(f"900S{i:05d}" for i in range(TENDERS))
    share = np.full(TENDERS, 1 / TENDERS)
    name = ("Instituto Nacional de Salud Ficticia (ficticio)",)
    units = tuple(f"Unidad {code} (ficticia)" for code in codes)
    one = np.zeros(TENDERS, np.int32)
    return World(name, np.array([2e11]), yes, yes, yes, no, one, states, share, codes, units)
