# SPDX-License-Identifier: Apache-2.0
"""R027, missing bidders: those who usually take part did not."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, CellMin, dated, markets, standing
from .shared import COMPETITIVE, bidders, processes

NAME = "R027"
HISTORY = "history>=24 months"


class MissingParams(Params, frozen=True):
    """The parameters of R027."""

    frequent: Annotated[
        int,
        Text(
            "cuántos de los licitantes más frecuentes de un mercado se esperan",
            "how many of the most frequent bidders of a market are expected",
        ),
    ] = 5
    times: Annotated[
        int,
        Text(
            "veces que uno participó al menos para ser de ellos", "how often one took part at least to be one of them"
        ),
    ] = 3
    percentile: Annotated[
        float, Text("percentil de la parte ausente entre pares", "percentile of the share absent among peers")
    ] = 0.95
    cell_min: CellMin = CELL_MIN
    procurement_methods: Methods = COMPETITIVE


def rule(t: Tables, p: MissingParams) -> ir.Table:
    """Competitive processes from which a larger share of the most frequent bidders of their market is absent than from
    nearly all of the cell. Frequent: by times in the year of the process and the one before. Firms that asked a
    question and did not bid are expected too. Value: the share absent; a high one is suspicious.
    """
    asked = processes(t).filter(lambda r: r.method.isin(p.procurement_methods))
    placed = asked.join(markets(t, p.cell_min), "rid").join(dated(t).select("rid", "year"), "rid")
    label = f"{p.frequent}_{p.times}_{p.cell_min}_{'_'.join(p.procurement_methods)}"
    there = t.once(f"r027_there_{label}", lambda t: _there(t, placed))
    expected = t.once(f"r027_expected_{label}", lambda t: _frequent(t, there, p))
    first = there.group_by("market").aggregate(first=there.year.min())
    came = there.join(expected.drop("n"), ["market", "year", "oid"])
    counts = came.group_by("rid").aggregate(came=came.oid.count())
    sizes = there.group_by("rid").aggregate(bidders=there.oid.count())
    k = expected.group_by(["market", "year"]).aggregate(expected=expected.oid.count())
    joined = attach(attach(attach(placed, sizes, "rid"), counts, "rid"), k, ["market", "year"])
    joined = attach(attach(joined, _askers(t, there, expected), "rid"), first, "market")
    enough = (joined.expected == p.frequent) & (joined.first < joined.year) & joined.bidders.notnull()
    gone = joined.expected - joined.came.fill_null(0) + joined.silent.fill_null(0)
    share = gone.cast("float64") / (joined.expected + joined.silent.fill_null(0)).cast("float64")
    told = joined.mutate(absent=enough.fill_null(False).ifelse(share, ibis.null("float64")))
    peers = standing(t, NAME, told.select("rid", "absent"), "absent", {"top": p.percentile}, cell_min=p.cell_min)
    found = attach(told, peers.select("rid", "top", "peer_n", "percentile"), "rid")
    young = (found.first < found.year).fill_null(False).cast("int8") == 0
    few = (found.expected == p.frequent).fill_null(False).cast("int8") == 0
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.absent,
        threshold=found.top,
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=found.absent > found.top,
        missing=lacking(
            **{
                "bids.details.tenderers": found.bidders.isnull(),
                HISTORY: found.bidders.notnull() & young,
                PEERS: found.bidders.notnull() & ~young & (few | found.top.isnull()),
            }
        ),
    )


def _there(t: Tables, placed: ir.Table) -> ir.Table:
    """(rid, oid, market, year): who took part in what."""
    there = bidders(t).select("rid", "oid").join(placed.select("rid", "market", "year"), "rid")
    return there.filter(there.market.notnull() & there.year.notnull())


def _frequent(t: Tables, there: ir.Table, p: MissingParams) -> ir.Table:
    """(market, year, oid, n): the most frequent bidders of each market in a year and the one before."""
    ahead = t.engine.hold("r027_years", pa.table({"ahead": pa.array([0, 1], pa.int32())}))
    yearly = there.group_by(["market", "year", "oid"]).aggregate(n=there.rid.count())
    spread = yearly.cross_join(ahead)
    moved = spread.select("market", "oid", "n", year=(spread.year + spread.ahead).cast("int32"))
    both = moved.group_by(["market", "year", "oid"]).aggregate(n=moved.n.sum())
    often = both.filter(both.n >= p.times)
    order = ibis.window(group_by=["market", "year"], order_by=[often.n.desc(), often.oid])
    placed = often.mutate(place=ibis.row_number().over(order))
    return placed.filter(placed.place < p.frequent).drop("place")


def _askers(t: Tables, there: ir.Table, expected: ir.Table) -> ir.Table:
    """(rid, silent): firms that asked, did not bid, and are not among the frequent ones, who are counted already."""
    e = t.enquiry
    asked = (
        e.filter(e.author_oid.notnull()).select("rid", oid="author_oid").distinct().anti_join(there, ["rid", "oid"])
    )
    where = there.select("rid", "market", "year").distinct()
    new = asked.join(where, "rid").anti_join(expected, ["market", "year", "oid"])
    return new.group_by("rid").aggregate(silent=new.oid.count())


FLAG = Flag(
    code=NAME,
    title=Text("Faltan los licitantes de siempre", "Missing bidders"),
    explanation=Text(
        "Las empresas que más participan en ese mercado, o que preguntaron en la junta, no presentaron oferta, mucho "
        "más que en compras semejantes.",
        "The firms that take part most in that market, or that asked questions, made no bid, far more than in similar "
        "purchases.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("bids.details.tenderers", "tender.tenderers", "tender.enquiries", "tender.items.classification.id"),
    rule=rule,
    definition_es=(
        "Concursos en que falta una parte de los licitantes más frecuentes de su mercado mayor que en casi "
        "toda la celda. Frecuentes: por veces en el año del proceso y el anterior. También se espera a las "
        "empresas que preguntaron y no se presentaron. Valor: la parte ausente; es sospechosa la alta."
    ),
    params=MissingParams,
    innocent=(
        Text("La compra es pequeña o lejana y no les interesa.", "The purchase is small or remote; they do not care."),
        Text("Su capacidad ya estaba comprometida.", "Their capacity was already committed."),
    ),
)
