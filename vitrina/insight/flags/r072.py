# SPDX-License-Identifier: Apache-2.0
"""R072, a buyer with a high share of subcontracted awards."""

from __future__ import annotations

from typing import Annotated

import ibis.expr.types as ir

from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side
from .market import CELL_MIN, dated
from .prevalence import above_peers
from .shared import active_awards, processes


class PrevalenceParams(Params, frozen=True):
    """The parameters of R072."""

    n: Annotated[
        int,
        Text(
            "mínimo de adjudicaciones de un comprador en un año que dicen si subcontratan",
            "fewest awards of a buyer in a year that tell of subcontracting",
        ),
    ] = 20
    cell_min: Annotated[int, Text("mínimo de compradores con que comparar", "fewest buyers to compare with")] = (
        CELL_MIN
    )


def rule(t: Tables, p: PrevalenceParams) -> ir.Table:
    """Buyers whose share of awards with subcontracting in a year passes the upper fence of all buyers of that year.
    Value: the share.
    """
    a = active_awards(t).select("rid", "has_subcontracting")
    told = a.join(processes(t).select("rid", "buyer"), "rid").join(dated(t).select("rid", "year"), "rid")
    told = told.filter(told.buyer.notnull())
    years = told.group_by(["buyer", "year"]).aggregate(
        n=told.has_subcontracting.count(), k=told.has_subcontracting.fill_null(False).cast("int64").sum()
    )
    return above_peers(years, "buyer", group=Group.BUYER, least=p.n, peers=p.cell_min, path="awards.hasSubcontracting")


FLAG = Flag(
    code="R072",
    title=Text("Comprador con muchas subcontrataciones", "High prevalence of subcontracts"),
    explanation=Text(
        "En un año, la parte de las adjudicaciones del comprador que se subcontratan es mucho mayor que la de otros.",
        "In one year the share of the buyer's awards that are subcontracted is far above that of other buyers.",
    ),
    group=Group.BUYER,
    side=Side.HIGH,
    needs=Needs.EXTENSION,
    inputs=("awards.hasSubcontracting", "buyer.id"),
    rule=rule,
    definition_es=(
        "Compradores cuya parte de adjudicaciones con subcontratación en un año pasa la cerca superior de "
        "todos los compradores de ese año. Valor: la parte."
    ),
    params=PrevalenceParams,
    innocent=(
        Text("Contrata obra, donde subcontratar es lo usual.", "It buys works, where subcontracting is usual."),
        Text("Exige declarar lo que otros no declaran.", "It has declared what others leave untold."),
    ),
    bases=bases.YEAR,
)
