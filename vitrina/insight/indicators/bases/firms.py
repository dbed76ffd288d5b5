# SPDX-License-Identifier: Apache-2.0
"""Bases of one row a firm, summed within each group: what it won and bid there, its share and its rank."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from vitrina.insight.flags.shared import bidders, winners
from vitrina.insight.indicators import dims
from vitrina.insight.indicators.dims import month_of, year_of
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .awards import supplied
from .base import Base, start_of, warm_from


def supplier(t: Tables, keys: Sequence[str], *, works: bool | None = None) -> ir.Table:
    """One row a supplier of the group: awards, centavos, share of the group, rank (0 is the largest; ties by number).
    `works`: only awards of public works, or only the others.
    """
    facts = t.once("base_supplied", supplied)
    if works is not None:
        facts = facts.filter(facts.works.fill_null(False) == works)
    needed = [*keys, *(name for name in ("buyer", "class2") if name not in keys)]
    f = dims.with_dims(t, _named(t, facts, keys), needed)
    is_new = f.new_in_month if "month" in keys else f.new_in_year
    found = f.group_by([*keys, "oid"]).aggregate(
        since=f.day.min(),
        day=f.day.max(),
        n_awards=f.count(),
        centavos=f.centavos.sum().fill_null(0).cast("int64"),
        n_priced=f.centavos.count(),
        n_direct=f.direct.fill_null(False).cast("int64").sum(),
        n_method=f.direct.count(),
        n_competitive=(f.competitive & f.nbid.notnull()).fill_null(False).cast("int64").sum(),
        n_single=(f.competitive & (f.nbid == 1)).fill_null(False).cast("int64").sum(),
        n_buyers=f.buyer.nunique(),
        n_classes=f.class2.nunique(),
        n_new=(is_new & f.is_warm).fill_null(False).cast("int64").sum(),
        n_warm=f.is_warm.cast("int64").sum(),
    )
    group = [key for key in keys if key != dims.SUPPLIER]
    whole = ibis.window(group_by=group)
    ordered = ibis.window(group_by=group, order_by=[found.centavos.desc(), found.oid])
    total = found.centavos.sum().over(whole).cast("float64")
    return found.mutate(
        rank=ibis.row_number().over(ordered), share=(total > 0).ifelse(found.centavos / total, ibis.null("float64"))
    )


def growth(t: Tables, keys: Sequence[str]) -> ir.Table:
    """One row a year of the group: new suppliers, and those of the year before (null in the warm-up)."""
    s = supplier(t, keys)
    new = (s.n_new > 0).cast("int64")
    by_year = s.group_by(list(keys)).aggregate(since=s.since.min(), day=s.day.max(), n_new=new.sum().cast("int64"))
    known = by_year.filter(by_year.year.notnull())
    others = [key for key in keys if key != "year"]
    past = ibis.window(group_by=others, order_by=known.year)
    found = known.mutate(last=known.year.lag().over(past).cast("int64"), n_last=known.n_new.lag().over(past))
    warm = warm_from(t)
    first = warm.year + (warm.month > 1) if warm else 9999
    is_next = (found.last + 1 == found.year.cast("int64")) & (found.last >= first) & (found.n_last > 0)
    return found.mutate(n_before=is_next.ifelse(found.n_last, ibis.null("int64")))


def bidding(t: Tables) -> ir.Table:
    """Purchase x bidder: the day, whether it won, whether it is new."""
    won = winners(t).select("rid", "oid").distinct().mutate(won=True)
    r = t.release.select("rid", "method", day=t.release.tender_start_day)
    each = bidders(t).join(r, "rid").left_join(won, ["rid", "oid"]).drop("rid_right", "oid_right")
    seen = each.group_by("oid").aggregate(first_day=each.day.min())
    joined = each.left_join(seen, "oid").drop("oid_right")
    return joined.select(
        "rid",
        "oid",
        "day",
        won=joined.won.fill_null(False),
        is_warm=(joined.day >= start_of(warm_from(t))).fill_null(False),
        new_in_year=year_of(joined.day) == year_of(joined.first_day),
        new_in_month=month_of(joined.day) == month_of(joined.first_day),
    )


def bidder(t: Tables, keys: Sequence[str]) -> ir.Table:
    """One row a bidder of the group: purchases that it bid in, purchases that it won."""
    f = dims.with_dims(t, _named(t, t.once("base_bidding", bidding), keys), keys)
    is_new = f.new_in_month if "month" in keys else f.new_in_year
    return f.group_by([*keys, "oid"]).aggregate(
        since=f.day.min(),
        day=f.day.max(),
        n_bids=f.count(),
        n_wins=f.won.cast("int64").sum(),
        n_new=(is_new & f.is_warm).fill_null(False).cast("int64").sum(),
        n_warm=f.is_warm.cast("int64").sum(),
    )


def buyer(t: Tables, keys: Sequence[str]) -> ir.Table:
    """One row a buyer of the group: how many different suppliers it has."""
    by = list(dict.fromkeys([*keys, "buyer"]))
    f = dims.with_dims(t, t.once("base_supplied", supplied), by)
    found = f.group_by(by).aggregate(since=f.day.min(), day=f.day.max(), n_suppliers=f.oid.nunique())
    return found.mutate(buyer_told=found.buyer.notnull())


def _named(t: Tables, facts: ir.Table, keys: Sequence[str]) -> ir.Table:
    """The facts with the id of the firm and its region (`home`), where they are compared by."""
    wanted = {name: column for name, column in ((dims.SUPPLIER, t.org.id), ("home", t.org.region)) if name in keys}
    return facts.left_join(t.org.select("oid", **wanted), "oid").drop("oid_right") if wanted else facts


BASES = (
    Base("supplier", Text("proveedores adjudicados", "awarded suppliers"), supplier, has_supplier=True),
    Base(
        "goods_supplier",
        Text("proveedores, sin obra pública", "suppliers, without public works"),
        functools.partial(supplier, works=False),
        has_supplier=True,
    ),
    Base(
        "works_supplier",
        Text("contratistas de obra pública", "contractors of public works"),
        functools.partial(supplier, works=True),
        has_supplier=True,
    ),
    Base("growth", Text("proveedores nuevos por año", "new suppliers by year"), growth, has_supplier=True),
    Base("bidder", Text("licitantes", "bidders"), bidder, has_supplier=True),
    Base("buyer", Text("compradores", "buyers"), buyer),
)
