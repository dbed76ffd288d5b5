# SPDX-License-Identifier: Apache-2.0
"""Units that several rules judge: money by process, who is who, pairs of bidders, and one row for each unit."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

from .declare import VERDICT
from .shared import active_awards, bidders, processes, submitted

MAX_BIDDERS = 60  # a process with more makes too many pairs, and none of them tells anything


def centavos(table: ir.Table) -> ir.IntegerValue:
    """The exact amount of a row; from the published double where the exact one is not kept."""
    return ibis.coalesce(table.centavos, (table.amount * 100).round().cast("int64"))


def spent(t: Tables) -> ir.Table:
    """(rid, amount, currency, awards): what the active awards of a process sum to, where all are in one currency;
    processes without such awards are absent.
    """
    return t.once("spent", _spent)


def _spent(t: Tables) -> ir.Table:
    a = active_awards(t)
    priced = a.filter(a.amount > 0).mutate(c=centavos, currency=lambda x: x.currency.fill_null(""))
    summed = priced.group_by("rid").aggregate(
        c=priced.c.sum(), awards=priced.count(), low=priced.currency.min(), high=priced.currency.max()
    )
    one = summed.filter(summed.low == summed.high)
    return one.select("rid", "awards", amount=one.c.cast("float64") / 100, currency=one.low.nullif(""))


def costs(t: Tables) -> ir.Table:
    """(rid, amount, currency): what a process costs: its awards, else the value of the tender. Amounts above zero."""
    return t.once("costs", _costs)


def _costs(t: Tables) -> ir.Table:
    p = processes(t).select("rid", "value", said="currency")
    both = attach(p, spent(t), "rid")
    known = both.amount.notnull()
    found = both.select(
        "rid", amount=ibis.coalesce(both.amount, both.value), currency=known.ifelse(both.currency, both.said)
    )
    return found.filter(found.amount > 0)


def priced_bids(t: Tables) -> ir.Table:
    """(rid, bid_no, lot, currency, amount) of the bids of a process that can be compared: the valid ones where it has
    any, else all that were submitted; amounts above zero, lot and currency as text that is never null.
    """
    return t.once("priced_bids", _priced_bids)


def _priced_bids(t: Tables) -> ir.Table:
    b = submitted(t)
    valid = b.filter(b.status == "valid")
    kept = valid.union(b.anti_join(valid, "rid"))
    priced = kept.filter(kept.amount > 0)
    return priced.select(
        "rid", "bid_no", "amount", lot=priced.lot.fill_null(""), currency=priced.currency.fill_null("")
    )


def org_ids(t: Tables) -> ir.Table:
    """(oid, id) of organisations that have an id."""
    return t.once("org_ids", lambda t: t.org.filter(t.org.id.notnull()).select("oid", "id"))


def joined_id(*ids: ir.StringValue) -> ir.StringValue:
    """The id of a pair: both ids in the order of their bytes, ` | ` between. Three ids: those of a group."""
    ordered = list(ids)
    for end in range(len(ordered) - 1, 0, -1):
        for i in range(end):
            a, b = ordered[i], ordered[i + 1]
            ordered[i], ordered[i + 1] = (a <= b).ifelse(a, b), (a <= b).ifelse(b, a)
    found = ordered[0]
    for one in ordered[1:]:
        found = found + " | " + one
    return found


def grounds(t: Tables) -> ir.Table:
    """(rid, ground): on what ground a process goes without a tender, as `words`: each text is taken apart once."""
    return t.once("grounds", _grounds)


def _grounds(t: Tables) -> ir.Table:
    p = processes(t)
    told = p.select("rid", text=ibis.coalesce(p.exception_article, p.legal_ground))
    texts = told.select("text").distinct()
    return attach(told, texts.mutate(ground=words(texts.text)), "text").select("rid", "ground")


def bidder_pairs(t: Tables) -> ir.Table:
    """(rid, a, b, id): the pairs of organisations that bid in one process, a < b, with the id of the pair. Processes
    with more than 60 bidders are left out.
    """
    return t.once("bidder_pairs", _bidder_pairs)


def _bidder_pairs(t: Tables) -> ir.Table:
    b = bidders(t).select("rid", "oid")
    sizes = b.group_by("rid").aggregate(n=b.count())
    small = b.semi_join(sizes.filter((sizes.n > 1) & (sizes.n <= MAX_BIDDERS)), "rid")
    named = small.join(org_ids(t), "oid")
    there = named.select(rid2="rid", oid2="oid", id2="id")
    both = named.inner_join(there, [named.rid == there.rid2, named.oid < there.oid2])
    return both.select("rid", a="oid", b="oid2", id=joined_id(both.id, both.id2))


def worst(
    judged: ir.Table, *, low: bool = False, unit: Sequence[str] = ("group", "id"), kept: Sequence[str] = ()
) -> ir.Table:
    """One row for each unit of a verdict: a flagged one before a clear one before one that is not computable, then
    the most suspicious value (the highest, or the lowest), then the latest `basis`. `unit`: columns that tell units
    apart as group and id do, at less cost. Of columns that no verdict has those in `kept` stay.
    """
    rank = ibis.cases((judged.missing.notnull() | judged.flagged.isnull(), 2), (judged.flagged, 0), else_=1)
    value = judged.value if low else -judged.value
    nothing = value.isnull().cast("int8")
    rest = [judged[name] for name in ("threshold", "peer_n", "rid", "missing")]
    basis = judged.basis.fill_null("").desc()
    order = [rank, nothing, value, basis, *(column.isnull().cast("int8") for column in rest), *rest]
    placed = judged.mutate(place=ibis.row_number().over(ibis.window(group_by=list(unit), order_by=order)))
    return placed.filter(placed.place == 0).select(*VERDICT, *kept)


def late(published: ir.TimestampValue, start: ir.TimestampValue, day: ir.DateValue, grace: int = 0) -> ir.BooleanValue:
    """Whether something was published after `start` and `grace` days more. Where only the local day of the start is
    told, only what came after the end of that day in every zone of Mexico is late. Null where neither is told.
    """
    hours = 24 * grace
    by_instant = published > start + ibis.interval(hours=hours)
    by_day = published > day.cast("timestamp") + ibis.interval(hours=hours + 24 + 8)
    return start.notnull().ifelse(by_instant, by_day)


def words(text: ir.StringValue) -> ir.StringValue:
    """Upper-case words with one blank at each side and between signs, to look for a whole word with `contains`."""
    found = text.fill_null("").upper()
    for sign in "-.,;:/()_\n":
        found = found.replace(sign, " ")
    return ibis.literal(" ") + found + ibis.literal(" ")


def mentions(text: ir.StringValue, wanted: Sequence[str]) -> ir.BooleanValue:
    """Whether a text (lower case) contains any of these."""
    found = ibis.literal(False)
    for one in wanted:
        found = found | text.contains(one)
    return found
