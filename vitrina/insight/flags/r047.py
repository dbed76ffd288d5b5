# SPDX-License-Identifier: Apache-2.0
"""R047, a supplier or bidder of which no other source has a trace. Informative only."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contact import contacts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .outside import SURE, covered, matched, taking_part
from .units import worst


class TraceParams(Params, frozen=True):
    """None yet."""


def rule(t: Tables, p: TraceParams) -> ir.Table:  # noqa: ARG001 - it has no parameter
    """Bidders and suppliers that no register has, by RFC or by name, active or not, and that tell neither a page nor a
    mail domain of their own. Value: 1. It never says anything by itself.
    """
    rows = covered(t, taking_part(t), "register")
    whole = rows.group_by("oid").aggregate(
        rid=rows.rid.min(),
        loaded=rows.register_loaded.cast("int32").max(),
        stale=(~rows.register_fresh).cast("int32").max(),
    )
    whole = whole.join(contacts(t).select("oid", "id", "rfc", "name_key", "domain"), "oid")
    g = t.register.select("rfc", "name_norm").distinct()
    hits = matched(whole.select("oid", "rfc", "name_key"), g)
    traces = hits.group_by("oid").aggregate(registered=(hits.how >= SURE - 1).cast("int32").max())
    pages = t.org.select("oid", page=t.org.url.strip().nullif(""))
    found = attach(attach(whole, traces, "oid"), pages, "oid")
    seen = found.registered.notnull() | found.domain.notnull() | found.page.notnull()
    nameless = found.rfc.isnull() & found.name_key.isnull()
    judged = verdict(
        found,
        group=Group.TENDERER,
        id=found.id,
        rid=found.rid,
        value=seen.ifelse(0.0, 1.0),
        flagged=~seen,
        missing=lacking(
            **{
                "lists.register": ~seen & (found.loaded == 0),
                "lists.cut": ~seen & (found.loaded == 1) & (found.stale == 1),
                "parties.name": ~seen & nameless,
            }
        ),
        basis=ibis.literal("informative"),
    )
    return worst(judged)


FLAG = Flag(
    code="R047",
    title=Text("Sin rastro en otras fuentes", "Not traceable"),
    explanation=Text(
        "Ninguna de las fuentes cargadas conoce a la empresa y ella no da página ni correo propios. Sólo informa: por "
        "sí sola no indica nada.",
        "None of the sources that were loaded knows the firm, and it tells no page or mail of its own. Informative "
        "only: by itself it points to nothing.",
    ),
    group=Group.TENDERER,
    side=Side.YES,
    needs=Needs.OUTSIDE,
    inputs=("parties.name", "parties.identifier.id", "parties.contactPoint.url", "lists.register"),
    rule=rule,
    definition_es=(
        "Licitantes y proveedores que ningún registro tiene, por RFC o por nombre, activos o no, y que no "
        "dicen ni página ni dominio de correo propio. Valor: 1. Por sí solo nunca dice nada."
    ),
    params=TraceParams,
    innocent=(
        Text("Es una empresa nueva o muy pequeña.", "It is a new or very small firm."),
        Text("Su nombre está escrito de otro modo.", "Its name is written in another way."),
    ),
    bases={
        "informative": Text("es informativo: por sí solo no dice nada", "it informs: by itself it says nothing"),
    },
)
