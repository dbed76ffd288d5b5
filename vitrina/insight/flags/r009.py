# SPDX-License-Identifier: Apache-2.0
"""R009, the cost of the bidding documents was raised."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Side, lacking, verdict
from .shared import processes


def rule(t: Tables, _: object) -> ir.Table:
    """Processes whose fee was higher in a later release than in the one before. Value: the largest rise."""
    f = t.fee_change
    known = f.filter(f.amount.notnull())
    before = ibis.window(group_by=["rid", known.currency.fill_null("")], order_by=["pos", "date", "amount"])
    steps = known.mutate(rise=known.amount - known.amount.lag().over(before))
    rises = steps.group_by("rid").aggregate(rise=steps.rise.max(), steps=steps.rise.count())
    found = attach(processes(t), rises, "rid")
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.rise,
        threshold=0.0,
        flagged=found.rise > 0,
        missing=lacking(**{"tender.participationFees.value": found.steps.fill_null(0) == 0}),
    )


FLAG = Flag(
    code="R009",
    title=Text("Sube el costo de las bases", "Cost of bidding documents increased"),
    explanation=Text(
        "Lo que se cobra por las bases subió de una publicación del proceso a la siguiente.",
        "What is charged for the bidding documents rose from one release of the process to the next.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.EXTENSION,
    inputs=("tender.participationFees.value",),
    rule=rule,
    alone=True,
    definition_es="Procesos cuya cuota fue mayor en una publicación que en la anterior. Valor: la mayor alza.",
    innocent=(
        Text("Se corrigió un error de la primera publicación.", "A mistake of the first release was mended."),
        Text("Se añadieron planos o anexos que cuestan.", "Drawings or annexes that cost money were added."),
    ),
)
