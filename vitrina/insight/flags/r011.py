# SPDX-License-Identifier: Apache-2.0
"""R011, splitting purchases to avoid procurement thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach, match
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import classes, dated, prefix, scheme_name
from .shared import releases
from .statutory import DIRECT, INVITED, statutory
from .units import costs, grounds, worst


class SplittingParams(Params, frozen=True):
    """The parameters of R011."""

    purchases: Annotated[
        int, Text("mínimo de compras de una clase en un año", "fewest purchases of one class in a year")
    ] = 2
    strict: Annotated[
        bool,
        Text(
            "exigir los cinco elementos de la regla: también una misma área solicitante y compras previsibles",
            "ask for all five elements of the rule: also one requesting area, and purchases that could be foreseen",
        ),
    ] = False
    digits: Annotated[
        int, Text("dígitos del clasificador que hacen la clase", "digits of the classification that make the class")
    ] = 4


def rule(t: Tables, p: SplittingParams) -> ir.Table:
    """Buyers that, under the ground of amount, bought one class in one year for more than the ceiling in pieces that
    each lie within it. Value: sum over ceiling, of the worst class and year.
    """
    bought = _bought(t, p)
    area = ["unit_id"] if p.strict else []
    by = ["buyer", "year", "ceiling", "scheme", "code", "top_bracket", *area]
    before = ibis.window(group_by=by, order_by=["day", "rid"])
    gap = bought.day.epoch_days() - bought.day.lag().over(before).epoch_days()
    seen = bought.mutate(is_near=(gap <= bought.window) | bought.plan_line.notnull())
    pieces = seen.group_by(by).aggregate(
        n=seen.rid.count(),
        centavos=(seen.amount * 100).round().cast("int64").sum(),
        near=seen.is_near.fill_null(False).cast("int64").sum(),
        rid=seen.rid.min(),
    )
    value = pieces.centavos.cast("float64") / 100 / pieces.ceiling
    foreseen = pieces.near > 0 if p.strict else ibis.literal(True)
    missing = {"law.ceiling": pieces.ceiling.isnull(), "tender.items.classification.id": pieces.code == ""}
    if p.strict:
        missing["buyer.unit"] = pieces.unit_id.isnull()
    judged = verdict(
        pieces,
        group=Group.BUYER,
        id=pieces.buyer,
        rid=pieces.rid,
        value=value,
        threshold=1.0,
        peer_n=pieces.n,
        flagged=(pieces.n >= p.purchases) & (value > 1) & foreseen,
        missing=lacking(**missing),
        basis=pieces.year.cast("string") + "|" + pieces.code + pieces.top_bracket.ifelse("|top_bracket", ""),
    )
    return worst(judged)


def _bought(t: Tables, p: SplittingParams) -> ir.Table:
    """Purchases by amount of buyers, none above its ceiling: those whose ceiling or class is not known stay, so that
    their buyer is told as not computable.
    """
    told = releases(t).filter(lambda r: r.buyer.notnull())
    told = told.select("rid", "buyer", "unit_id", "plan_line", "method").join(grounds(t), "rid")
    paid = attach(told.join(costs(t).rename(paid_in="currency"), "rid"), statutory(t), "rid")
    dates = dated(t).join(classes(t), "rid")
    found = attach(paid, dates, "rid")
    ceiling = ibis.cases(
        (found.paid_in != "MXN", ibis.null("float64")),
        (found.procedure == DIRECT, found.t_da),
        (found.procedure == INVITED, found.t_i3),
        else_=ibis.null("float64"),
    )
    ground = found.ground
    article = ibis.literal(" ") + found.amount_article.fill_null("") + ibis.literal(" ")
    by_amount = (ground.strip() == "") | (found.amount_article.notnull() & ground.contains(article))
    direct = found.procedure.isin([DIRECT, INVITED]) | found.method.isin(["direct", "limited", "selective"])
    kept = found.mutate(ceiling=ceiling).filter(direct & by_amount)
    small = kept.filter(kept.ceiling.isnull() | (kept.amount <= kept.ceiling))
    return small.select(
        "rid",
        "buyer",
        "unit_id",
        "plan_line",
        "amount",
        "ceiling",
        "year",
        "day",
        window=small.splitting_window_days,
        top_bracket=~small.budget_known.fill_null(True),
        code=prefix(small.code, p.digits),
        scheme=scheme_name(small.scheme),
    )


def _pieces(t: Tables, p: SplittingParams, row: Mapping[str, Any]) -> ir.Table:
    """The purchases that one row of the answer sums: those of its first one's class, year, ceiling and area."""
    mine = _bought(t, p).filter(lambda b: b.buyer == row["id"])
    by = ["year", "ceiling", "scheme", "code", "top_bracket", *(["unit_id"] if p.strict else [])]
    return match(mine, mine.filter(mine.rid == row["rid"]).select(*by), by)


FLAG = Flag(
    code="R011",
    title=Text("Compra dividida para no licitar", "Splitting purchases to avoid thresholds"),
    explanation=Text(
        "En un año el comprador adjudicó por monto varias compras de la misma clase que juntas pasan del tope, y cada "
        "una cabe en él.",
        "In one year the buyer awarded by amount several purchases of one class that together pass the ceiling, each "
        "within it.",
    ),
    group=Group.BUYER,
    side=Side.HIGH,
    needs=Needs.CORE_PLUS,
    inputs=("tender.procurementMethod", "tender.items.classification.id", "awards.value", "buyer.id"),
    rule=rule,
    definition_es=(
        "Compradores que, por monto, compraron en un año más de una clase que el tope, en partes que caben "
        "cada una en él. Valor: la suma entre el tope, de la peor clase y año."
    ),
    evidence=_pieces,
    params=SplittingParams,
    law=("ceiling.adjudicacion_directa", "ceiling.invitacion_tres_personas", "splitting.elements"),
    innocent=(
        Text(
            "Las necesidades surgieron en momentos que nadie podía prever.",
            "The needs arose at times that nobody could foresee.",
        ),
        Text(
            "La clase es amplia y junta cosas que no se compran a la vez.",
            "The class is wide and joins things that are not bought together.",
        ),
        Text("Son áreas distintas con presupuesto propio.", "They are different areas with budgets of their own."),
    ),
    bases=bases.YEAR | bases.CLASS | bases.TOP_BRACKET,
)
