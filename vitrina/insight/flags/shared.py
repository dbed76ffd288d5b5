# SPDX-License-Identifier: Apache-2.0
"""Tables that many flags use, each computed once per run: active awards, bidders, the number of bids, market cells.

Definitions: catalogue of red flags, section 2.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables

NOT_SUBMITTED = ("invited", "withdrawn")
FINAL = ("active", "cancelled", "unsuccessful")
COMPETITIVE = ("open", "selective")
DIRECT = ("direct", "limited")


OFTEN = (
    *("rid", "ocid", "date", "status", "method", "method_detail", "category", "category_detail", "character"),
    *("region", "legal_ground", "exception_article", "value", "currency", "budget_currency", "n_tenderers"),
    *("n_bids_said", "main_class", "main_class_scheme", "tender_start", "tender_start_day", "tender_end"),
    *("tender_end_day", "opening_day", "buyer", "who_oid"),
)


def processes(t: Tables) -> ir.Table:
    """Releases that flags look at: not cancelled; with `buyer`, who buys (buyer, else the entity), its `who_oid`.
    Of their columns those that several rules ask for (`OFTEN`); the others are in `releases`.
    """
    return t.once("processes", lambda t: releases(t).select(*OFTEN))


def releases(t: Tables) -> ir.Table:
    """`processes` with all columns that the store has, read anew each time: long texts are not worth a copy."""
    r = t.release
    kept = r.filter(r.status.fill_null("") != "cancelled")
    return kept.mutate(
        buyer=ibis.coalesce(kept.buyer_id, kept.pe_id), who_oid=ibis.coalesce(kept.buyer_oid, kept.pe_oid)
    )


def active_awards(t: Tables) -> ir.Table:
    """Active awards of processes."""
    return t.once("active_awards", lambda t: t.award.filter(t.award.status == "active").semi_join(processes(t), "rid"))


def winners(t: Tables) -> ir.Table:
    """(rid, award_no, oid, id) of the suppliers of active awards."""
    return t.once("winners", lambda t: t.award_supplier.semi_join(active_awards(t), ["rid", "award_no"]))


def submitted(t: Tables) -> ir.Table:
    """Bids that were submitted: a status that is neither invited nor withdrawn."""
    return t.once(
        "submitted",
        lambda t: t.bid.filter(t.bid.status.notnull() & t.bid.status.notin(NOT_SUBMITTED)).semi_join(
            processes(t), "rid"
        ),
    )


def bidders(t: Tables) -> ir.Table:
    """(rid, oid, from_bids): distinct bidders with a submitted bid; else those that `tender.tenderers` names."""
    return t.once("bidders", _bidders)


def _bidders(t: Tables) -> ir.Table:
    bid = t.bid_tenderer.semi_join(submitted(t), ["rid", "bid_no"])
    with_bids = bid.filter(bid.oid.notnull()).select("rid", "oid").distinct().mutate(from_bids=True)
    said = t.tenderer.filter(t.tenderer.oid.notnull()).anti_join(with_bids, "rid").semi_join(processes(t), "rid")
    return with_bids.union(said.select("rid", "oid").distinct().mutate(from_bids=False))


def bid_counts(t: Tables) -> ir.Table:
    """(rid, nbid, basis): distinct bidders of submitted bids, else tender.numberOfTenderers, else those named, else
    the statistics of the bids extension. `basis` says which: bids, numberOfTenderers, tenderers, statistics.
    """
    return t.once("bid_counts", _bid_counts)


def _bid_counts(t: Tables) -> ir.Table:
    counted = bidders(t).group_by(["rid", "from_bids"]).aggregate(n=lambda b: b.count())
    by_bids = counted.filter(counted.from_bids).select("rid", in_bids="n")
    by_name = counted.filter(~counted.from_bids).select("rid", named="n")
    p = processes(t).select("rid", "n_tenderers", "n_bids_said")
    joined = p.left_join(by_bids, "rid").drop("rid_right").left_join(by_name, "rid").drop("rid_right")
    nbid = ibis.coalesce(joined.in_bids, joined.n_tenderers, joined.named, joined.n_bids_said)
    basis = ibis.cases(
        (joined.in_bids.notnull(), "bids"),
        (joined.n_tenderers.notnull(), "numberOfTenderers"),
        (joined.named.notnull(), "tenderers"),
        (joined.n_bids_said.notnull(), "statistics"),
    )
    return joined.select("rid", nbid=nbid, basis=basis)
