# SPDX-License-Identifier: Apache-2.0
"""R008, unreasonable participation fees."""

from __future__ import annotations

from typing import Annotated

import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, CellMin, standing
from .shared import releases

NAME = "R008"


class FeeParams(Params, frozen=True):
    """The parameters of R008."""

    share: Annotated[
        float,
        Text(
            "parte del valor de la compra que puede costar participar",
            "share of the value of the tender that a fee may be",
        ),
    ] = 0.001
    percentile: Annotated[
        float,
        Text(
            "percentil de las cuotas entre pares desde el que se marca",
            "percentile of the fees among peers above which it is flagged",
        ),
    ] = 0.95
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: FeeParams) -> ir.Table:
    """Processes that charge more to take part than a share of their value, or than nearly all peers."""
    asked = releases(t)
    fees = asked.select("rid", "fee", "fee_currency")
    peers = standing(t, NAME, fees, "fee", {"top": p.percentile}, by=["fee_currency"], cell_min=p.cell_min)
    found = attach(asked, peers.select("rid", "top", "peer_n", "percentile"), "rid")
    same = found.fee_currency.isnull() | (found.fee_currency == found.currency)
    most = (same & (found.value > 0)).ifelse(found.value * p.share, None)
    is_free = (found.fee == 0).fill_null(False)
    dear = (found.fee > most).fill_null(False)
    rare = ((found.fee > found.top) & (found.fee > 0)).fill_null(False)
    open_ = ~is_free & ~dear & ~rare & found.fee.notnull()
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.fee,
        threshold=dear.ifelse(most, found.top),
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=dear | rare,
        missing=lacking(
            **{
                "tender.participationFees.value": found.fee.isnull(),
                "tender.value": open_ & most.isnull() & found.top.isnull(),
                PEERS: open_ & most.isnull() & found.top.isnull(),
            }
        ),
        basis=dear.ifelse("share", "peers"),
    )


FLAG = Flag(
    code=NAME,
    title=Text("Cobro excesivo por participar", "Unreasonable participation fees"),
    explanation=Text(
        "Participar cuesta más de lo razonable para el valor de la compra o más que en casi todas las semejantes.",
        "Taking part costs more than is reasonable for the value of the purchase, or more than in nearly all similar "
        "ones.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.EXTENSION,
    inputs=("tender.participationFees.value", "tender.value"),
    rule=rule,
    definition_es=(
        "Procesos que cobran por participar más que una parte de su valor, o más que casi todos sus pares."
    ),
    params=FeeParams,
    innocent=(
        Text("Es una garantía que se devuelve, mal clasificada.", "It is a deposit that is paid back."),
        Text("Incluye planos o muestras que cuestan.", "It includes drawings or samples that cost money."),
    ),
    reasons={
        "share": Text("la cuota es alta para el valor de la compra", "the fee is high for the value of the tender"),
        "peers": Text(
            "la cuota es mayor que casi todas las de sus pares", "the fee is higher than nearly all of the peers"
        ),
    },
)
