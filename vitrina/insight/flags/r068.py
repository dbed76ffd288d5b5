# SPDX-License-Identifier: Apache-2.0
"""R068, payments exceed the contract."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contracts import SLIGHT, contracts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .units import centavos, worst


class PaymentParams(Params, frozen=True):
    """The parameters of R068."""

    over: Annotated[
        float,
        Text(
            "parte del valor en que los pagos pueden rebasarlo, por redondeos",
            "share of the value by which the payments may pass it, for roundings",
        ),
    ] = 0.005


def rule(t: Tables, p: PaymentParams) -> ir.Table:
    """Processes with a contract on which more was paid than it may come to (its maximum, else its value, amendments
    included). Value: paid over contract. Without payments the final value counts.
    """
    c = contracts(t)
    x = t.transaction.mutate(paid=centavos)
    told = attach(x, c.select("rid", "contract_no", said="currency"), ["rid", "contract_no"])
    other = told.currency.notnull() & ~told.currency.identical_to(told.said)
    paid = told.group_by(["rid", "contract_no"]).aggregate(paid=told.paid.sum(), other=other.cast("int64").sum())
    found = attach(c, paid, ["rid", "contract_no"])
    by_payments = found.paid.notnull()
    spent = ibis.coalesce(found.paid, found.final_centavos)
    ratio = spent.cast("float64") / found.c.nullif(0).cast("float64")
    judged = verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=ratio,
        threshold=1 + p.over,
        flagged=ratio > 1 + p.over + SLIGHT,
        missing=lacking(
            **{
                "contracts.implementation.transactions": spent.isnull(),
                "contracts.value": ~(found.c > 0).fill_null(False),
                "one currency": (found.other > 0).fill_null(False),
            }
        ),
        basis=by_payments.ifelse("transactions", "final_value"),
    )
    return worst(judged, unit=["rid"])


FLAG = Flag(
    code="R068",
    title=Text("Se pagó más que el contrato", "Payments exceed contract value"),
    explanation=Text(
        "La suma de los pagos de un contrato pasa de lo que el contrato puede valer, convenios incluidos.",
        "The payments on a contract sum to more than the contract may come to, amendments included.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("contracts.implementation.transactions", "contracts.value"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos con un contrato por el que se pagó más de lo que puede costar (su máximo, y si no, su "
        "valor, con modificaciones). Valor: pagado entre contrato. Sin pagos cuenta el valor final."
    ),
    params=PaymentParams,
    innocent=(
        Text("Los pagos llevan IVA y el contrato no.", "Payments include value added tax, the contract does not."),
        Text(
            "Un convenio subió el valor y los datos no lo traen.", "An amendment raised the value, untold in the data."
        ),
        Text("Un pago se registró dos veces y uno se devolvió.", "A payment was entered twice and one came back."),
    ),
    bases={
        "transactions": Text("lo pagado es la suma de los pagos", "what was paid is the sum of the payments"),
        "final_value": Text("no hay pagos: cuenta el valor final", "there are no payments: the final value counts"),
    },
)
