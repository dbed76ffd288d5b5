# SPDX-License-Identifier: Apache-2.0
"""R019, few bidders for the item and the entity."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, markets
from .shared import COMPETITIVE, bid_counts, processes


class FewBiddersParams(Params, frozen=True):
    """The parameters of R019."""

    bidders: Annotated[int, Text("máximo de licitantes que se tienen por pocos", "most bidders that are few")] = 2
    percentile: Annotated[
        float,
        Text(
            "percentil de los licitantes que consiguen otros compradores",
            "percentile of the number of bidders that other buyers get",
        ),
    ] = 0.10
    n: Annotated[int, Text("mínimo de procesos de otros compradores", "fewest processes of other buyers")] = CELL_MIN
    procurement_methods: Methods = COMPETITIVE


def rule(t: Tables, p: FewBiddersParams) -> ir.Table:
    """Competitive processes with few bidders in a market where other buyers nearly always get more. Value: bidders.
    `basis` tells where the number of bidders comes from.
    """
    asked = processes(t).filter(lambda r: r.method.isin(p.procurement_methods))
    counted = asked.join(bid_counts(t), "rid").join(markets(t, p.n), "rid")
    low = _others(counted, p)
    found = attach(counted, low, ["market", "buyer"])
    few = found.nbid <= p.bidders
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.nbid.cast("float64"),
        threshold=found.low,
        peer_n=found.others,
        flagged=few & (found.nbid.cast("float64") < found.low).fill_null(False),
        missing=lacking(
            **{
                "tender.numberOfTenderers": found.nbid.isnull(),
                "buyer.id": few.fill_null(False) & found.buyer.isnull(),
                PEERS: few.fill_null(False) & found.buyer.notnull() & found.low.isnull(),
            }
        ),
        basis=found.basis,
    )


def _others(counted: ir.Table, p: FewBiddersParams) -> ir.Table:
    """(market, buyer, others, low): the R-8 quantile of the numbers of bidders that the other buyers of a market get,
    from how often each number occurs: all of the market less those of the buyer.
    """
    known = counted.filter(counted.nbid.notnull() & counted.buyer.notnull() & counted.market.notnull())
    whole = known.group_by(["market", "nbid"]).aggregate(n=known.rid.count())
    own = known.group_by(["market", "buyer", "nbid"]).aggregate(own=known.rid.count())
    asking = known.filter(known.nbid <= p.bidders).select("market", "buyer").distinct()
    pairs = attach(asking.join(whole, "market"), own, ["market", "buyer", "nbid"])
    left = pairs.mutate(n=pairs.n - pairs.own.fill_null(0)).filter(lambda x: x.n > 0)
    by = ["market", "buyer"]
    up = ibis.window(group_by=by, order_by="nbid", preceding=None, following=0)
    ranked = left.mutate(up_to=left.n.sum().over(up), others=left.n.sum().over(ibis.window(group_by=by)))
    n = ranked.others.cast("float64")
    h = (n + 1 / 3) * p.percentile + 1 / 3
    k = h.floor()
    first, second = k.clip(lower=1.0, upper=n), (k + 1).clip(lower=1.0, upper=n)
    x, top = ranked.nbid.cast("float64"), ranked.up_to.cast("float64")
    nothing = ibis.null("float64")
    found = ranked.mutate(x1=(top >= first).ifelse(x, nothing), x2=(top >= second).ifelse(x, nothing), share=h - k)
    grouped = found.group_by(by).aggregate(
        others=found.others.max(), x1=found.x1.min(), x2=found.x2.min(), share=found.share.max()
    )
    enough = grouped.filter(grouped.others >= p.n)
    return enough.select("market", "buyer", "others", low=enough.x1 + enough.share * (enough.x2 - enough.x1))


FLAG = Flag(
    code="R019",
    title=Text("Pocos licitantes para lo que se compra", "Few bidders for the item and entity"),
    explanation=Text(
        "Se presentaron uno o dos licitantes donde otros compradores del mismo bien casi siempre reciben más.",
        "One or two bidders came where other buyers of the same goods nearly always get more.",
    ),
    group=Group.OCID,
    side=Side.LOW,
    needs=Needs.CORE,
    inputs=("tender.numberOfTenderers", "bids.details", "tender.items.classification.id", "buyer.id"),
    rule=rule,
    definition_es=(
        "Concursos con pocos licitantes en un mercado donde otros compradores casi siempre consiguen más. "
        "Valor: licitantes."
    ),
    params=FewBiddersParams,
    innocent=(
        Text("El lugar de entrega es remoto y pocos llegan.", "The place of delivery is remote and few reach it."),
        Text("El comprador paga tarde y los proveedores lo evitan.", "The buyer pays late and suppliers avoid it."),
    ),
    bases={
        "bids": Text("los licitantes se contaron de las proposiciones", "bidders were counted from the bids"),
        "numberOfTenderers": Text(
            "los licitantes son los que dice `tender.numberOfTenderers`",
            "bidders are those that `tender.numberOfTenderers` tells",
        ),
        "tenderers": Text(
            "los licitantes se contaron de `tender.tenderers`", "bidders were counted from `tender.tenderers`"
        ),
        "statistics": Text(
            "los licitantes son los de la estadística de proposiciones", "bidders are those of the statistics of bids"
        ),
    },
)
