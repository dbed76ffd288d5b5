# SPDX-License-Identifier: Apache-2.0
"""R024, winning bid just below the next one. Rule: Cardinal 0.0.8, among peers."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, fence, found
from .declare import Flag, Group, Needs, Params, Side, verdict
from .distance import BID_PATHS, judged
from .market import CELL_MIN, PEERS, CellMin
from .settings import Ratio


class CloseBidParams(Params, frozen=True):
    """The parameters of R024."""

    threshold: Annotated[
        float | None,
        Text(
            "distancia, como parte de la ganadora, en vez de la cerca de los pares",
            "a distance, as a part of the winning bid, in place of the fence of the peers",
        ),
    ] = None
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: CloseBidParams) -> ir.Table:
    """Processes whose second-lowest bid is unusually close above the lowest, which won."""
    d = judged(t, p.cell_min)
    limit = ibis.null("float64") if p.threshold is None else ibis.literal(p.threshold)
    low = limit if p.threshold is not None else d.lower
    no_peers = d.missing.isnull() & low.isnull()
    return verdict(
        d,
        group=Group.OCID,
        id=d.ocid,
        rid=d.rid,
        value=d.d,
        threshold=low,
        peer_n=d.peer_n,
        percentile=d.percentile,
        flagged=(d.d <= low) & (low > 0),
        missing=no_peers.ifelse(ibis.literal(PEERS), d.missing),
    )


def cardinal(v: View, s: Ratio) -> ir.Table:
    """The processes, and with 0 the winner and the second."""
    d = v.distance
    near = d.cross_join(fence(d, "d", "lower", s.threshold))
    near = near.filter(near.d <= near.fence)
    result = found(near, Group.OCID, near.ocid, near.d)
    for who in (near.winner, near.second):
        result = result.union(found(near, Group.TENDERER, who, 0.0))
    return result.distinct()


FLAG = Flag(
    code="R024",
    title=Text("Precio ganador casi igual al segundo", "Price close to winning bid"),
    explanation=Text(
        "La segunda proposición más baja quedó casi pegada a la ganadora, más que en compras semejantes: puede ser "
        "una propuesta de cobertura o un precio que se conocía.",
        "The second-lowest bid lies very close above the winning one, closer than in similar purchases: it may be a "
        "cover bid, or a price that was known.",
    ),
    group=Group.OCID,
    side=Side.LOW,
    needs=Needs.BIDS,
    inputs=BID_PATHS,
    rule=rule,
    definition_es="Procesos cuya segunda proposición queda inusualmente cerca de la más baja, que ganó.",
    params=CloseBidParams,
    innocent=(
        Text("El precio está regulado o es de lista.", "The price is regulated or a list price."),
        Text("Son bienes idénticos con márgenes muy pequeños.", "The goods are identical and margins are thin."),
    ),
    source=Text("Cardinal (OCP) 0.0.8, por celda de mercado", "Cardinal (OCP) 0.0.8, by cell of the market"),
    cardinal=cardinal,
)
