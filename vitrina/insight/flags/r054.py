# SPDX-License-Identifier: Apache-2.0
"""R054, a direct award that change orders carry over the threshold."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import processes
from .statutory import CEILINGS, DIRECT, statutory
from .units import centavos, spent


class ChangeOrderParams(Params, frozen=True):
    """None yet."""


def rule(t: Tables, p: ChangeOrderParams) -> ir.Table:  # noqa: ARG001 - it has no parameter
    """Direct awards within the ceiling whose contracts were amended, or paid beyond their value, and end above it.
    What a contract ends at: its value (which is that after amendments), its final value, and the amount after the
    last amendment that tells it, whichever is highest. Value: the end over the ceiling. `basis` tells where the rise
    also passes the cap of the law on amendments.
    """
    law = statutory(t)
    asked = processes(t).join(law.filter(law.procedure == DIRECT), "rid")
    found = attach(asked, spent(t).rename(paid="amount", paid_in="currency").drop("awards"), "rid")
    found = attach(found, _final(t), "rid")
    in_pesos = found.paid_in.fill_null("MXN") == "MXN"
    rise = found.final / found.paid - 1
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.final / found.t_da,
        threshold=1.0,
        flagged=found.changed & (found.paid <= found.t_da) & (found.final > found.t_da),
        missing=lacking(
            **{
                "awards.value": found.paid.isnull() | ~in_pesos,
                "contracts.value": found.final.isnull(),
                "contracts.amendments": (found.paid <= found.t_da) & ~found.told,
                "law.ceiling": found.t_da.isnull(),
            }
        ),
        basis=(rise > ibis.coalesce(found.amendment_agreement_max, found.amendment_line_max))
        .fill_null(False)
        .ifelse("above_amendment_cap", "amended")
        + found.budget_known.fill_null(True).ifelse("", "|top_bracket"),
    )


def _final(t: Tables) -> ir.Table:
    """(rid, final, changed, told): pesos that the contracts of a process end at, null where one tells nothing; whether
    one was changed; whether all tell of amendments or of a final value, without which nobody knows.
    """
    m = t.amendment.filter((t.amendment.section == "contract") & t.amendment.contract_no.notnull())
    counts = m.group_by(["rid", "contract_no"]).aggregate(amendments=m.pos.count())
    told = m.filter(m.amount_after > 0)
    last = ibis.window(group_by=["rid", "contract_no"], order_by=[told.pos.desc()])
    after = told.mutate(place=ibis.row_number().over(last)).filter(lambda x: x.place == 0)
    after = after.select("rid", "contract_no", after=(after.amount_after * 100).round().cast("int64"))
    c = t.contract.filter(t.contract.status.fill_null("") != "cancelled")
    kept = c.select("rid", "contract_no", "final_centavos", value=centavos(c))
    kept = attach(attach(kept, after, ["rid", "contract_no"]), counts, ["rid", "contract_no"])
    most = ibis.greatest(*(kept[name].fill_null(0) for name in ("value", "final_centavos", "after")))
    changed = kept.amendments.notnull() | (kept.final_centavos > kept.value).fill_null(False)
    told = kept.amendments.notnull() | kept.final_centavos.notnull()
    rows = kept.mutate(most=most, changed=changed.cast("int64"), told=told.cast("int64"))
    summed = rows.group_by("rid").aggregate(
        total=rows.most.sum(), least=rows.most.min(), changed=rows.changed.max(), told=rows.told.min()
    )
    final = (summed.least > 0).ifelse(summed.total.cast("float64") / 100, ibis.null("float64"))
    return summed.select("rid", final=final, changed=summed.changed == 1, told=summed.told == 1)


FLAG = Flag(
    code="R054",
    title=Text(
        "Adjudicación directa que pasa el tope con convenios", "Change orders carry a direct award past the cap"
    ),
    explanation=Text(
        "Se adjudicó directamente por un monto permitido y los convenios modificatorios llevaron el contrato arriba "
        "del máximo para adjudicar.",
        "It was awarded directly for an amount that the law allows, and amendments carried the contract above the "
        "ceiling for direct award.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.CORE_PLUS,
    inputs=("tender.procurementMethod", "awards.value", "contracts.value", "contracts.amendments"),
    rule=rule,
    alone=True,
    definition_es=(
        "Adjudicaciones directas dentro del tope cuyos contratos se modificaron, o se pagaron por encima de "
        "su valor, y acaban sobre él. En qué acaba un contrato: su valor (que ya trae las modificaciones), su "
        "valor final, y el monto tras la última modificación que lo diga, el mayor. Valor: el final entre el "
        "tope."
    ),
    params=ChangeOrderParams,
    law=(CEILINGS["t_da"], "amendment.agreement.max", "amendment.line.max"),
    innocent=(
        Text("El contrato abierto publica su máximo.", "The open contract publishes its maximum."),
        Text("El contrato trae IVA y la adjudicación no.", "The contract has VAT and the award has not."),
    ),
    bases=bases.TOP_BRACKET,
    reasons={
        "above_amendment_cap": Text(
            "el aumento también pasa el tope de la ley para modificar",
            "the rise also passes the cap of the law on amendments",
        ),
        "amended": Text("subió por modificaciones", "it rose by amendments"),
    },
)
