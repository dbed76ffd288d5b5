# SPDX-License-Identifier: Apache-2.0
"""R002, manipulation of procurement thresholds: purchases crowd just below a ceiling."""

from __future__ import annotations

import functools
from typing import Annotated

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import dated
from .shared import processes
from .statutory import CEILINGS, ceilings
from .units import spent, worst

EXACT = 400  # up to so many purchases the binomial tail is exact; beyond, the normal curve with half a step


class ThresholdParams(Params, frozen=True):
    """The parameters of R002."""

    below: Annotated[
        float,
        Text(
            "dónde empieza la franja bajo el tope, como parte de él",
            "where the band below the ceiling begins, as a share of it",
        ),
    ] = 0.90
    above: Annotated[
        float,
        Text(
            "dónde acaba la franja sobre el tope, como parte de él",
            "where the band above the ceiling ends, as a share of it",
        ),
    ] = 1.10
    ratio: Annotated[
        float,
        Text("cuántas veces más llena debe estar la franja de abajo", "how many times fuller the lower band must be"),
    ] = 3.0
    n: Annotated[int, Text("mínimo de compras en las dos franjas", "fewest purchases in both bands")] = 20
    p: Annotated[
        float,
        Text(
            "probabilidad máxima de que un reparto parejo muestre tanto",
            "highest chance that an even split shows as much",
        ),
    ] = 0.01


@functools.cache
def least_heads(p: float) -> pa.Table:
    """For each n the least k with P(X >= k) < p, X binomial(n, 1/2), up to `EXACT`; n + 1 where no k does it."""
    rows, tail = [], [1.0]
    for n in range(1, EXACT + 1):
        # P_n(X >= k) = (P_{n-1}(X >= k) + P_{n-1}(X >= k - 1)) / 2
        tail = [1.0, *((tail[k] + tail[k - 1]) / 2 for k in range(1, len(tail))), tail[-1] / 2]
        rows.append({"n": n, "least": next((k for k, chance in enumerate(tail) if chance < p), n + 1)})
    return pa.Table.from_pylist(rows)


def rule(t: Tables, p: ThresholdParams) -> ir.Table:
    """Buyers in one of whose years the purchases just below a ceiling outnumber those just above it `ratio` times,
    beyond chance. Value: that ratio (with none above, one is taken), of the worst year and ceiling.
    """
    near = _near(t, p)
    band = near.group_by(["buyer", "year", "kind", "top_bracket"]).aggregate(
        below=near.is_below.cast("int64").sum(),
        n=near.is_below.count(),
        known=near.ceiling.count(),
        priced=near.price.count(),
    )
    least = t.engine.hold(f"least_heads_{EXACT}", least_heads(p.p))
    band = attach(band, least.mutate(n=least.n.cast("int64")), "n")
    n = band.n.cast("float64")
    far = (band.below.cast("float64") - 0.5 - n / 2) / (n.sqrt() / 2)
    beyond = band.least.notnull().ifelse(band.below >= band.least, far > _normal(p.p))
    ratio = band.below.cast("float64") / (band.n - band.below).cast("float64").clip(lower=1.0)
    judged = verdict(
        band,
        group=Group.BUYER,
        id=band.buyer,
        value=ratio,
        threshold=p.ratio,
        peer_n=band.n,
        flagged=(ratio > p.ratio) & beyond,
        missing=lacking(
            **{
                "tender.value": band.priced == 0,
                "law.ceiling": (band.priced > 0) & (band.known == 0),
                f"n>={p.n}": (band.known > 0) & (band.n < p.n),
            }
        ),
        basis=band.year.cast("string") + "|" + band.kind + band.top_bracket.ifelse("|top_bracket", ""),
    )
    return worst(judged)


def _normal(p: float) -> float:
    from statistics import NormalDist  # noqa: PLC0415

    return NormalDist().inv_cdf(1 - p)


def _near(t: Tables, p: ThresholdParams) -> ir.Table:
    """Purchases of each buyer beside both ceilings, by the value of the tender, else of the awards; `is_below` null
    where they lie in neither band.
    """
    bought = processes(t).filter(lambda r: r.buyer.notnull()).select("rid", "buyer", "value", "currency")
    both = attach(bought.join(dated(t), "rid"), spent(t).rename(paid="amount", paid_in="currency"), "rid")
    asked = (both.value > 0).fill_null(False)
    priced = both.mutate(price=asked.ifelse(both.value, both.paid), money=asked.ifelse(both.currency, both.paid_in))
    told = attach(priced, ceilings(t), "rid")
    kinds = []
    for kind in CEILINGS:
        ceiling = (told.money == "MXN").ifelse(told[kind], ibis.null("float64"))
        low = (told.price >= p.below * ceiling) & (told.price <= ceiling)
        high = (told.price > ceiling) & (told.price <= p.above * ceiling)
        kinds.append(
            told.select(
                "buyer",
                "year",
                "price",
                kind=ibis.literal(kind),
                ceiling=ceiling,
                top_bracket=~told.budget_known.fill_null(True),
                is_below=ibis.cases((low, True), (high, False), else_=ibis.null("boolean")),
            )
        )
    return kinds[0].union(kinds[1])


FLAG = Flag(
    code="R002",
    title=Text("Compras amontonadas bajo el tope", "Manipulation of procurement thresholds"),
    explanation=Text(
        "En un año, el comprador hizo muchas más compras justo por debajo del monto máximo para adjudicar o invitar "
        "que justo por encima, más de lo que el azar explica.",
        "In one year the buyer made many more purchases just below the ceiling for direct award or invitation than "
        "just above it, more than chance explains.",
    ),
    group=Group.BUYER,
    side=Side.HIGH,
    needs=Needs.CORE_PLUS,
    inputs=("buyer.id", "tender.value", "awards.value", "tender.tenderPeriod.startDate"),
    rule=rule,
    definition_es=(
        "Compradores que en algún año hicieron, justo por debajo de un tope, `ratio` veces más compras que "
        "justo por encima, y no por azar. Valor: esa razón (si no hay ninguna encima, se toma una), del peor "
        "año y tope."
    ),
    params=ThresholdParams,
    law=tuple(CEILINGS.values()),
    innocent=(
        Text(
            "Se compra lo que cabe en el tope: el presupuesto se ajusta a él sin dividir nada.",
            "Buying what fits under the ceiling: the budget follows it and nothing is split.",
        ),
        Text(
            "Sin el presupuesto del comprador se usa el tope más alto, que puede no ser el suyo.",
            "Without the buyer's budget the highest ceiling is used, which may not be its own.",
        ),
    ),
    bases=bases.YEAR
    | bases.TOP_BRACKET
    | {
        "t_da": Text("frente al tope para adjudicar directamente", "held against the ceiling for direct award"),
        "t_i3": Text("frente al tope para invitar a tres", "held against the ceiling for invitation of three"),
    },
)
