# SPDX-License-Identifier: Apache-2.0
"""R014, short time between the advertisement and the opening of bids."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .shared import COMPETITIVE, releases
from .statutory import INVITED, OPEN, statutory

DRAFTS = ("planning", "planned")  # nothing was called for yet: the dates are those of a draft


class TermParams(Params, frozen=True):
    """The parameters of R014."""

    days: Annotated[
        int | None,
        Text(
            "días naturales debidos donde ninguna ley registrada lo dice; ninguno de fábrica",
            "natural days that are due where no law that is recorded says so; none by default",
        ),
    ] = None
    procurement_methods: Methods = COMPETITIVE


def rule(t: Tables, p: TermParams) -> ir.Table:
    """Competitive processes opened sooner after the call than the law allows. Value: natural days. A term that is
    short but within the reduced one of the law is in order where a reason is recorded; else `basis` is `reduced`.
    Drafts of calls are left out.
    """
    called = releases(t).filter(lambda r: r.status.fill_null("").notin(DRAFTS))
    asked = called.filter(called.method.isin(p.procurement_methods)).drop("character")
    found = attach(asked, statutory(t), "rid")
    least = ibis.cases(
        (found.procedure == OPEN, found.publication_min_days),
        (found.procedure == INVITED, found.invitation_min_days),
        else_=ibis.null("float64"),
    )
    due = ibis.coalesce(least, ibis.null("float64") if p.days is None else ibis.literal(float(p.days)))
    days = (found.opening_day.epoch_days() - found.tender_start_day.epoch_days()).cast("float64")
    reducible = ((found.procedure == OPEN) & (days >= found.publication_reduced_min_days)).fill_null(False)
    has_reason = found.reduction_reason.fill_null("").strip() != ""
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=days,
        threshold=due,
        flagged=(days < due) & ~(reducible & has_reason),
        missing=lacking(
            **{
                "tender.bidOpening.date": found.opening_day.isnull(),
                "tender.tenderPeriod.startDate": found.tender_start_day.isnull(),
                "law.term": due.isnull(),
            }
        ),
        basis=reducible.ifelse("reduced", "below_minimum"),
    )


FLAG = Flag(
    code="R014",
    title=Text("Poco tiempo entre convocatoria y apertura", "Short time from advertisement to opening"),
    explanation=Text(
        "Entre la convocatoria y la apertura pasaron menos días de los que la ley fija para ese procedimiento y su "
        "carácter.",
        "Fewer days passed between the call and the opening than the law sets for that procedure and character.",
    ),
    group=Group.OCID,
    side=Side.LOW,
    needs=Needs.EXTENSION,
    inputs=("tender.bidOpening.date", "tender.tenderPeriod.startDate", "tender.procurementMethod"),
    rule=rule,
    alone=True,
    definition_es=(
        "Concursos que se abrieron antes de lo que la ley permite después de convocar. Valor: días naturales. "
        "Un plazo corto que cabe en el reducido de la ley está en orden si consta la razón. "
        "Los proyectos de convocatoria no cuentan."
    ),
    params=TermParams,
    law=(
        "term.publication_to_opening.min",
        "term.publication_to_opening.reduced_min",
        "term.invitation_to_opening.min",
    ),
    innocent=(
        Text(
            "El plazo se redujo con razones que los datos no traen.",
            "The term was reduced for reasons not in the data.",
        ),
        Text("La convocatoria se publicó antes en otro medio.", "The call had been published elsewhere before."),
        Text(
            "Si los días son menos de cero, una fecha está mal en los datos.",
            "Where the days are below zero, a date is wrong in the data.",
        ),
    ),
    reasons={
        "reduced": Text(
            "cabe en el plazo reducido de la ley, sin que conste la razón",
            "it fits the reduced term of the law, and no reason is recorded",
        ),
        "below_minimum": Text("está por debajo del mínimo", "it is below the minimum"),
    },
)
