# SPDX-License-Identifier: Apache-2.0
"""R018, single bid received. Rule: Cardinal 0.0.8."""

from __future__ import annotations

from typing import Annotated

import ibis.expr.types as ir

from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .settings import SingleBid, words
from .shared import processes


class SingleBidParams(Params, frozen=True):
    """The parameters of R018."""

    procurement_methods: Annotated[
        tuple[str, ...],
        Text("métodos (palabras de OCDS) que cuentan como concurso", "methods (OCDS words) that count as competitive"),
    ] = ("open", "selective")


def rule(t: Tables, p: SingleBidParams) -> ir.Table:
    """Competitive purchases in which exactly one bidder took part, by `tender.numberOfTenderers`."""
    found = processes(t)
    asked = found.filter(found.method.isin(p.procurement_methods))
    return verdict(
        asked,
        group=Group.OCID,
        id=asked.ocid,
        rid=asked.rid,
        value=1.0,
        threshold=1.0,
        flagged=asked.n_tenderers == 1,
        missing=lacking(**{"tender.numberOfTenderers": asked.n_tenderers.isnull()}),
    )


def cardinal(v: View, s: SingleBid) -> ir.Table:
    """The number must be a whole number of JSON."""
    methods = words(s.procurement_methods)
    r = v.release.filter(v.release.method.isin(methods)) if methods else v.release
    one = r.filter(r.n_tenderers == 1)
    return found(one, Group.OCID, one.ocid, 1.0)


FLAG = Flag(
    code="R018",
    title=Text("Un solo proponente", "Single bid received"),
    explanation=Text(
        "En una licitación o invitación participó un solo proponente: no hubo con quién comparar el precio.",
        "Only one bidder took part in a competitive purchase: there was nobody to compare the price with.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE,
    inputs=("tender.procurementMethod", "tender.numberOfTenderers"),
    rule=rule,
    alone=True,
    definition_es="Concursos en que participó exactamente un licitante, por `tender.numberOfTenderers`.",
    params=SingleBidParams,
    innocent=(
        Text("El mercado tiene un solo proveedor, por patente o por región.", "The market has one supplier only."),
        Text("El plazo o la fecha no convenía a los demás.", "The term or the date did not suit the others."),
    ),
    source=Text("Cardinal (OCP) 0.0.8", "Cardinal (OCP) 0.0.8"),
    cardinal=cardinal,
)
