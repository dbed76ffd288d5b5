# SPDX-License-Identifier: Apache-2.0
"""R055, several direct awards to one supplier at the threshold or above it."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .statutory import CEILINGS
from .suppliers import PAIR, YEAR_DAYS, small_awards, within, worst_pairs


class AtThresholdParams(Params, frozen=True):
    """The parameters of R055."""

    awards: Annotated[
        int,
        Text(
            "mínimo de adjudicaciones de un comprador a un proveedor en esos días",
            "fewest awards of a buyer to a supplier within those days",
        ),
    ] = 2
    near: Annotated[
        float,
        Text(
            "parte del tope desde la que una adjudicación está en él",
            "share of the ceiling from which an award is at it",
        ),
    ] = 0.90
    days: Annotated[int, Text("días naturales de la ventana", "natural days of the window")] = YEAR_DAYS


def rule(t: Tables, p: AtThresholdParams) -> ir.Table:
    """Buyers that within twelve months gave one supplier at least `awards` direct awards for their amount, each at the
    ceiling or above it. Only awards whose ground is told count. Value: how many, in the worst twelve months.
    """
    rows = small_awards(t)
    near = rows.c.cast("float64") / 100 >= p.near * rows.ceiling
    article = ibis.literal(" ") + rows.amount_article.fill_null("") + ibis.literal(" ")
    told = rows.ground.strip() != ""
    by_amount = told & rows.amount_article.notnull() & rows.ground.contains(article)
    rows = rows.mutate(told=told, is_near=near, counts=(near & by_amount).fill_null(False).cast("int64"))
    window = within(p.days, [*PAIR, "is_works"])
    seen = rows.mutate(n=rows.counts.sum().over(window))
    return worst_pairs(
        t,
        verdict(
            seen,
            group=Group.BUYER_SUPPLIER,
            id=ibis.null("string"),
            rid=seen.rid,
            value=seen.n.cast("float64"),
            threshold=float(p.awards),
            flagged=(seen.counts == 1) & (seen.n >= p.awards),
            missing=lacking(
                **{
                    "law.ceiling": seen.ceiling.isnull(),
                    "tender.procurementMethodRationale": seen.is_near.fill_null(False) & ~seen.told,
                }
            ),
            basis=seen.top_bracket.ifelse("top_bracket", "bracket"),
            unit={name: seen[name] for name in PAIR},
        ),
    )


FLAG = Flag(
    code="R055",
    title=Text("Varias adjudicaciones directas en el tope o arriba", "Direct awards at or above the threshold"),
    explanation=Text(
        "En doce meses el comprador dio al mismo proveedor varias adjudicaciones directas por monto, cada una pegada "
        "al máximo permitido o arriba de él.",
        "In twelve months the buyer gave the same supplier several direct awards by amount, each right at the ceiling "
        "or above it.",
    ),
    group=Group.BUYER_SUPPLIER,
    side=Side.HIGH,
    needs=Needs.CORE_PLUS,
    inputs=("tender.procurementMethod", "tender.procurementMethodRationale", "awards.value", "awards.suppliers"),
    rule=rule,
    definition_es=(
        "Compradores que en doce meses dieron a un proveedor al menos `awards` adjudicaciones directas por "
        "monto, cada una en el tope o sobre él. Cuentan solo las que dicen su fundamento. Valor: cuántas, en "
        "los peores doce meses."
    ),
    params=AtThresholdParams,
    law=(CEILINGS["t_da"], "exception.amount_cap"),
    innocent=(
        Text("El monto trae IVA y el tope no.", "The amount has VAT and the ceiling has not."),
        Text("Se compra lo que cabe en el tope, sin dividir nada.", "Buying what fits under it, with nothing split."),
    ),
    bases=bases.TOP_BRACKET | bases.BRACKET,
)
