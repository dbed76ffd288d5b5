# SPDX-License-Identifier: Apache-2.0
"""Units whose share of something in a year passes the upper fence of the other units of that year."""

from __future__ import annotations

import ibis.expr.types as ir

from vitrina.insight.stats import attach, fences, mid_rank

from .declare import Group, lacking, verdict
from .market import PEERS
from .units import worst


def above_peers(years: ir.Table, unit: str, *, group: Group, least: int, peers: int, path: str) -> ir.Table:
    """The verdict on each unit, of its worst year. `years`: the unit's column, `year`, `n` awards that tell of it, and
    `k`, in how many it is so. `least`: fewest awards of a year; `peers`: fewest units of a year to compare with;
    `path`: what is missing where no award tells.
    """
    shares = years.mutate(share=years.k.cast("float64") / years.n.nullif(0).cast("float64"))
    enough = shares.filter(shares.n >= least)
    bounds = fences(enough, ["year"], "share")
    bounds = bounds.filter((bounds.n >= peers) & (bounds.q3 > bounds.q1)).select("year", "upper")
    ranks = mid_rank(enough, ["year"], "share").select(unit, "year", "peer_n", "percentile")
    found = attach(attach(shares, bounds, "year"), ranks, [unit, "year"])
    judged = verdict(
        found,
        group=group,
        id=found[unit],
        value=found.share,
        threshold=found.upper,
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=(found.n >= least) & (found.share > found.upper),
        missing=lacking(
            **{
                path: found.n == 0,
                f"n>={least}": (found.n > 0) & (found.n < least),
                PEERS: (found.n >= least) & found.upper.isnull(),
            }
        ),
        basis=found.year.cast("string"),
    )
    return worst(judged)
