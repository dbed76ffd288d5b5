# SPDX-License-Identifier: Apache-2.0
"""R061, the decision took very short."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .decision import decided, untold
from .declare import Flag, Group, Methods, Needs, Params, Side, verdict
from .market import CELL_MIN, CellMin, standing
from .shared import COMPETITIVE

NAME = "R061"


class ShortDecisionParams(Params, frozen=True):
    """The parameters of R061."""

    days: Annotated[
        int,
        Text(
            "días naturales por debajo de los cuales el fallo de una licitación pública es corto",
            "natural days below which a decision of an open procedure is short",
        ),
    ] = 2
    percentile: Annotated[
        float,
        Text(
            "percentil de la celda por debajo del cual cualquiera lo es", "percentile of the cell below which any is"
        ),
    ] = 0.05
    procurement_methods: Methods = COMPETITIVE
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: ShortDecisionParams) -> ir.Table:
    """Competitive processes awarded sooner after the deadline than in two days, where open, or than nearly all of
    their cell. Value: natural days. `basis` is before_deadline where the award comes before the deadline for bids.
    """
    timed = decided(t, p.procurement_methods)
    quantile = {"least": p.percentile}
    peers = standing(t, NAME, timed.select("rid", "days"), "days", quantile, cell_min=p.cell_min)
    found = attach(timed, peers.select("rid", "least", "peer_n", "percentile"), "rid")
    is_open = found.method == "open"
    short = is_open & (found.days < p.days)
    low = (found.days < found.least).fill_null(False)
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.days,
        threshold=(is_open & (short | ~low)).ifelse(float(p.days), found.least),
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=short | low,
        missing=untold(found, peers=~is_open & found.days.notnull() & found.least.isnull()),
        basis=ibis.cases((found.days < 0, "before_deadline"), (short, "short"), else_="peers"),
    )


FLAG = Flag(
    code=NAME,
    title=Text("Decisión muy rápida", "Decision period extremely short"),
    explanation=Text(
        "Entre el cierre de la recepción de proposiciones y el fallo pasaron menos días de los que toma evaluarlas, o "
        "menos que en casi todas las compras semejantes.",
        "Between the deadline for bids and the award fewer days passed than evaluating them takes, or fewer than in "
        "nearly all similar purchases.",
    ),
    group=Group.OCID,
    side=Side.LOW,
    needs=Needs.CORE,
    inputs=("tender.tenderPeriod.endDate", "awards.date", "tender.procurementMethod"),
    rule=rule,
    definition_es=(
        "Concursos fallados antes de dos días del vencimiento, si son licitación pública, o antes que casi "
        "todos los de su celda. Valor: días naturales."
    ),
    params=ShortDecisionParams,
    innocent=(
        Text("Se compró por precio y hubo pocas proposiciones.", "It was bought on price alone, with few bids."),
        Text("Fue una subasta: el orden quedó fijado al cerrar.", "It was an auction: its end fixed the order."),
        Text("El plazo publicado no es el del cierre.", "The published end is not that of the deadline."),
        Text(
            "Si los días son menos de cero, una fecha está mal en los datos.",
            "Where the days are below zero, a date is wrong in the data.",
        ),
    ),
    reasons={
        "before_deadline": Text(
            "se adjudicó antes de que venciera el plazo para presentar proposiciones",
            "it was awarded before the deadline for bids",
        ),
        "short": Text(
            "el fallo de la licitación fue demasiado pronto", "the decision of the open tender was too soon"
        ),
        "peers": Text(
            "el fallo fue antes que casi todos los de sus pares",
            "the decision came sooner than nearly all of the peers",
        ),
    },
)
