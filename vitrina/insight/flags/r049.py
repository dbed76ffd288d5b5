# SPDX-License-Identifier: Apache-2.0
"""R049, direct awards to one supplier that each lie below the threshold and together pass it."""

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


class BelowThresholdParams(Params, frozen=True):
    """The parameters of R049."""

    awards: Annotated[
        int,
        Text(
            "mínimo de adjudicaciones de un comprador a un proveedor en esos días",
            "fewest awards of a buyer to a supplier within those days",
        ),
    ] = 3
    days: Annotated[int, Text("días naturales de la ventana", "natural days of the window")] = YEAR_DAYS


def rule(t: Tables, p: BelowThresholdParams) -> ir.Table:
    """Buyers that within twelve months gave one supplier at least `awards` direct awards, none above the ceiling for
    direct award, all together above it. Value: their sum over the ceiling, of the worst twelve months.
    """
    rows = small_awards(t)
    pesos = rows.c.cast("float64") / 100
    rows = rows.filter(rows.ceiling.isnull() | (pesos <= rows.ceiling))
    window = within(p.days, [*PAIR, "is_works"])
    seen = rows.mutate(n=rows.c.count().over(window), total=rows.c.sum().over(window))
    ratio = seen.total.cast("float64") / 100 / seen.ceiling
    return worst_pairs(
        t,
        verdict(
            seen,
            group=Group.BUYER_SUPPLIER,
            id=ibis.null("string"),
            rid=seen.rid,
            value=ratio,
            threshold=1.0,
            peer_n=seen.n,
            flagged=(seen.n >= p.awards) & (ratio > 1),
            missing=lacking(**{"law.ceiling": seen.ceiling.isnull()}),
            basis=seen.top_bracket.ifelse("top_bracket", "bracket"),
            unit={name: seen[name] for name in PAIR},
        ),
    )


FLAG = Flag(
    code="R049",
    title=Text("Adjudicaciones directas bajo el tope que juntas lo pasan", "Direct awards below threshold"),
    explanation=Text(
        "En doce meses el comprador adjudicó directamente varias veces al mismo proveedor; cada vez bajo el monto "
        "máximo, pero la suma lo rebasa.",
        "In twelve months the buyer gave the same supplier several direct awards; each below the ceiling, but their "
        "sum passes it.",
    ),
    group=Group.BUYER_SUPPLIER,
    side=Side.HIGH,
    needs=Needs.CORE_PLUS,
    inputs=("tender.procurementMethod", "awards.value", "awards.suppliers", "awards.date"),
    rule=rule,
    definition_es=(
        "Compradores que en doce meses dieron a un proveedor al menos `awards` adjudicaciones directas, "
        "ninguna sobre el tope para adjudicar directamente y todas juntas por encima. Valor: su suma entre el "
        "tope, de los peores doce meses."
    ),
    params=BelowThresholdParams,
    law=(CEILINGS["t_da"],),
    innocent=(
        Text("Son cosas distintas que el proveedor vende.", "The supplier sells different things."),
        Text("La necesidad no se podía prever.", "The need could not be foreseen."),
        Text(
            "Sin el presupuesto del comprador se usa el tope más alto, que puede no ser el suyo.",
            "Without the buyer's budget the highest ceiling is used, which may not be its own.",
        ),
    ),
    bases=bases.TOP_BRACKET | bases.BRACKET,
)
