# SPDX-License-Identifier: Apache-2.0
"""R064, the contract was modified."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contracts import SLIGHT, contracts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import processes
from .statutory import statutory


class ModifiedParams(Params, frozen=True):
    """The parameters of R064."""

    share: Annotated[
        float,
        Text(
            "cambio del valor que es grave donde ninguna ley registrada pone tope",
            "change of the value that is grave where no law that is recorded sets a cap",
        ),
    ] = 0.20


def rule(t: Tables, p: ModifiedParams) -> ir.Table:
    """Processes whose contracts were amended. Value: how many amendments. `basis`: above_cap where the value of a
    contract changed by more than the cap, after_end where one was amended after it had ended, else modified. Without
    amendments it is clear only where the data tell how the contract went: payments, milestones or a final value.
    """
    c = attach(contracts(t), statutory(t).select("rid", "amendment_line_max", "amendment_agreement_max"), "rid")
    cap = ibis.coalesce(c.amendment_line_max, c.amendment_agreement_max, ibis.literal(p.share))
    change = ((c.c - c.before).cast("float64") / c.before.nullif(0)).abs()
    late = attach(c.mutate(grave=(change > cap + SLIGHT).fill_null(False)), _after_end(t), ["rid", "contract_no"])
    counts = late.group_by("rid").aggregate(
        n=late.n_changes.sum(),
        grave=late.grave.cast("int64").sum(),
        after_end=late.after_end.fill_null(0).sum(),
    )
    found = attach(processes(t).select("rid", "ocid"), counts, "rid")
    found = attach(found, _executed(t), "rid")
    n = found.n.fill_null(0).cast("float64")
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=n,
        threshold=1.0,
        flagged=n >= 1,
        missing=lacking(
            **{
                "contracts": found.n.isnull(),
                "contracts.amendments": found.n.notnull() & (found.n == 0) & found.executed.isnull(),
            }
        ),
        basis=ibis.cases((found.grave > 0, "above_cap"), (found.after_end > 0, "after_end"), else_="modified"),
    )


def _executed(t: Tables) -> ir.Table:
    """(rid, executed) of processes that tell how a contract went."""
    ended = t.contract.filter(t.contract.final_centavos.notnull()).select("rid")
    parts = t.milestone.filter(t.milestone.section.isin(["contract", "implementation"])).select("rid")
    told = ended.union(parts).union(t.transaction.select("rid"))
    return told.distinct().mutate(executed=ibis.literal(True))


def _after_end(t: Tables) -> ir.Table:
    """(rid, contract_no, after_end): amendments made a day or more after the contract had ended. An end without hour
    is the start of its day, so a whole day is left.
    """
    m = t.amendment.filter(t.amendment.section == "contract")
    ends = attach(m, t.contract.select("rid", "contract_no", ended="end"), ["rid", "contract_no"])
    end = ibis.coalesce(ends.end_before, ends.ended)
    late = (ends.date > end + ibis.interval(days=1)).fill_null(False)
    return ends.group_by(["rid", "contract_no"]).aggregate(after_end=late.cast("int64").sum())


FLAG = Flag(
    code="R064",
    title=Text("Contrato modificado", "Contract has modifications"),
    explanation=Text(
        "El contrato tiene convenios modificatorios. Se dice aparte si el valor cambió más de lo que la ley admite o "
        "si se modificó ya terminado.",
        "The contract has amendments. Whether its value changed by more than the law admits, or it was amended when "
        "it had ended, is told apart.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE,
    inputs=("contracts.amendments", "contracts.value", "contracts.period.endDate"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos cuyos contratos se modificaron. Valor: cuántas modificaciones. Sin modificaciones solo está "
        "limpio donde los datos dicen cómo fue el contrato: pagos, hitos o un valor final."
    ),
    params=ModifiedParams,
    law=("amendment.line.max", "amendment.agreement.max"),
    innocent=(
        Text("Se corrigió un dato sin efecto en el monto.", "A detail without effect on the amount was corrected."),
        Text(
            "La necesidad creció por causa ajena, y está escrito.",
            "The need grew for an outside cause, and it is told.",
        ),
    ),
    reasons={
        "above_cap": Text("el valor cambió más que el tope", "the value changed by more than the cap"),
        "after_end": Text("se modificó cuando ya había terminado", "it was amended after it had ended"),
        "modified": Text("se modificó", "it was amended"),
    },
)
