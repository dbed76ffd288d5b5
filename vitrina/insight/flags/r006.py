# SPDX-License-Identifier: Apache-2.0
"""R006, unreasonable prequalification requirements."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, PEERS, CellMin, standing
from .shared import releases

NAME = "R006"


class RequirementParams(Params, frozen=True):
    """The parameters of R006."""

    percentile: Annotated[
        float,
        Text(
            "percentil del número de requisitos entre pares desde el que se marca",
            "percentile of the number of requirements among peers above which a process is flagged",
        ),
    ] = 0.95
    capital_share: Annotated[
        float,
        Text(
            "parte del valor de la compra que se puede pedir como capital",
            "share of the value of the tender that may be asked as capital",
        ),
    ] = 0.20
    capital_kinds: Annotated[
        tuple[str, ...], Text("clases de requisito que piden capital", "kinds of criterion that ask for capital")
    ] = ("capital", "turnover", "assets")
    cell_min: CellMin = CELL_MIN
    procurement_methods: Methods = ("open", "selective")


def rule(t: Tables, p: RequirementParams) -> ir.Table:
    """Competitive processes that ask for more capital than a share of their value, or for more requirements that
    disqualify than nearly all peers. Value: the number of requirements: mandatory criteria, else lines of the text.
    """
    asked = releases(t).filter(lambda r: r.method.isin(p.procurement_methods))
    c = t.criterion
    told = c.filter(c.is_mandatory.fill_null(True)).group_by("rid").aggregate(criteria=ibis._.count())
    money = c.filter(c.kind.isin(p.capital_kinds) & (c.amount > 0))
    capital = money.group_by(["rid", "currency"]).aggregate(capital=money.amount.max())
    found = attach(attach(asked, told, "rid"), capital, ["rid", "currency"])
    counted = found.mutate(n=ibis.coalesce(found.criteria, _lines(found.eligibility)).cast("float64"))
    peers = standing(t, NAME, counted.select("rid", "n"), "n", {"top": p.percentile}, cell_min=p.cell_min)
    both = attach(counted, peers.select("rid", "top", "peer_n", "percentile"), "rid")
    dear = (both.capital > p.capital_share * both.value).fill_null(False)
    many = both.n > both.top
    return verdict(
        both,
        group=Group.OCID,
        id=both.ocid,
        rid=both.rid,
        value=both.n,
        threshold=both.top,
        peer_n=both.peer_n,
        percentile=both.percentile,
        flagged=dear | many.fill_null(False),
        missing=lacking(
            **{
                "tender.eligibilityCriteria": ~dear & both.n.isnull(),
                PEERS: ~dear & both.n.notnull() & both.top.isnull(),
            }
        ),
        basis=dear.ifelse("capital", "requirements"),
    )


def _lines(text: ir.StringValue) -> ir.IntegerValue:
    """Lines and clauses of a text: one more than its line breaks and semicolons. Null where there is none."""
    said = text.strip().nullif("")
    clauses = said.replace(";", "\n")
    return clauses.length() - clauses.replace("\n", "").length() + 1


FLAG = Flag(
    code=NAME,
    title=Text("Requisitos de participación excesivos", "Unreasonable prequalification requirements"),
    explanation=Text(
        "Se pide más capital del que la compra justifica, o más requisitos que desechan que en casi todas las compras "
        "semejantes.",
        "More capital is asked than the purchase warrants, or more requirements that disqualify than in nearly all "
        "similar purchases.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.OUTSIDE,
    inputs=("tender.eligibilityCriteria", "tender.value"),
    rule=rule,
    definition_es=(
        "Concursos que piden más capital que una parte de su valor, o más requisitos que descalifican que "
        "casi todos sus pares. Valor: el número de requisitos: criterios obligatorios, y si no los hay, "
        "líneas del texto."
    ),
    params=RequirementParams,
    innocent=(
        Text("El bien es peligroso o regulado y exige permisos.", "The goods are dangerous or regulated."),
        Text("El texto parte en renglones lo que otros resumen.", "The text puts on lines what others sum up."),
    ),
    reasons={
        "capital": Text(
            "el capital que se pide es alto para el valor de la compra",
            "the capital that is asked is high for the value of the tender",
        ),
        "requirements": Text(
            "los requisitos son muchos más que los de sus pares",
            "the requirements are many more than those of the peers",
        ),
    },
)
