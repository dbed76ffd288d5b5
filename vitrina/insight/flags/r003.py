# SPDX-License-Identifier: Apache-2.0
"""R003, short submission period. Rule: Cardinal 0.0.8; the limit of Mexican data comes from the rulebook."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .settings import ShortPeriod, words
from .shared import processes, releases
from .statutory import INVITED, OPEN, TERMS, statutory

DAY = 86_400
RFC3339 = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"


class ShortPeriodParams(Params, frozen=True):
    """The parameters of R003."""

    threshold: Annotated[
        int,
        Text(
            "días enteros por debajo de los cuales el plazo es corto, donde no hay ley registrada",
            "whole days below which a period is short, where no law is recorded",
        ),
    ] = 15
    procurement_methods: Annotated[
        tuple[str, ...], Text("métodos (palabras de OCDS) que tienen plazo", "methods (OCDS words) that have a period")
    ] = ("open", "selective")
    by_detail: Annotated[
        dict[str, int],
        Text(
            "días según `tender.procurementMethodDetails`; van antes que la ley",
            "days by `tender.procurementMethodDetails`; they go before the law",
        ),
    ] = {}


def rule(t: Tables, p: ShortPeriodParams) -> ir.Table:
    """Competitive purchases that gave fewer whole days than the limit between call and deadline. In Mexico the limit
    is the law's, the reduced one where a reason for it is told.
    """
    r = processes(t)
    asked = attach(r.filter(r.method.isin(p.procurement_methods)), _legal(t), "rid")
    days = whole_days(asked.tender_start, asked.tender_end)
    own = limit_of(asked.method_detail, p.by_detail, None)
    limit = ibis.coalesce(own, asked.legal, ibis.literal(p.threshold).cast("int64"))
    return verdict(
        asked,
        group=Group.OCID,
        id=asked.ocid,
        rid=asked.rid,
        value=days,
        threshold=limit,
        flagged=days < limit,
        missing=lacking(
            **{
                "tender.tenderPeriod.startDate": asked.tender_start.isnull(),
                "tender.tenderPeriod.endDate": asked.tender_end.isnull(),
            }
        ),
        basis=ibis.cases((own.notnull(), "detail"), (asked.legal.notnull(), "law"), else_="threshold"),
    )


def _legal(t: Tables) -> ir.Table:
    """(rid, legal): the least days that the law gives, of processes whose law is recorded."""
    s = attach(statutory(t), releases(t).select("rid", "reduction_reason"), "rid")
    reduced = s.reduction_reason.notnull() & s.publication_reduced_min_days.notnull()
    days = ibis.cases(
        ((s.procedure == OPEN) & reduced, s.publication_reduced_min_days),
        (s.procedure == OPEN, s.publication_min_days),
        (s.procedure == INVITED, s.invitation_min_days),
    )
    return s.select("rid", legal=days.cast("int64"))


def whole_days(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.IntegerValue:
    """Whole days from an instant to another, cut toward zero: 14 days 23:59 are 14, minus 1:00 hour is 0."""
    micros = end.delta(start, unit="microsecond")
    return (micros.abs() // (DAY * 1_000_000)).cast("int64") * micros.sign().cast("int64")


def limit_of(detail: ir.StringValue, by_detail: dict[str, int], otherwise: int | None) -> ir.IntegerValue:
    """The days of the detail where it has its own."""
    rest = ibis.null("int64") if otherwise is None else ibis.literal(otherwise).cast("int64")
    if not by_detail:
        return rest
    cases = ((detail == key, ibis.literal(days).cast("int64")) for key, days in sorted(by_detail.items()))
    return ibis.cases(*cases, else_=rest)


def cardinal(v: View, s: ShortPeriod) -> ir.Table:
    """Both dates must be RFC 3339 with offset."""
    methods = words(s.procurement_methods)
    r = v.release.filter(v.release.method.isin(methods)) if methods else v.release
    r = r.filter(r.start_s.re_search(RFC3339) & r.end_s.re_search(RFC3339))
    limit = limit_of(r.method_detail, s.procurement_method_details, s.threshold)
    short = r.filter(whole_days(r.tender_start, r.tender_end) < limit)
    return found(short, Group.OCID, short.ocid, 1.0)


FLAG = Flag(
    code="R003",
    title=Text("Plazo corto para presentar proposiciones", "Short submission period"),
    explanation=Text(
        "Entre la convocatoria y el cierre hubo menos días de los que se necesitan para preparar una proposición.",
        "Fewer days went by between the call and the deadline than are needed to prepare a bid.",
    ),
    group=Group.OCID,
    side=Side.LOW,
    needs=Needs.CORE,
    inputs=("tender.procurementMethod", "tender.tenderPeriod.startDate", "tender.tenderPeriod.endDate"),
    rule=rule,
    alone=True,
    definition_es=(
        "Concursos que dieron menos días enteros que el límite entre la convocatoria y el vencimiento. En "
        "México el límite es el de la ley; el reducido, donde se dice la razón."
    ),
    params=ShortPeriodParams,
    law=(TERMS["publication_min"], TERMS["publication_reduced_min"], TERMS["invitation_min"]),
    innocent=(
        Text("El plazo se redujo con una razón escrita.", "The period was shortened for a stated reason."),
        Text("La ley da menos días a ese procedimiento.", "The law gives that procedure fewer days."),
        Text(
            "La fecha publicada es la del aviso, no la de la convocatoria.",
            "The date is that of the notice.",
        ),
        Text(
            "Si los días son menos de cero, una fecha está mal en los datos.",
            "Where the days are below zero, a date is wrong in the data.",
        ),
    ),
    source=Text("Cardinal (OCP) 0.0.8, con el plazo de la ley", "Cardinal (OCP) 0.0.8, with the period of the law"),
    cardinal=cardinal,
    bases={
        "detail": Text(
            "el límite es el de sus ajustes para este tipo de procedimiento",
            "the limit is that of your settings for this kind of procedure",
        ),
        "law": Text("el límite es el de la ley de ese día", "the limit is that of the law of the day"),
        "threshold": Text(
            "no hay ley registrada: el límite es el parámetro `threshold`",
            "no law is recorded: the limit is the parameter `threshold`",
        ),
    },
)
