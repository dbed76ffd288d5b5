# SPDX-License-Identifier: Apache-2.0
"""R069, an amendment raises the price."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contracts import HISTORY, SLIGHT, lines, versions
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .units import worst


class RaisedParams(Params, frozen=True):
    """The parameters of R069."""

    rise: Annotated[
        float,
        Text("parte en que un precio puede subir, por redondeos", "share by which a price may rise, for roundings"),
    ] = 0.001


def rule(t: Tables, p: RaisedParams) -> ir.Table:
    """Processes with a contract in which the unit price of a line rose, or whose value rose while every quantity
    stayed the same. Value: the largest rise, as a share.
    """
    told = lines(t)
    rise = (told.has_q0 & told.has_q1).ifelse(told.p1 / told.p0.nullif(0.0) - 1, ibis.null("float64"))
    same = told.has_q0 & told.has_q1 & told.q0.identical_to(told.q1)
    sums = (
        told.mutate(rise=rise, moved=(~same).cast("int64"))
        .group_by(["rid", "contract_no"])
        .aggregate(rise=lambda x: x.rise.max(), moved=lambda x: x.moved.sum(), prices=lambda x: x.rise.count())
    )
    found = attach(versions(t), sums, ["rid", "contract_no"])
    whole = (found.moved == 0).ifelse(found.v1 / found.v0.nullif(0.0) - 1, ibis.null("float64"))
    by_line = (found.rise > p.rise + SLIGHT).fill_null(False)
    value = by_line.ifelse(found.rise, ibis.coalesce(whole, found.rise))
    judged = verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=value,
        threshold=p.rise,
        flagged=value > p.rise + SLIGHT,
        missing=lacking(
            **{
                HISTORY: ~found.has_two,
                "contracts.items.unit.value": found.has_two & value.isnull(),
            }
        ),
        basis=by_line.ifelse("unit_price", "value"),
    )
    return worst(judged, unit=["rid"])


FLAG = Flag(
    code="R069",
    title=Text("Un convenio sube el precio", "Amendment increases the price"),
    explanation=Text(
        "Entre dos versiones del contrato subió el precio unitario de un renglón, o el valor con las mismas "
        "cantidades.",
        "Between two versions of the contract the unit price of a line rose, or its value with the same quantities.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("contracts.items", "contracts.value", "contracts.amendments"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos con un contrato en que subió el precio unitario de un renglón, o cuyo valor subió sin que "
        "cambiara ninguna cantidad. Valor: la mayor alza, como parte."
    ),
    params=RaisedParams,
    innocent=(
        Text("El contrato prevé ajuste por inflación.", "The contract foresees an adjustment for inflation."),
        Text("Cambió un impuesto.", "A tax changed."),
    ),
    reasons={
        "unit_price": Text("subió el precio unitario de un renglón", "the unit price of a line rose"),
        "value": Text(
            "subió el valor con las mismas cantidades", "the value rose while the quantities stayed the same"
        ),
    },
)
