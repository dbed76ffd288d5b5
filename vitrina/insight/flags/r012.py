# SPDX-License-Identifier: Apache-2.0
"""R012, direct award in contravention of the procurement plan."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .market import dated
from .shared import COMPETITIVE, DIRECT, releases
from .units import grounds


class PlanParams(Params, frozen=True):
    """The parameters of R012."""

    urgent: Annotated[
        tuple[str, ...],
        Text(
            "fracciones de la ley que excusan lo que nadie planeó",
            "fractions of the law that excuse a purchase that nobody planned",
        ),
    ] = ("II", "V")
    planned: Annotated[
        tuple[str, ...],
        Text(
            "métodos del plan (palabras de OCDS) que anuncian concurso",
            "methods of the plan (OCDS words) that foresee competition",
        ),
    ] = COMPETITIVE
    procurement_methods: Methods = DIRECT


def rule(t: Tables, p: PlanParams) -> ir.Table:
    """Direct awards whose line of the plan foresaw competition, and those that are in no plan and are not urgent."""
    direct = releases(t).filter(lambda r: r.method.isin(p.procurement_methods)).join(dated(t), "rid")
    direct = direct.join(grounds(t), "rid")
    plan = t.plan_line
    lines = plan.filter(plan.line.notnull()).group_by(["buyer_oid", "line"]).aggregate(line_method=plan.method.max())
    plans = plan.group_by(["buyer_oid", "year"]).aggregate(lines=ibis._.count())
    found = attach(direct, lines.rename(who_oid="buyer_oid", plan_line="line"), ["who_oid", "plan_line"])
    found = attach(found, plans.rename(who_oid="buyer_oid"), ["who_oid", "year"])
    method = ibis.coalesce(found.plan_method, found.line_method)
    against = method.isin(p.planned).fill_null(False)
    urgent = ibis.literal(False)
    for one in p.urgent:
        urgent = urgent | found.ground.contains(f" {one} ")
    has_line = found.plan_line.notnull()
    unplanned = ~has_line & found.lines.notnull() & ~urgent
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=1.0,
        threshold=1.0,
        flagged=against | unplanned,
        missing=lacking(
            **{
                "planning": ~has_line & method.isnull() & found.lines.isnull(),
                "planning.method": has_line & method.isnull(),
            }
        ),
        basis=against.ifelse("planned_with_competition", "not_planned"),
    )


FLAG = Flag(
    code="R012",
    title=Text("Adjudicación directa contra el programa", "Direct award against the plan"),
    explanation=Text(
        "El programa anual preveía licitar o invitar y se adjudicó directo, o la compra no está en el programa y no "
        "se invoca urgencia.",
        "The annual plan foresaw a tender or an invitation and the award was direct, or the purchase is in no plan "
        "and no urgency is claimed.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE_PLUS,
    inputs=("tender.procurementMethod", "planning"),
    rule=rule,
    alone=True,
    definition_es=(
        "Adjudicaciones directas cuya línea del plan anunciaba un concurso, y las que no están en ningún plan "
        "ni son urgentes."
    ),
    params=PlanParams,
    law=("exception.grounds",),
    innocent=(
        Text("La licitación se declaró desierta antes.", "A tender had been declared deserted before."),
        Text(
            "El programa se actualizó y los datos traen el anterior.",
            "The plan was updated; the data hold the old one.",
        ),
    ),
    reasons={
        "planned_with_competition": Text("el plan anunciaba un concurso", "the plan foresaw competition"),
        "not_planned": Text("no está en el plan ni es urgente", "it is in no plan and is not urgent"),
    },
)
