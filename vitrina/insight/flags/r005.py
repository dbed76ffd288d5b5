# SPDX-License-Identifier: Apache-2.0
"""R005, key tender information and documents not available."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .shared import processes
from .units import late


class DocumentsParams(Params, frozen=True):
    """The parameters of R005."""

    documents: Annotated[
        tuple[str, ...], Text("tipos de documento que deben estar todos", "types of document that must all be there")
    ] = ("biddingDocuments", "technicalSpecifications", "evaluationCriteria", "contractDraft")
    grace_days: Annotated[
        int,
        Text(
            "días tras el inicio en que todavía pueden llegar", "days after the start within which they may still come"
        ),
    ] = 1
    procurement_methods: Methods = ("open", "selective")


def rule(t: Tables, p: DocumentsParams) -> ir.Table:
    """Competitive processes that lack a key document, or had it late. Value: the share of the types lacking."""
    asked = processes(t).filter(lambda r: r.method.isin(p.procurement_methods))
    d = t.document
    key = d.filter((d.section == "tender") & d.type.isin(p.documents)).select("rid", "type", "published")
    timed = key.join(asked.select("rid", "tender_start", "tender_start_day"), "rid")
    is_late = late(timed.published, timed.tender_start, timed.tender_start_day, p.grace_days)
    there = timed.filter(~is_late.fill_null(False)).select("rid", "type").distinct()
    found = attach(asked, there.group_by("rid").aggregate(there=ibis._.count()), "rid")
    found = attach(found, d.group_by("rid").aggregate(documents=ibis._.count()), "rid")
    lacks = 1 - found.there.fill_null(0).cast("float64") / len(p.documents)
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=lacks,
        threshold=0.0,
        flagged=lacks > 0,
        missing=lacking(**{"tender.documents": found.documents.isnull()}),
    )


FLAG = Flag(
    code="R005",
    title=Text("Faltan documentos clave de la convocatoria", "Key tender documents missing"),
    explanation=Text(
        "Falta alguno de los documentos que un licitante necesita (bases, especificaciones, criterios, modelo de "
        "contrato), o se publicó más de un día después de empezar el plazo.",
        "One of the documents that a bidder needs (bidding documents, specifications, criteria, contract draft) is "
        "missing, or came more than a day after the term began.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE,
    inputs=("tender.documents", "tender.tenderPeriod.startDate", "tender.procurementMethod"),
    rule=rule,
    alone=True,
    definition_es=(
        "Concursos a los que falta un documento clave, o lo tuvieron tarde. Valor: la parte de los tipos que faltan."
    ),
    params=DocumentsParams,
    innocent=(
        Text("Un solo archivo contiene las cuatro cosas.", "One file holds all four."),
        Text("El tipo del documento está mal clasificado.", "The type of the document is wrongly classified."),
    ),
)
