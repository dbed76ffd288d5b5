# SPDX-License-Identifier: Apache-2.0
"""The table of tenders: every price screen, its rank, and the composite that needs no labels.

The composite of a tender is the mean suspicion (rank turned so that 1 is worst) of low CV, low SPD, low MAD, low
median TRIAD, high RD and high WIN/EST, of those that are computable, at least two. It comes twice: within the cell,
and among the other markets (`outside`), for a market that is rigged throughout looks ordinary to itself.
`composite_rank` tells the share of tenders with as many bidders that score lower: were scores worthless (labels
shuffled), 1 - composite_rank is the share of innocent tenders that would be looked at down to this one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from . import cells
from .catalogue import BY_CODE, COMPOSITE, COMPOSITE_LEAST, SCREENS, significant, values
from .cells import Rank, Vector
from .lots import Lots


@dataclass(frozen=True)
class Tenders:
    """`value` and `rank` by code, `outside` by code for the parts of the composite; composites and their ranks."""

    lots: Lots
    value: dict[str, Vector]
    rank: dict[str, Rank]
    outside: dict[str, Rank]
    composite: Vector
    composite_rank: Vector
    outside_composite: Vector
    outside_rank: Vector
    raised: Vector = field(repr=False)  # the larger of the two ranks

    def suspicion(self, code: str) -> Vector:
        """How suspicious each tender is by one screen, within its cell."""
        return cells.suspicion(self.rank[code].share, BY_CODE[code].side)

    def suspicion_outside(self, code: str) -> Vector:
        """How suspicious by one screen, among tenders for other things."""
        return cells.suspicion(self.outside[code].share, BY_CODE[code].side)

    def table(self) -> pa.Table:
        """What is published: the columns of the groups, then value, rank, peers and level of each screen."""
        found = self.lots.rows
        for screen in SCREENS:
            rank = self.rank[screen.code]
            for suffix, column in (
                ("", self.value[screen.code]),
                ("_rank", rank.share),
                ("_peers", rank.peers.astype(np.int32)),
                ("_level", rank.level.astype(np.int8)),
            ):
                found = found.append_column(f"{screen.column}{suffix}", pa.array(column, from_pandas=True))
        for name in ("composite", "composite_rank", "outside_composite", "outside_rank", "raised"):
            found = found.append_column(name, pa.array(getattr(self, name), from_pandas=True))
        return found


OUTSIDE = (*COMPOSITE, "IDENT")


def screen(lots: Lots, least: int = cells.LEAST, apart: cells.Codes | None = None) -> Tenders:
    """Compute every price screen of every group and rank it. `apart`: groups of bids with equal numbers are left out
    of each other's `outside` ranks (those for the same item unless told).
    """
    value = _values(lots)
    size = cells.size_class(lots.n)
    has_estimate = ~np.isnan(lots.column("estimate").astype(float))
    name = {key: cells.codes(lots.column(key)) for key in ("market", "market3", "item", "procedure", "era")}
    own = name["item"] if apart is None else apart
    levels = {}
    for by_estimate in (False, True):
        more = [has_estimate] if by_estimate else []
        levels[by_estimate] = [
            cells.codes(name["market"], name["procedure"], name["era"], size, *more),
            cells.codes(name["market3"], name["procedure"], name["era"], size, *more),
            cells.codes(size, *more),
        ]
    pools = {flag: (found[-1], cells.codes(found[-1], own)) for flag, found in levels.items()}
    rank = {s.code: cells.among_cells(value[s.code], levels[s.by_estimate], least) for s in SCREENS}
    outside = {code: cells.outside(value[code], *pools[BY_CODE[code].by_estimate], least) for code in OUTSIDE}
    composite = mean([cells.suspicion(rank[code].share, BY_CODE[code].side) for code in COMPOSITE])
    away = mean([cells.suspicion(outside[code].share, BY_CODE[code].side) for code in COMPOSITE])
    pool, mine = pools[False]
    composite_rank = cells.among_cells(composite, [pool], least).share
    outside_rank = cells.outside(away, pool, mine, least).share
    return Tenders(
        lots,
        value,
        rank,
        outside,
        composite,
        composite_rank,
        away,
        outside_rank,
        np.fmax(composite_rank, outside_rank),
    )


def _values(lots: Lots) -> dict[str, Vector]:
    found = {screen.code: np.full(lots.rows.num_rows, np.nan) for screen in SCREENS}
    estimate = lots.column("estimate").astype(float)
    for _, groups, places in lots.by_size():
        for code, column in values(lots.price[places], estimate[groups]).items():
            found[code][groups] = column
    return found


def mean(parts: list[Vector]) -> Vector:
    """The composite: the mean of those parts that are computable, nan where fewer than two are."""
    stacked = np.stack(parts)
    known = ~np.isnan(stacked)
    n = known.sum(axis=0)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return significant(np.where(n >= COMPOSITE_LEAST, total / n, np.nan))
