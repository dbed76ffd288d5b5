# SPDX-License-Identifier: Apache-2.0
"""R010, unjustified use of a procedure without competition."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import DIRECT, active_awards, releases
from .statutory import statutory
from .units import late


class GroundParams(Params, frozen=True):
    """The parameters of R010."""

    procurement_methods: Annotated[
        tuple[str, ...],
        Text("métodos (palabras de OCDS) sin concurso abierto", "methods (OCDS words) without open competition"),
    ] = DIRECT
    documents: Annotated[
        tuple[str, ...],
        Text("tipos de documento que llevan la justificación", "types of document that carry the justification"),
    ] = ("marketStudies", "needsAssessment", "directAwardJustification")


def rule(t: Tables, p: GroundParams) -> ir.Table:
    """Direct awards without a typed legal ground, with a justification that lacks fields that the law asks for, or
    with a justification or study published after the award. Value: how many of the three hold.

    In Mexico the ground must be an article or a code; elsewhere a rationale in free words is a ground too.
    """
    direct = releases(t).filter(lambda r: r.method.isnull() | r.method.isin(p.procurement_methods))
    mexican = statutory(t).select("rid", "justification_fields", is_mexican=ibis.literal(True))
    found = attach(attach(direct, mexican, "rid"), _filled(t), "rid")
    found = attach(found, _after_award(t, p), "rid")
    typed = _said(found.legal_ground) | _said(found.exception_article)
    has_ground = typed | (found.is_mexican.isnull() & _said(found.method_rationale))
    faults = {
        "no_ground": ~has_ground,
        "fields": (found.filled < found.justification_fields).fill_null(False),
        "late": (found.late > 0).fill_null(False),
    }
    value = sum((fault.cast("float64") for fault in faults.values()), ibis.literal(0.0))
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=value,
        threshold=1.0,
        flagged=value >= 1,
        missing=lacking(**{"tender.procurementMethod": found.method.isnull()}),
        basis=ibis.cases(*((fault, name) for name, fault in faults.items()), else_=""),
    )


def _said(text: ir.StringValue) -> ir.BooleanValue:
    return text.fill_null("").strip() != ""


def _filled(t: Tables) -> ir.Table:
    """(rid, filled): how many fields of its justification say something; absent where there is no justification."""
    j = t.justification
    said = j.mutate(field=(j.text.fill_null("").strip() != "").ifelse(j.field, ibis.null("string")))
    return said.group_by("rid").aggregate(filled=said.field.nunique())


def _after_award(t: Tables, p: GroundParams) -> ir.Table:
    """(rid, late): justifications and studies published after the first active award."""
    a = active_awards(t)
    first = a.group_by("rid").aggregate(date=a.date.min(), day=a.date_day.min())
    d = t.document
    papers = d.filter(d.type.isin(p.documents) & d.published.notnull()).join(first, "rid", rname="award_{name}")
    is_late = late(papers.published, papers.date, papers.day).fill_null(False)
    return papers.group_by("rid").aggregate(late=is_late.cast("int64").sum())


FLAG = Flag(
    code="R010",
    title=Text("Sin competencia y sin fundamento", "Unjustified non-competitive procedure"),
    explanation=Text(
        "Se adjudicó sin competencia y no se dice el supuesto de la ley, o a la justificación le faltan datos que la "
        "ley pide, o se publicó después de adjudicar.",
        "The award had no competition and no ground of the law is told, or its justification lacks what the law asks "
        "for, or was published after the award.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE_PLUS,
    inputs=("tender.procurementMethod", "tender.procurementMethodRationale", "planning.documents", "awards.date"),
    rule=rule,
    alone=True,
    definition_es=(
        "Adjudicaciones directas sin fundamento legal capturado, con una justificación a la que faltan campos "
        "que la ley pide, o con justificación o estudio publicados después de adjudicar. Valor: cuántas de "
        "las tres cosas se dan. En México el fundamento debe ser un artículo o una clave; en otros países "
        "basta una razón en palabras."
    ),
    params=GroundParams,
    law=("exception.justification.fields", "exception.grounds"),
    innocent=(
        Text(
            "El fundamento está en el contrato y no en los datos.", "The ground is in the contract, not in the data."
        ),
        Text("La compra cabe en el monto y no pide dictamen.", "The amount is small and asks for no opinion."),
    ),
    bases={
        "no_ground": Text("no se dice el fundamento legal", "no legal ground is told"),
        "fields": Text(
            "a la justificación le faltan campos que la ley pide",
            "the justification lacks fields that the law asks for",
        ),
        "late": Text(
            "la justificación o el estudio se publicó después de adjudicar",
            "the justification or the study was published after the award",
        ),
    },
)
