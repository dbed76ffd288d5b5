# SPDX-License-Identifier: Apache-2.0
"""R025, excessive unsuccessful bids. Rule: Cardinal 0.0.8, by organisation."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, fence, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .settings import Unsuccessful
from .shared import bidders, processes, submitted, winners
from .units import org_ids

PEERS = "peers"


class UnsuccessfulParams(Params, frozen=True):
    """The parameters of R025."""

    percentile: Annotated[
        float,
        Text(
            "percentil del número de procesos desde el que se participa mucho",
            "percentile of the numbers of processes above which a bidder takes part often",
        ),
    ] = 0.75
    minimum: Annotated[int, Text("mínimo de procesos en todo caso", "the least number of processes in any case")] = 5
    threshold: Annotated[
        float | None, Text("una parte de triunfos en vez de la cerca", "a share of wins in place of the fence")
    ] = None


def rule(t: Tables, p: UnsuccessfulParams) -> ir.Table:
    """Bidders who take part often and hardly ever win. Their number of processes counts, each once."""
    counted = _counted(t)
    often = stats.r8(counted, [], "n", {"often": p.percentile}).drop("n")
    limits = stats.fences(counted, [], "ratio")
    low = limits.select(low=(limits.q3 > limits.q1).ifelse(limits.lower, ibis.null("float64")))
    both = counted.cross_join(often).cross_join(low)
    asked = both.filter((both.n >= both.often) & (both.n >= p.minimum))
    edge = asked.low if p.threshold is None else ibis.literal(p.threshold)
    return verdict(
        asked,
        group=Group.TENDERER,
        id=asked.id,
        value=asked.ratio,
        threshold=edge,
        peer_n=asked.n,
        flagged=(asked.ratio <= edge) & (edge > 0),
        missing=lacking(**{PEERS: edge.isnull()}),
    )


def _counted(t: Tables) -> ir.Table:
    """(id, n, ratio): processes with bids and a winner in which an organisation took part, and its share of wins."""
    return t.once("r025_counted", _count)


def _count(t: Tables) -> ir.Table:
    took = bidders(t).filter(lambda b: b.from_bids).select("rid", "oid")
    valid = submitted(t).filter(lambda b: b.status == "valid")
    names = t.bid_tenderer.semi_join(valid, ["rid", "bid_no"]).select("rid", "oid").distinct()
    won = winners(t).filter(lambda w: w.oid.notnull()).select("rid", "oid").distinct().mutate(won=1)
    decided = took.semi_join(won, "rid").semi_join(processes(t), "rid").semi_join(names, ["rid", "oid"])
    joined = stats.attach(decided, won, ["rid", "oid"])
    per = joined.group_by("oid").aggregate(n=joined.count(), wins=joined.won.fill_null(0).sum())
    named = per.join(org_ids(t), "oid")
    return named.select("id", "n", ratio=named.wins.cast("float64") / named.n.cast("float64"))


def cardinal(v: View, s: Unsuccessful) -> ir.Table:
    """Bidders, by the id as published, of final processes with one award of one supplier."""
    took = v.alone.join(v.sole, "rid").select("rid", "id", "winner").distinct()
    per = took.group_by("id").aggregate(n=took.count(), wins=(took.id == took.winner).cast("int64").sum())
    per = per.mutate(ratio=per.wins.cast("float64") / per.n.cast("float64"))
    often = stats.r8(per, [], "n", {"often": s.percentile / 100}).drop("n")
    both = per.cross_join(often).cross_join(fence(per, "ratio", "lower", s.threshold))
    rare = both.filter((both.n >= both.often) & (both.ratio <= both.fence))
    return found(rare, Group.TENDERER, rare.id, rare.ratio)


FLAG = Flag(
    code="R025",
    title=Text("Muchas proposiciones sin ganar", "Excessive unsuccessful bids"),
    explanation=Text(
        "Una empresa participa con frecuencia y casi nunca gana: puede que sus proposiciones sólo acompañen a otra.",
        "A firm takes part often and hardly ever wins: its bids may only keep another's company.",
    ),
    group=Group.TENDERER,
    side=Side.LOW,
    needs=Needs.BIDS,
    inputs=("bids.details.status", "bids.details.tenderers.id", "awards.suppliers.id"),
    rule=rule,
    definition_es=(
        "Licitantes que participan mucho y casi nunca ganan. Cuenta el número de procesos, cada uno una vez."
    ),
    params=UnsuccessfulParams,
    innocent=(
        Text("La empresa es nueva en el mercado o cotiza caro.", "The firm is new to the market, or dear."),
        Text("Compite en mercados con muchos participantes.", "It competes in markets with many bidders."),
    ),
    source=Text("Cardinal (OCP) 0.0.8", "Cardinal (OCP) 0.0.8"),
    cardinal=cardinal,
)
