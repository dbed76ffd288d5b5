# SPDX-License-Identifier: Apache-2.0
"""R057, firms that take turns at winning."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Annotated, Any

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .communities import communities, community_ids
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import dated
from .shared import bidders, processes, winners
from .units import worst

MEMBERS = 2
ROUND = 1e9  # entropies are compared to a billionth, since a sum of doubles depends on its order


class RotationParams(Params, frozen=True):
    """The parameters of R057."""

    processes: Annotated[
        int,
        Text(
            "mínimo de procesos que las del grupo se ganaron entre sí",
            "fewest processes that members of a group won against each other",
        ),
    ] = 8
    entropy: Annotated[
        float,
        Text(
            "reparto de los triunfos, sobre el más parejo que cabe entre tantas",
            "entropy of the shares of wins, over the highest that so many winners can have",
        ),
    ] = 0.9
    p: Annotated[
        float, Text("probabilidad máxima de tantos cambios de ganadora", "highest chance of as many changes of winner")
    ] = 0.05


def rule(t: Tables, p: RotationParams) -> ir.Table:
    """Groups of firms that keep meeting, among whom wins are shared out evenly and change hands from one process to
    the next more often than chance allows (runs test for several kinds). Value: the entropy of the shares, 0 to 1.
    """
    won = _sequence(t)
    shares = won.group_by(["community", "winner"]).aggregate(w=won.rid.count())
    n = won.group_by("community").aggregate(n=won.rid.count(), runs=won.is_new.sum(), rid=won.rid.min())
    parts = shares.join(n.select("community", "n"), "community")
    part = parts.w.cast("float64") / parts.n
    sums = parts.mutate(bits=-part * part.ln(), square=parts.w * parts.w, cube=parts.w * parts.w * parts.w)
    summed = sums.group_by("community").aggregate(
        k=sums.w.count(), bits=sums.bits.sum(), square=sums.square.sum(), cube=sums.cube.sum()
    )
    found = n.join(summed, "community")
    size = communities(t).group_by("community").aggregate(size=lambda c: c.oid.count())
    found = found.join(size, "community").filter(lambda f: f["size"] >= MEMBERS)
    found = attach(found, community_ids(t), "community").filter(lambda f: f.id.notnull())
    highest = found["size"].cast("float64").ln()
    entropy = (found.bits / highest * ROUND).round() / ROUND
    z = _regularity(found)
    regular = (z > NormalDist().inv_cdf(1 - p.p)).fill_null(False)
    judged = verdict(
        found,
        group=Group.GROUP,
        id=found.id,
        rid=found.rid,
        value=entropy,
        threshold=p.entropy,
        peer_n=found.n,
        flagged=(entropy >= p.entropy) & regular,
        missing=lacking(**{f"n>={p.processes}": found.n < p.processes}),
    )
    return worst(judged)


def _turns(t: Tables, _: RotationParams, row: Mapping[str, Any]) -> ir.Table:
    """The processes in which the members of one group won against each other."""
    return _sequence(t).join(community_ids(t).filter(lambda i: i.id == row["id"]), "community")


def _regularity(found: ir.Table) -> ir.FloatingValue:
    """How far the runs of equal winners are above what chance gives, in standard deviations, less half a step (Wald
    and Wolfowitz for k kinds); null where all are the same.
    """
    n, square, cube = (found[name].cast("float64") for name in ("n", "square", "cube"))
    expected = (n * (n + 1) - square) / n
    spread = (square * (square + n * (n + 1)) - 2 * n * cube - n * n * n) / (n * n * (n - 1)).nullif(0.0)
    sd = (spread > 0).ifelse(spread, ibis.null("float64")).sqrt()
    return (found.runs.cast("float64") - 0.5 - expected) / sd


def _sequence(t: Tables) -> ir.Table:
    """(community, rid, winner, is_new): processes in which at least two of a community bid and one of them won, in the
    order of their days; `is_new` 1 where another won the one before. Of several winners the least oid.
    """
    c = communities(t)
    placed = bidders(t).select("rid", "oid").join(c, "oid")
    sizes = placed.group_by(["rid", "community"]).aggregate(members=placed.oid.count())
    w = winners(t)
    won = w.filter(w.oid.notnull()).select("rid", "oid").distinct().semi_join(placed, ["rid", "oid"]).join(c, "oid")
    won = won.group_by(["rid", "community"]).aggregate(winner=won.oid.min())
    won = won.join(sizes.filter(sizes.members >= MEMBERS).drop("members"), ["rid", "community"])
    days = dated(t).select("rid", "day")
    ocids = processes(t).select("rid", "ocid")
    rows = won.join(days, "rid").join(ocids, "rid").filter(lambda r: r.day.notnull())
    order = ibis.window(group_by="community", order_by=[rows.day, rows.ocid, rows.rid])
    before = rows.winner.lag().over(order)
    return rows.select("community", "rid", "winner", is_new=(before != rows.winner).fill_null(True).cast("int64"))


FLAG = Flag(
    code="R057",
    title=Text("Empresas que se turnan para ganar", "Bid rotation"),
    explanation=Text(
        "En un grupo de empresas que concursan juntas, los triunfos se reparten parejo y cambian de mano con más "
        "regularidad que la del azar.",
        "In a group of firms that bid together, wins are shared out evenly and change hands more regularly than "
        "chance allows.",
    ),
    group=Group.GROUP,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("bids.details.tenderers", "awards.suppliers", "tender.tenderPeriod.startDate"),
    rule=rule,
    definition_es=(
        "Grupos de empresas que siguen coincidiendo, entre las que los triunfos se reparten parejo y cambian "
        "de mano de un proceso al siguiente más de lo que da el azar (prueba de rachas de varias clases). "
        "Valor: la entropía de las partes, de 0 a 1."
    ),
    evidence=_turns,
    params=RotationParams,
    innocent=(
        Text("Quien acaba de ganar tiene su capacidad ocupada.", "Who has just won has its capacity in use."),
        Text("La ley o el comprador reparte entre varios.", "The law or the buyer shares out among several."),
    ),
)
