# SPDX-License-Identifier: Apache-2.0
"""R065, an amendment takes lines away and the price does not fall as much."""

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


class FewerParams(Params, frozen=True):
    """The parameters of R065."""

    apart: Annotated[
        float,
        Text(
            "parte del primer valor en que la baja puede quedar corta frente a lo que valían los renglones quitados",
            "share of the first value by which the fall may lag behind what the lines taken away were worth",
        ),
    ] = 0.02


def rule(t: Tables, p: FewerParams) -> ir.Table:
    """Processes with a contract of which some line was lowered or taken away, while its value fell less than the lines
    would say at their first prices. Value: that lag, as a share of the first value of the contract.
    """
    told = lines(t)
    fewer = (told.has_q0 & (~told.has_q1 | (told.q1 < told.q0))).fill_null(False)
    price = ibis.coalesce(told.p0, told.p1)
    priced = told.mutate(
        fewer=fewer,
        m0=told.has_q0.ifelse(told.q0 * price, 0.0),
        m1=told.has_q1.ifelse(told.q1 * price, 0.0),
        share=told.has_q1.ifelse(told.q1, 0.0) / told.q0.nullif(0.0),
    )
    sums = priced.group_by(["rid", "contract_no"]).aggregate(
        n=priced.count(),
        fewer=priced.fewer.cast("int64").sum(),
        m0=priced.m0.sum(),
        m1=priced.m1.sum(),
        unknown=(priced.m0.isnull() | priced.m1.isnull()).cast("int64").sum(),
        share=priced.share.min(),
    )
    found = attach(versions(t), sums, ["rid", "contract_no"])
    # A contract of one line tells its share without a price.
    by_price = ((found.unknown == 0) & (found.m0 > 0)).ifelse(found.m1 / found.m0.nullif(0.0), ibis.null("float64"))
    expected = ibis.coalesce(by_price, (found.n == 1).ifelse(found.share, ibis.null("float64")))
    lag = found.v1 / found.v0.nullif(0.0) - expected
    has_fewer = (found.fewer > 0).fill_null(False)
    judged = verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=has_fewer.ifelse(lag, 0.0),
        threshold=p.apart,
        flagged=has_fewer & (lag > p.apart + SLIGHT),
        missing=lacking(
            **{
                HISTORY: ~found.has_two,
                "contracts.items.unit.value": found.has_two & has_fewer & expected.isnull(),
                "contracts.value in two releases": found.has_two & has_fewer & (found.v0.isnull() | found.v1.isnull()),
            }
        ),
        basis="lines",
    )
    return worst(judged, unit=["rid"])


FLAG = Flag(
    code="R065",
    title=Text("Un convenio quita renglones y no baja el precio", "Amendment reduces line items"),
    explanation=Text(
        "Entre dos versiones del contrato bajó o desapareció un renglón, y el valor bajó menos de lo que ese renglón "
        "valía.",
        "Between two versions of the contract a line was lowered or went, and the value fell by less than that line "
        "was worth.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE_PLUS,
    inputs=("contracts.items", "contracts.amendments", "contracts.value"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos con un contrato del que se bajó o quitó algún renglón, mientras su valor bajó menos de lo "
        "que dirían los renglones a sus primeros precios. Valor: ese rezago, como parte del primer valor del "
        "contrato."
    ),
    params=FewerParams,
    innocent=(
        Text(
            "El renglón pasó a otro contrato del mismo proceso.", "The line went to another contract of the process."
        ),
        Text("Hay un costo fijo que no depende de la cantidad.", "There is a fixed cost that no quantity changes."),
    ),
    bases={
        "lines": Text(
            "se comparan los renglones del contrato con su valor",
            "the lines of the contract are held against its value",
        ),
    },
)
