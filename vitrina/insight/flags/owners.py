# SPDX-License-Identifier: Apache-2.0
"""Who owns bidders: persons behind organisations, and pairs of bidders of one process that share one.

An owner is matched by id; else by name and year of birth; a name alone only hints. Names are compared without accents,
case or outer blanks.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables

from .units import bidder_pairs

_ACCENTS = dict(zip("áéíóúüñàèìòùç", "aeiouunaeiouc", strict=True))


def folded(name: ir.StringValue) -> ir.StringValue:
    """A name in lower case without accents or outer blanks; null where nothing is left."""
    found = name.lower().strip()
    for accented, plain in _ACCENTS.items():
        found = found.replace(accented, plain)
    return found.nullif("")


def owners(t: Tables, *, shareholders: bool) -> ir.Table:
    """(oid, owner_id, name, birth_year, share) of shareholders, or of the others: beneficial owners."""
    o = t.owner
    is_holder = o.kind.fill_null("").lower().contains("share")
    kept = o.filter((is_holder if shareholders else ~is_holder) & o.oid.notnull())
    return kept.select(
        "oid", "birth_year", "share", owner_id=kept.owner_id.strip().nullif(""), name=folded(kept.owner_name)
    )


def pairs(t: Tables) -> ir.Table:
    """(a, b, id, processes, rid): pairs of organisations that bid together, in how many processes, and the first."""
    p = bidder_pairs(t)
    return p.group_by(["a", "b", "id"]).aggregate(processes=p.rid.count(), rid=p.rid.min())


def shared(t: Tables, held: ir.Table) -> ir.Table:
    """(a, b, how, share): owners that both sides of a pair have; `how` 3 by id, 2 by name and birth, 1 by name alone;
    `share` the smaller of both holdings, null where either is not told.
    """
    p = pairs(t).select("a", "b")
    mine = held.select(a="oid", id1="owner_id", name1="name", born1="birth_year", share1="share")
    theirs = held.select(b="oid", id2="owner_id", name2="name", born2="birth_year", share2="share")
    left = p.join(mine, "a")
    by_id = left.filter(left.id1.notnull()).join(theirs, [("b", "b"), ("id1", "id2")])
    by_name = left.filter(left.name1.notnull()).join(theirs, [("b", "b"), ("name1", "name2")])
    both_ids = by_name.id1.notnull() & by_name.id2.notnull()
    apart = (by_name.born1 != by_name.born2).fill_null(False)
    by_name = by_name.filter(~both_ids & ~apart)
    sure = by_name.born1.notnull() & by_name.born2.notnull()
    smaller = {
        "share": lambda m: (m.share1 + m.share2).isnull().ifelse(ibis.null("float64"), ibis.least(m.share1, m.share2))
    }
    first = by_id.select("a", "b", "share1", "share2", how=ibis.literal(3, "int32"))
    second = by_name.select("a", "b", "share1", "share2", how=sure.ifelse(2, 1).cast("int32"))
    return first.union(second).mutate(**smaller).drop("share1", "share2")


def known(held: ir.Table) -> ir.Table:
    """(oid, owners): organisations of which any owner is told."""
    return held.group_by("oid").aggregate(owners=held.count())
