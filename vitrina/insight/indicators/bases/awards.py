# SPDX-License-Identifier: Apache-2.0
"""Bases of one row an award, and one row a supplier of an award: a joint award is shared out equally, exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from vitrina.insight.flags.shared import bid_counts
from vitrina.insight.indicators.dims import month_of, year_of
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .base import COMPETITIVE, DIRECT, Base, as_of, days_between, one_of, start_of, things, warm_from

MIPYME = ("micro", "sme", "small", "medium", "pequeña", "mediana")


def award(t: Tables) -> ir.Table:
    """Active awards, and those whose status is not told, of purchases that were not cancelled."""
    a, r = t.award, t.release
    first = t.contract.filter(t.contract.award_no.notnull())
    first = first.group_by(["rid", "award_no"]).aggregate(start_day=first.start_day.min(), n_contracts=first.count())
    kept = a.filter((a.status == "active") | a.status.isnull()).join(
        r.filter(r.status.fill_null("") != "cancelled").select("rid", "method", "vat_basis", "category"), "rid"
    )
    joined = kept.left_join(first, ["rid", "award_no"]).drop("rid_right", "award_no_right")
    joined = joined.left_join(bid_counts(t), "rid").drop("rid_right")
    cut = as_of(t)
    limit = (cut - dt.timedelta(days=30)).date() if cut else dt.date(1, 1, 1)
    return joined.select(
        "rid",
        "award_no",
        "centavos",
        "currency",
        "vat_basis",
        "n_suppliers",
        "nbid",
        day=joined.date_day,
        status_told=joined.status.notnull(),
        method_told=joined.method.notnull(),
        competitive=one_of(joined.method, COMPETITIVE),
        direct=one_of(joined.method, DIRECT),
        open=one_of(joined.method, ("open",)),
        works=one_of(joined.category, ("works",)),
        due=joined.date_day < ibis.literal(limit),
        has_contract=joined.n_contracts.notnull(),
        start_days=days_between(joined.date_day, joined.start_day),
    )


def supplied(t: Tables) -> ir.Table:
    """Award x supplier: its part of the amount, and whether the supplier is new in the year and in the month."""
    found = t.once("base_award", award)
    known = found.filter(found.status_told)
    each = t.award_supplier.filter(t.award_supplier.oid.notnull()).join(known, ["rid", "award_no"])
    n = ibis.greatest(each.n_suppliers.fill_null(1), 1)
    part = each.centavos // n + (each.pos < each.centavos % n).cast("int64")
    seen = each.group_by("oid").aggregate(first_day=each.day.min())
    joined = each.mutate(part=part.cast("int64")).left_join(seen, "oid").drop("oid_right")
    joined = joined.left_join(t.org.select("oid", "size"), "oid").drop("oid_right")
    return joined.select(
        "rid",
        "award_no",
        "oid",
        "day",
        "currency",
        "vat_basis",
        "competitive",
        "direct",
        "works",
        "nbid",
        centavos=joined.part,
        size_told=joined["size"].notnull(),
        mipyme=joined["size"].lower().isin(MIPYME),
        is_warm=(joined.day >= start_of(warm_from(t))).fill_null(False),
        new_in_year=year_of(joined.day) == year_of(joined.first_day),
        new_in_month=month_of(joined.day) == month_of(joined.first_day),
    )


def _told(f: ir.Table) -> Mapping[str, ir.BooleanValue]:
    return {"awards.status": f.status_told}


BASES = (
    Base("award", Text("adjudicaciones activas", "active awards"), things(award), _told),
    Base(
        "supplied",
        Text("proveedores de cada adjudicación", "suppliers of each award"),
        things(supplied),
        has_supplier=True,
    ),
)
