# SPDX-License-Identifier: Apache-2.0
"""R031, winning price very close to or above the estimate."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .shared import COMPETITIVE, releases
from .statutory import statutory
from .units import spent

CENTAVO = 0.005


class EstimateParams(Params, frozen=True):
    """The parameters of R031."""

    close: Annotated[
        float,
        Text(
            "parte del estimado desde la que un precio ganador queda junto a él",
            "share of the estimate from which a winning price is close to it",
        ),
    ] = 0.98
    procurement_methods: Methods = COMPETITIVE


def rule(t: Tables, p: EstimateParams) -> ir.Table:
    """Competitive processes whose active awards sum to nearly the estimate or more. The estimate is the value of the
    tender, else the budget of planning; one that equals the award to the centavo was filled in afterwards and is not
    used. Value: awards over estimate. `basis`: close, above, or above the margin of the law.
    """
    asked = releases(t).filter(lambda r: r.method.isin(p.procurement_methods))
    paid = attach(asked, spent(t).rename(paid="amount", paid_in="currency"), "rid")
    found = attach(paid, statutory(t).select("rid", "price_above"), "rid")
    value = _usable(found.value, found.currency, found)
    estimate = ibis.coalesce(value, _usable(found.budget, found.budget_currency, found))
    ratio = found.paid / estimate
    said = ((found.value > 0) | (found.budget > 0)).fill_null(False)
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=ratio,
        threshold=p.close,
        flagged=ratio >= p.close,
        missing=lacking(
            **{
                "awards.value": found.paid.isnull(),
                "tender.value": ~said,
                "tender.value known before the award": said & found.paid.notnull() & estimate.isnull(),
            }
        ),
        basis=ibis.cases(
            ((ratio > 1 + found.price_above).fill_null(False), "above_margin"), (ratio > 1, "above"), else_="close"
        ),
    )


def _usable(amount: ir.FloatingValue, currency: ir.StringValue, found: ir.Table) -> ir.FloatingValue:
    same = currency.fill_null("") == found.paid_in.fill_null("")
    return ((amount > 0) & same & ((amount - found.paid).abs() > CENTAVO)).ifelse(amount, ibis.null("float64"))


FLAG = Flag(
    code="R031",
    title=Text("Precio ganador pegado al estimado o mayor", "Winning price close to or above the estimate"),
    explanation=Text(
        "Lo adjudicado llega casi al valor estimado antes de licitar, o lo pasa: la competencia no bajó el precio.",
        "The award comes to nearly the value estimated before the tender, or above it: competition lowered nothing.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("tender.value", "awards.value"),
    rule=rule,
    alone=True,
    definition_es=(
        "Concursos cuyas adjudicaciones vigentes suman casi el estimado o más. El estimado es el valor de la "
        "licitación, y si no, el presupuesto de la planeación; uno que iguala al centavo lo adjudicado se "
        "llenó después y no se usa. Valor: adjudicado entre estimado."
    ),
    params=EstimateParams,
    law=("price.not_acceptable.margin",),
    innocent=(
        Text("La investigación de mercado acertó.", "The market research was right."),
        Text(
            "El presupuesto se publicó y todos cotizan junto a él.", "The budget was published and all bid next to it."
        ),
        Text("Un monto trae IVA y el otro no.", "One amount has VAT and the other has not."),
    ),
    reasons={
        "above_margin": Text(
            "pasó el estimado y el margen que la ley admite", "it passed the estimate and the margin of the law"
        ),
        "above": Text("pasó el estimado", "it passed the estimate"),
        "close": Text("quedó junto al estimado", "it came close to the estimate"),
    },
)
