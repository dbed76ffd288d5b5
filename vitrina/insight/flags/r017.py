# SPDX-License-Identifier: Apache-2.0
"""R017, unreasonable price of a line item."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.stats import attach, match, medians, mid_rank
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import PEERS, dated, robust, scheme_name
from .shared import processes

YEARS = 3
_KEY = ("scheme", "class_id", "unit", "currency")


class PriceParams(Params, frozen=True):
    """`z`: robust z of the logarithm of the unit price beyond which a line is flagged; `n`: fewest prices."""

    z: float = 3.5
    n: int = 10


def rule(t: Tables, p: PriceParams) -> ir.Table:
    """Lines whose unit price lies far from the median of the same item and unit in the year of the process and the two
    before, by robust z of the logarithm. Value: z. The id is the ocid and the place of the line in the release.
    """
    lines = _lines(t)
    priced = lines.filter(lines.has_key & (lines.unit_price > 0)).select(
        "line", "year", *_KEY, log=lines.unit_price.ln()
    )
    back = t.engine.hold("r017_years", pa.table({"ahead": pa.array(range(YEARS), pa.int32())}))
    spread = priced.cross_join(back)
    spread = spread.mutate(end=(spread.year + spread.ahead).cast("int32")).drop("ahead", "year")
    by = ["end", *_KEY]
    used = priced.mutate(end=priced.year.cast("int32")).select(*by).distinct()
    members = match(spread, used, by)
    ends = members.rename(year="end")
    found = medians(ends, ["year", *_KEY], "log").filter(lambda m: m.n >= p.n)
    ranks = mid_rank(members.filter(members.end.notnull()), by, "log").select("line", "end", "percentile")
    joined = attach(lines, found.rename(peer_n="n"), ["year", *_KEY])
    joined = attach(joined, ranks.rename(year="end"), ["line", "year"])
    judged = joined.mutate(
        z=(joined.has_key & (joined.unit_price > 0)).ifelse(
            robust(joined.unit_price.ln(), joined.median, joined.mad), ibis.null("float64")
        )
    )
    priceless = (judged.unit_price > 0).fill_null(False).cast("int8") == 0
    told = judged.has_key & ~priceless
    return verdict(
        judged,
        group=Group.ITEM,
        id=judged.line,
        rid=judged.rid,
        value=judged.z,
        threshold=p.z,
        peer_n=judged.peer_n,
        percentile=judged.percentile,
        flagged=judged.z.abs() > p.z,
        missing=lacking(
            **{
                "items.unit.value": priceless,
                "items.classification.id": judged.class_id.isnull(),
                "items.unit.name": judged.unit.isnull(),
                PEERS: told & judged.z.isnull(),
            }
        ),
        basis=(judged.z > 0).ifelse("above", "below"),
    )


def _lines(t: Tables) -> ir.Table:
    """Lines with a price: those of the active awards of a process, else of its tender."""
    a, i = t.award_item, t.tender_item
    kept = ["rid", "scheme", "class_id", "unit", "unit_price", "currency"]
    awarded = a.select(*kept, path="/awards/" + a.award_no.cast("string") + "/items/" + a.pos.cast("string"))
    asked = i.select(*kept, path="/tender/items/" + i.pos.cast("string")).anti_join(a.filter(a.unit_price > 0), "rid")
    p = processes(t).join(dated(t), "rid").select("rid", "ocid", "year", said="currency")
    joined = awarded.union(asked).join(p, "rid")
    lines = joined.mutate(
        line=joined.ocid + joined.path,
        scheme=scheme_name(joined.scheme),
        currency=ibis.coalesce(joined.currency, joined.said),
        has_key=joined.class_id.notnull() & joined.unit.notnull(),
    )
    return lines.drop("said", "path", "ocid")


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
    params=PriceParams,
    innocent=(
        Text(
            "La unidad se llama igual y mide otra cosa: caja o pieza.",
            "The unit has the same name and measures otherwise.",
        ),
        Text("Incluye flete, instalación o garantía.", "It includes freight, installation or a warranty."),
        Text("El precio es de un año con mucha inflación.", "The price is from a year of high inflation."),
    ),
)
