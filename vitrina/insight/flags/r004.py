# SPDX-License-Identifier: Apache-2.0
"""R004, failure to advertise the request for bids."""

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


class NoticeParams(Params, frozen=True):
    """The parameters of R004."""

    procurement_methods: Annotated[
        tuple[str, ...],
        Text("métodos (palabras de OCDS) que deben anunciarse", "methods (OCDS words) that must be advertised"),
    ] = ("open", "selective")
    documents: Annotated[
        tuple[str, ...], Text("tipos de documento que son un anuncio", "types of document that are a notice")
    ] = ("tenderNotice",)


def rule(t: Tables, p: NoticeParams) -> ir.Table:
    """Competitive processes without a notice, or whose every notice was published after the bidding term began."""
    asked = processes(t).filter(lambda r: r.method.isin(p.procurement_methods))
    d = t.document
    notices = d.filter((d.section == "tender") & d.type.isin(p.documents)).select("rid", "published")
    timed = notices.join(asked.select("rid", "tender_start", "tender_start_day"), "rid")
    is_late = late(timed.published, timed.tender_start, timed.tender_start_day)
    told = timed.group_by("rid").aggregate(
        notices=timed.count(), in_time=(~is_late.fill_null(False)).cast("int64").sum()
    )
    found = attach(asked, told, "rid")
    found = attach(found, d.group_by("rid").aggregate(documents=ibis._.count()), "rid")
    no_start = found.tender_start.isnull() & found.tender_start_day.isnull()
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=1.0,
        threshold=1.0,
        flagged=found.notices.isnull() | (found.in_time == 0),
        missing=lacking(
            **{
                "tender.documents": found.documents.isnull(),
                "tender.tenderPeriod.startDate": found.notices.notnull() & no_start,
            }
        ),
        basis=found.notices.isnull().ifelse("no_notice", "late_notice"),
    )


FLAG = Flag(
    code="R004",
    title=Text("Sin convocatoria publicada a tiempo", "Failure to advertise the request for bids"),
    explanation=Text(
        "En un procedimiento competido no hay convocatoria publicada, o se publicó cuando el plazo ya corría.",
        "In a competitive procedure no notice was published, or it was published when the term was already running.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE,
    inputs=("tender.documents", "tender.tenderPeriod.startDate", "tender.procurementMethod"),
    rule=rule,
    alone=True,
    definition_es="Concursos sin anuncio, o cuyos anuncios se publicaron todos cuando el plazo ya corría.",
    params=NoticeParams,
    innocent=(
        Text("Se publicó en el diario oficial y no en los datos.", "It was in the gazette, not in the data."),
        Text("El archivo se volvió a cargar y perdió su fecha.", "The file was loaded again and lost its date."),
    ),
    reasons={
        "no_notice": Text("no hay ningún anuncio", "there is no notice"),
        "late_notice": Text(
            "el anuncio llegó cuando el plazo ya corría", "the notice came when the term was already running"
        ),
    },
)
