# SPDX-License-Identifier: Apache-2.0
"""What outside lists say of whoever took part, on the day on which they did.

A list is known to be true up to the day it was made (`cut`), and for `FRESH` days more. By RFC a match is sure, by
name alone only possible: never where both tell an RFC and the two differ.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

from .contact import contacts, name_key
from .market import dated
from .shared import active_awards, processes
from .suppliers import participants

FRESH = 30  # days after which a list no longer tells
SURE, POSSIBLE = 2, 1


def taking_part(t: Tables) -> ir.Table:
    """(oid, rid, day): organisations with an id in processes, once for each day that matters: of an award to them, and
    of the end of the term for bids (else of the process).
    """
    return t.once("taking_part", _taking_part)


def _taking_part(t: Tables) -> ir.Table:
    who = participants(t).select("oid", "rid", "won")
    a = active_awards(t)
    s = t.award_supplier.filter(t.award_supplier.oid.notnull()).select("rid", "award_no", "oid")
    won = a.filter(a.date_day.notnull()).select("rid", "award_no", day="date_day").join(s, ["rid", "award_no"])
    closed = processes(t).select("rid", "tender_end_day").join(dated(t).select("rid", "day"), "rid")
    closed = closed.select("rid", day=ibis.coalesce(closed.tender_end_day, closed.day))
    bid = who.select("oid", "rid").join(closed, "rid").select("oid", "rid", "day")
    return bid.union(won.select("oid", "rid", "day")).distinct().semi_join(contacts(t), "oid")


def firms(t: Tables) -> ir.Table:
    """(oid, rfc, name_key) of organisations with an id: by what lists know them."""
    return contacts(t).select("oid", "rfc", "name_key")


def cut(t: Tables, kind: str) -> ir.Table:
    """(cut): the day of the newest list of a kind: one row, null where there is none."""
    lists = t.list_source.filter(t.list_source.kind == kind)
    return lists.aggregate(cut=lists.cut.max())


def covered(t: Tables, rows: ir.Table, kind: str) -> ir.Table:
    """`rows` with `<kind>_loaded` and `<kind>_fresh`: whether there is such a list, and one that tells of `day`."""
    found = rows.cross_join(cut(t, kind))
    fresh = found.day.epoch_days() <= found.cut.epoch_days() + FRESH
    return found.mutate(**{f"{kind}_loaded": found.cut.notnull(), f"{kind}_fresh": fresh.fill_null(False)}).drop("cut")


def matched(rows: ir.Table, listed: ir.Table) -> ir.Table:
    """(*rows, *listed beyond rfc and name_norm, how): pairs of an organisation (`firms`) with a row of a list. `how`:
    `SURE` by RFC, `POSSIBLE` by name where either side tells no RFC.
    """
    there = listed.mutate(name_of_list=name_key(listed.name_norm), rfc_of_list=listed.rfc).drop("name_norm", "rfc")
    by_rfc = rows.filter(rows.rfc.notnull()).join(there, [("rfc", "rfc_of_list")])
    named = rows.filter(rows.name_key.notnull()).join(there, [("name_key", "name_of_list")])
    by_name = named.filter(named.rfc.isnull() | named.rfc_of_list.isnull())
    kept = [*rows.columns, *(name for name in listed.columns if name not in {"rfc", "name_norm", *rows.columns})]
    sure = by_rfc.select(*kept, how=ibis.literal(SURE, "int32"))
    return sure.union(by_name.select(*kept, how=ibis.literal(POSSIBLE, "int32")))


def debarments(t: Tables) -> ir.Table:
    """(rfc, name_norm, start, end, is_derived) of the sanctions that debar; fines alone are left out."""
    s = t.sanction.filter(t.sanction.start.notnull() & t.sanction.end.notnull())
    return s.select("rfc", "name_norm", "start", "end", "is_derived").distinct()


def taxpayers(t: Tables) -> ir.Table:
    """(rfc, name_norm, stage, presumed, definitive, favourable, since): each RFC of the 69-B lists, with the stage
    that the newest list tells and the days that any tells. `since`: the first list that has it as definitive, which is
    all that a list without days can prove.
    """
    return t.once("taxpayers", _taxpayers)


def _taxpayers(t: Tables) -> ir.Table:
    x = t.tax_list
    # In the same list twice: the stage that clears counts.
    mild = ibis.cases((x.stage == "favourable", 0), (x.stage == "cleared", 1), (x.stage == "presumed", 2), else_=3)
    order = ibis.window(group_by="rfc", order_by=[x.cut.desc(), mild, x.source, x.line])
    newest = x.mutate(place=ibis.row_number().over(order)).filter(lambda r: r.place == 0)
    days = x.group_by("rfc").aggregate(
        last_presumed=x.presumed.max(),
        last_definitive=x.definitive.max(),
        first_favourable=x.favourable.min(),
        since=(x.stage == "definitive").ifelse(x.cut, ibis.null("date")).min(),
    )
    found = attach(newest.select("rfc", "name_norm", "stage"), days, "rfc")
    return found.select(
        "rfc",
        "name_norm",
        "stage",
        "since",
        presumed="last_presumed",
        definitive="last_definitive",
        favourable="first_favourable",
    )


def definitive_on(found: ir.Table) -> ir.BooleanValue:
    """Whether a taxpayer was definitive on `day`: published so in the DOF by then, and no favourable ruling by then.
    Without days: so in a list made by then; null (not known) before it. Those who were cleared since never are.
    """
    cleared = found.stage.isin(["cleared", "favourable"])
    ruled = (found.favourable <= found.day).fill_null(False)
    by_list = (found.since <= found.day).ifelse(True, ibis.null("boolean"))
    undated = found.presumed.isnull()  # a list with days tells that of the presumption of everyone
    known = found.definitive.notnull().ifelse(
        found.definitive <= found.day, undated.ifelse(by_list, ibis.literal(False))
    )
    return ((found.stage != "definitive") | cleared | ruled).ifelse(False, known)


def presumed_on(found: ir.Table) -> ir.BooleanValue:
    """Whether a taxpayer was presumed on `day`, and is not cleared since."""
    open_still = found.stage.isin(["presumed", "definitive"]) & ~(found.favourable <= found.day).fill_null(False)
    return open_still & (found.presumed <= found.day).fill_null(False)
