# SPDX-License-Identifier: Apache-2.0
"""How far the second-lowest bid is above the winning one: what R024 and R058 judge, in Vitrina's variant."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

from .declare import lacking
from .market import CELL_MIN, fenced
from .shared import COMPETITIVE, FINAL, active_awards, processes, submitted, winners

BID_PATHS = ("bids.details.status", "bids.details.value", "bids.details.tenderers.id", "awards.suppliers.id")


def judged(t: Tables, cell_min: int = CELL_MIN) -> ir.Table:
    """(rid, ocid, d, lower, upper, peer_n, percentile, missing) of competitive processes with one final award that the
    lowest valid bid won, or whose bids are not known: then `missing` says so. Processes with several awards, pending
    ones, one bidder alone, or a winner who was not the lowest are out: the rule does not speak of them.
    """
    return t.once(f"distance_judged_{cell_min}", lambda t: _judged(t, cell_min))


def _judged(t: Tables, cell_min: int) -> ir.Table:
    d = distances(t)
    peers = fenced(t, "distance", d.filter(d.d.notnull()).select("rid", "d"), "d", cell_min=cell_min)
    found = attach(d, peers.select("rid", "lower", "upper", "peer_n", "percentile"), "rid")
    missing = lacking(
        **{
            "bids.details.value": found.d.isnull() & ~found.is_free,
            "bids.details.value.amount": found.is_free,
        }
    )
    return found.mutate(missing=missing).drop("is_free")


def distances(t: Tables) -> ir.Table:
    """(rid, ocid, d, is_free) of those processes; `is_free`: the winning price is nothing, so there is no ratio."""
    return t.once("distances", _distances)


def _distances(t: Tables) -> ir.Table:
    p = processes(t)
    won = _won(t)
    bids = _single(t).join(won, "rid")
    own = bids.filter(bids.oid == bids.winner).group_by(["rid", "currency"]).aggregate(w=lambda b: b.amount.min())
    others = bids.filter(bids.oid != bids.winner)
    second = others.group_by(["rid", "currency"]).aggregate(second=others.amount.min())
    pair = attach(own, second, ["rid", "currency"])
    # A winner with prices in two currencies is compared in none.
    one = pair.group_by("rid").aggregate(w=pair.w.min(), second=pair.second.min(), n=pair.count())
    asked = p.filter(p.method.isin(COMPETITIVE)).join(won.select("rid"), "rid").select("rid", "ocid")
    known = attach(asked, one.filter(one.n == 1).drop("n"), "rid")
    kept = known.filter(known.w.isnull() | (known.second >= known.w))
    d = ((kept.second - kept.w) / kept.w.nullif(0.0)).cast("float64")
    return kept.select("rid", "ocid", d=d, is_free=(kept.w == 0).fill_null(False))


def _won(t: Tables) -> ir.Table:
    """(rid, winner) of processes with one active award of one supplier, and no award pending."""
    active = active_awards(t)
    one = active.group_by("rid").aggregate(n=active.count())
    who = winners(t).group_by("rid").aggregate(m=lambda w: w.oid.nunique(), winner=lambda w: w.oid.min())
    open_ = t.award.filter(t.award.status.notnull() & t.award.status.notin(FINAL)).select("rid").distinct()
    joined = one.filter(one.n == 1).join(who.filter(who.m == 1), "rid")
    return joined.select("rid", "winner").anti_join(open_, "rid")


def _single(t: Tables) -> ir.Table:
    """(rid, oid, amount, currency) of valid bids of one bidder that have a price."""
    b = submitted(t)
    valid = b.filter((b.status == "valid") & b.amount.notnull()).select("rid", "bid_no", "amount", "currency")
    names = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull())
    alone = names.group_by(["rid", "bid_no"]).aggregate(m=names.oid.nunique(), oid=names.oid.min())
    joined = valid.join(alone.filter(alone.m == 1), ["rid", "bid_no"])
    return joined.select("rid", "oid", "amount", currency=ibis.coalesce(joined.currency, ibis.literal("")))
