# SPDX-License-Identifier: Apache-2.0
"""R070, losing bidders are hired as subcontractors."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import active_awards, bidders, processes, winners


class LosersParams(Params, frozen=True):
    """The parameters of R070."""

    relationships: Annotated[
        tuple[str, ...],
        Text(
            "relaciones entre procesos que son un subcontrato",
            "relationships of a related process that are a subcontract",
        ),
    ] = ("subContract",)


def rule(t: Tables, p: LosersParams) -> ir.Table:
    """Processes in which a subcontractor bid and did not win. Value: how many. Where no subcontractor is declared
    nothing is known, unless the award says that there is none.
    """
    hired = _hired(t, p)
    losers = bidders(t).select("rid", "oid").anti_join(winners(t), ["rid", "oid"])
    matched = hired.semi_join(losers, ["rid", "oid"])
    declared = hired.group_by("rid").aggregate(hired=hired.count())
    lost = matched.group_by("rid").aggregate(lost=matched.count())
    b = bidders(t)
    bid = b.group_by("rid").aggregate(bidders=b.count())
    a = active_awards(t)
    none = a.group_by("rid").aggregate(
        said_no=(~a.has_subcontracting).fill_null(False).cast("int64").sum(), n=a.count()
    )
    asked = processes(t).select("rid", "ocid").join(none, "rid")
    found = attach(attach(attach(asked, declared, "rid"), lost, "rid"), bid, "rid")
    without = found.hired.isnull() & (found.said_no == found.n)
    n = found.lost.fill_null(0).cast("float64")
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=n,
        threshold=1.0,
        flagged=n >= 1,
        missing=lacking(
            **{
                "awards.subcontracting.subcontracts": found.hired.isnull() & ~without,
                "bids.details.tenderers": ~without & found.bidders.isnull(),
            }
        ),
        basis=without.ifelse("declared_none", "declared"),
    )


def _hired(t: Tables, p: LosersParams) -> ir.Table:
    """(rid, oid) of subcontractors: those that the award names, and the winners of processes that are subcontracts."""
    s = t.subcontractor
    named = s.filter(s.oid.notnull()).select("rid", "oid")
    r = t.related_process
    wanted = ibis.literal(False)
    for one in p.relationships:
        wanted = wanted | (ibis.literal(";") + r.relationship.fill_null("") + ";").contains(f";{one};")
    links = r.filter(wanted & r.identifier.notnull()).select("rid", ocid="identifier").distinct()
    there = processes(t).select(other="rid", ocid="ocid")
    w = winners(t).select(other="rid", oid="oid")
    linked = links.join(there, "ocid").join(w, "other").select("rid", "oid")
    both = named.union(linked.filter(linked.oid.notnull()))
    return both.semi_join(processes(t), "rid").distinct()


FLAG = Flag(
    code="R070",
    title=Text("Perdedores subcontratados", "Losing bidders hired as subcontractors"),
    explanation=Text(
        "Quien ganó subcontrató a un licitante que perdió el mismo proceso.",
        "Who won subcontracted a bidder that lost the same process.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.EXTENSION,
    inputs=("awards.subcontracting.subcontracts", "relatedProcesses", "bids.details.tenderers"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos en que un subcontratista participó y no ganó. Valor: cuántos. Donde no se declara ninguno "
        "no se sabe nada, salvo que la adjudicación diga que no hay."
    ),
    params=LosersParams,
    innocent=(
        Text("Pocas empresas hacen ese trabajo en la región.", "Few firms do that work in the region."),
        Text("El comprador lo pidió o lo autorizó por escrito.", "The buyer asked for it or allowed it in writing."),
    ),
    bases={
        "declared_none": Text(
            "la adjudicación dice que no se subcontrata", "the award says that nothing is subcontracted"
        ),
        "declared": Text("hay subcontratistas declarados", "subcontractors are declared"),
    },
)
