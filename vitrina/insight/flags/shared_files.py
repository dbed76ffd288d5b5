# SPDX-License-Identifier: Apache-2.0
"""What the papers and devices of two bidders of one process have in common."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables

from .shared import submitted
from .units import bidder_pairs

COMMON = 10  # a mark that more firms have is a template or a shared address, and no link


def marks(t: Tables) -> ir.Table:
    """(rid, oid, kind, mark): author, device and the hash of each paper of each bidder's bid, without the common ones
    and those that no hash was kept of.
    """
    return t.once("bid_marks", _marks)


def _marks(t: Tables) -> ir.Table:
    bid = submitted(t).select("rid", "bid_no", "author_hash", "device_hash")
    d = t.document.filter((t.document.section == "bid") & t.document.parent_no.notnull())
    papers = d.join(bid, [("rid", "rid"), ("parent_no", "bid_no")])
    rows = (
        bid.select("rid", "bid_no", kind=ibis.literal("author"), mark=bid.author_hash)
        .union(bid.select("rid", "bid_no", kind=ibis.literal("device"), mark=bid.device_hash))
        .union(papers.select("rid", bid_no=papers.parent_no, kind=ibis.literal("file"), mark=papers.sha))
    )
    who = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull()).select("rid", "bid_no", "oid")
    known = rows.filter(rows.mark.fill_null("") != "").join(who, ["rid", "bid_no"])
    mine = known.select("rid", "oid", "kind", "mark").distinct()
    firms = mine.group_by(["kind", "mark"]).aggregate(firms=mine.oid.nunique())
    return mine.join(firms.filter(firms.firms <= COMMON).drop("firms"), ["kind", "mark"])


def same_marks(t: Tables, kinds: Sequence[str]) -> ir.Table:
    """(rid, a, b, id, kind): pairs of bidders of one process with a mark in common, once for each kind."""
    found = marks(t)
    left = found.filter(found.kind.isin(kinds)).rename(a="oid")
    pairs = bidder_pairs(t).join(left, ["rid", "a"])
    there = left.select("rid", "kind", "mark", b="a")
    return pairs.join(there, ["rid", "b", "kind", "mark"]).select("rid", "a", "b", "id", "kind").distinct()


def likenesses(t: Tables) -> ir.Table:
    """(rid, oid, other, jaccard): how alike the texts of two bidders of one process are, without the template; in both
    directions, the highest of their bids.
    """
    k = t.bid_likeness.filter(t.bid_likeness.jaccard.notnull())
    who = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull()).select("rid", "bid_no", "oid")
    other = who.select("rid", other_no="bid_no", other="oid")
    named = k.join(who, ["rid", "bid_no"]).join(other, ["rid", "other_no"])
    named = named.filter(named.oid != named.other).select("rid", "oid", "other", "jaccard")
    turned = named.select("rid", oid="other", other="oid", jaccard="jaccard")
    both = named.union(turned)
    return both.group_by(["rid", "oid", "other"]).aggregate(jaccard=both.jaccard.max())
