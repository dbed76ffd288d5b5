# SPDX-License-Identifier: Apache-2.0
"""What numbers are compared by. Facts are narrow; a dimension is joined on `rid` only where it is asked for.

`year` and `month` come from the day of the fact: tenders by the start of their period, awards by their date, contracts
by their signature, in the zone of the store. `market` is the first four digits of the main class, else the category.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

OF_RELEASE = {
    "buyer": Text("comprador", "buyer"),
    "unit": Text("unidad compradora", "buying unit"),
    "market": Text("mercado (clase de 4 dígitos)", "market (4-digit class)"),
    "class2": Text("clase de 2 dígitos", "2-digit class"),
    "method": Text("método (OCDS)", "method (OCDS)"),
    "detail": Text("tipo de procedimiento local", "local procedure type"),
    "category": Text("categoría principal", "main category"),
    "region": Text("entidad federativa", "state"),
    "law": Text("ley", "law"),
}
OF_DAY = {"year": Text("año", "year"), "month": Text("mes", "month")}
ALL = {**OF_RELEASE, **OF_DAY}
SUPPLIER = "supplier"


class UnknownDimension(ValueError):
    """Numbers cannot be compared by that."""


def of_releases(t: Tables) -> ir.Table:
    """(rid, each of `OF_RELEASE`): read straight from the releases."""
    r = t.release
    coded = r.main_class.nullif("")
    return r.select(
        "rid",
        "category",
        "region",
        "law",
        "method",
        buyer=ibis.coalesce(r.buyer_id, r.pe_id),
        unit=ibis.coalesce(r.unit_id, r.unit_name),
        market=ibis.coalesce(coded.substr(0, 4), r.category),
        class2=coded.substr(0, 2),
        detail=r.method_detail,
    )


def year_of(day: ir.DateValue) -> ir.StringValue:
    """`2026`, null without a day."""
    return day.year().cast("string")


def month_of(day: ir.DateValue) -> ir.StringValue:
    """`2026-03`, null without a day."""
    return day.year().cast("string") + ibis.literal("-") + day.month().cast("string").lpad(2, "0")


def with_dims(t: Tables, facts: ir.Table, wanted: Sequence[str]) -> ir.Table:
    """The facts with the dimensions asked for; those that the facts have already are left alone."""
    lacking = [name for name in wanted if name not in facts.columns]
    unknown = [name for name in lacking if name not in ALL]
    if unknown:
        raise UnknownDimension(", ".join(unknown))
    found = facts
    joined = [name for name in lacking if name in OF_RELEASE]
    if joined:
        found = found.left_join(of_releases(t).select("rid", *joined), "rid").drop("rid_right")
    made = {"year": year_of, "month": month_of}
    return found.mutate(**{name: made[name](found.day) for name in lacking if name in OF_DAY})
