# SPDX-License-Identifier: Apache-2.0
"""R001, planning documents not available."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import processes
from .units import late


class PlanningParams(Params, frozen=True):
    """The parameters of R001."""

    documents: Annotated[
        tuple[str, ...],
        Text("tipos de documento de planeación; uno basta", "types of planning document, of which one is enough"),
    ] = ("procurementPlan", "marketStudies", "needsAssessment", "budgetApproval")
    procurement_methods: Annotated[
        tuple[str, ...],
        Text(
            "métodos (palabras de OCDS) que deben tener planeación",
            "methods (OCDS words) for which a planning stage is due",
        ),
    ] = ("open", "selective", "limited", "direct")


def rule(t: Tables, p: PlanningParams) -> ir.Table:
    """Processes that publish documents, yet none of planning by the day of the call."""
    due = processes(t).filter(lambda r: r.method.isnull() | r.method.isin(p.procurement_methods))
    d = t.document
    wanted = d.filter((d.section == "planning") & d.type.isin(p.documents)).select("rid", "published")
    timed = wanted.join(due.select("rid", "tender_start", "tender_start_day"), "rid")
    in_time = timed.filter(~late(timed.published, timed.tender_start, timed.tender_start_day).fill_null(False))
    found = attach(due, in_time.group_by("rid").aggregate(planning=ibis._.count()), "rid")
    found = attach(found, d.group_by("rid").aggregate(documents=ibis._.count()), "rid")
    has_none = found.documents.isnull()
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=1.0,
        threshold=1.0,
        flagged=found.planning.isnull(),
        missing=lacking(**{"planning.documents": has_none, "tender.procurementMethod": found.method.isnull()}),
    )


FLAG = Flag(
    code="R001",
    title=Text("Sin documentos de planeación", "Planning documents not available"),
    explanation=Text(
        "El proceso publica documentos, pero al convocar no había ninguno de planeación: ni estudio de mercado, ni "
        "programa, ni análisis de necesidades, ni autorización presupuestal.",
        "The process publishes documents, but when it was called there was none of planning: no market study, "
        "programme, needs assessment or budget approval.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE,
    inputs=("planning.documents", "tender.procurementMethod", "tender.tenderPeriod.startDate"),
    rule=rule,
    alone=True,
    definition_es="Procesos que publican documentos, pero ninguno de planeación para el día de la convocatoria.",
    params=PlanningParams,
    innocent=(
        Text("Los documentos existen y se publican en otro sistema.", "The documents exist, in another system."),
        Text("La ley permite reservarlos hasta la apertura.", "The law lets them be kept back until the opening."),
    ),
)
