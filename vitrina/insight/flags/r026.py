# SPDX-License-Identifier: Apache-2.0
"""R026, prevalence of consortia in a market."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach, fences, mid_rank
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, dated, markets
from .shared import active_awards
from .units import worst


class ConsortiaParams(Params, frozen=True):
    """`n`: fewest awards of a market in a year; `markets`: fewest markets of that year to compare with."""

    n: int = 30
    markets: int = CELL_MIN


def rule(t: Tables, p: ConsortiaParams) -> ir.Table:
    """Markets where, in a year, the share of awards to several suppliers at once passes the upper fence of the markets
    of that year. Value: the share, of the worst year.
    """
    a = active_awards(t)
    named = t.award_supplier.group_by(["rid", "award_no"]).aggregate(named=ibis._.count())
    awards = attach(a.select("rid", "award_no", "n_suppliers"), named, ["rid", "award_no"])
    sized = awards.mutate(size=ibis.coalesce(awards.named, awards.n_suppliers.cast("int64")))
    placed = sized.join(markets(t), "rid").join(dated(t).select("rid", "year"), "rid")
    placed = placed.filter(placed.market.notnull())
    years = placed.group_by(["market", "year"]).aggregate(
        n=placed["size"].count(), joint=(placed["size"] > 1).fill_null(False).cast("int64").sum()
    )
    years = years.mutate(share=years.joint.cast("float64") / years.n.nullif(0).cast("float64"))
    enough = years.filter(years.n >= p.n)
    bounds = fences(enough, ["year"], "share")
    bounds = bounds.filter((bounds.n >= p.markets) & (bounds.q3 > bounds.q1)).select("year", "upper")
    ranks = mid_rank(enough, ["year"], "share").select("market", "year", "peer_n", "percentile")
    found = attach(attach(years, bounds, "year"), ranks, ["market", "year"])
    judged = verdict(
        found,
        group=Group.MARKET,
        id=found.market,
        value=found.share,
        threshold=found.upper,
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=(found.n >= p.n) & (found.share > found.upper),
        missing=lacking(
            **{
                "awards.suppliers": found.n == 0,
                f"n>={p.n}": (found.n > 0) & (found.n < p.n),
                PEERS: (found.n >= p.n) & found.upper.isnull(),
            }
        ),
        basis=found.year.cast("string"),
    )
    return worst(judged)


FLAG = Flag(
    code="R026",
    title=Text("Muchas propuestas conjuntas en un mercado", "Prevalence of consortia"),
    explanation=Text(
        "En un mercado y año, la parte de las adjudicaciones a varios proveedores juntos es mucho mayor que en los "
        "demás mercados: quienes competían se presentan unidos.",
        "In a market and year, the share of awards to several suppliers together is far above that of other markets: "
        "those who competed come joined.",
    ),
    group=Group.MARKET,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("awards.suppliers", "tender.items.classification.id"),
    rule=rule,
    params=ConsortiaParams,
    innocent=(
        Text(
            "Son obras grandes que una empresa sola no puede hacer.", "They are large works that one firm cannot do."
        ),
        Text("La ley fomenta que las empresas pequeñas se unan.", "The law encourages small firms to join."),
    ),
)
