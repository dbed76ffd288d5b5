# SPDX-License-Identifier: Apache-2.0
"""R021, discretionary award criteria."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach, fences, mid_rank
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, CellMin, markets
from .shared import COMPETITIVE, processes, releases
from .units import costs


class CriteriaParams(Params, frozen=True):
    """The parameters of R021."""

    price: Annotated[
        tuple[str, ...],
        Text(
            "criterios de adjudicación (palabras de OCDS) sin discreción",
            "award criteria (OCDS words) that leave no discretion",
        ),
    ] = ("priceOnly", "lowestCost", "singleBidOnly")
    n: Annotated[
        int,
        Text(
            "mínimo de procesos de un comprador que dicen su criterio",
            "fewest processes of a buyer that tell their criteria",
        ),
    ] = 20
    cell_min: CellMin = CELL_MIN
    procurement_methods: Methods = COMPETITIVE


def rule(t: Tables, p: CriteriaParams) -> ir.Table:
    """Buyers that award a larger share of their value on other things than price than what they buy explains. What is
    usual for a buyer is the mean share of its markets, weighed by its own value; the excess over it is held against
    the upper fence of the excesses of all buyers. Value: the share; threshold: the usual share plus the fence.
    """
    asked = releases(t).filter(
        lambda r: r.buyer.notnull() & r.method.isin(p.procurement_methods) & r.award_criteria.notnull()
    )
    told = asked.drop("currency").join(costs(t), "rid").join(markets(t, p.cell_min), "rid")
    c = (told.amount * 100).round().cast("int64")
    other = told.award_criteria.notin(p.price)
    by = ["buyer", "market", "currency"]
    parts = told.group_by(by).aggregate(n=told.rid.count(), total=c.sum(), free=other.ifelse(c, 0).sum())
    wide = ibis.window(group_by=["market", "currency"])
    mean = parts.free.sum().over(wide).cast("float64") / parts.total.sum().over(wide).cast("float64")
    # Millionths keep the weighted mean a sum of integers: the same whatever the order of the rows.
    usual = (mean * 1e6).round().cast("int64") * (parts.total / 100).round().cast("int64")
    parts = parts.mutate(usual=usual.cast("decimal(38, 0)"), weight=(parts.total / 100).round().cast("int64"))
    whole = parts.group_by("buyer").aggregate(
        n=parts.n.sum(),
        total=parts.total.sum().cast("float64"),
        free=parts.free.sum().cast("float64"),
        usual=parts.usual.sum().cast("float64"),
        weight=parts.weight.sum().cast("float64"),
    )
    shares = whole.select(
        "buyer", "n", share=whole.free / whole.total, usual=whole.usual / 1e6 / whole.weight.nullif(0.0)
    )
    shares = shares.mutate(excess=shares.share - shares.usual)
    enough = shares.filter(shares.n >= p.n)
    bounds = fences(enough, [], "excess")
    bounds = bounds.filter((bounds.n >= p.cell_min) & (bounds.q3 > bounds.q1)).select("upper", one=ibis.literal(1))
    ranks = mid_rank(enough, [], "excess").select("buyer", "peer_n", "percentile")
    found = attach(attach(shares.mutate(one=1), bounds, "one"), ranks, "buyer")
    found = attach(_buyers(t, p), found, "buyer")
    return verdict(
        found,
        group=Group.BUYER,
        id=found.buyer,
        value=found.share,
        threshold=found.usual + found.upper,
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=(found.n >= p.n) & (found.excess > found.upper),
        missing=lacking(
            **{
                "tender.awardCriteria": found.n.isnull(),
                f"n>={p.n}": (found.n < p.n).fill_null(False),
                PEERS: (found.n >= p.n).fill_null(False) & found.upper.isnull(),
            }
        ),
    )


def _buyers(t: Tables, p: CriteriaParams) -> ir.Table:
    asked = processes(t).filter(lambda r: r.buyer.notnull() & r.method.isin(p.procurement_methods))
    return asked.select("buyer").distinct()


FLAG = Flag(
    code="R021",
    title=Text("Criterios de adjudicación discrecionales", "Discretionary award criteria"),
    explanation=Text(
        "El comprador evalúa por puntos o calidad una parte de su gasto mucho mayor que la que explica lo que compra.",
        "The buyer awards by points or quality a share of its spending much larger than what it buys explains.",
    ),
    group=Group.BUYER,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("tender.awardCriteria", "buyer.id", "tender.value"),
    rule=rule,
    definition_es=(
        "Compradores que adjudican por otras cosas que el precio una parte de su gasto mayor de la que "
        "explica lo que compran. Lo usual para uno es la parte media de sus mercados, pesada por lo que gasta "
        "en cada uno; lo que sobra se compara con la cerca superior de lo que sobra a todos. Valor: la parte; "
        "límite: la usual más la cerca."
    ),
    params=CriteriaParams,
    innocent=(
        Text(
            "Compra servicios que el precio solo no distingue.", "It buys services that price alone cannot tell apart."
        ),
        Text("Un lineamiento obliga a evaluar por puntos.", "A guideline makes it award by points."),
    ),
)
