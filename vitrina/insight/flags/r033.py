# SPDX-License-Identifier: Apache-2.0
"""R033, bidders share a major shareholder."""

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


class ShareholderParams(Params, frozen=True):
    """The parameters of R033."""

    major: Annotated[
        float,
        Text(
            "parte de ambas empresas desde la que un socio común es importante; con 0.10 salen también los menores",
            "share of both firms from which a common holder is a major one; 0.10 reports the lesser ones too",
        ),
    ] = 0.25


def rule(t: Tables, p: ShareholderParams) -> ir.Table:
    """Pairs of bidders of one process with a holder who has a major share of both. A company or person is the same by
    id, else by name (unless their years of birth differ). Value: the smaller of the two shares.
    """
    held = owners(t, shareholders=True)
    both = shared(t, held)
    best = both.group_by(["a", "b"]).aggregate(
        share=both.share.max(),
        unknown=both.share.isnull().cast("int64").sum(),
        how=(both.share >= p.major).ifelse(both.how, ibis.null("int32")).max(),
    )
    told = known(held)
    found = attach(pairs(t), best, ["a", "b"])
    found = attach(attach(found, told.rename(a="oid", n_a="owners"), "a"), told.rename(b="oid", n_b="owners"), "b")
    is_major = (found.share >= p.major).fill_null(False)
    return verdict(
        found,
        group=Group.PAIR,
        id=found.id,
        rid=found.rid,
        value=found.share.fill_null(0.0),
        threshold=p.major,
        flagged=is_major,
        missing=lacking(
            **{
                "parties.shareholders": found.n_a.isnull() | found.n_b.isnull(),
                "parties.shareholders.shareholding": ~is_major & (found.unknown > 0).fill_null(False),
            }
        ),
        basis=ibis.cases((found.how == 3, "id"), (found.how == 2, "name_and_birth"), else_="name"),  # noqa: PLR2004
    )


FLAG = Flag(
    code="R033",
    title=Text("Licitantes con el mismo accionista mayor", "Bidders share a major shareholder"),
    explanation=Text(
        "Dos empresas que compitieron en un mismo proceso tienen un accionista común con una cuarta parte o más de "
        "cada una.",
        "Two firms that competed in one process have a common shareholder with a quarter or more of each.",
    ),
    group=Group.PAIR,
    side=Side.YES,
    needs=Needs.EXTENSION,
    inputs=("parties.shareholders", "bids.details.tenderers"),
    rule=rule,
    definition_es=(
        "Pares de licitantes de un proceso con un socio que tiene una parte importante de ambos. Una empresa "
        "o persona es la misma por id, y si no, por nombre (salvo que difieran los años de nacimiento). "
        "Valor: la menor de las dos partes."
    ),
    params=ShareholderParams,
    innocent=(
        Text("Es un fondo que invierte en todo el sector.", "It is a fund that invests in the whole sector."),
        Text("Dejó de ser accionista antes de la licitación.", "It had ceased to be a shareholder before the tender."),
    ),
    reasons=bases.BY_ID | bases.BY_NAME_AND_BIRTH | bases.BY_NAME,
)
