# SPDX-License-Identifier: Apache-2.0
"""R039, questions of bidders without an answer, or answered too late."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .statutory import statutory

HOURS = 24


class QuestionParams(Params, frozen=True):
    """The parameters of R039."""

    share: Annotated[
        float,
        Text(
            "parte de las preguntas sin respuesta a tiempo desde la que se marca",
            "share of the questions without an answer in time, above which a process is flagged",
        ),
    ] = 0.0


def rule(t: Tables, p: QuestionParams) -> ir.Table:
    """Processes, cancelled ones too, with questions that were not answered, or were after the record of the
    clarification meeting. Where the meeting is not told, the last day that the law leaves for it before the opening
    counts, else the end of the term for bids. Questions put too late to be due are left out. Value: the share.
    """
    r = attach(t.release, statutory(t).select("rid", "clarification_min_days", "question_hours_hours"), "rid")
    days = r.clarification_min_days
    # Intervals are of whole hours that the rule names: a column of them is added as seconds since 1970.
    by_law = (_seconds(ibis.coalesce(r.opening, r.tender_end)) - days * HOURS * 3600).cast("int64")
    met = _seconds(r.clarification)
    r = r.select(
        *("rid", "ocid", "has_enquiries"),
        due=ibis.coalesce(met, by_law, _seconds(r.tender_end)),
        until=(met - r.question_hours_hours * 3600).cast("int64"),
    )
    e = t.enquiry.join(r.select("rid", "due", "until"), "rid")
    asked, answered = _seconds(e.date), _seconds(e.answered)
    e = e.filter((asked <= e.until).fill_null(True))
    in_time = e.has_answer.fill_null(False) & (answered <= e.due).fill_null(True)
    per = (
        e.mutate(bad=(~in_time).cast("int64"))
        .group_by("rid")
        .aggregate(n=lambda x: x.bad.count(), bad=lambda x: x.bad.sum())
    )
    found = attach(r, per, "rid")
    none = found.n.isnull() & ~found.has_enquiries.fill_null(True)
    share = none.ifelse(0.0, found.bad.cast("float64") / found.n)
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=share,
        threshold=p.share,
        peer_n=found.n,
        flagged=share > p.share,
        missing=lacking(**{"tender.enquiries": share.isnull()}),
    )


def _seconds(instant: ir.TimestampValue) -> ir.IntegerValue:
    return instant.epoch_seconds().cast("int64")


FLAG = Flag(
    code="R039",
    title=Text("Preguntas sin respuesta", "Unanswered questions"),
    explanation=Text(
        "Quedaron preguntas de los licitantes sin responder en la junta de aclaraciones, o se respondieron después.",
        "Questions of bidders were left without an answer at the clarification meeting, or were answered after it.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.EXTENSION,
    inputs=("tender.enquiries", "tender.clarificationMeetings", "tender.tenderPeriod.endDate"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos, también los cancelados, con preguntas que no se contestaron, o se contestaron después del "
        "acta de la junta de aclaraciones. Donde no se dice la junta, cuenta el último día que la ley deja "
        "antes de la apertura, y si no, el fin del plazo. Las preguntas hechas demasiado tarde no cuentan. "
        "Valor: la parte."
    ),
    params=QuestionParams,
    law=("term.clarification_to_opening.min", "term.question_to_clarification.min"),
    innocent=(
        Text("La respuesta está en el acta, no en los datos.", "The answer is in the record, not in the data."),
        Text("La pregunta se retiró o repetía otra.", "The question was withdrawn, or repeated another."),
    ),
)
