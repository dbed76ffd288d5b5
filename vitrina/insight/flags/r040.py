# SPDX-License-Identifier: Apache-2.0
"""R040, one supplier has a high share of a buyer's contracts."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS
from .suppliers import PAIR, awarded, shares, worst_pairs
from .yearly import peers

STEPS = (100, 1_000, 10_000)


class BuyerShareParams(Params, frozen=True):
    """The parameters of R040."""

    n: Annotated[
        int, Text("mínimo de adjudicaciones de un comprador en un año", "fewest awards of a buyer in a year")
    ] = 20
    share: Annotated[
        float,
        Text(
            "parte de ellas desde la que la de un proveedor es alta", "share of them above which a supplier's is high"
        ),
    ] = 0.30
    cell_min: Annotated[int, Text("mínimo de compradores con que comparar", "fewest buyers to compare with")] = (
        CELL_MIN
    )


def rule(t: Tables, p: BuyerShareParams) -> ir.Table:
    """Suppliers with more of a buyer's awards in a year (by value, or by count) than `share` and than the upper fence
    of what the largest supplier has elsewhere, among buyers with as many awards (same order of magnitude) that year
    (where they are few, in three). Value: the share, of the worst year and measure.
    """
    rows = shares(awarded(t), ["buyer_no", "year"])
    measures = {"value": rows.c.cast("float64") / rows.all_c, "count": rows.n.cast("float64") / rows.all_n}
    judged = [_judged(rows.mutate(share=share), measure, p) for measure, share in measures.items()]
    return worst_pairs(t, judged[0].union(judged[1]))


def _judged(rows: ir.Table, measure: str, p: BuyerShareParams) -> ir.Table:
    size = sum(((rows.all_n >= step).cast("int32") for step in STEPS), ibis.literal(0, "int32")).cast("int32")
    rows = rows.mutate(size=size)
    largest = (
        rows.filter(rows.all_n >= p.n)
        .group_by(["buyer_no", "year", "currency", "size"])
        .aggregate(top=rows.share.max())
    )
    told = peers(largest, ["buyer_no", "currency"], ["size"], "top", p.cell_min)
    found = attach(rows, told, ["buyer_no", "year", "currency"])
    high = found.share > p.share
    return verdict(
        found,
        group=Group.BUYER_SUPPLIER,
        id=ibis.null("string"),
        rid=found.rid,
        value=found.share,
        threshold=ibis.greatest(found.upper, ibis.literal(p.share)),
        peer_n=found.peer_n,
        flagged=high & (~high | (found.share > found.upper)),
        missing=lacking(
            **{
                f"n>={p.n}": found.all_n < p.n,
                PEERS: (found.all_n >= p.n) & high & found.upper.isnull(),
            }
        ),
        basis=found.year.cast("string") + f"|{measure}",
        unit={name: found[name] for name in PAIR},
    )


FLAG = Flag(
    code="R040",
    title=Text("Un proveedor concentra lo que adjudica un comprador", "High share of a buyer's contracts"),
    explanation=Text(
        "En un año, un solo proveedor recibió de este comprador una parte mucho mayor que la que recibe el mayor "
        "proveedor de compradores semejantes.",
        "In one year a single supplier got a much larger part of this buyer's awards than the largest supplier of "
        "similar buyers gets.",
    ),
    group=Group.BUYER_SUPPLIER,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("buyer.id", "awards.suppliers", "awards.value"),
    rule=rule,
    definition_es=(
        "Proveedores con más de las adjudicaciones de un comprador en un año (en dinero o en número) que "
        "`share` y que la cerca superior de lo que tiene el mayor proveedor en otros compradores con tantas "
        "adjudicaciones (mismo orden de magnitud) ese año, o donde son pocos, en tres. Valor: la parte, del peor año "
        "y medida."
    ),
    params=BuyerShareParams,
    innocent=(
        Text("Un contrato grande de un año pesa más que todo lo demás.", "One large contract outweighs all the rest."),
        Text("El comprador necesita algo que un solo proveedor vende.", "The buyer needs what one supplier sells."),
    ),
    bases=bases.YEAR
    | {
        "value": Text("se mide en dinero", "measured in money"),
        "count": Text("se mide en número de adjudicaciones", "measured in number of awards"),
    },
)
