# SPDX-License-Identifier: Apache-2.0
"""R015, long time between the opening of bids and their evaluation."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, CellMin, fenced
from .shared import releases
from .statutory import statutory

NAME = "R015"


class EvaluationParams(Params, frozen=True):
    """The parameters of R015."""

    days: Annotated[
        int,
        Text(
            "días naturales que son demasiados donde ninguna ley registrada pone plazo",
            "natural days that are too many where no law that is recorded sets a term",
        ),
    ] = 20
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: EvaluationParams) -> ir.Table:
    """Processes whose award began later after the opening than the law allows or than the upper fence of the cell.
    Value: natural days. `basis`: beyond the term, beyond its extension too, or beyond the fence alone.
    """
    asked = releases(t)
    days = (asked.award_start_day.epoch_days() - asked.opening_day.epoch_days()).cast("float64")
    timed = asked.mutate(days=days)
    peers = fenced(t, NAME, timed.select("rid", "days"), "days", cell_min=p.cell_min)
    found = attach(timed, peers.select("rid", "upper", "peer_n", "percentile"), "rid")
    found = attach(found, statutory(t).select("rid", "award_max_days", "award_extension_days"), "rid")
    due = ibis.coalesce(found.award_max_days, ibis.literal(float(p.days)))
    over = found.days > due
    extended = (found.days > due + found.award_extension_days).fill_null(False)
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.days,
        threshold=over.fill_null(False).ifelse(due, found.upper),
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=over | (found.days > found.upper).fill_null(False),
        missing=lacking(
            **{
                "tender.bidOpening.date": found.opening_day.isnull(),
                "tender.awardPeriod.startDate": found.award_start_day.isnull(),
            }
        ),
        basis=ibis.cases((extended, "beyond_extension"), (over.fill_null(False), "beyond_term"), else_="peers"),
    )


FLAG = Flag(
    code=NAME,
    title=Text("Mucho tiempo entre apertura y evaluación", "Long time from opening to evaluation"),
    explanation=Text(
        "Entre la apertura y el inicio de la adjudicación pasaron más días de los que la ley fija, o muchos más que "
        "en compras semejantes.",
        "More days passed between the opening and the start of the award than the law sets, or many more than in "
        "similar purchases.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.EXTENSION,
    inputs=("tender.bidOpening.date", "tender.awardPeriod.startDate"),
    rule=rule,
    definition_es=(
        "Procesos cuyo fallo empezó más tarde después de la apertura de lo que la ley permite, o que la cerca "
        "superior de la celda. Valor: días naturales."
    ),
    params=EvaluationParams,
    law=("term.opening_to_award.max", "term.opening_to_award.extension"),
    innocent=(
        Text("El fallo se difirió una vez, como la ley permite.", "The ruling was put off once, as the law allows."),
        Text("Hubo muchas proposiciones o pruebas de laboratorio.", "There were many bids, or laboratory tests."),
    ),
    reasons={
        "beyond_extension": Text("pasó el plazo, y también su prórroga", "it passed the term, and its extension too"),
        "beyond_term": Text("pasó el plazo", "it passed the term"),
        "peers": Text("tardó mucho más que sus pares", "it took far longer than the peers"),
    },
)
