# SPDX-License-Identifier: Apache-2.0
"""R066, an amendment raises lines or adds them."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contracts import HISTORY, SLIGHT, contracts, lines
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .statutory import statutory
from .units import worst


class MoreParams(Params, frozen=True):
    """The parameters of R066."""

    share: Annotated[
        float,
        Text(
            "alza de un renglón que es demasiada donde ninguna ley registrada pone tope",
            "rise of a line that is too much where no law that is recorded sets a cap",
        ),
    ] = 0.20


def rule(t: Tables, p: MoreParams) -> ir.Table:
    """Processes with a contract of which the quantity of a line rose by more than the cap, or that got a line that the
    tender does not have. Value: the largest rise as a share; a new line counts 1.
    """
    told = lines(t)
    new = told.has_q1 & ~told.has_q0 & ~told.asked
    rise = (told.q1 - told.q0) / told.q0.nullif(0.0)
    changed = told.mutate(new=new, rise=new.ifelse(1.0, rise))
    sums = changed.group_by(["rid", "contract_no"]).aggregate(
        rise=changed.rise.max(),
        new=changed.new.cast("int64").sum(),
        both=(changed.has_q0 & changed.has_q1).cast("int64").sum(),
        untold=(changed.has_q0 & changed.has_q1 & changed.rise.isnull()).cast("int64").sum(),
    )
    found = attach(contracts(t), sums, ["rid", "contract_no"])
    found = attach(found, statutory(t).select("rid", "amendment_line_max"), "rid")
    cap = ibis.coalesce(found.amendment_line_max, ibis.literal(p.share))
    value = found.rise.fill_null(0.0)
    is_more = (found.new > 0) | (value > cap + SLIGHT)
    judged = verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=value,
        threshold=cap,
        flagged=is_more,
        missing=lacking(
            **{
                HISTORY: found.both.isnull(),
                "contracts.items.quantity": ~is_more.fill_null(False) & (found.untold > 0).fill_null(False),
            }
        ),
        basis=(found.new > 0).ifelse("new_line", "more"),
    )
    return worst(judged, unit=["rid"])


FLAG = Flag(
    code="R066",
    title=Text("Un convenio aumenta renglones", "Amendment increases line items"),
    explanation=Text(
        "Entre dos versiones del contrato creció la cantidad de un renglón más de lo que la ley admite, o apareció "
        "uno que no estaba en la convocatoria.",
        "Between two versions of the contract the quantity of a line grew by more than the law admits, or a line "
        "appeared that the call did not have.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE_PLUS,
    inputs=("contracts.items", "tender.items"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos con un contrato en que la cantidad de un renglón subió más que el tope, o que recibió un "
        "renglón que la licitación no tiene. Valor: la mayor alza como parte; un renglón nuevo cuenta 1."
    ),
    params=MoreParams,
    law=("amendment.line.max",),
    innocent=(
        Text("El renglón cambió de número y es el mismo.", "The line changed its number and is the same."),
        Text("El contrato es abierto y cabe en su máximo.", "The contract is an open one and within its maximum."),
    ),
    reasons={
        "new_line": Text("hay un renglón que la licitación no tiene", "there is a line that the tender does not have"),
        "more": Text("la cantidad de un renglón subió", "the quantity of a line rose"),
    },
)
