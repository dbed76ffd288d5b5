# SPDX-License-Identifier: Apache-2.0
"""R050, one supplier has a high share of a market."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach, fences, mid_rank
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import VERDICT, Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, markets
from .suppliers import awarded, buyer_numbers, shares
from .units import org_ids, worst

UNIT = ("market", "supplier_no")


class MarketShareParams(Params, frozen=True):
    """The parameters of R050."""

    n: Annotated[
        int,
        Text(
            "mínimo de adjudicaciones de un mercado, o de un comprador en él, en un año",
            "fewest awards of a market, or of a buyer in it, in a year",
        ),
    ] = 10
    share: Annotated[
        float,
        Text(
            "parte de su valor desde la que la de un proveedor es alta",
            "share of their value above which a supplier's is high",
        ),
    ] = 0.40
    cell_min: Annotated[int, Text("mínimo de proveedores para poner la cerca", "fewest suppliers for the fence")] = (
        CELL_MIN
    )


def rule(t: Tables, p: MarketShareParams) -> ir.Table:
    """Suppliers with more of the value that a market, or a buyer in it, awarded in a year than `share`; or, in a
    market with many suppliers, than the upper fence of their shares. Value: the share, of the worst year.
    """
    rows = awarded(t).join(markets(t, p.cell_min), "rid").filter(lambda r: r.market.notnull())
    whole = shares(rows, ["market", "year"])
    whole = whole.mutate(share=whole.c.cast("float64") / whole.all_c)
    of = ["market", "year", "currency"]
    bounds = fences(whole, of, "share")
    bounds = bounds.filter((bounds.n >= p.cell_min) & (bounds.q3 > bounds.q1)).select(*of, "upper")
    found = attach(mid_rank(whole, of, "share"), bounds, of)
    limit = ibis.least(found.upper, ibis.literal(p.share))
    by_buyer = shares(rows, ["market", "buyer_no", "year"]).join(buyer_numbers(t), "buyer_no")
    by_buyer = by_buyer.mutate(share=by_buyer.c.cast("float64") / by_buyer.all_c)
    by_buyer = by_buyer.mutate(peer_n=ibis.null("int64"), percentile=ibis.null("float64"))
    market = _judged(found, limit, found.year.cast("string") + "|market", p)
    buyer = _judged(by_buyer, ibis.literal(p.share), by_buyer.year.cast("string") + "|" + by_buyer.buyer, p)
    found = worst(market.union(buyer), unit=UNIT, kept=UNIT)
    found = found.join(org_ids(t).select(supplier_no="oid", supplier="id"), "supplier_no")
    return found.mutate(id=found.market + " | " + found.supplier).select(*VERDICT)


def _judged(rows: ir.Table, limit: ir.FloatingValue, basis: ir.StringValue, p: MarketShareParams) -> ir.Table:
    return verdict(
        rows,
        group=Group.MARKET,
        id=ibis.null("string"),
        rid=rows.rid,
        value=rows.share,
        threshold=limit,
        peer_n=rows.peer_n,
        percentile=rows.percentile,
        flagged=rows.share > limit,
        missing=lacking(**{f"n>={p.n}": rows.all_n < p.n}),
        basis=basis,
        unit={name: rows[name] for name in UNIT},
    )


FLAG = Flag(
    code="R050",
    title=Text("Un proveedor con gran parte de un mercado", "High market share"),
    explanation=Text(
        "En un año, un solo proveedor recibió una gran parte de lo que se adjudicó en un mercado, o de lo que un "
        "comprador adjudicó en él.",
        "In one year a single supplier got a large part of what was awarded in a market, or of what one buyer awarded "
        "in it.",
    ),
    group=Group.MARKET,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("awards.value", "awards.suppliers", "tender.items.classification.id"),
    rule=rule,
    definition_es=(
        "Proveedores con más que `share` de lo que un mercado, o un comprador en él, adjudicó en un año; o, "
        "en un mercado con muchos proveedores, que la cerca superior de sus partes. Valor: la parte, del peor "
        "año."
    ),
    params=MarketShareParams,
    innocent=(
        Text("El proveedor tiene la patente o la red.", "The supplier has the patent or the network."),
        Text("Los datos cubren a pocos compradores del mercado.", "The data cover few buyers of the market."),
    ),
    bases=bases.YEAR
    | bases.BUYER
    | {
        "market": Text("parte de todo el mercado", "share of the whole market"),
    },
)
