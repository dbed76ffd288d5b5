# SPDX-License-Identifier: Apache-2.0
"""R016, tender value far from the usual for what is bought."""

from __future__ import annotations

from typing import Annotated

import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, CellMin, scored
from .shared import releases

NAME = "R016"


class ValueParams(Params, frozen=True):
    """The parameters of R016."""

    z: Annotated[
        float,
        Text(
            "z robusta del logaritmo del valor desde la que se marca, hacia cualquier lado",
            "robust z of the logarithm of the value beyond which, on either side, a process is flagged",
        ),
    ] = 3.5
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: ValueParams) -> ir.Table:
    """Processes whose value lies far from the median of their cell, by robust z of its logarithm, among values in the
    same currency and on the same basis of VAT. Value: z.
    """
    asked = releases(t)
    priced = asked.filter(asked.value > 0).select("rid", "currency", "vat_basis", log=asked.value.ln())
    peers = scored(t, NAME, priced, "log", by=["currency", "vat_basis"], cell_min=p.cell_min)
    found = attach(asked, peers.select("rid", "z", "peer_n", "percentile"), "rid")
    priceless = (found.value > 0).fill_null(False).cast("int8") == 0
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.z,
        threshold=p.z,
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=found.z.abs() > p.z,
        missing=lacking(**{"tender.value": priceless, PEERS: ~priceless & found.z.isnull()}),
        basis=(found.z > 0).ifelse("above", "below"),
    )


FLAG = Flag(
    code=NAME,
    title=Text("Valor muy distinto al de compras semejantes", "Tender value far from the usual"),
    explanation=Text(
        "El valor de la compra está muy lejos del de otras de la misma clase, método y año, por arriba o por abajo.",
        "The value of the purchase is very far from that of others of its class, method and year, above or below.",
    ),
    group=Group.OCID,
    side=Side.BOTH,
    needs=Needs.CORE,
    inputs=("tender.value", "tender.items.classification.id", "tender.procurementMethod"),
    rule=rule,
    definition_es=(
        "Procesos cuyo valor está lejos de la mediana de su celda, por z robusta de su logaritmo, entre "
        "valores de la misma moneda y con el mismo trato del IVA. Valor: z."
    ),
    params=ValueParams,
    innocent=(
        Text("Es una compra consolidada de varias instituciones.", "It is a joint purchase of several institutions."),
        Text("Abarca varios años, o unas pocas piezas.", "It covers several years, or a few pieces."),
        Text("La clase junta cosas de precio muy distinto.", "The class joins things of very different price."),
    ),
    bases=bases.ABOVE | bases.BELOW,
)
