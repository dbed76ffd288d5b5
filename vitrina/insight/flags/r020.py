# SPDX-License-Identifier: Apache-2.0
"""R020, the tender has a complaint."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Side, lacking, verdict
from .shared import releases


def rule(t: Tables, _: object) -> ir.Table:
    """Processes against which a complaint was filed. Value: how many. `basis`: founded where any is, else pending
    where any is not decided, else unfounded. No complaints is clear only where the data would tell of one.
    """
    c = t.complaint
    filed = c.group_by("rid").aggregate(
        n=c.count(),
        founded=c.is_founded.fill_null(False).cast("int64").sum(),
        pending=(c.is_founded.isnull() & c.resolved.isnull()).cast("int64").sum(),
    )
    found = attach(releases(t), filed, "rid")
    n = found.n.fill_null(0).cast("float64")
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=n,
        threshold=1.0,
        flagged=n >= 1,
        missing=lacking(complaints=found.n.isnull() & ~found.has_complaints.fill_null(False)),
        basis=ibis.cases((found.founded > 0, "founded"), (found.pending > 0, "pending"), else_="unfounded"),
    )


FLAG = Flag(
    code="R020",
    title=Text("Hay una inconformidad", "Tender has a complaint"),
    explanation=Text(
        "Alguien presentó una inconformidad contra el proceso; se dice si fue fundada, infundada o está pendiente.",
        "Somebody filed a complaint against the process; whether it was founded, unfounded or is pending is told.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.EXTENSION,
    inputs=("complaints",),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos contra los que se presentó una inconformidad. Valor: cuántas. Que no haya ninguna solo es "
        "bueno donde los datos la dirían."
    ),
    innocent=(
        Text(
            "Un competidor que perdió se inconforma por rutina.",
            "A competitor who lost complains as a matter of course.",
        ),
        Text("Se resolvió infundada.", "It was found to be unfounded."),
    ),
    reasons={
        "founded": Text("alguna resultó fundada", "one at least was found justified"),
        "pending": Text("alguna sigue sin resolver", "one at least is not decided"),
        "unfounded": Text("ninguna resultó fundada", "none was found justified"),
    },
)
