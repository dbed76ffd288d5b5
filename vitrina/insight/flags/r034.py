# SPDX-License-Identifier: Apache-2.0
"""R034, bids submitted in the same order."""

from __future__ import annotations

import functools
import math
from statistics import NormalDist
from typing import Annotated

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import submitted
from .units import joined_id, org_ids

ORDERS = 6  # in which three firms can come
EXACT = 300  # up to so many processes the chance is exact; beyond, the normal curve


class OrderParams(Params, frozen=True):
    """The parameters of R034."""

    processes: Annotated[int, Text("mínimo de procesos en el mismo orden", "fewest processes in the same order")] = 3
    p: Annotated[
        float,
        Text(
            "probabilidad máxima de que algún orden se repita tanto por azar",
            "highest chance that some order comes so often by itself",
        ),
    ] = 0.01
    bidders: Annotated[
        int, Text("máximo de licitantes de un proceso que se mira", "most bidders of a process that is looked at")
    ] = 20


@functools.cache
def least_repeats(p: float) -> pa.Table:
    """For each number n of processes the least r with 6 P(X >= r) < p, X binomial(n, 1/6); n + 1 where none."""
    rows = []
    for n in range(1, EXACT + 1):
        tail, least = 0.0, n + 1
        for r in range(n, 0, -1):
            tail += math.comb(n, r) * (ORDERS - 1) ** (n - r) / ORDERS**n
            if ORDERS * tail >= p:
                break
            least = r
        rows.append({"n": n, "least": float(least)})
    return pa.Table.from_pylist(rows)


def rule(t: Tables, p: OrderParams) -> ir.Table:
    """Groups of three firms whose bids reached several processes in the same order, more often than chance allows. By
    the instant of receipt, never by a typed date. Value: processes in the commonest order.
    """
    triples = _triples(t, p)
    by = ["a", "b", "c"]
    met = triples.group_by(by).aggregate(met=triples.rid.count(), n=triples.order.count(), rid=triples.rid.min())
    orders = triples.filter(triples.order.notnull())
    repeats = orders.group_by([*by, "order"]).aggregate(r=orders.rid.count())
    most = repeats.group_by(by).aggregate(most=repeats.r.max())
    found = attach(met.filter(met.met >= p.processes), most, by)
    table = t.engine.hold("least_repeats", least_repeats(p.p))
    found = attach(found, table.mutate(n=table.n.cast("int64")), "n")
    n = found.n.cast("float64")
    z = NormalDist().inv_cdf(1 - p.p / ORDERS)
    least = ibis.coalesce(found.least, n / ORDERS + 0.5 + z * (n * (ORDERS - 1)).sqrt() / ORDERS)
    found = found.mutate(least=least)
    for name in by:
        found = attach(found, org_ids(t).rename({name: "oid", f"id_{name}": "id"}), name)
    named = found.filter(found.id_a.notnull() & found.id_b.notnull() & found.id_c.notnull())
    return verdict(
        named,
        group=Group.GROUP,
        id=joined_id(named.id_a, named.id_b, named.id_c),
        rid=named.rid,
        value=named.most.cast("float64"),
        threshold=named.least,
        peer_n=named.n,
        flagged=(named.most >= p.processes) & (named.most.cast("float64") >= named.least),
        missing=lacking(**{"bids.details.receivedAt": named.n < p.processes}),
    )


def _triples(t: Tables, p: OrderParams) -> ir.Table:
    """(rid, a, b, c, order): three firms, a < b < c, that bid in one process, of which each two met often enough;
    `order` is a number from 0 to 7 that tells who came before whom, null where an instant lacks or two are equal.
    """
    bid = submitted(t).select("rid", "bid_no", "received_at")
    one = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull()).join(bid, ["rid", "bid_no"])
    firms = one.group_by(["rid", "oid"]).aggregate(at=one.received_at.min())
    sizes = firms.group_by("rid").aggregate(n=firms.oid.count())
    small = firms.semi_join(sizes.filter((sizes.n > 2) & (sizes.n <= p.bidders)), "rid")  # noqa: PLR2004
    there = small.rename(rid2="rid", oid2="oid", at2="at")
    both = small.inner_join(there, [small.rid == there.rid2, small.oid < there.oid2])
    pairs = both.select("rid", a="oid", b="oid2", at_a="at", at_b="at2")
    often = pairs.group_by(["a", "b"]).aggregate(n=pairs.rid.count())
    often = often.filter(often.n >= p.processes).select("a", "b")
    kept = pairs.semi_join(often, ["a", "b"])
    third = kept.select(rid3="rid", a3="a", c="b", at_c="at_b")
    three = kept.inner_join(third, [kept.rid == third.rid3, kept.a == third.a3, kept.b < third.c]).drop("rid3", "a3")
    three = three.semi_join(often.select(b="a", c="b"), ["b", "c"])
    first, second, last = three.at_a < three.at_b, three.at_a < three.at_c, three.at_b < three.at_c
    tie = (three.at_a == three.at_b) | (three.at_a == three.at_c) | (three.at_b == three.at_c)
    order = first.cast("int32") + 2 * second.cast("int32") + 4 * last.cast("int32")
    return three.select("rid", "a", "b", "c", order=tie.ifelse(ibis.null("int32"), order.cast("int32")))


FLAG = Flag(
    code="R034",
    title=Text("Ofertas que llegan siempre en el mismo orden", "Bids in the same order"),
    explanation=Text(
        "Las ofertas de tres empresas llegaron a varios procesos en el mismo orden, más veces de las que explica "
        "el azar.",
        "The bids of three firms reached several processes in the same order, more often than chance explains.",
    ),
    group=Group.GROUP,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("bids.details.receivedAt", "bids.details.tenderers"),
    rule=rule,
    definition_es=(
        "Ternas de empresas cuyas proposiciones llegaron a varios procesos en el mismo orden, más veces de "
        "las que da el azar. Por el instante de recepción, nunca por una fecha capturada. Valor: procesos en "
        "el orden más común."
    ),
    params=OrderParams,
    innocent=(
        Text("Cada empresa tiene su costumbre: una madruga, otra espera al final.", "Each firm has its habit."),
        Text("La plataforma las recibe en lotes.", "The platform receives them in batches."),
    ),
)
