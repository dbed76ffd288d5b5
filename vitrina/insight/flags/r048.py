# SPDX-License-Identifier: Apache-2.0
"""R048, heterogeneous supplier. Rule: Cardinal 0.0.8, with a guard where all suppliers are alike."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import PEERS
from .settings import Classes
from .shared import active_awards, winners
from .units import org_ids


class ClassesParams(Params, frozen=True):
    """The parameters of R048."""

    digits: Annotated[
        int, Text("dígitos del clasificador que hacen la clase", "digits of the classification that make the class")
    ] = 2
    threshold: Annotated[
        int | None, Text("un número de clases en vez de la cerca", "a number of classes in place of the fence")
    ] = None
    minimum_contracting_processes: Annotated[
        int, Text("mínimo de procesos del proveedor", "fewest processes of the supplier")
    ] = 20


def rule(t: Tables, p: ClassesParams) -> ir.Table:
    """Suppliers by the number of different classes of what they were awarded alone."""
    who = winners(t).filter(lambda w: w.oid.notnull())
    alone = who.group_by(["rid", "award_no"]).aggregate(n=who.oid.nunique(), oid=who.oid.min())
    items = _items(t.award_item.semi_join(active_awards(t), ["rid", "award_no"]), p.digits)
    sold = items.join(alone.filter(alone.n == 1).drop("n"), ["rid", "award_no"])
    per = sold.group_by("oid").aggregate(classes=sold.code.nunique(), n=sold.rid.nunique()).join(org_ids(t), "oid")
    asked = per.filter(per.n >= p.minimum_contracting_processes).select("id", "classes")
    limits = stats.fences(asked, [], "classes")
    edge = limits.select(edge=(limits.q3 > limits.q1).ifelse(limits.upper, ibis.null("float64")), peers=limits.n)
    both = asked.cross_join(edge)
    high = both.edge if p.threshold is None else ibis.literal(float(p.threshold))
    return verdict(
        both,
        group=Group.TENDERER,
        id=both.id,
        value=both.classes,
        threshold=high,
        peer_n=both.peers,
        flagged=both.classes >= high,
        missing=lacking(**{PEERS: high.isnull()}),
    )


def _items(items: ir.Table, digits: int) -> ir.Table:
    """(rid, award_no, code): the first characters of the class of each item that has one."""
    coded = items.filter(items.class_id.notnull())
    return coded.select("rid", "award_no", code=coded.class_id.substr(0, digits))


def cardinal(v: View, s: Classes) -> ir.Table:
    """By id as published; no guard, so that where all suppliers are alike all of them are flagged."""
    one = (
        v.award.filter(v.award.n_suppliers == 1).join(v.supplier, ["rid", "award_no"]).select("rid", "award_no", "id")
    )
    sold = _items(v.published("award_item"), s.digits).join(one, ["rid", "award_no"])
    per = sold.group_by("id").aggregate(classes=sold.code.nunique(), n=sold.rid.nunique())
    kept = per.filter(per.n >= s.minimum_contracting_processes).select("id", "classes")
    if s.threshold is None:
        limits = stats.fences(kept, [], "classes")
        both = kept.cross_join(limits.select(edge="upper"))
        high = both.filter(both.classes >= both.edge)
    else:
        high = kept.filter(kept.classes >= s.threshold)
    return found(high, Group.TENDERER, high.id, high.classes)


FLAG = Flag(
    code="R048",
    title=Text("Proveedor que vende de todo", "Heterogeneous supplier"),
    explanation=Text(
        "Una empresa gana contratos de cosas que no tienen que ver entre sí, muchas más que las demás.",
        "A firm wins contracts for things that have nothing to do with each other, far more than others.",
    ),
    group=Group.TENDERER,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("awards.status", "awards.suppliers.id", "awards.items.classification.id"),
    rule=rule,
    definition_es="Proveedores por el número de clases distintas de lo que se les adjudicó a ellos solos.",
    params=ClassesParams,
    innocent=(
        Text("Es una comercializadora o una tienda grande.", "It is a trading house or a large store."),
        Text("La unidad clasifica mal lo que compra.", "The buyer classifies badly what it buys."),
    ),
    source=Text("Cardinal (OCP) 0.0.8", "Cardinal (OCP) 0.0.8"),
    cardinal=cardinal,
)
