# SPDX-License-Identifier: Apache-2.0
"""Who met whom: firms numbered by first appearance (not by name), tenders of 2 to 20 bidders, winners, one window.

A winner is the bidder of the group that an active award names, the lowest of them where several; where no award is
known, the lowest bidder. `place` numbers firms in the order of (ocid, lot, line, price), so that renaming firms
changes no result.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrina.insight.flags.shared import winners
from vitrina.insight.tables import Tables

from .lots import Lots

Ints = NDArray[np.int64]
MOST, FEWEST = 20, 2
MONTHS = 36
DAYS_OF_MONTHS = round(MONTHS * 365.25 / 12)
NOBODY = -1
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Field:
    """The bids of one window, flat: group `lot` (row of `Lots`), firm `place`, its position `at` among all bids.
    `oid[place]` names the firm; `day` and `winner` (place, or -1) are of each group of `Lots`; `process` numbers
    ocids.
    """

    lots: Lots
    lot: Ints
    firm: Ints
    at: Ints
    oid: Ints
    day: Ints
    winner: Ints
    process: Ints
    since: int
    until: int

    @property
    def n_firms(self) -> int:
        """Firms of all windows; places run below it."""
        return len(self.oid)

    def meetings(self) -> tuple[Ints, Ints]:
        """(process, firm), each once."""
        key = np.unique(self.process[self.lot] * self.n_firms + self.firm)
        return key // self.n_firms, key % self.n_firms


def days(lots: Lots) -> Ints:
    """Day of each group since 1970, -1 where unknown."""
    return lots.rows.column("day").cast("int32").combine_chunks().fill_null(-1).to_numpy().astype(np.int64)


def windows(lots: Lots, until: dt.date | None = None) -> list[tuple[int, int]]:
    """(since, until) of the spells of 36 months that end with `until` (the last day known), excluded; latest first."""
    known = days(lots)
    known = known[(known >= 0) & (known <= (until - EPOCH).days)] if until else known[known >= 0]
    if not len(known):
        return []
    end, first = int(known.max()) + 1, int(known.min())
    return [(top - DAYS_OF_MONTHS, top) for top in range(end, first, -DAYS_OF_MONTHS)]


def fields(t: Tables, lots: Lots, *, until: dt.date | None = None) -> list[Field]:
    """One field for each window, latest first."""
    day = days(lots)
    place, oid = _places(lots.oid)
    group = np.repeat(np.arange(len(lots.n)), lots.n)
    winner = _winners(t, lots, place, group)
    _, process = np.unique(lots.column("rid").astype(np.int64), return_inverse=True)
    firms_met = np.bincount(group[place >= 0], minlength=len(lots.n))
    fits = (firms_met >= FEWEST) & (firms_met <= MOST) & ~lots.column("is_cancelled").astype(bool)
    found = []
    for since, end in windows(lots, until):
        kept = np.flatnonzero((place >= 0) & (fits & (day >= since) & (day < end))[group])
        found.append(Field(lots, group[kept], place[kept], kept, oid, day, winner, process, since, end))
    return found


def _places(oid: Ints) -> tuple[Ints, Ints]:
    """The place of the firm of each bid (-1: unknown), and the oid of each place."""
    names, first, inverse = np.unique(oid, return_index=True, return_inverse=True)
    order = np.argsort(np.where(names < 0, np.iinfo(np.int64).max, first), kind="stable")
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    return np.where(oid < 0, NOBODY, place[inverse]), names[order][: int((names >= 0).sum())]


def _winners(t: Tables, lots: Lots, place: Ints, group: Ints) -> Ints:
    """The winner's place for each group."""
    won = winners(t)
    table = won.filter(won.oid.notnull()).select("rid", "oid").distinct().to_pyarrow()
    rid, oid = (table[name].to_numpy().astype(np.int64) for name in ("rid", "oid"))
    most = max(int(oid.max(initial=0)), int(lots.oid.max(initial=0))) + 1
    rid_of_bid = lots.column("rid").astype(np.int64)[group]
    is_awarded = np.isin(rid_of_bid * most + lots.oid, rid * most + oid) & (lots.oid >= 0)
    found = np.where(np.isin(lots.column("rid").astype(np.int64), rid), NOBODY, place[lots.start[:-1]])
    awarded = np.flatnonzero(is_awarded)[::-1]  # the lowest of several is written last
    found[group[awarded]] = place[awarded]
    return found
