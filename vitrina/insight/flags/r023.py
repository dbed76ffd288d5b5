# SPDX-License-Identifier: Apache-2.0
"""R023, bid prices that are fixed multiples of each other."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import processes
from .units import MAX_BIDDERS, priced_bids


class MultipleParams(Params, frozen=True):
    """The parameters of R023."""

    bids: Annotated[
        int,
        Text(
            "cuántas proposiciones de un proceso deben ir juntas: una y sus múltiplos",
            "how many bids of a process must hang together: one and its multiples",
        ),
    ] = 3
    lines: Annotated[
        int,
        Text(
            "en cuántos renglones deben dos empresas guardar la misma razón",
            "in how many lines two firms must keep the same ratio",
        ),
    ] = 3
    percents: Annotated[
        int, Text("mayor porcentaje entero que se mira", "largest whole percentage that is looked at")
    ] = 20
    tolerance: Annotated[float, Text("error relativo que se admite", "relative error that is let pass")] = 1e-4


def rule(t: Tables, p: MultipleParams) -> ir.Table:
    """Processes in which one bid and at least two others are whole multiples of it or whole percentages above it, or
    in which two firms keep the same ratio (not one) over three lines. Value: the bids or lines that hang together.
    """
    b = priced_bids(t).select("rid", "bid_no", "lot", "currency", "amount")
    counts = b.group_by("rid").aggregate(priced=b.count())
    small = b.semi_join(counts.filter(counts.priced <= MAX_BIDDERS), "rid")
    there = small.rename(rid2="rid", bid2="bid_no", lot2="lot", currency2="currency", amount2="amount")
    pairs = small.inner_join(
        there,
        [
            small.rid == there.rid2,
            small.lot == there.lot2,
            small.currency == there.currency2,
            small.amount < there.amount2,
        ],
    )
    exact = pairs.filter(_is_multiple(pairs.amount2 / pairs.amount, p))
    hanging = exact.group_by(["rid", "bid_no"]).aggregate(n=exact.bid2.count() + 1)
    most = hanging.group_by("rid").aggregate(bids=hanging.n.max())
    found = attach(attach(attach(processes(t), counts, "rid"), most, "rid"), _lines(t, p), "rid")
    bids, lines = found.bids.fill_null(0), found.lines.fill_null(0)
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=ibis.greatest(bids, lines),
        threshold=float(min(p.bids, p.lines)),
        flagged=(bids >= p.bids) | (lines >= p.lines),
        missing=lacking(
            **{"bids.details.value": (found.priced.fill_null(0) < p.bids) & (found.compared.fill_null(0) < p.lines)}
        ),
        basis=(bids >= p.bids).ifelse("bids", "lines"),
    )


def _is_multiple(ratio: ir.FloatingValue, p: MultipleParams) -> ir.BooleanValue:
    """Whether a ratio above one is a whole number from two up, or one plus a whole percentage up to the largest."""
    whole = (ratio >= 2 - p.tolerance) & ((ratio - ratio.round()).abs() <= p.tolerance * ratio)
    percent = (ratio - 1) * 100
    near = (percent - percent.round()).abs() <= p.tolerance * 100 * ratio
    return whole | (near & (percent.round() >= 1) & (percent.round() <= p.percents))


def _lines(t: Tables, p: MultipleParams) -> ir.Table:
    """(rid, lines, compared): most lines in which two bids keep one ratio, and most lines that two bids share."""
    priced = t.bid_line.filter(t.bid_line.unit_price > 0)
    line = priced.select(
        "rid",
        "bid_no",
        price="unit_price",
        key=priced.item_id.fill_null("") + "|" + priced.line.cast("string"),
        money=priced.currency.fill_null(""),
    )
    there = line.rename(rid2="rid", bid2="bid_no", price2="price", key2="key", money2="money")
    pairs = line.inner_join(
        there,
        [line.rid == there.rid2, line.key == there.key2, line.money == there.money2, line.bid_no < there.bid2],
    )
    by = ["rid", "bid_no", "bid2"]
    step = (pairs.price2 / pairs.price).ln() / p.tolerance
    ratios = pairs.mutate(ratio=step.round().cast("int64"))
    same = ratios.group_by([*by, "ratio"]).aggregate(n=ratios.count())
    kept = same.filter(same.ratio != 0).group_by("rid").aggregate(lines=ibis._.n.max())
    shared = ratios.group_by(by).aggregate(n=ratios.count()).group_by("rid").aggregate(compared=ibis._.n.max())
    return attach(shared, kept, "rid")


FLAG = Flag(
    code="R023",
    title=Text("Precios que son múltiplos exactos", "Fixed multiple bid prices"),
    explanation=Text(
        "Tres o más ofertas son una el múltiplo o el porcentaje exacto de otra, o dos licitantes guardan la misma "
        "proporción renglón tras renglón, como si una sola hoja las hubiera hecho.",
        "Three or more bids are an exact multiple or percentage of one of them, or two bidders keep one ratio line "
        "after line, as if one sheet had made them.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.BIDS,
    inputs=("bids.details.value", "bids.details.items"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos en que una proposición y al menos otras dos son múltiplos enteros de ella o porcentajes "
        "enteros por encima, o en que dos empresas guardan una misma razón (que no es uno) en tres renglones. "
        "Valor: las proposiciones o renglones que van juntos."
    ),
    params=MultipleParams,
    innocent=(
        Text("Todos parten de la misma lista de precios oficial.", "All start from the same official price list."),
        Text("Los precios son redondos y pocos.", "The prices are round and few."),
    ),
    reasons={
        "bids": Text("son proposiciones enteras", "they are whole bids"),
        "lines": Text("son renglones de dos empresas", "they are lines of two firms"),
    },
)
