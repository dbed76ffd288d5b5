# SPDX-License-Identifier: Apache-2.0
"""How many cases of each kind a history has, and where: decided before the first purchase is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vitrina.insight.generate import orgs, profile, suppliers
from vitrina.insight.generate.amounts import OPEN
from vitrina.insight.generate.frame import AWARDED
from vitrina.insight.generate.naming import buyer_id
from vitrina.insight.generate.skeleton import Skeleton
from vitrina.insight.generate.suppliers import Suppliers
from vitrina.insight.generate.world import World, classes

from .buyers import Bunching, Captured, SingleSource, Splitting
from .cartels import HONEST, RIGGED, Market
from .papers import ChangeOrders, CopiedPapers, LateBids
from .parties import Awarded
from .scene import Lists, Plant

Array = npt.NDArray[Any]
PER = 100_000  # contracts for one case of each kind of cartel
SPLIT = 0.08  # of the places where a purchase could be split, in a history of so many contracts
TENDERS = 24  # that a cartel meets in
LISTED = 1_000_000_000  # numbers of firms that are on lists and never sell
AWARDS = 3  # to each firm that should not win
DECOYS = 5  # firms of a list that never sell, for each that does
NEST, EACH = (6, 15), 2  # firms at one address, and awards to each


@dataclass
class Planner:
    """Draws the cases of a history."""

    outline: Skeleton
    world: World
    known: Suppliers
    rng: np.random.Generator
    lists: Lists

    def cases(self) -> list[Plant]:
        """All cases, in the order in which they claim purchases: the rare ones first."""
        n = max(1, round(int(self.outline.contracts().sum()) / PER))
        found: list[Plant] = []
        found += [self._market(form, i) for i in range(n) for form in (*RIGGED, *HONEST)]
        found += [self._captured(i) for i in range(2 * n)]
        found += [self._bunching(i) for i in range(2 * n)]
        found += [self._single(i) for i in range(n)]
        found += [case for i in range(2 * n) for case in (self._ghost(i), self._building(i))]
        found += [self._cleared(i) for i in range(3 * n)]
        found += [case for i in range(3 * n) for case in (self._debarred(i), self._served(i))]
        found += [self._conflict(i) for i in range(2 * n)]
        found += [
            Splitting(share=min(0.6, SPLIT * PER / max(1, self.outline.contracts().sum()))),
            ChangeOrders(share=0.006),
            LateBids(share=0.01),
            CopiedPapers(share=0.015),
        ]
        self._decoys(3 * n * DECOYS)
        return found

    def _window(self, first: int, last: int, years: float) -> tuple[str, str]:
        """A window of so many years within whole years, as two days."""
        start = np.datetime64(f"{first}-01-01") + int(self.rng.integers(0, int((last + 1 - first - years) * 365)))
        return str(start), str(start + int(years * 365))

    def _expected(self, start: str, end: str, mask: Array | None = None) -> float:
        """How many awarded procedures with one lot fall in a window."""
        o = self.outline
        fits = (o.day >= np.datetime64(start)) & (o.day < np.datetime64(end)) & (o.outcome == AWARDED) & (o.lots == 1)
        return max(1.0, float((fits if mask is None else fits & mask).sum()))

    def _firms(self, n: int, item_class: int) -> Array:
        """New companies (never persons) that sell nothing but what a case gives them."""
        zone = int(self.rng.integers(self.known.n_zones))
        found = self.known.more(np.full(n, item_class * self.known.n_zones + zone), self.rng)
        self.known.is_person[found] = False
        return found

    def _settled(self, n: int, item_class: int) -> Array:
        """New companies that are known in every zone of a class, so that they sell and bid beyond their case too."""
        found = self._firms(n, item_class)
        for zone in range(self.known.n_zones):
            self.known.settle(found, np.full(n, item_class * self.known.n_zones + zone))
        return found

    def _class(self) -> int:
        """A class of goods or services that is bought often."""
        shelf = classes()
        weight = np.where(np.isin(shelf.category, [0, 1]), shelf.weight, 0)
        return int(self.rng.choice(len(weight), p=weight / weight.sum()))

    def _market(self, form: str, i: int) -> Plant:
        item_class = self._class()
        start, end = self._window(profile.BIDS_SINCE, 2025, 3)
        there = self._expected(start, end, self.outline.kind == OPEN) * profile.PUBLISH_BIDS
        size = int(self.rng.integers(4, 7))
        members = self._firms(size, item_class)
        over = float(self.rng.uniform(0.2, 0.5))
        return Market(form, f"{form}-{i}", item_class, members, start, end, min(0.25, TENDERS / there), over)

    def _institution(self, wanted: float, years: float, among: int = 12) -> int:
        """An institution with about so many purchases in so many years, one of the nearest."""
        share = np.bincount(self.world.unit_institution, self.world.unit_share)
        n = share * len(self.outline) * years / (profile.LAST_YEAR - profile.FIRST_YEAR)
        return int(self.rng.choice(np.argsort(np.abs(np.log(n / wanted)))[:among]))

    def _captured(self, i: int) -> Plant:
        start, end = self._window(2016, 2025, 2)
        firm = self._settled(1, self._class())[0]
        return Captured(self._institution(60, 2), int(firm), start, end, f"captured-{i}")

    def _bunching(self, i: int) -> Plant:
        return Bunching(self._institution(350, 1, among=4), 2024 + i % 2, f"bunching-{i}")

    def _single(self, i: int) -> Plant:
        start, end = self._window(2016, 2025, 4)
        shelf = classes()
        weight = np.where(shelf.category == 1, 1 / shelf.weight, 0)  # a rare class of goods
        item_class = int(self.rng.choice(len(weight), p=weight / weight.sum()))
        return SingleSource(item_class, int(self._settled(1, item_class)[0]), start, end, f"single_source-{i}")

    def _awarded(
        self, kind: str, i: int, start: str, end: str, *, n: float = AWARDS, firms: int = 1, **more: Any
    ) -> Awarded:
        suppliers = self._firms(firms, self._class())
        share = min(0.5, n / self._expected(start, end))
        return Awarded(kind, f"{kind}-{i}", suppliers, start, end, share, **more)

    def _nest(self, kind: str, i: int, *, is_one: bool) -> Awarded:
        """Firms at one address; `is_one`: they answer one telephone too."""
        start, end = self._window(2019, 2025, 2)
        firms = int(self.rng.integers(NEST[0], NEST[1] + 1))
        case = self._awarded(kind, i, start, end, n=firms * EACH, firms=firms)
        first = orgs.supplier(self.known, int(case.suppliers[0]), 0, with_rfc=False)
        shared = ("street", "postal_code", *(("phone",) if is_one else ()))
        for firm in case.suppliers.tolist():
            self.known.contacts[firm] = {name: first[name] for name in shared}
        return case

    def _ghost(self, i: int) -> Plant:
        """Shells at one address, all definitively listed before the first award; closed before it, or registered
        nowhere.
        """
        case = self._nest("ghost", i, is_one=True)
        for firm in case.suppliers.tolist():
            self._tax(firm, "Definitivo", definitive=np.datetime64(case.start) - 60)
            self.lists.closed[firm] = str(np.datetime64(case.start) - 30) if i % 2 else ""
        return case

    def _building(self, i: int) -> Plant:
        """Honest: firms with offices in one building."""
        return self._nest("lookalike.same_building", i, is_one=False)

    def _cleared(self, i: int) -> Plant:
        """On the list once, cleared before the award."""
        start, end = self._window(2019, 2025, 2)
        case = self._awarded("lookalike.cleared", i, start, end)
        self._tax(
            int(case.suppliers[0]),
            "Sentencia Favorable",
            definitive=np.datetime64(start) - 700,
            cleared=np.datetime64(start) - 90,
        )
        return case

    def _tax(self, firm: int, situation: str, *, definitive: Any, cleared: Any = None) -> None:
        self.lists.tax.append(
            {
                "rfc": suppliers.rfc(firm, is_person=False),
                "name": suppliers.name(firm, is_person=False),
                "situation": situation,
                "presumed_on": str(definitive - 200),
                "definitive_on": "" if situation == "Presunto" else str(definitive),
                "cleared_on": "" if cleared is None else str(cleared),
            }
        )

    def _debarred(self, i: int) -> Plant:
        start, end = self._window(2019, 2025, 1)
        case = self._awarded("debarred", i, start, end)
        self._sanction(int(case.suppliers[0]), np.datetime64(start) - 30, np.datetime64(end) + 30)
        return case

    def _served(self, i: int) -> Plant:
        """Debarred once; the award came after the end."""
        start, end = self._window(2019, 2025, 1)
        case = self._awarded("lookalike.expired", i, start, end)
        self._sanction(int(case.suppliers[0]), np.datetime64(start) - 500, np.datetime64(start) - 40)
        return case

    def _sanction(self, firm: int, start: Any, end: Any) -> None:
        self.lists.debarred.append(
            {
                "name": suppliers.name(firm, is_person=False),
                "rfc": suppliers.rfc(firm, is_person=False),
                "start": str(start),
                "end": str(end),
                "authority": "Autoridad ficticia",
            }
        )

    def _decoys(self, n: int) -> None:
        """Firms that are on the lists and sell nothing."""
        for i in range(n):
            firm = LISTED + i * 13
            self._tax(
                firm, "Definitivo" if i % 3 else "Presunto", definitive=np.datetime64("2015-01-01") + i * 37 % 3600
            )
            start = np.datetime64("2012-01-01") + i * 53 % 4200
            self._sanction(LISTED + i * 17 + 5, start, start + 365)

    def _conflict(self, i: int) -> Plant:
        start, end = self._window(2018, 2025, 2)
        institution = self._institution(80, 2)
        n_there = np.bincount(self.world.unit_institution, self.world.unit_share)[institution]
        case = self._awarded("conflict", i, start, end, n=4 / max(n_there, 1e-6), institution=institution)
        firm = int(case.suppliers[0])
        row = orgs.supplier(self.known, firm, 0, with_rfc=False)
        self._official(institution, firm * 3 + 7, row["phone"], row["street"])
        for k in range(DECOYS):
            number = LISTED + i * 100 + k
            self._official(
                institution, number, f"+52 55 09{number % 100:02d} {number // 7 % 10_000:04d}", f"Calle Oficial {k}"
            )
        return case

    def _official(self, institution: int, number: int, phone: str, street: str) -> None:
        self.lists.officials.append(
            {
                "name": suppliers.name(number, is_person=True),
                "buyer_id": buyer_id(institution),
                "phone": phone,
                "email": f"servidor{number % 10_000}@institucion.example",
                "street": street,
            }
        )
