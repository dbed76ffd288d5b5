# SPDX-License-Identifier: Apache-2.0
"""R051, a market is concentrated in few suppliers."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, CellMin, markets
from .suppliers import awarded, shares
from .units import worst

WHOLE = 10_000  # the index of a market with one supplier
UNIT = 1_000_000  # shares are rounded to a millionth, so that their squares are added as integers


class ConcentrationParams(Params, frozen=True):
    """The parameters of R051."""

    index: Annotated[
        float,
        Text(
            "índice de Herfindahl-Hirschman, de 0 a 10,000, desde el que un mercado está concentrado",
            "Herfindahl-Hirschman index, 0 to 10,000, above which a market is concentrated",
        ),
    ] = 2500.0
    rise: Annotated[
        float,
        Text(
            "alza de un año a otro desde la que se concentró",
            "rise from one year to the next above which it became so",
        ),
    ] = 500.0
    n: Annotated[
        int, Text("mínimo de adjudicaciones de un mercado en un año", "fewest awards of a market in a year")
    ] = 10
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: ConcentrationParams) -> ir.Table:
    """Markets whose index (sum of the squared shares of suppliers in the value awarded in a year, times 10,000) is
    above the limit, or rose by more than `rise` in a year. Value: the index of the worst year.
    """
    rows = awarded(t).join(markets(t, p.cell_min), "rid").filter(lambda r: r.market.notnull())
    of = ["market", "year", "currency"]
    mine = shares(rows, ["market", "year"])
    part = (mine.c.cast("float64") / mine.all_c * UNIT).round().cast("int64")
    yearly = (
        mine.mutate(square=part * part).group_by(of).aggregate(n=lambda m: m.n.sum(), squares=lambda m: m.square.sum())
    )
    yearly = yearly.mutate(index=yearly.squares.cast("float64") / UNIT / UNIT * WHOLE)
    before = yearly.filter(yearly.n >= p.n)
    before = before.select("market", "currency", year=(before.year + 1).cast("int32"), was="index")
    found = attach(yearly, before, of)
    rose = (found.index - found.was > p.rise).fill_null(False)
    high = found.index > p.index
    judged = verdict(
        found,
        group=Group.MARKET,
        id=found.market,
        value=found.index,
        threshold=(rose & ~high).ifelse(found.was + p.rise, ibis.literal(p.index)),
        peer_n=found.n,
        flagged=high | rose,
        missing=lacking(**{f"n>={p.n}": found.n < p.n}),
        basis=found.year.cast("string") + (rose & ~high).ifelse("|rise", "|index"),
    )
    return worst(judged)


FLAG = Flag(
    code="R051",
    title=Text("Mercado concentrado en pocos proveedores", "Market concentration"),
    explanation=Text(
        "Lo que se adjudica en un mercado se reparte entre muy pocos proveedores, o se concentró de un año a otro.",
        "What is awarded in a market goes to very few suppliers, or became concentrated from one year to the next.",
    ),
    group=Group.MARKET,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("awards.value", "awards.suppliers", "tender.items.classification.id"),
    rule=rule,
    definition_es=(
        "Mercados cuyo índice (suma de los cuadrados de las partes de los proveedores en lo adjudicado en un "
        "año, por 10,000) pasa el límite, o subió más que `rise` en un año. Valor: el índice del peor año."
    ),
    params=ConcentrationParams,
    innocent=(
        Text("El producto tiene pocos fabricantes.", "The product has few makers."),
        Text("Una compra consolidada la ganó uno solo.", "One firm won a consolidated purchase."),
    ),
    bases=bases.YEAR
    | {
        "index": Text("se mira el índice del año", "the index of the year is looked at"),
        "rise": Text("se mira el alza desde el año anterior", "the rise from the year before is looked at"),
    },
)
