# SPDX-License-Identifier: Apache-2.0
"""R038, excessive disqualified bids. Rule: Cardinal 0.0.8; here with the number of processes counted as such."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, fence, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import PEERS
from .settings import Shares
from .shared import releases, submitted
from .units import org_ids


class SharesParams(Params, frozen=True):
    """The parameters of R038."""

    threshold: Annotated[float | None, Text("una parte en vez de las cercas", "a share in place of the fences")] = None
    minimum_submitted_bids: Annotated[
        int, Text("mínimo de proposiciones de un licitante", "fewest bids of a tenderer")
    ] = 5
    minimum_contracting_processes: Annotated[
        int,
        Text(
            "mínimo de procesos con proposiciones de un comprador o unidad",
            "fewest processes with bids of a buyer or procuring entity",
        ),
    ] = 5


def rule(t: Tables, p: SharesParams) -> ir.Table:
    """Buyers, procuring entities and tenderers by the share of their bids that was disqualified."""
    b = submitted(t)
    per = b.group_by("rid").aggregate(bad=_bad(b), n=b.count())
    r = releases(t).join(per, "rid")
    parts = []
    for group, column in ((Group.BUYER, "buyer_id"), (Group.PROCURING_ENTITY, "pe_id")):
        of = r.filter(r[column].notnull())
        shares = of.group_by(id=of[column]).aggregate(bad=of.bad.sum(), n=of.n.sum(), processes=of.count())
        parts.append(_verdict(shares.filter(shares.processes >= p.minimum_contracting_processes), group, p))
    names = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull()).select("rid", "bid_no", "oid").distinct()
    took = b.select("rid", "bid_no", "status").join(names, ["rid", "bid_no"])
    shares = took.group_by("oid").aggregate(bad=_bad(took), n=took.count()).join(org_ids(t), "oid")
    parts.append(_verdict(shares.filter(shares.n >= p.minimum_submitted_bids), Group.TENDERER, p))
    return parts[0].union(parts[1]).union(parts[2])


def _bad(bids: ir.Table) -> ir.IntegerScalar:
    return (bids.status == "disqualified").cast("int64").sum()


def _verdict(shares: ir.Table, group: Group, p: SharesParams) -> ir.Table:
    shares = shares.select("id", "n", ratio=shares.bad.cast("float64") / shares.n.cast("float64"))
    limits = stats.fences(shares, [], "ratio")
    spread = limits.q3 > limits.q1
    high = limits.select(edge=spread.ifelse(limits.upper, ibis.null("float64")), peers=limits.n)
    both = shares.cross_join(high)
    edge = both.edge if p.threshold is None else ibis.literal(p.threshold)
    return verdict(
        both,
        group=group,
        id=both.id,
        value=both.ratio,
        threshold=edge,
        peer_n=both.peers,
        flagged=(both.ratio >= edge) & (edge > 0),
        missing=lacking(**{PEERS: edge.isnull()}),
    )


def cardinal(v: View, s: Shares) -> ir.Table:
    """By id as published. The minimum of processes is compared with the number of bids, as Cardinal does."""
    b = v.bid
    per = b.group_by("rid").aggregate(bad=_bad(b), n=b.count())
    r = v.release.join(per, "rid")
    result = None
    for group, column in ((Group.BUYER, "buyer_id"), (Group.PROCURING_ENTITY, "pe_id")):
        of = r.filter(r[column].notnull())
        shares = of.group_by(id=of[column]).aggregate(bad=of.bad.sum(), n=of.n.sum())
        part = _found(shares, group, s.minimum_contracting_processes, s.threshold)
        result = part if result is None else result.union(part)
    took = b.select("rid", "bid_no", "status").join(v.tenderer, ["rid", "bid_no"])
    shares = took.group_by("id").aggregate(bad=_bad(took), n=took.count())
    assert result is not None
    return result.union(_found(shares, Group.TENDERER, s.minimum_submitted_bids, s.threshold))


def _found(shares: ir.Table, group: Group, minimum: int, threshold: float | None) -> ir.Table:
    kept = shares.filter(shares.n >= minimum)
    kept = kept.select("id", ratio=kept.bad.cast("float64") / kept.n.cast("float64"))
    both = kept.cross_join(fence(kept, "ratio", "upper", threshold))
    high = both.filter(both.ratio >= both.fence)
    return found(high, group, high.id, high.ratio)


FLAG = Flag(
    code="R038",
    title=Text("Demasiadas proposiciones desechadas", "Excessive disqualified bids"),
    explanation=Text(
        "A esta empresa se le desechan, o esta unidad desecha, muchas más proposiciones que a las demás.",
        "Far more bids of this firm, or at this buyer, are disqualified than elsewhere.",
    ),
    group=Group.TENDERER,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("bids.details.status", "bids.details.tenderers.id", "buyer.id"),
    rule=rule,
    definition_es=("Compradores, unidades compradoras y licitantes por la parte de sus proposiciones que se desechó."),
    params=SharesParams,
    innocent=(
        Text("La unidad compra bienes con requisitos sanitarios estrictos.", "The buyer's goods have strict rules."),
        Text("La empresa es nueva y arma mal sus expedientes.", "The firm is new and puts its papers together badly."),
    ),
    source=Text("Cardinal (OCP) 0.0.8", "Cardinal (OCP) 0.0.8"),
    cardinal=cardinal,
)
