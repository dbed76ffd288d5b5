# SPDX-License-Identifier: Apache-2.0
"""R071, a supplier subcontracts most of the work."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import active_awards, processes
from .units import worst


class MostParams(Params, frozen=True):
    """The parameters of R071."""

    share: Annotated[
        float, Text("parte de la adjudicación que se puede subcontratar", "part of the award that may be handed on")
    ] = 0.49


def rule(t: Tables, p: MostParams) -> ir.Table:
    """Processes with an award of which more than that part is handed on. Value: the part that the award tells, else
    the sum of the parts of its subcontractors; 0 where it says that there are none.
    """
    s = t.subcontractor
    part = s.mutate(part=(s.share > 1).ifelse(s.share / 100, s.share))  # some write per cent
    parts = part.group_by(["rid", "award_no"]).aggregate(parts=part.part.sum())
    a = active_awards(t).select("rid", "award_no", "subcontracted_share", "has_subcontracting")
    found = attach(a.join(processes(t).select("rid", "ocid"), "rid"), parts, ["rid", "award_no"])
    none = (~found.has_subcontracting).ifelse(0.0, ibis.null("float64"))
    share = ibis.coalesce(found.subcontracted_share, found.parts, none)
    judged = verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=share,
        threshold=p.share,
        flagged=share > p.share,
        missing=lacking(**{"awards.subcontracting": share.isnull()}),
        basis=ibis.cases(
            (found.subcontracted_share.notnull(), "award"), (found.parts.notnull(), "sum"), else_="declared_none"
        ),
    )
    return worst(judged, unit=["rid"])


FLAG = Flag(
    code="R071",
    title=Text("Subcontrata casi todo", "Supplier subcontracts most of the work"),
    explanation=Text(
        "El proveedor adjudicado entrega a otros casi la mitad del trabajo o más: quizá no podía hacerlo.",
        "The awarded supplier hands nearly half of the work or more to others: perhaps it could not do it.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.EXTENSION,
    inputs=("awards.subcontracting.minimumPercentage", "awards.subcontracting.subcontracts"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos con una adjudicación de la que se subcontrata más que esa parte. Valor: la parte que dice "
        "la adjudicación, y si no, la suma de las de sus subcontratistas; 0 donde dice que no hay."
    ),
    params=MostParams,
    innocent=(
        Text("La obra pide oficios que una sola empresa no tiene.", "The work asks for trades no single firm has."),
        Text("Las bases pedían subcontratar a empresas pequeñas.", "The documents asked to subcontract small firms."),
    ),
    bases={
        "award": Text("la parte es la que dice la adjudicación", "the part is that which the award tells"),
        "sum": Text(
            "la parte es la suma de las de sus subcontratistas", "the part is the sum of those of its subcontractors"
        ),
        "declared_none": Text(
            "la adjudicación dice que no se subcontrata", "the award says that nothing is subcontracted"
        ),
    },
)
