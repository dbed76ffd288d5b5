# SPDX-License-Identifier: Apache-2.0
"""R022, wide disparity in bid prices."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, CellMin, standing
from .shared import COMPETITIVE, processes
from .units import priced_bids

NAME = "R022"
_SIZES = (3, 4, 5, 7)  # 3, 4, 5 to 6, 7 and more bids are compared with their like


class DisparityParams(Params, frozen=True):
    """The parameters of R022."""

    bids: Annotated[int, Text("mínimo de proposiciones con precio", "fewest priced bids")] = 3
    percentile: Annotated[
        float,
        Text(
            "percentil de la diferencia entre procesos con las mismas proposiciones",
            "percentile of the disparity among processes with as many bids",
        ),
    ] = 0.95
    cell_min: CellMin = CELL_MIN
    procurement_methods: Methods = COMPETITIVE


def rule(t: Tables, p: DisparityParams) -> ir.Table:
    """Competitive processes whose highest bid is further above the lowest than nearly all of the cell with as many
    bids. Value: (highest - lowest) / lowest, of the lot where it is widest.
    """
    asked = processes(t).filter(lambda r: r.method.isin(p.procurement_methods))
    b = priced_bids(t)
    lots = b.group_by(["rid", "lot", "currency"]).aggregate(n=b.count(), low=b.amount.min(), high=b.amount.max())
    enough = lots.filter(lots.n >= p.bids)
    wide = enough.mutate(spread=(enough.high - enough.low) / enough.low, size=_size(enough.n))
    order = ibis.window(group_by="rid", order_by=[wide.spread.desc(), wide.n.desc(), wide.lot, wide.currency])
    placed = wide.mutate(place=ibis.row_number().over(order))
    widest = placed.filter(placed.place == 0).select("rid", "spread", "size").semi_join(asked, "rid")
    peers = standing(t, NAME, widest, "spread", {"top": p.percentile}, by=["size"], cell_min=p.cell_min)
    found = attach(asked, peers.select("rid", "spread", "top", "peer_n", "percentile"), "rid")
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.spread,
        threshold=found.top,
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=found.spread > found.top,
        missing=lacking(
            **{"bids.details.value": found.spread.isnull(), PEERS: found.spread.notnull() & found.top.isnull()}
        ),
    )


def _size(n: ir.IntegerValue) -> ir.IntegerValue:
    size = ibis.literal(0)
    for least in _SIZES:
        size = (n >= least).ifelse(least, size)
    return size.cast("int32")


FLAG = Flag(
    code=NAME,
    title=Text("Ofertas con precios muy dispares", "Wide disparity in bid prices"),
    explanation=Text(
        "La oferta más alta se aleja de la más baja mucho más que en compras semejantes con igual número de ofertas.",
        "The highest bid is much further above the lowest than in similar purchases with as many bids.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("bids.details.value", "bids.details.status"),
    rule=rule,
    definition_es=(
        "Concursos cuya proposición más alta está más lejos de la más baja que casi todos los de la celda con "
        "tantas proposiciones. Valor: (la más alta - la más baja) / la más baja, del lote donde es mayor."
    ),
    params=DisparityParams,
    innocent=(
        Text(
            "Las bases no eran claras y cada quien cotizó otra cosa.",
            "The terms were unclear; each priced another thing.",
        ),
        Text("Un licitante se equivocó en un cero.", "A bidder was wrong by a zero."),
    ),
)
