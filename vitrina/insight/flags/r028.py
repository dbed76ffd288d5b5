# SPDX-License-Identifier: Apache-2.0
"""R028, identical bid prices. Rule: Cardinal 0.0.8."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .settings import Section
from .shared import bid_counts, processes, submitted

MIN_BIDS = 2


def rule(t: Tables, p: Params) -> ir.Table:  # noqa: ARG001 - every rule has parameters
    """Processes in which bidders that are not the same offered the same price. The value is the number of bidders
    with a price that another one has.
    """
    counts = bid_counts(t)
    asked = processes(t).join(counts.filter(counts.nbid >= MIN_BIDS).select("rid"), "rid").select("rid", "ocid")
    prices = _prices(t)
    priced = prices.group_by("rid").aggregate(n_bidders=prices.oid.nunique())
    same = prices.group_by(["rid", "amount", "currency"]).aggregate(n=prices.oid.nunique())
    shared = same.filter(same.n >= MIN_BIDS)
    most = shared.group_by("rid").aggregate(n=shared.n.max())
    joined = attach(attach(asked, priced, "rid"), most, "rid")
    is_unknown = joined.n_bidders.fill_null(0) < MIN_BIDS
    return verdict(
        joined,
        group=Group.OCID,
        id=joined.ocid,
        rid=joined.rid,
        value=joined.n.fill_null(0),
        threshold=float(MIN_BIDS),
        flagged=joined.n.fill_null(0) >= MIN_BIDS,
        missing=lacking(**{"bids.details.value.amount": is_unknown}),
    )


def _prices(t: Tables) -> ir.Table:
    """(rid, oid, amount, currency): the prices of bids of one bidder; a consortium is another bidder than its members,
    so it is left out.
    """
    b = submitted(t).filter(lambda b: b.amount.notnull() & b.currency.notnull() & (b.amount > 0))
    names = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull())
    alone = names.group_by(["rid", "bid_no"]).aggregate(n=names.oid.nunique(), oid=names.oid.min())
    joined = b.select("rid", "bid_no", "amount", "currency").join(alone.filter(alone.n == 1), ["rid", "bid_no"])
    return joined.select("rid", "oid", "amount", "currency").distinct()


def cardinal(v: View, s: Section) -> ir.Table:  # noqa: ARG001 - every rule has settings
    """The set of bidders of a price is compared with the set that had it last, in the order of the file."""
    names = v.tenderer.select("rid", "bid_no", "id").distinct()
    counted = names.group_by(["rid", "bid_no"]).aggregate(size=names.count())
    b = v.bid.filter(v.bid.amount.notnull() & v.bid.currency.notnull()).semi_join(v.priced, "rid")
    b = b.join(counted, ["rid", "bid_no"]).select("rid", "bid_no", "amount", "currency", "size")
    last = ibis.window(group_by=["rid", "amount", "currency"], order_by=b.bid_no)
    pairs = b.mutate(before=b.bid_no.lag().over(last), before_size=b["size"].lag().over(last))
    pairs = pairs.filter(pairs.before.notnull()).select("rid", "bid_no", "before", "size", "before_size")
    mine = pairs.join(names, ["rid", "bid_no"]).select("rid", "bid_no", "before", "id")
    theirs = names.rename(before="bid_no")
    common = mine.join(theirs, ["rid", "before", "id"]).group_by(["rid", "bid_no"]).aggregate(both=lambda x: x.count())
    compared = attach(pairs, common, ["rid", "bid_no"])
    both = compared.both.fill_null(0)
    other = compared.filter((both != compared["size"]) | (both != compared.before_size))
    bids = other.select("rid", "bid_no").union(other.select("rid", bid_no="before")).distinct()
    who = names.semi_join(bids, ["rid", "bid_no"])
    where = v.release.semi_join(other, "rid")
    return found(where, Group.OCID, where.ocid, 1.0).union(found(who, Group.TENDERER, who.id, 1.0))


FLAG = Flag(
    code="R028",
    title=Text("Precios idénticos", "Identical bid prices"),
    explanation=Text(
        "Dos licitantes distintos ofrecieron exactamente el mismo precio en la misma compra.",
        "Two different bidders offered exactly the same price in the same purchase.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.BIDS,
    inputs=("bids.details.status", "bids.details.value.amount", "bids.details.tenderers.id"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos en que licitantes distintos ofrecieron el mismo precio. Valor: el número de licitantes con "
        "un precio que otro también tiene."
    ),
    innocent=(
        Text("El precio lo fija una tarifa o la convocatoria.", "The price is fixed by a tariff or by the call."),
        Text("Todos revenden el mismo producto a precio de lista.", "All resell the same product at its list price."),
    ),
    source=Text("Cardinal (OCP) 0.0.8", "Cardinal (OCP) 0.0.8"),
    cardinal=cardinal,
)
