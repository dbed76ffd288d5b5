# SPDX-License-Identifier: Apache-2.0
"""R063, the contract was not published."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contracts import contracts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import processes
from .units import worst


class PublicationParams(Params, frozen=True):
    """The parameters of R063."""

    days: Annotated[
        int,
        Text(
            "días naturales tras la firma en que debe publicarse el contrato",
            "natural days after the signature within which the contract must be published",
        ),
    ] = 30
    documents: Annotated[
        tuple[str, ...], Text("tipos de documento que son el contrato", "types of document that are the contract")
    ] = ("contractSigned",)


def rule(t: Tables, p: PublicationParams) -> ir.Table:
    """Processes with a signed contract whose text was not published within the days. The data are of the day of the
    release: one that is older than the term cannot tell. Value: days from signature to publication, or, where there is
    none, to the release. A process without any document tells nothing of which were published.
    """
    c = contracts(t)
    d = t.document
    texts = d.filter((d.section == "contract") & d.type.isin(p.documents))
    first = texts.group_by(["rid", "parent_no"]).aggregate(
        published=texts.published.min(), papers=texts.count(), undated=texts.published.isnull().cast("int64").sum()
    )
    found = attach(c, first.rename(contract_no="parent_no"), ["rid", "contract_no"])
    found = attach(found, d.group_by("rid").aggregate(documents=ibis._.count()), "rid")
    found = attach(found, processes(t).select("rid", release_day=ibis._.date.date()), "rid")
    there = found.papers.notnull()
    until = there.ifelse(found.published.date(), found.release_day)
    days = (until.epoch_days() - found.signed_day.epoch_days()).cast("float64")
    in_time = there & ((found.undated > 0) | (days <= p.days))
    early = ~there & (days <= p.days)
    judged = verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=(there & (found.undated > 0)).ifelse(0.0, days),
        threshold=float(p.days),
        flagged=~in_time,
        missing=lacking(
            **{
                "contracts.dateSigned": found.signed_day.isnull(),
                "contracts.documents": ~there & found.documents.isnull(),
                "date": ~there & found.release_day.isnull(),
                f"date {p.days} days after contracts.dateSigned": early.fill_null(False),
            }
        ),
        basis=there.ifelse("late", "absent"),
    )
    return worst(judged, unit=["rid"])


FLAG = Flag(
    code="R063",
    title=Text("Contrato sin publicar", "Contract is not published"),
    explanation=Text(
        "El contrato se firmó y su texto no estaba publicado cuando venció el plazo para hacerlo.",
        "The contract was signed and its text was not published when the term for doing so ended.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE,
    inputs=("contracts.documents", "contracts.dateSigned", "date"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos con un contrato firmado cuyo texto no se publicó en esos días. Los datos son del día de la "
        "publicación: uno más viejo que el plazo no puede decirlo. Valor: días de la firma a la publicación "
        "o, si no la hay, a la fecha de los datos. Un proceso sin ningún documento no dice cuáles se "
        "publicaron."
    ),
    params=PublicationParams,
    innocent=(
        Text(
            "Se publicó en otro portal o con otro tipo de documento.",
            "It was published elsewhere, or as another type.",
        ),
        Text("El contrato está reservado por seguridad.", "The contract is reserved for reasons of security."),
    ),
    reasons={
        "late": Text("el contrato se publicó tarde", "the contract was published late"),
        "absent": Text("el contrato no se publicó", "the contract was not published"),
    },
)
