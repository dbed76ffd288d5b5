# SPDX-License-Identifier: Apache-2.0
"""R013, high use of non-competitive methods."""

from __future__ import annotations

from typing import Annotated, Literal

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, CellMin, dated
from .shared import DIRECT, processes
from .statutory import statutory
from .units import costs, grounds, worst
from .yearly import peers


class DirectUseParams(Params, frozen=True):
    """The parameters of R013."""

    n: Annotated[
        int, Text("mínimo de procesos de un comprador en un año", "fewest processes of a buyer in a year")
    ] = 20
    measures: Annotated[
        tuple[Literal["value", "count"], ...],
        Text(
            "partes que se miden: del dinero (`value`), del número de procesos (`count`), o de ambos",
            "shares that are measured: of the money (`value`), of the number of processes (`count`), or of either",
        ),
    ] = ("value", "count")
    procurement_methods: Annotated[
        tuple[str, ...], Text("métodos (palabras de OCDS) sin concurso", "methods (OCDS words) without competition")
    ] = DIRECT
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: DirectUseParams) -> ir.Table:
    """Buyers whose share of direct and limited awards in a year, by value or by count, passes the upper fence of those
    that spend like them (same order of magnitude; where they are few, of three years), or whose awards by amount pass
    the cap of the law on their budget. Value: the share.
    """
    years = _years(t, p)
    judged = [_judged(years.mutate(share=years[f"by_{measure}"]), measure, p) for measure in p.measures]
    whole = judged[0]
    for one in judged[1:]:
        whole = whole.union(one)
    return worst(whole)


def _judged(years: ir.Table, measure: str, p: DirectUseParams) -> ir.Table:
    enough = years.filter(years.n >= p.n)
    found = attach(years, peers(enough, ["buyer"], ["stratum"], "share", p.cell_min), ["buyer", "year"])
    over = (found.n >= p.n) & (found.share > found.upper)
    capped = (found.by_amount / found.budget > found.cap).fill_null(False)
    return verdict(
        found,
        group=Group.BUYER,
        id=found.buyer,
        value=capped.ifelse(found.by_amount / found.budget, found.share),
        threshold=capped.ifelse(found.cap, found.upper),
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=over.fill_null(False) | capped,
        missing=lacking(
            **{
                f"n>={p.n}": ~capped & (found.n < p.n),
                PEERS: ~capped & (found.n >= p.n) & found.upper.isnull(),
            }
        ),
        basis=found.year.cast("string") + capped.ifelse("|cap", f"|{measure}"),
    )


def _years(t: Tables, p: DirectUseParams) -> ir.Table:
    """(buyer, year, n, by_value, by_count, stratum, by_amount, budget, cap): awards of each buyer and year in its main
    currency, and which shares of them were direct.
    """
    bought = processes(t).filter(lambda r: r.buyer.notnull() & r.method.notnull()).join(dated(t), "rid")
    paid = bought.drop("currency").join(costs(t), "rid").join(grounds(t), "rid")
    told = attach(paid, statutory(t).select("rid", "amount_article", "exception_cap"), "rid")
    direct = told.method.isin(p.procurement_methods)
    article = ibis.literal(" ") + told.amount_article.fill_null("") + ibis.literal(" ")
    small = direct & told.amount_article.notnull() & ((told.ground.strip() == "") | told.ground.contains(article))
    c = (told.amount * 100).round().cast("int64")
    sums = told.group_by(["buyer", "who_oid", "year", "currency"]).aggregate(
        n=told.rid.count(),
        direct_n=direct.cast("int64").sum(),
        total=c.sum(),
        direct_c=direct.ifelse(c, 0).sum(),
        small_c=small.ifelse(c, 0).sum(),
        cap=told.exception_cap.min(),
    )
    order = ibis.window(group_by=["buyer", "year"], order_by=[sums.n.desc(), sums.currency, sums.who_oid])
    placed = sums.mutate(place=ibis.row_number().over(order))
    main = placed.filter(placed.place == 0)
    b = t.buyer_budget
    budgets = b.group_by(["buyer_oid", "year"]).aggregate(budget=b.amount.max())
    found = attach(main, budgets.rename(who_oid="buyer_oid"), ["who_oid", "year"])
    return found.select(
        "buyer",
        "year",
        "n",
        "budget",
        "cap",
        by_value=found.direct_c.cast("float64") / found.total.cast("float64"),
        by_count=found.direct_n.cast("float64") / found.n.cast("float64"),
        stratum=found.total.cast("string").length(),
        by_amount=found.small_c.cast("float64") / 100,
    )


FLAG = Flag(
    code="R013",
    title=Text("Mucho gasto sin competencia", "High use of non-competitive methods"),
    explanation=Text(
        "En un año, la parte del gasto o de las compras que el comprador adjudicó sin licitar es mucho mayor que la "
        "de otros de su tamaño, o lo adjudicado por monto pasa de la parte del presupuesto que la ley permite.",
        "In one year the share of spending or of purchases that the buyer awarded without a tender is far above that "
        "of others of its size, or what it awarded by amount passes the share of the budget that the law allows.",
    ),
    group=Group.BUYER,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("tender.procurementMethod", "buyer.id", "awards.value"),
    rule=rule,
    definition_es=(
        "Compradores cuya parte de adjudicaciones directas y limitadas en un año, en dinero o en número, pasa la "
        "cerca superior de los que gastan como ellos (mismo orden de magnitud; donde son pocos, de tres años), o "
        "cuyas adjudicaciones por monto pasan la parte de su presupuesto que la ley permite. Valor: la parte."
    ),
    params=DirectUseParams,
    law=("exception.amount_cap",),
    innocent=(
        Text(
            "El comprador adquiere bienes de un solo oferente, como patentes o energía.",
            "The buyer acquires goods with one seller, such as patents or energy.",
        ),
        Text("Sus licitaciones se publican en otro sistema.", "Its tenders are published in another system."),
    ),
    bases=bases.YEAR
    | {
        "cap": Text(
            "el límite es la parte del presupuesto que la ley permite",
            "the limit is the share of the budget that the law allows",
        ),
        "value": Text("se mide en dinero", "measured in money"),
        "count": Text("se mide en número de procesos", "measured in number of processes"),
    },
)
