# SPDX-License-Identifier: Apache-2.0
"""R072, a buyer with a high share of subcontracted awards."""

from __future__ import annotations

import ibis.expr.types as ir

from vitrina.insight.stats import attach, fences, mid_rank
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, dated
from .shared import active_awards, processes
from .units import worst


class PrevalenceParams(Params, frozen=True):
    """`n`: fewest awards of a buyer in a year that tell of subcontracting; `cell_min`: fewest buyers to compare."""

    n: int = 20
    cell_min: int = CELL_MIN


def rule(t: Tables, p: PrevalenceParams) -> ir.Table:
    """Buyers whose share of awards with subcontracting in a year passes the upper fence of all buyers of that year.
    Value: the share.
    """
    a = active_awards(t).select("rid", "has_subcontracting")
    told = a.join(processes(t).select("rid", "buyer"), "rid").join(dated(t).select("rid", "year"), "rid")
    told = told.filter(told.buyer.notnull())
    years = told.group_by(["buyer", "year"]).aggregate(
        n=told.has_subcontracting.count(), yes=told.has_subcontracting.fill_null(False).cast("int64").sum()
    )
    shares = years.mutate(share=years.yes.cast("float64") / years.n.nullif(0).cast("float64"))
    enough = shares.filter(shares.n >= p.n)
    bounds = fences(enough, ["year"], "share")
    bounds = bounds.filter((bounds.n >= p.cell_min) & (bounds.q3 > bounds.q1)).select("year", "upper")
    ranks = mid_rank(enough, ["year"], "share").select("buyer", "year", "peer_n", "percentile")
    found = attach(attach(shares, bounds, "year"), ranks, ["buyer", "year"])
    judged = verdict(
        found,
        group=Group.BUYER,
        id=found.buyer,
        value=found.share,
        threshold=found.upper,
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=found.share > found.upper,
        missing=lacking(
            **{
                "awards.hasSubcontracting": found.n == 0,
                f"n>={p.n}": (found.n > 0) & (found.n < p.n),
                PEERS: (found.n >= p.n) & found.upper.isnull(),
            }
        ),
        basis=found.year.cast("string"),
    )
    return worst(judged)


FLAG = Flag(
    code="R072",
    title=Text("Comprador con muchas subcontrataciones", "High prevalence of subcontracts"),
    explanation=Text(
        "En un año, la parte de las adjudicaciones del comprador que se subcontratan es mucho mayor que la de otros.",
        "In one year the share of the buyer's awards that are subcontracted is far above that of other buyers.",
    ),
    group=Group.BUYER,
    side=Side.HIGH,
    needs=Needs.EXTENSION,
    inputs=("awards.hasSubcontracting", "buyer.id"),
    rule=rule,
    params=PrevalenceParams,
    innocent=(
        Text("Contrata obra, donde subcontratar es lo usual.", "It buys works, where subcontracting is usual."),
        Text("Exige declarar lo que otros no declaran.", "It has declared what others leave untold."),
    ),
)
