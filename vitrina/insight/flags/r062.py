# SPDX-License-Identifier: Apache-2.0
"""R062, the decision took very long."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .decision import decided, untold
from .declare import Flag, Group, Methods, Needs, Params, Side, verdict
from .market import CELL_MIN, CellMin, fenced
from .shared import COMPETITIVE
from .statutory import statutory

NAME = "R062"


class LongDecisionParams(Params, frozen=True):
    """The parameters of R062."""

    days: Annotated[
        int | None,
        Text(
            "días naturales que son demasiados donde ninguna ley registrada pone plazo; ninguno de fábrica",
            "natural days that are too many where no law that is recorded sets a term; none by default",
        ),
    ] = None
    procurement_methods: Methods = COMPETITIVE
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: LongDecisionParams) -> ir.Table:
    """Competitive processes awarded later after the deadline than the term of the law with its extension, or than the
    upper fence of the cell. Value: natural days.
    """
    timed = decided(t, p.procurement_methods)
    peers = fenced(t, NAME, timed.select("rid", "days"), "days", cell_min=p.cell_min)
    found = attach(timed, peers.select("rid", "upper", "peer_n", "percentile"), "rid")
    found = attach(found, statutory(t).select("rid", "award_max_days", "award_extension_days"), "rid")
    longest = found.award_max_days + found.award_extension_days.fill_null(0.0)
    due = ibis.coalesce(longest, ibis.null("float64") if p.days is None else ibis.literal(float(p.days)))
    over = (found.days > due).fill_null(False)
    odd = (~over & (found.days > found.upper)).fill_null(False)
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.days,
        threshold=odd.ifelse(found.upper, ibis.coalesce(due, found.upper)),
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=over | odd,
        missing=untold(found, **{"law.term or peers": found.days.notnull() & due.isnull() & found.upper.isnull()}),
        basis=odd.ifelse("peers", "beyond_term"),
    )


FLAG = Flag(
    code=NAME,
    title=Text("Decisión muy tardada", "Decision period extremely long"),
    explanation=Text(
        "Entre el cierre de la recepción de proposiciones y el fallo pasaron más días que el plazo de la ley con su "
        "prórroga, o muchos más que en compras semejantes.",
        "Between the deadline for bids and the award more days passed than the term of the law with its extension, or "
        "many more than in similar purchases.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("tender.tenderPeriod.endDate", "awards.date", "tender.procurementMethod"),
    rule=rule,
    definition_es=(
        "Concursos fallados, tras el vencimiento, más tarde que el plazo de la ley con su prórroga, o que la "
        "cerca superior de la celda. Valor: días naturales."
    ),
    params=LongDecisionParams,
    law=("term.opening_to_award.max", "term.opening_to_award.extension"),
    innocent=(
        Text("Una inconformidad suspendió el proceso.", "A complaint suspended the process."),
        Text("Hubo muchas proposiciones o pruebas de laboratorio.", "There were many bids, or laboratory tests."),
    ),
    reasons={
        "peers": Text("tardó mucho más que sus pares", "it took far longer than the peers"),
        "beyond_term": Text(
            "pasó el plazo de la ley con su prórroga", "it passed the term of the law with its extension"
        ),
    },
)
