# SPDX-License-Identifier: Apache-2.0
"""The indicators of groups of purchases, from facts and a weight for each purchase (1, or how often it was redrawn).

Every indicator is a ratio of sums or a function of shares, so that the same code measures the data and its redraws, by
any grouping. nan: not applicable (nothing is due), or the source does not carry it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitrina.insight.flags.statutory import DIRECT, INVITED, OPEN
from vitrina.insight.screens.cells import codes

from .facts import Facts, Ints, Vector

BEFORE = 2  # the first years that a trend starts from
LARGEST = 4


@dataclass(frozen=True)
class Groups:
    """Purchases by group: `of[row]`, -1 for none; `many` groups. `series`, `year` of each group: for trends."""

    of: Ints
    many: int
    series: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    year: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


class Measure:
    """Prepares the sums of a grouping once; `of(weight)` gives code -> value of each group."""

    def __init__(self, facts: Facts, groups: Groups) -> None:
        self.groups, self.facts = groups, facts
        self.ratios = _ratios(facts)
        self.due = _due(facts)
        self._firms = {
            "supplier": _keys(groups, *facts.supplier),
            "bidder": _keys(groups, *facts.bidder),
        }

    def applicable(self) -> dict[str, NDArray[np.bool_]]:
        """Code -> whether the indicator has an object in each group: a group without restricted invitations has none
        that are incomplete. What applies and is not known lowers the coverage; what does not apply leaves it alone.
        """
        one = np.ones(self.facts.rows.num_rows)
        found = {code: self._sum(due, one) > 0 for code, due in self.due.items()}
        if len(self.groups.series):
            first = np.full(int(self.groups.series.max()) + 1, np.iinfo(np.int64).max)
            np.minimum.at(first, self.groups.series, self.groups.year)
            late = self.groups.year >= first[self.groups.series] + BEFORE
            found |= dict.fromkeys(("C16", "C17", "T15"), late)
        return found

    def literal(self) -> dict[str, Vector]:
        """C01 and C02 of tenders and invitations alone, as the published construction has them."""
        one = np.ones(self.facts.rows.num_rows)
        return {
            code: _over(self._sum(top, one), self._sum(bottom, one))
            for code, (top, bottom) in _participants(self.facts, direct=False).items()
        }

    def of(self, weight: Vector) -> dict[str, Vector]:
        """Code -> one value for each group, for these weights of the rows of `facts`."""
        found = {}
        for code, (top, bottom) in self.ratios.items():
            found[code] = _over(self._sum(top, weight), self._sum(bottom, weight))
        n = self._sum(np.ones(len(weight)), weight)
        contracts = self._sum(np.maximum(self.facts.column("n_contracts"), self.facts.column("n_awards")), weight)
        by_number, by_value = self._shares(weight, by_value=False), self._shares(weight, by_value=True)
        found["C03"] = 100 * _over(by_number["distinct"], contracts)
        for codes_of, shares in ((("C06", "C08", "C12"), by_number), (("C07", "C09", "C13"), by_value)):
            found |= dict(zip(codes_of, (shares["hhi"], shares["dominance"], shares["largest"]), strict=True))
        bidders = self._distinct("bidder", weight)
        found["C11"] = np.where(bidders > 0, 100 * _over(bidders, n), np.nan)
        found["C15"] = np.where(bidders > 0, _over(bidders, by_number["distinct"]), np.nan)
        direct = np.where(self.facts.words("procedure") == DIRECT, 1.0, 0.0)
        found["C16"] = self._trend(_over(self._sum(direct, weight), n))
        found["C17"] = self._trend(found["C02"])
        found["T15"] = self._trend(found["T09"]) if "T09" in found else np.full(self.groups.many, np.nan)
        return found

    def _sum(self, x: Vector, weight: Vector) -> Vector:
        inside = (self.groups.of >= 0) & ~np.isnan(x)
        return np.bincount(self.groups.of[inside], (x * weight)[inside], self.groups.many)

    def _shares(self, weight: Vector, *, by_value: bool) -> dict[str, Vector]:
        """Concentration of what suppliers won: HHI and share of the four largest 0 to 1, dominance, distinct
        winners.
        """
        rows, group_of, firm_at = self._firms["supplier"]
        each = weight[self.facts.supplier[0]] * (self.facts.won if by_value else 1.0)
        won = np.bincount(firm_at, each[rows], len(group_of))
        whole = np.bincount(group_of, won, self.groups.many)
        share = _over(won, whole[group_of])
        share = np.where(np.isnan(share), 0.0, share)
        hhi = np.bincount(group_of, share**2, self.groups.many)
        order = np.lexsort((-share, group_of))
        place = np.arange(len(order)) - np.searchsorted(group_of[order], group_of[order])
        top = order[place < LARGEST]
        largest = np.bincount(group_of[top], share[top], self.groups.many)
        known = whole > 0
        return {
            "hhi": np.where(known, hhi, np.nan),
            "dominance": _over(np.bincount(group_of, share**4, self.groups.many), hhi**2),
            "largest": np.where(known, largest, np.nan),
            "distinct": np.bincount(group_of, won > 0, self.groups.many),
        }

    def _distinct(self, who: str, weight: Vector) -> Vector:
        rows, group_of, firm_at = self._firms[who]
        seen = np.bincount(firm_at, weight[self.facts.bidder[0]][rows], len(group_of)) > 0
        return np.bincount(group_of, seen, self.groups.many).astype(float)

    def _trend(self, x: Vector) -> Vector:
        """Less the mean of the first two years of the same unit and type; nan within these."""
        if not len(self.groups.series):
            return np.full(self.groups.many, np.nan)
        first = np.full(int(self.groups.series.max(initial=-1)) + 1, np.iinfo(np.int64).max)
        np.minimum.at(first, self.groups.series, self.groups.year)
        early = (self.groups.year < first[self.groups.series] + BEFORE) & ~np.isnan(x)
        total = np.bincount(self.groups.series[early], x[early], len(first))
        base = _over(total, np.bincount(self.groups.series[early], minlength=len(first)))[self.groups.series]
        return np.where(self.groups.year >= first[self.groups.series] + BEFORE, x - base, np.nan)


def _over(top: Vector, bottom: Vector) -> Vector:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0, top / bottom, np.nan)


def _keys(groups: Groups, row: Ints, firm: Ints) -> tuple[NDArray[np.bool_], Ints, Ints]:
    """Which rows count, the group of each (group, firm), and where each counted row belongs."""
    rows = groups.of[row] >= 0
    most = int(firm.max(initial=0)) + 1
    key, at = np.unique(groups.of[row][rows] * most + firm[rows], return_inverse=True)
    return rows, key // most, at


def _ratios(f: Facts) -> dict[str, tuple[Vector, Vector]]:
    """Code -> (numerator, denominator) of each purchase; nan counts in neither."""
    procedure = f.words("procedure")
    is_open, invited, direct = (procedure == name for name in (OPEN, INVITED, DIRECT))
    told = is_open | invited | direct
    competitive = is_open | invited
    one, value = np.ones(len(procedure)), f.column("value")
    contracts = np.maximum(f.column("n_contracts"), f.column("n_awards"))
    found = _participants(f, direct=True) | {
        "C04": (1.0 * (direct | invited), 1.0 * told),
        "C05": (np.where(direct | invited, value, 0 * value), np.where(told, value, 0 * value)),
        "C14": (value, np.where(np.isnan(value), np.nan, contracts)),
        "T01": (f.column("missing"), one),
        "T05": (f.column("in_person"), 1.0 * ~np.isnan(f.column("in_person"))),
        "T12": (f.column("n_unnamed"), f.column("n_awards")),
        "A13": (1.0 * (competitive & ~_has(f, "call") & ~_has(f, "has_start")), 1.0 * competitive),
        "A14": (1.0 * split(f), 1.0 * (direct & ~np.isnan(f.column("t_da")))),
    }
    found |= _documents(f, is_open, invited, direct) if "document" in f.carries else {}
    if "amendment" in f.carries:
        found["A03"] = (f.column("n_amended"), f.column("n_contracts"))
        found["A04"] = (f.column("n_amendments"), f.column("n_contracts"))
    days, least = f.column("days"), f.column("publication_min_days")
    known = is_open & ~np.isnan(days) & ~np.isnan(least)
    for code, character in (("A06", "N"), ("A07", "I"), ("A08", "T")):
        here = known & (f.words("character") == character)
        found[code] = (1.0 * (here & (days < least)), 1.0 * here)
    for code, ceiling, which in (("A11", "t_da", direct), ("A12", "t_i3", invited)):
        top = f.column(ceiling)
        here = which & ~np.isnan(top) & ~np.isnan(value)
        found[code] = (1.0 * (here & (value > top) & ~_has(f, "has_exception")), 1.0 * here)
    return found


def _participants(f: Facts, *, direct: bool) -> dict[str, tuple[Vector, Vector]]:
    """C01 and C02. With `direct`, a direct award has one participant: else who stops calling for bids looks better."""
    procedure, nbid = f.words("procedure"), f.column("nbid")
    n = np.where(direct & (procedure == DIRECT), 1.0, np.where(np.isin(procedure, [OPEN, INVITED]), nbid, np.nan))
    known = 1.0 * ~np.isnan(n)
    return {"C01": (1.0 * (n == 1), known), "C02": (np.where(np.isnan(n), 0.0, n), known)}


def _due(f: Facts) -> dict[str, Vector]:
    """Code -> the purchases that the indicator is about, for those that are not about all."""
    procedure, character = f.words("procedure"), f.words("character")
    is_open, invited, direct = (procedure == name for name in (OPEN, INVITED, DIRECT))
    bought = _has(f, "has_award")
    found = {
        "T02": direct & bought,
        "T03": invited & bought,
        "T04": is_open & bought,
        "T06": is_open,
        "T07": is_open | invited,
        "T08": (is_open | invited) & bought,
        "T14": is_open | invited,
        "A06": is_open & ((character == "N") | (character == "")),
        "A07": is_open & (character == "I"),
        "A08": is_open & (character == "T"),
        "A11": direct,
        "A12": invited,
        "A13": is_open | invited,
        "A14": direct,
    }
    return {code: 1.0 * due for code, due in found.items()}


def _has(f: Facts, name: str) -> NDArray[np.bool_]:
    return f.column(name) == 1


def _documents(f: Facts, is_open: Vector, invited: Vector, direct: Vector) -> dict[str, tuple[Vector, Vector]]:
    """What was due to be published and is not there: the worst, never left out."""
    call, opened, awarded, signed = (_has(f, name) for name in ("call", "opened", "awarded", "signed"))
    clarified = _has(f, "clarified")
    competitive, told = is_open | invited, is_open | invited | direct
    bought = told & _has(f, "has_award")
    whole = call & opened & awarded & signed

    def lacks(there: Vector, due: Vector) -> tuple[Vector, Vector]:
        return 1.0 * (due & ~there), 1.0 * due

    return {
        "T02": lacks(signed, direct & bought),
        "T03": lacks(whole, invited & bought),
        "T04": lacks(whole & clarified, is_open & bought),
        "T06": lacks(clarified | _has(f, "met"), is_open),
        "T07": lacks(opened, competitive),
        "T08": lacks(awarded, competitive & bought),
        "T09": lacks(signed, bought),
        "T10": lacks(_has(f, "has_file"), told),
        "T14": (1.0 * (_has(f, "witnessed") & competitive), 1.0 * competitive),
    }


def split(f: Facts) -> NDArray[np.bool_]:
    """Direct awards of one unit, firm, type and week that are several, each within the ceiling, and together above."""
    place, firm = f.supplier
    direct = (f.words("procedure") == DIRECT)[place] & ~np.isnan(f.column("epoch")[place])
    place, firm, value = place[direct], firm[direct], f.won[direct]
    week = np.floor(f.column("epoch")[place] / 7).astype(np.int64)
    key = codes(f.words("unit")[place], f.words("kind")[place], firm, week)
    many = int(key.max(initial=-1)) + 1
    ceiling = f.column("t_da")[place]
    within = value <= ceiling
    n = np.bincount(key[within], minlength=many)
    total = np.bincount(key[within], value[within], many)
    found = np.zeros(f.rows.num_rows, dtype=bool)
    found[place[within & (n[key] > 1) & (total[key] > ceiling)]] = True
    return found
