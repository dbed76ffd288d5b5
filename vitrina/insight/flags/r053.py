# SPDX-License-Identifier: Apache-2.0
"""R053, two firms that bid together and of which the same one always wins."""

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
from .shared import bidders, winners
from .units import bidder_pairs, worst

EXACT = 60  # up to so many joint wins the chance is exact; beyond, the normal curve with half a step
LEAST = 2  # pairs that met once are no unit: there are too many, and none of them tells anything
ROUND = 1e9  # chances are compared to a billionth, since a sum of doubles depends on its order


class PairParams(Params, frozen=True):
    """The parameters of R053."""

    meetings: Annotated[
        int, Text("mínimo de procesos en que ambas participan", "fewest processes in which both bid")
    ] = 5
    jaccard: Annotated[
        float,
        Text("procesos comunes entre los de cualquiera de las dos", "joint processes over the processes of either"),
    ] = 0.5
    share: Annotated[
        float,
        Text(
            "de los procesos comunes que gana alguna, la parte de una sola",
            "of the joint processes that either won, the part of the one",
        ),
    ] = 0.8
    p: Annotated[
        float,
        Text(
            "probabilidad máxima de tantos, por lo que cada una gana en otros lados",
            "highest chance of as many, by how often each wins elsewhere",
        ),
    ] = 0.01


@functools.cache
def choices() -> pa.Table:
    """(n, i, ways): binomial coefficients up to `EXACT`."""
    rows = [(n, i, float(math.comb(n, i))) for n in range(1, EXACT + 1) for i in range(n + 1)]
    n, i, ways = zip(*rows, strict=True)
    return pa.table({"n": pa.array(n, pa.int64()), "i": pa.array(i, pa.int64()), "ways": pa.array(ways)})


def rule(t: Tables, p: PairParams) -> ir.Table:
    """Pairs that meet often, seldom bid apart, and of whose joint processes one wins nearly all that either wins, more
    than their wins in other processes make likely. Value: its share of them.
    """
    found = _met(t)
    lead = ibis.greatest(found.wins_a, found.wins_b)
    is_a = found.wins_a >= found.wins_b
    chance_a, chance_b = _rate(found, "a"), _rate(found, "b")
    q = is_a.ifelse(chance_a, chance_b) / (chance_a + chance_b)
    found = found.mutate(lead=lead, q=q, n=found.wins_a + found.wins_b)
    found = attach(found, _tails(t, found), ["a", "b"])
    n, q = found.n.cast("float64"), found.q
    far = (found.lead.cast("float64") - 0.5 - n * q) / (n * q * (1 - q)).sqrt()
    rare = (found.n <= EXACT).ifelse(found.tail < p.p, far > NormalDist().inv_cdf(1 - p.p))
    jaccard = found.c.cast("float64") / (found.n_a + found.n_b - found.c)
    share = found.lead.cast("float64") / n.nullif(0.0)
    judged = verdict(
        found,
        group=Group.PAIR,
        id=found.id,
        rid=found.rid,
        value=share,
        threshold=p.share,
        peer_n=found.c,
        flagged=(jaccard >= p.jaccard) & (share >= p.share) & rare,
        missing=lacking(
            **{
                f"meetings>={p.meetings}": found.c < p.meetings,
                "awards.suppliers": (found.c >= p.meetings) & (found.n == 0),
            }
        ),
    )
    return worst(judged)


def _met(t: Tables) -> ir.Table:
    """(a, b, id, rid, c, n_a, n_b, won_a, won_b, wins_a, wins_b): pairs that met at least twice; `c` meetings, `n_*`
    processes of each, `won_*` those it won alone of the pair anywhere, `wins_*` those of the joint ones.
    """
    pairs, won = bidder_pairs(t), winners(t)
    won = won.filter(won.oid.notnull()).select("rid", "oid").distinct()
    b = bidders(t).select("rid", "oid")
    each = b.group_by("oid").aggregate(n=b.rid.count())
    wins = won.semi_join(b, ["rid", "oid"])
    wins = wins.group_by("oid").aggregate(won=wins.rid.count())
    often = pairs.group_by(["a", "b"]).aggregate(c=pairs.rid.count(), rid_first=pairs.rid.min())
    often = often.filter(often.c >= LEAST)
    joint = attach(pairs.join(often, ["a", "b"]), won.select("rid", a="oid", w_a=ibis.literal(1)), ["rid", "a"])
    joint = attach(joint, won.select("rid", b="oid", w_b=ibis.literal(1)), ["rid", "b"])
    a_alone = joint.w_a.notnull() & joint.w_b.isnull()
    b_alone = joint.w_b.notnull() & joint.w_a.isnull()
    found = joint.group_by(["a", "b", "id"]).aggregate(
        c=joint.rid.count(),
        rid=joint.rid.min(),
        wins_a=a_alone.cast("int64").sum(),
        wins_b=b_alone.cast("int64").sum(),
        together_a=joint.w_a.fill_null(0).sum(),
        together_b=joint.w_b.fill_null(0).sum(),
    )
    for side in ("a", "b"):
        found = attach(found, each.rename({side: "oid", f"n_{side}": "n"}), side)
        found = attach(found, wins.rename({side: "oid", f"won_{side}": "won"}), side)
    return found


def _rate(found: ir.Table, side: str) -> ir.FloatingValue:
    """How often a firm wins where the other does not bid, drawn towards a half where it seldom bids there."""
    won = found[f"won_{side}"].fill_null(0) - found[f"together_{side}"]
    return (won + 1).cast("float64") / (found[f"n_{side}"] - found.c + 2)


def _tails(t: Tables, found: ir.Table) -> ir.Table:
    """(a, b, tail): the chance of at least `lead` of `n` wins, each with chance `q`."""
    table = t.once("binomial_choices", lambda t: t.engine.hold("binomial_choices_rows", choices()))
    small = found.filter((found.n > 0) & (found.n <= EXACT)).select("a", "b", "n", "lead", "q")
    terms = small.join(table, "n").filter(lambda x: x.i >= x.lead)
    k, n = terms.i.cast("float64"), terms.n.cast("float64")
    term = terms.ways * terms.q**k * (1 - terms.q) ** (n - k)
    summed = terms.mutate(term=term).group_by(["a", "b"]).aggregate(tail=lambda x: x.term.sum())
    return summed.mutate(tail=(summed.tail * ROUND).round() / ROUND)


FLAG = Flag(
    code="R053",
    title=Text("Dos que concursan juntos y gana siempre el mismo", "Co-bidding pair, same winner"),
    explanation=Text(
        "Dos empresas concursan casi siempre juntas y, de lo que gana alguna de las dos, casi todo lo gana la misma, "
        "más de lo que explica cómo les va por separado.",
        "Two firms nearly always bid together and, of what either wins, the same one wins nearly all, more than how "
        "they fare apart explains.",
    ),
    group=Group.PAIR,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("bids.details.tenderers", "awards.suppliers"),
    rule=rule,
    definition_es=(
        "Pares que coinciden mucho, rara vez van por separado, y de cuyos procesos comunes una gana casi "
        "todos los que gana alguna, más de lo que harían esperar sus triunfos en otros procesos. Valor: su "
        "parte de ellos."
    ),
    params=PairParams,
    innocent=(
        Text("Una es mucho más barata en lo que ambas venden.", "One is much cheaper at what both sell."),
        Text("El mercado tiene sólo esas dos.", "The market has only these two."),
    ),
)
