# SPDX-License-Identifier: Apache-2.0
"""What each buyer awarded to each supplier, and what share of it: rows that the rules on suppliers count.

Joint awards are left out: nobody tells what share of one each member has. Sums are of centavos, within one currency.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

from .declare import VERDICT
from .market import dated
from .shared import active_awards, bidders, processes, winners
from .statutory import DIRECT, statutory
from .units import centavos, grounds, org_ids, worst

YEAR_DAYS = 365
PAIR = ("buyer_no", "supplier_no")


def awarded(t: Tables) -> ir.Table:
    """(rid, award_no, buyer_no, supplier_no, c, currency, day, year, method): the active awards to one supplier, by a
    buyer that is told; `named` says who they are. `day`: of the award, else of the process; `c`: centavos above zero,
    null where not told.
    """
    return t.once("awarded", _awarded)


def _awarded(t: Tables) -> ir.Table:
    w = winners(t)
    alone = w.group_by(["rid", "award_no"]).aggregate(n=w.pos.count(), oid=w.oid.max())
    alone = alone.filter((alone.n == 1) & alone.oid.notnull()).join(supplier_numbers(t), "oid")
    a = active_awards(t)
    paid = a.select(
        "rid", "award_no", "date_day", "currency", c=(a.amount > 0).ifelse(centavos(a), ibis.null("int64"))
    )
    p = processes(t).select("rid", "buyer", "method").join(buyer_numbers(t), "buyer").drop("buyer")
    found = paid.join(alone.drop("n", "oid"), ["rid", "award_no"]).join(p, "rid")
    found = attach(found, dated(t).rename(called="day").drop("year"), "rid")
    day = ibis.coalesce(found.date_day, found.called)
    return found.select(
        "rid",
        "award_no",
        "buyer_no",
        "supplier_no",
        "c",
        "method",
        currency=found.currency.fill_null(""),
        day=day,
        year=day.year().cast("int32"),
    )


def buyer_numbers(t: Tables) -> ir.Table:
    """(buyer, buyer_no): the ids of buyers of processes, numbered: numbers are put together at less cost."""
    return t.once("buyer_numbers", _buyer_numbers)


def _buyer_numbers(t: Tables) -> ir.Table:
    told = processes(t).filter(lambda r: r.buyer.notnull()).select("buyer").distinct()
    return told.mutate(buyer_no=ibis.row_number().over(ibis.window(order_by="buyer")).cast("int32"))


def supplier_numbers(t: Tables) -> ir.Table:
    """(oid, supplier_no): organisations with an id, those of one id under the least of their numbers."""
    return t.once("supplier_numbers", _supplier_numbers)


def _supplier_numbers(t: Tables) -> ir.Table:
    ids = org_ids(t)
    least = ids.group_by("id").aggregate(supplier_no=ids.oid.min())
    return ids.join(least, "id").select("oid", "supplier_no")


def named(t: Tables, rows: ir.Table) -> ir.Table:
    """Rows with `buyer_no` and `supplier_no`, and the ids behind these numbers: buyer, supplier."""
    suppliers = org_ids(t).select(supplier_no="oid", supplier="id")
    return rows.join(buyer_numbers(t), "buyer_no").join(suppliers, "supplier_no")


def worst_pairs(t: Tables, judged: ir.Table) -> ir.Table:
    """One row for each buyer with a supplier of a verdict with the columns of `PAIR`, and their id."""
    found = named(t, worst(judged, unit=PAIR, kept=PAIR))
    return found.mutate(id=both(found.buyer, found.supplier)).select(*VERDICT)


def both(buyer: ir.StringValue, supplier: ir.StringValue) -> ir.StringValue:
    """The id of a buyer with a supplier."""
    return buyer + " | " + supplier


def shares(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """(*by, currency, supplier_no, n, c, rid, all_n, all_c): what each supplier has of a group of priced awards, and
    what the whole group has; `rid` the first of its processes.
    """
    known = rows.filter(rows.c.notnull())
    group = [*by, "currency"]
    mine = known.group_by([*group, "supplier_no"]).aggregate(n=known.c.count(), c=known.c.sum(), rid=known.rid.min())
    whole = ibis.window(group_by=group)
    return mine.mutate(all_n=mine.n.sum().over(whole), all_c=mine.c.sum().over(whole))


def small_awards(t: Tables) -> ir.Table:
    """The rows of `awarded` that are direct awards in a Mexican process, in pesos, with `day_no` (days since 1970),
    `is_works`, `ceiling` (pesos without VAT, null where not known), `top_bracket` (the buyer's budget is not known),
    `ground` (see `grounds`), and `amount_article`, under which an amount alone excuses a tender.
    """
    return t.once("small_awards", _small_awards)


def _small_awards(t: Tables) -> ir.Table:
    law = statutory(t)
    found = awarded(t).join(law.filter(law.procedure == DIRECT), "rid")
    found = attach(found, grounds(t), "rid")
    kept = found.filter(found.c.notnull() & found.day.notnull() & found.currency.isin(["MXN", ""]))
    return kept.select(
        "rid",
        "award_no",
        *PAIR,
        "c",
        "ground",
        "amount_article",
        day_no=kept.day.epoch_days().cast("int64"),
        is_works=kept.law_category.startswith("works"),
        ceiling=kept.t_da,
        top_bracket=~kept.budget_known.fill_null(True),
    )


def within(days: int, by: Sequence[str]) -> ibis.expr.builders.WindowBuilder:
    """A window over `day_no`: the `days` days that end with that of the row, itself included."""
    return ibis.range_window(preceding=days - 1, following=0, group_by=list(by), order_by="day_no")


def participants(t: Tables) -> ir.Table:
    """(oid, rid, won): organisations that bid for or won in a process, each once."""
    return t.once("participants", _participants)


def _participants(t: Tables) -> ir.Table:
    w = winners(t)
    won = w.filter(w.oid.notnull()).select("oid", "rid").distinct().mutate(won=True)
    bid = bidders(t).select("oid", "rid").distinct().anti_join(won, ["oid", "rid"]).mutate(won=False)
    return won.union(bid)
