# SPDX-License-Identifier: Apache-2.0
"""The self-check: the calibration table against what was generated, each figure with its tolerance.

Tolerances are those of the profile (shares one point, quantiles five per cent, the exponent of the tail a tenth), and
three standard errors where a history is too small for them.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from . import dates, profile
from .amounts import DIRECT, INVITATION, NONE, OPEN
from .frame import CANCELLED, DESERTED, INVITED, NOT_YET, UNKNOWN, Frame
from .grounds import BY_AMOUNT
from .history import History

Array = npt.NDArray[Any]
ERRORS = 3  # standard errors that a small history may lie off
LARGE = 400_000  # contracts from which the growth of suppliers is judged
CLUSTER = 15  # contracts of one procedure are alike: the mean square of their number over its mean


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the profile, what was generated, and how far it may lie off; no tolerance where it is only told."""

    name: str
    wanted: float
    found: float
    within: float | None

    @property
    def holds(self) -> bool:
        """Whether it lies within its tolerance."""
        return self.within is None or abs(self.found - self.wanted) <= self.within


@dataclass
class Check:
    """Counts over the batches of a history."""

    history: History
    amounts: list[Array] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[Array]] = field(default_factory=dict)
    suppliers: list[Array] = field(default_factory=list)

    def add(self, frame: Frame, _n: int = 0) -> None:
        """Count a batch."""
        p, lots = frame.procedures, frame.lots
        a = np.flatnonzero(lots.supplier >= 0)
        year = dates.year(p.published)
        self.amounts.append(lots.amount[a])
        self.suppliers.append(lots.supplier[a])
        for name, values in (
            ("kind", p.kind[lots.procedure[a]]),
            ("category", p.category),
            ("weekday", (p.published.astype("datetime64[D]").astype(np.int64) + 3) % 7),
            ("hour", (p.published - p.published.astype("datetime64[D]")).astype(np.int64) // 3600),
            ("year", year[lots.procedure[a]]),
            ("outcome_open", p.outcome[p.kind == OPEN]),
            ("outcome_invitation", p.outcome[p.kind == INVITATION]),
        ):
            found, n = np.unique(values, return_counts=True)
            self.counts.update({f"{name}.{v}": int(k) for v, k in zip(found.tolist(), n.tolist(), strict=True)})
        self._eras(frame, a, year)
        self._ceilings(frame, a, year)
        per = np.bincount(lots.procedure[a], minlength=len(p))
        low = (1, 2, 3, 4, 5, 11)
        for at, n in zip(
            *np.unique(np.searchsorted(low, per[per > 0], side="right"), return_counts=True), strict=True
        ):
            self.counts[f"per.{low[at - 1]}"] += int(n)
        top = np.bincount(self.history.world.unit_institution[p.unit[lots.procedure[a]]], minlength=profile.TOP)
        self.counts["top"] += int(top[: profile.TOP].sum())
        self._waits(frame, a)
        if frame.bids is not None and len(frame.bids):
            of_open = (frame.of_lots("kind") == OPEN)[frame.bids.lot] & (frame.bids.status != INVITED)
            lot = frame.bids.lot[of_open]
            lot = lot[lots.supplier[lot] >= 0]
            self.counts["bids"] += len(lot)
            self.counts["lots_with_bids"] += len(np.unique(lot))

    def _eras(self, frame: Frame, a: Array, year: Array) -> None:
        lots = frame.lots
        when = year[lots.procedure[a]]
        told = self.history.suppliers.knows_rfc(lots.supplier[a], when)
        for name, era, mask in (
            ("rfc", profile.KNOWN_RFC, told),
            ("award", profile.UNKNOWN_AWARD, ~lots.knows_award[a]),
            ("signature", profile.UNKNOWN_SIGNATURE, lots.signature[a] == UNKNOWN),
        ):
            for last, _ in era:
                first = max([y for y, _ in era if y < last], default=0)
                inside = (when > first) & (when <= last)
                if name == "signature":
                    inside &= lots.signature[a] != NOT_YET
                self.counts[f"{name}.{last}.n"] += int(inside.sum())
                self.counts[f"{name}.{last}.yes"] += int((inside & mask).sum())
        of_2026 = when == profile.LAST_YEAR
        self.counts["unsigned_2026.n"] += int(of_2026.sum())
        self.counts["unsigned_2026.yes"] += int((of_2026 & (lots.signature[a] != 0)).sum())
        self.counts["not_yet"] += int((lots.signature[a] == NOT_YET).sum())

    def _ceilings(self, frame: Frame, a: Array, year: Array) -> None:
        p, lots, world = frame.procedures, frame.lots, self.history.world
        procedure = lots.procedure[a]
        mine = (p.kind[procedure] == DIRECT) & (p.ground[procedure] == BY_AMOUNT) & (lots.amount[a] > 0)
        procedure = procedure[mine]
        institution = world.unit_institution[p.unit[procedure]]
        share = lots.amount[a][mine] / world.ceilings(institution, year[procedure], p.category[procedure], DIRECT)
        share = share[world.budget[institution] >= 1.5e9]  # noqa: PLR2004 - large buyers, as the one that was measured
        self.counts["ceiling.n"] += len(share)
        self.counts["ceiling.near"] += int(((share >= 0.7) & (share <= 1)).sum())  # noqa: PLR2004
        self.counts["ceiling.at"] += int((share == 1).sum())

    def _waits(self, frame: Frame, a: Array) -> None:
        p, lots = frame.procedures, frame.lots
        national = (p.kind == OPEN) & (p.character == 0) & ~np.isin(p.category, [2, 3])
        known = national & ~np.isnat(p.decided) & ~np.isnat(p.opening)
        signed = (lots.signature[a] == 0) & lots.knows_award[a]
        for name, start, end in (
            ("opening", p.published[known], p.opening[known]),
            ("award", p.opening[known], p.decided[known]),
            ("signature", frame.of_lots("decided")[a][signed], lots.signed[a][signed]),
        ):
            days = (end.astype("datetime64[D]") - start.astype("datetime64[D]")).astype(np.int64)
            self.waits.setdefault(name, []).append(days)

    def figures(self) -> list[Figure]:
        """Every figure of the profile that can be counted."""
        return [*self._shares(), *self._amounts(), *self._others()]

    def _share(self, name: str, wanted: float, yes: int, n: int, *, cluster: float = 1.5) -> Figure:
        error = ERRORS * math.sqrt(max(wanted * (1 - wanted), 1e-9) * cluster / max(n, 1))
        return Figure(name, wanted, yes / max(n, 1), max(profile.SHARE_WITHIN, error))

    def _shares(self) -> list[Figure]:
        c, n = self.counts, sum(len(x) for x in self.amounts)
        procedures = sum(v for k, v in c.items() if k.startswith("category."))
        found = [
            self._share(f"contracts by procedure: {name}", share, c[f"kind.{i}"], n, cluster=CLUSTER)
            for i, (name, share) in enumerate(zip(profile.PROCEDURES, profile.PROCEDURE_SHARES, strict=True))
        ]
        found += [
            self._share(f"category: {name}", share, c[f"category.{i}"], procedures)
            for i, (name, share) in enumerate(zip(profile.CATEGORIES, profile.CATEGORY_SHARES, strict=True))
        ]
        with_contract = sum(v for k, v in c.items() if k.startswith("per."))
        whole = sum(share for *_, share in profile.PER_PROCEDURE)
        found += [
            self._share(f"contracts per procedure: {low}-{high}", share / whole, c[f"per.{low}"], with_contract)
            for low, high, share in profile.PER_PROCEDURE
        ]
        days = sum(profile.WEEKDAYS)
        found += [
            self._share(f"published on weekday {i}", count / days, c[f"weekday.{i}"], procedures)
            for i, count in enumerate(profile.WEEKDAYS)
        ]
        hours = sum(profile.HOURS)
        found += [
            self._share(f"published at hour {i}", count / hours, c[f"hour.{i}"], procedures)
            for i, count in enumerate(profile.HOURS)
            if count
        ]
        for at, kind in enumerate(("open", "invitation")):
            total = sum(v for k, v in c.items() if k.startswith(f"outcome_{kind}."))
            key = f"outcome_{kind}."
            found.append(self._share(f"deserted: {kind}", profile.DESERTED[at], c[f"{key}{DESERTED}"], total))
            found.append(self._share(f"cancelled: {kind}", profile.CANCELLED[at], c[f"{key}{CANCELLED}"], total))
        return found

    def _amounts(self) -> list[Figure]:
        centavos = np.concatenate(self.amounts)
        pesos = centavos[centavos > 0] / 100
        n = len(pesos)
        found = [
            Figure(f"amount, quantile {p}", wanted, float(np.quantile(pesos, p)), wanted * self._near(p, n))
            for p, wanted in profile.QUANTILES.items()
        ]
        top = np.sort(pesos)[-max(20, n // 100) :]
        hill = 1 / float(np.mean(np.log(top[1:] / top[0])))
        error = ERRORS * hill / math.sqrt(len(top))
        found.append(Figure("tail exponent", profile.ALPHA, hill, max(profile.ALPHA_WITHIN, error)))
        whole, thousands = centavos[centavos > 0] % 100 == 0, centavos[centavos > 0] % 100_000 == 0
        found.append(self._share("whole pesos", profile.WHOLE_PESOS, int(whole.sum()), n, cluster=2))
        found.append(self._share("whole thousands", profile.WHOLE_THOUSANDS, int(thousands.sum()), n, cluster=2))
        zero, none = int((centavos == 0).sum()), int((centavos == NONE).sum())
        found.append(self._share("amount zero", profile.ZERO, zero, len(centavos)))
        found.append(self._share("amount not told", profile.NO_AMOUNT, none, len(centavos)))
        return found

    def _near(self, p: float, n: int) -> float:
        """The relative tolerance of a quantile: five per cent, or the errors of so few procedures with their lots."""
        normal = NormalDist()
        sigma = profile.SIGMA_HIGH if p > 0.5 else profile.SIGMA_LOW  # noqa: PLR2004 - the two sides of the median
        error = math.sqrt(p * (1 - p) * CLUSTER / n) / normal.pdf(normal.inv_cdf(p)) * sigma
        return max(profile.QUANTILE_WITHIN, ERRORS * error)

    def _others(self) -> list[Figure]:
        c = self.counts
        n = sum(len(x) for x in self.amounts)
        found = []
        for name, era in (
            ("rfc", profile.KNOWN_RFC),
            ("award", profile.UNKNOWN_AWARD),
            ("signature", profile.UNKNOWN_SIGNATURE),
        ):
            word = "RFC told" if name == "rfc" else f"date of {name} unknown"
            for last, share in era:
                args = (share, c[f"{name}.{last}.yes"], c[f"{name}.{last}.n"])
                found.append(self._share(f"{word}, to {last}", *args, cluster=40 if name == "rfc" else 1))
        found.append(
            _told(
                "not signed in 2026 (unknown or not yet)", 0.331, c["unsigned_2026.yes"] / max(1, c["unsigned_2026.n"])
            )
        )
        found.append(_told("contracts not signed yet", 0.0, c["not_yet"]))
        near = (profile.NEAR_CEILING, c["ceiling.near"], c["ceiling.n"])
        found.append(self._share("direct awards by amount at 70-100 % of the ceiling, large buyers", *near, cluster=4))
        at = (profile.AT_CEILING, c["ceiling.at"], c["ceiling.n"])
        found.append(self._share("exactly at the ceiling", *at, cluster=4))
        found.append(
            self._share("contracts of the 27 largest buyers", profile.TOP_SHARE, c["top"], n, cluster=CLUSTER)
        )
        for name, wanted in (("opening", 15), ("award", 5), ("signature", 21)):
            days = np.concatenate(self.waits[name])
            found.append(Figure(f"days to {name}, median", wanted, float(np.median(days)), 1.0))
        bidders = c["bids"] / max(1, c["lots_with_bids"])
        found.append(_told("bids per lot of an open tender", 1 + profile.OPEN_BIDDERS, bidders))
        suppliers = len(np.unique(np.concatenate(self.suppliers)))
        within = 1.0 if n >= LARGE else None
        found.append(Figure("contracts per supplier", 1 / profile.NEW_SUPPLIER, n / suppliers, within))
        span = sum(profile.YEARS[y] for y in range(2010, 2025))
        found += [
            self._share(
                f"of 2010-24, in {y}",
                profile.YEARS[y] / span,
                c[f"year.{y}"],
                sum(c[f"year.{z}"] for z in range(2010, 2025)),
                cluster=CLUSTER,
            )
            for y in (2018, 2019, 2020, 2022)
        ]
        return found


def _told(name: str, wanted: float, found: float) -> Figure:
    return Figure(name, wanted, found, None)


def lines(figures: list[Figure]) -> list[str]:
    """The table as text: figure, wanted, found, tolerance, verdict."""
    rows = [f"{'figure':66} {'wanted':>12} {'found':>12} {'within':>10}"]
    for f in figures:
        verdict = "" if f.within is None else "ok" if f.holds else "OFF"
        within = "" if f.within is None else f"{f.within:.4g}"
        rows.append(f"{f.name:66} {f.wanted:>12.5g} {f.found:>12.5g} {within:>10} {verdict}")
    return rows
