# SPDX-License-Identifier: Apache-2.0
"""R067, deliveries late or not made."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import processes

SECTIONS = ("contract", "implementation")


class DeliveryParams(Params, frozen=True):
    """The parameters of R067."""

    days: Annotated[int, Text("días de retraso que se dejan pasar", "days of delay that are let pass")] = 0
    types: Annotated[
        tuple[str, ...], Text("tipos de hito que son entregas", "types of milestone that are deliveries")
    ] = ("delivery",)
    failed: Annotated[
        tuple[str, ...],
        Text("estados de hito que son un incumplimiento", "statuses of a milestone that are a failure"),
    ] = ("notMet",)


def rule(t: Tables, p: DeliveryParams) -> ir.Table:
    """Processes with a delivery of their contracts that was late or not made. Value: share of late ones among those
    that were made or failed. A term without hour lasts its whole day, so a delivery is late from the next day on.
    """
    m = t.milestone.filter(t.milestone.section.isin(SECTIONS) & t.milestone.type.isin(p.types))
    failed = m.status.isin(p.failed).fill_null(False)
    late = (m.met > m.due + ibis.interval(days=p.days + 1)).fill_null(False)
    done = (m.met.notnull() & m.due.notnull()) | failed
    counts = m.group_by("rid").aggregate(
        n=m.count(),
        done=done.cast("int64").sum(),
        late=(failed | late).cast("int64").sum(),
        failed=failed.cast("int64").sum(),
    )
    found = attach(processes(t).select("rid", "ocid").semi_join(t.contract, "rid"), counts, "rid")
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.late.cast("float64") / found.done.nullif(0).cast("float64"),
        threshold=0.0,
        flagged=found.late > 0,
        missing=lacking(
            **{
                "contracts.milestones": found.n.isnull(),
                "contracts.milestones.dateMet": found.n.notnull() & (found.done == 0),
            }
        ),
        basis=(found.failed > 0).ifelse("not_met", "late"),
    )


FLAG = Flag(
    code="R067",
    title=Text("Entregas tardías o sin cumplir", "Losses or delays in delivery"),
    explanation=Text(
        "Una entrega del contrato se hizo después de su fecha o no se hizo.",
        "A delivery of the contract was made after its date, or was not made.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("contracts.milestones",),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos con una entrega de sus contratos que llegó tarde o no se hizo. Valor: la parte de las "
        "tardías entre las que se hicieron o fallaron. Un plazo sin hora dura todo su día: es tarde desde el "
        "día siguiente."
    ),
    params=DeliveryParams,
    law=("term.delivery_to_acceptance.max",),
    innocent=(
        Text(
            "El plazo se prorrogó y el dato es el primero.", "The term was extended and the data hold the first one."
        ),
        Text("Se cobró la pena y el bien llegó completo.", "The penalty was paid and the goods arrived whole."),
        Text("Se registró el día de la captura, no el de la entrega.", "The day of typing was kept, not of delivery."),
    ),
    reasons={
        "not_met": Text("alguna entrega no se hizo", "some delivery was not made"),
        "late": Text("alguna entrega llegó tarde", "some delivery was late"),
    },
)
