# SPDX-License-Identifier: Apache-2.0
"""R059, large difference between the value of the award and that of the contract."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contracts import SLIGHT, contracts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .units import worst


class DifferenceParams(Params, frozen=True):
    """The parameters of R059."""

    apart: Annotated[
        float,
        Text(
            "parte de la adjudicación en que sus contratos pueden apartarse de ella",
            "share of the award by which its contracts may differ from it",
        ),
    ] = 0.05


def rule(t: Tables, p: DifferenceParams) -> ir.Table:
    """Processes whose contracts, as first signed, sum to more or less than their award, and no amendment gives a
    reason. Of open contracts the maximum counts. Value: the difference as a share of the award, without sign.
    """
    c = contracts(t)
    first = c.mutate(first=ibis.coalesce(c.before, c.c), same=c.currency.identical_to(c.award_currency))
    summed = first.group_by(["rid", "ocid", "award_no", "award_c"]).aggregate(
        n=first.count(),
        priced=first.first.count(),
        first=first.first.sum(),
        same=first.same.cast("int64").sum(),
        reasons=first.reasons.sum(),
    )
    reasons = _award_reasons(t)
    found = attach(summed, reasons, "rid")
    share = (found["first"] - found.award_c).cast("float64") / found.award_c
    has_reason = (found.reasons > 0) | (found.award_reasons.fill_null(0) > 0)
    priced = (found.priced == found.n) & (found["first"] > 0)
    judged = verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=share.abs(),
        threshold=p.apart,
        flagged=(share.abs() > p.apart + SLIGHT) & ~has_reason,
        missing=lacking(
            **{
                "awards.value": ~(found.award_c > 0).fill_null(False),
                "contracts.value": ~priced,
                "one currency": found.award_c.notnull() & (found.same < found.n),
            }
        ),
        basis=has_reason.ifelse("reason", (share > 0).ifelse("above", "below")),
    )
    return worst(judged, unit=["rid"])


def _award_reasons(t: Tables) -> ir.Table:
    """(rid, award_reasons): amendments of awards that give a reason."""
    m = t.amendment.filter((t.amendment.section == "award") & (t.amendment.rationale.fill_null("").strip() != ""))
    return m.group_by("rid").aggregate(award_reasons=m.count())


FLAG = Flag(
    code="R059",
    title=Text("El contrato no vale lo que se adjudicó", "Contract value differs from award value"),
    explanation=Text(
        "Lo contratado difiere de lo adjudicado en más de la parte que se tolera y ningún convenio dice por qué.",
        "What was contracted differs from what was awarded by more than is tolerated, and no amendment says why.",
    ),
    group=Group.OCID,
    side=Side.BOTH,
    needs=Needs.CORE,
    inputs=("awards.value", "contracts.value", "contracts.awardID"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos cuyos contratos, tal como se firmaron, suman más o menos que su adjudicación, sin que una "
        "modificación dé la razón. De los contratos abiertos cuenta el máximo. Valor: la diferencia como "
        "parte de la adjudicación, sin signo."
    ),
    params=DifferenceParams,
    innocent=(
        Text("Un monto lleva el IVA y el otro no.", "One amount includes value added tax and the other does not."),
        Text(
            "El contrato es abierto y se publicó el mínimo.", "The contract is an open one and its minimum was given."
        ),
        Text("El fallo dio varios años y el contrato es del primero.", "The award spans years, the contract one."),
    ),
    bases={
        "reason": Text("una modificación da la razón", "an amendment gives the reason"),
        "above": Text("los contratos suman más que la adjudicación", "the contracts sum to more than the award"),
        "below": Text(
            "los contratos no suman más que la adjudicación", "the contracts do not sum to more than the award"
        ),
    },
)
