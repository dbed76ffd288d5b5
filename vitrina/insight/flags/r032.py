# SPDX-License-Identifier: Apache-2.0
"""R032, bidders share a beneficial owner."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .owners import known, owners, pairs, shared


class OwnerParams(Params, frozen=True):
    """The parameters of R032."""

    names_alone: Annotated[
        bool,
        Text(
            "marcar también por un nombre igual sin id ni año de nacimiento, que bien pueden tener dos personas",
            "flag also on an equal name without id or year of birth, which two people may well share",
        ),
    ] = False


def rule(t: Tables, p: OwnerParams) -> ir.Table:
    """Pairs of bidders of one process that have the same beneficial owner. Value: processes in which they met."""
    held = owners(t, shareholders=False)
    both = shared(t, held)
    best = both.group_by(["a", "b"]).aggregate(how=both.how.max())
    told = known(held)
    found = attach(pairs(t), best, ["a", "b"])
    found = attach(attach(found, told.rename(a="oid", n_a="owners"), "a"), told.rename(b="oid", n_b="owners"), "b")
    how = found.how.fill_null(0)
    return verdict(
        found,
        group=Group.PAIR,
        id=found.id,
        rid=found.rid,
        value=found.processes.cast("float64"),
        threshold=1.0,
        flagged=how >= (1 if p.names_alone else 2),
        missing=lacking(
            **{
                "parties.beneficialOwners": found.n_a.isnull() | found.n_b.isnull(),
                "parties.beneficialOwners.id": (how == 1) & ibis.literal(not p.names_alone),
            }
        ),
        basis=ibis.cases((how == 3, "id"), (how == 2, "name_and_birth"), else_="name"),  # noqa: PLR2004
    )


FLAG = Flag(
    code="R032",
    title=Text("Licitantes con el mismo beneficiario", "Bidders share a beneficial owner"),
    explanation=Text(
        "Dos empresas que compitieron en un mismo proceso tienen como beneficiaria final a la misma persona.",
        "Two firms that competed in one process have the same person as beneficial owner.",
    ),
    group=Group.PAIR,
    side=Side.YES,
    needs=Needs.EXTENSION,
    inputs=("parties.beneficialOwners", "bids.details.tenderers"),
    rule=rule,
    definition_es=(
        "Pares de licitantes de un proceso con el mismo beneficiario final. Valor: procesos en que coincidieron."
    ),
    params=OwnerParams,
    innocent=(
        Text("Es un homónimo nacido el mismo año.", "It is a namesake born in the same year."),
        Text(
            "La ley admite empresas de un grupo y lo declararon.", "The law admits firms of one group, and they told."
        ),
    ),
    reasons=bases.BY_ID | bases.BY_NAME_AND_BIRTH | bases.BY_NAME,
)
