# SPDX-License-Identifier: Apache-2.0
"""R017, unreasonable price of a line item."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.stats import attach, medians
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import PEERS, dated, robust, scheme_name
from .shared import active_awards, processes

YEARS = 3
_KEY = ["scheme", "class_id", "unit", "currency"]


class PriceParams(Params, frozen=True):
    """The parameters of R017."""

    z: Annotated[
        float,
        Text(
            "z robusta del logaritmo del precio unitario desde la que se marca, hacia cualquier lado",
            "robust z of the logarithm of the unit price beyond which, on either side, a line is flagged",
        ),
    ] = 3.5
    n: Annotated[int, Text("mínimo de precios con que comparar", "fewest prices to compare with")] = 10


def rule(t: Tables, p: PriceParams) -> ir.Table:
    """Lines whose unit price lies far from the median of the same item and unit in the year of the process and the two
    before, by robust z of the logarithm. Value: z. The id is the ocid and the place of the line in the release.
    """
    lines = t.once("r017_lines", _lines)
    members = t.once(f"r017_members_{p.n}", lambda t: _members(t, lines, p.n))
    usual = medians(members, ["end", "key"], "log").rename(year="end", peer_n="n")
    named = lines.join(processes(t).select("rid", "ocid"), "rid")
    judged = attach(named, usual, ["year", "key"])
    judged = judged.mutate(z=robust(judged.log, judged.median, judged.mad))
    of_award = ibis.literal("/awards/") + judged.award_no.cast("string") + "/items/"
    path = judged.award_no.isnull().ifelse("/tender/items/", of_award) + judged.pos.cast("string")
    return verdict(
        judged,
        group=Group.ITEM,
        id=judged.ocid + path,
        rid=judged.rid,
        value=judged.z,
        threshold=p.z,
        peer_n=judged.peer_n,
        flagged=judged.z.abs() > p.z,
        missing=lacking(
            **{
                "items.unit.value": ~judged.has_price,
                "items.classification.id": ~judged.has_class,
                "items.unit.name": ~judged.has_unit,
                PEERS: judged.log.notnull() & judged.z.isnull(),
            }
        ),
        basis=(judged.z > 0).ifelse("above", "below"),
    )


def _lines(t: Tables) -> ir.Table:
    """(rid, award_no, pos, year, has_price, has_class, has_unit, key, log): lines of the active awards of a process
    with a price, else of its tender (`award_no` null). `key` numbers item, unit and currency, `log` is the logarithm
    of the price; both are null where price, item or unit is not told.
    """
    a, i = t.award_item.semi_join(active_awards(t), ["rid", "award_no"]), t.tender_item
    kept = ["rid", "pos", "scheme", "class_id", "unit", "unit_price", "currency"]
    asked = i.select(*kept, award_no=ibis.null("int32")).anti_join(a.filter(a.unit_price > 0), "rid")
    p = processes(t).select("rid", said="currency").join(dated(t).select("rid", "year"), "rid")
    lines = a.select(*kept, "award_no").union(asked).join(p, "rid")
    has_price = (lines.unit_price > 0).fill_null(False)
    is_told = has_price & lines.class_id.notnull() & lines.unit.notnull()
    lines = lines.mutate(
        currency=ibis.coalesce(lines.currency, lines.said),
        has_price=has_price,
        log=is_told.ifelse(lines.unit_price.ln(), ibis.null("float64")),
    )
    found = attach(lines, _keys(lines), _KEY)
    return found.select(
        *("rid", "award_no", "pos", "year", "has_price", "log"),
        has_class=found.class_id.notnull(),
        has_unit=found.unit.notnull(),
        key=found.log.notnull().ifelse(found.key, ibis.null("int64")),
    )


def _keys(lines: ir.Table) -> ir.Table:
    """(scheme, class_id, unit, currency, key): the numbers of what is told of lines with a price; the schemes of one
    name have one number.
    """
    told = lines.filter(lines.log.notnull()).select(*_KEY).distinct()
    named = told.mutate(name=scheme_name(told.scheme))
    order = ibis.window(order_by=["name", *_KEY[1:]])
    return named.mutate(key=ibis.dense_rank().over(order)).drop("name")


def _members(t: Tables, lines: ir.Table, least: int) -> ir.Table:
    """(end, key, log): the prices of each item that count in the year `end`, where there are at least so many."""
    priced = lines.filter(lines.log.notnull() & lines.year.notnull())
    back = t.engine.hold("r017_years", pa.table({"ahead": pa.array(range(YEARS), pa.int32())}))
    yearly = priced.group_by(["key", "year"]).aggregate(n=priced.log.count()).cross_join(back)
    ends = yearly.mutate(end=(yearly.year + yearly.ahead).cast("int32"))
    enough = ends.group_by(["key", "end"]).aggregate(n=ends.n.sum(), own=(ends.ahead == 0).cast("int64").sum())
    used = enough.filter((enough.n >= least) & (enough.own > 0)).select("key", "end")
    spread = ends.join(used, ["key", "end"]).select("key", "year", "end")
    return priced.select("key", "year", "log").join(spread, ["key", "year"]).select("end", "key", "log")


FLAG = Flag(
    code="R017",
    title=Text("Precio de renglón fuera de lo común", "Unreasonable line-item price"),
    explanation=Text(
        "El precio unitario de un renglón está muy lejos de lo que se paga por el mismo bien y unidad en tres años.",
        "The unit price of a line is very far from what is paid for the same item and unit over three years.",
    ),
    group=Group.ITEM,
    side=Side.BOTH,
    needs=Needs.CORE,
    inputs=("items.unit.value", "items.unit.name", "items.classification.id"),
    rule=rule,
    definition_es=(
        "Renglones cuyo precio unitario está lejos de la mediana del mismo artículo y unidad en el año del "
        "proceso y los dos anteriores, por z robusta del logaritmo. Valor: z. El id es el ocid y el lugar del "
        "renglón en la publicación."
    ),
    params=PriceParams,
    innocent=(
        Text(
            "La unidad se llama igual y mide otra cosa: caja o pieza.",
            "The unit has the same name and measures otherwise.",
        ),
        Text("Incluye flete, instalación o garantía.", "It includes freight, installation or a warranty."),
        Text("El precio es de un año con mucha inflación.", "The price is from a year of high inflation."),
    ),
    bases=bases.ABOVE | bases.BELOW,
)
