# SPDX-License-Identifier: Apache-2.0
"""What a unit's year is compared with: units like it in that year; where those are too few, in the three years that
end with it. Definition of cells: catalogue of red flags, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach, fences, mid_rank

OWN, THREE = 1, 3  # years


def peers(values: ir.Table, unit: Sequence[str], by: Sequence[str], column: str, least: int) -> ir.Table:
    """(*unit, year, upper, peer_n, percentile) of each row of `values` (*unit, year, *by, the column): the upper fence
    of the rows with the same `by`, their number, and where it stands among them. All null where even three years have
    fewer than `least` of them, or quartiles that are equal.
    """
    kept = [*unit, *by, column]
    parts = [
        values.select(
            *kept,
            year=(values.year + ahead).cast("int32"),
            span=ibis.literal(span, "int32"),
            ahead=ibis.literal(ahead, "int32"),
        )
        for span in (OWN, THREE)
        for ahead in range(span)
    ]
    members = parts[0]
    for part in parts[1:]:
        members = members.union(part)
    cell = [*by, "year", "span"]
    bounds = fences(members, cell, column)
    bounds = bounds.filter((bounds.n >= least) & (bounds.q3 > bounds.q1)).select(*cell, "upper")
    ranked = mid_rank(members, cell, column).filter(ibis._.ahead == 0)
    found = ranked.join(bounds, cell)
    narrow = ibis.window(group_by=[*unit, "year"], order_by="span")
    first = found.mutate(place=ibis.row_number().over(narrow)).filter(ibis._.place == 0)
    return attach(
        values.select(*unit, "year"), first.select(*unit, "year", "upper", "peer_n", "percentile"), [*unit, "year"]
    )
