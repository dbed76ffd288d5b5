# SPDX-License-Identifier: Apache-2.0
"""R026, prevalence of consortia in a market."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side
from .market import CELL_MIN, dated, markets
from .prevalence import above_peers
from .shared import active_awards


class ConsortiaParams(Params, frozen=True):
    """The parameters of R026."""

    n: Annotated[
        int, Text("mínimo de adjudicaciones de un mercado en un año", "fewest awards of a market in a year")
    ] = 30
    markets: Annotated[
        int, Text("mínimo de mercados de ese año con que comparar", "fewest markets of that year to compare with")
    ] = CELL_MIN


def rule(t: Tables, p: ConsortiaParams) -> ir.Table:
    """Markets where, in a year, the share of awards to several suppliers at once passes the upper fence of the markets
    of that year. Value: the share, of the worst year.
    """
    a = active_awards(t)
    named = t.award_supplier.group_by(["rid", "award_no"]).aggregate(named=ibis._.count())
    awards = attach(a.select("rid", "award_no", "n_suppliers"), named, ["rid", "award_no"])
    sized = awards.mutate(size=ibis.coalesce(awards.named, awards.n_suppliers.cast("int64")))
    placed = sized.join(markets(t), "rid").join(dated(t).select("rid", "year"), "rid")
    placed = placed.filter(placed.market.notnull())
    years = placed.group_by(["market", "year"]).aggregate(
        n=placed["size"].count(), k=(placed["size"] > 1).fill_null(False).cast("int64").sum()
    )
    return above_peers(years, "market", group=Group.MARKET, least=p.n, peers=p.markets, path="awards.suppliers")


FLAG = Flag(
    code="R026",
    title=Text("Muchas propuestas conjuntas en un mercado", "Prevalence of consortia"),
    explanation=Text(
        "En un mercado y año, la parte de las adjudicaciones a varios proveedores juntos es mucho mayor que en los "
        "demás mercados: quienes competían se presentan unidos.",
        "In a market and year, the share of awards to several suppliers together is far above that of other markets: "
        "those who competed come joined.",
    ),
    group=Group.MARKET,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("awards.suppliers", "tender.items.classification.id"),
    rule=rule,
    definition_es=(
        "Mercados donde, en un año, la parte de adjudicaciones a varios proveedores juntos pasa la cerca "
        "superior de los mercados de ese año. Valor: la parte, del peor año."
    ),
    params=ConsortiaParams,
    innocent=(
        Text(
            "Son obras grandes que una empresa sola no puede hacer.", "They are large works that one firm cannot do."
        ),
        Text("La ley fomenta que las empresas pequeñas se unan.", "The law encourages small firms to join."),
    ),
    bases=bases.YEAR,
)
