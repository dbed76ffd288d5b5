# SPDX-License-Identifier: Apache-2.0
"""R058, heavily discounted bid. Rule: Cardinal 0.0.8, among peers."""

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


class DiscountParams(Params, frozen=True):
    """The parameters of R058."""

    threshold: Annotated[
        float | None,
        Text(
            "distancia, como parte de la ganadora, en vez de la cerca de los pares",
            "a distance, as a part of the winning bid, in place of the fence of the peers",
        ),
    ] = None
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: DiscountParams) -> ir.Table:
    """Processes whose lowest bid, which won, lies unusually far below the second."""
    d = judged(t, p.cell_min)
    high = d.upper if p.threshold is None else ibis.literal(p.threshold)
    no_peers = d.missing.isnull() & high.isnull()
    return verdict(
        d,
        group=Group.OCID,
        id=d.ocid,
        rid=d.rid,
        value=d.d,
        threshold=high,
        peer_n=d.peer_n,
        percentile=d.percentile,
        flagged=(d.d >= high) & (high > 0),
        missing=no_peers.ifelse(ibis.literal(PEERS), d.missing),
    )


def cardinal(v: View, s: Ratio) -> ir.Table:
    """The processes, and with 0 the winner."""
    d = v.distance
    far = d.cross_join(fence(d, "d", "upper", s.threshold))
    far = far.filter(far.d >= far.fence)
    return found(far, Group.OCID, far.ocid, far.d).union(found(far, Group.TENDERER, far.winner, 0.0))


FLAG = Flag(
    code="R058",
    title=Text("Precio ganador muy por debajo del segundo", "Heavily discounted bid"),
    explanation=Text(
        "La proposición ganadora está muy por debajo de la segunda, más que en compras semejantes: quien gana así "
        "suele recuperar después, con convenios o con menor calidad.",
        "The winning bid lies far below the second, farther than in similar purchases: who wins in this way often "
        "makes it up later, with amendments or lower quality.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=BID_PATHS,
    rule=rule,
    definition_es=("Procesos cuya proposición más baja, que ganó, queda inusualmente lejos por debajo de la segunda."),
    params=DiscountParams,
    innocent=(
        Text("El ganador tiene existencias o una planta cercana.", "The winner has stock, or a plant near by."),
        Text("El segundo ofertó otra calidad.", "The second bid for another quality."),
    ),
    source=Text("Cardinal (OCP) 0.0.8, por celda de mercado", "Cardinal (OCP) 0.0.8, by cell of the market"),
    cardinal=cardinal,
)
