# SPDX-License-Identifier: Apache-2.0
"""R029, first digits of prices deviate from Benford's law."""

from __future__ import annotations

import math
from typing import Annotated

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import markets
from .shared import active_awards, processes, submitted
from .units import centavos, worst


class BenfordParams(Params, frozen=True):
    """The parameters of R029."""

    p: Annotated[
        float, Text("probabilidad máxima en la prueba de ji cuadrada", "highest chance in the chi-square test")
    ] = 0.01
    mad: Annotated[
        float, Text("distancia media de las nueve partes a la ley", "mean distance of the nine shares from the law")
    ] = 0.015
    n: Annotated[int, Text("mínimo de montos", "fewest amounts")] = 300
    orders: Annotated[int, Text("potencias de diez que deben abarcar", "powers of ten that they must span")] = 3
    procurement_methods: Annotated[
        tuple[str, ...],
        Text(
            "métodos (palabras de OCDS) sin tope, que torcería los dígitos",
            "methods (OCDS words) without a ceiling, which would bend the digits",
        ),
    ] = ("open",)


def rule(t: Tables, p: BenfordParams) -> ir.Table:
    """Markets whose amounts (submitted bids, where there are none active awards) have first digits far from the law of
    Benford, both by the chi-square test and by the mean distance. Value: the mean distance of the nine shares.
    """
    amounts = _amounts(t, p)
    digit = amounts.c.cast("string").substr(0, 1).cast("int64")
    whole = amounts.group_by(["market", "currency"]).aggregate(
        n=amounts.c.count(), low=amounts.c.min().cast("float64"), high=amounts.c.max().cast("float64")
    )
    seen = amounts.mutate(digit=digit).group_by(["market", "currency", "digit"]).aggregate(seen=ibis._.count())
    law = t.engine.hold(
        "benford_law", pa.Table.from_pylist([{"digit": d, "share": math.log10(1 + 1 / d)} for d in range(1, 10)])
    )
    nine = attach(whole.cross_join(law), seen, ["market", "currency", "digit"])
    n = nine.n.cast("float64")
    apart = nine.seen.fill_null(0).cast("float64") / n - nine.share
    # A sum of doubles depends on the order of its terms: each digit is a column, added from one to nine.
    parts = nine.mutate(apart=apart.abs(), chi=n * apart * apart / nine.share)
    wide = parts.group_by(["market", "currency"]).aggregate(
        **{
            f"{name}{d}": (parts.digit == d).ifelse(parts[name], 0.0).max()
            for name in ("apart", "chi")
            for d in range(1, 10)
        }
    )
    sums = wide.select(
        "market",
        "currency",
        mad=sum((wide[f"apart{d}"] for d in range(1, 10)), ibis.literal(0.0)) / 9,
        half=sum((wide[f"chi{d}"] for d in range(1, 10)), ibis.literal(0.0)) / 2,
    )
    found = attach(whole, sums, ["market", "currency"])
    # Survival of chi-square with eight degrees of freedom, in closed form.
    h = found.half
    chance = (-h).exp() * (1 + h + h * h / 2 + h * h * h / 6)
    judged = verdict(
        found,
        group=Group.MARKET,
        id=found.market,
        value=found.mad,
        threshold=p.mad,
        peer_n=found.n,
        flagged=(found.mad > p.mad) & (chance < p.p),
        missing=lacking(
            **{
                f"n>={p.n}": found.n < p.n,
                f"orders>={p.orders}": (found.n >= p.n) & (found.high / found.low < 10.0**p.orders),
            }
        ),
        basis=found.currency,
    )
    return worst(judged)


def _amounts(t: Tables, p: BenfordParams) -> ir.Table:
    """(market, currency, c): exact amounts above zero of each market, in processes that no ceiling bounds."""
    asked = processes(t).filter(lambda r: r.method.isin(p.procurement_methods))
    b, a = submitted(t), active_awards(t)
    bids = b.filter(b.amount > 0).select("rid", "currency", c=centavos(b))
    awards = a.filter(a.amount > 0).select("rid", "currency", c=centavos(a)).anti_join(bids, "rid")
    both = bids.union(awards).semi_join(asked, "rid").join(markets(t), "rid")
    both = both.filter(both.market.notnull() & (both.c > 0))
    return both.select("market", "c", currency=both.currency.fill_null(""))


FLAG = Flag(
    code="R029",
    title=Text("Primeros dígitos que no siguen la ley de Benford", "Benford deviation"),
    explanation=Text(
        "Los montos de un mercado no empiezan con los dígitos con la frecuencia que tienen los que nadie fabrica.",
        "The amounts of a market do not begin with the digits as often as amounts do that nobody makes up.",
    ),
    group=Group.MARKET,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("bids.details.value", "awards.value", "tender.items.classification.id"),
    rule=rule,
    definition_es=(
        "Mercados cuyos montos (proposiciones presentadas; donde no las hay, adjudicaciones vigentes) tienen "
        "primeros dígitos lejos de la ley de Benford, por la prueba de ji cuadrada y por la distancia media. "
        "Valor: la distancia media de las nueve partes."
    ),
    params=BenfordParams,
    innocent=(
        Text(
            "Hay un precio de lista o un contrato tipo que se repite.", "A list price or a standard contract repeats."
        ),
        Text(
            "El mercado se mueve en un intervalo de precios angosto.", "The market moves in a narrow range of prices."
        ),
    ),
    bases=bases.CURRENCY,
)
