# SPDX-License-Identifier: Apache-2.0
"""R073, what was received differs from what was contracted."""

from __future__ import annotations

import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Side, lacking, verdict
from .shared import processes


def rule(t: Tables, _: object) -> ir.Table:
    """Processes with a line of a contract of which the records of reception accept less than was contracted, or a test
    failed. Value: share of the lines received that fall short. Of a contract that still ran when the data were
    published more may be to come, so only its tests count. Records come from who keeps them (table `reception`).
    """
    i = t.contract_item
    newest = i.group_by(["rid", "contract_no"]).aggregate(version=i.version.max())
    now = i.join(newest, ["rid", "contract_no", "version"])
    due = now.group_by(["rid", "contract_no", "item_id"]).aggregate(due=now.quantity.sum())
    r = t.reception
    got = r.group_by(["rid", "contract_no", "item_id"]).aggregate(
        accepted=r.accepted.sum(), failed=(~r.passed).fill_null(False).cast("int64").sum(), tests=r.passed.count()
    )
    both = attach(got, due, ["rid", "contract_no", "item_id"])
    both = attach(both, _running(t), ["rid", "contract_no"])
    less = (both.accepted < both.due).fill_null(False) & both.running.isnull()
    told = (both.accepted.notnull() & both.due.notnull()) | (both.tests > 0)
    lines = both.group_by("rid").aggregate(
        n=both.count(),
        told=told.cast("int64").sum(),
        short=(less | (both.failed > 0)).cast("int64").sum(),
        failed=(both.failed > 0).cast("int64").sum(),
    )
    found = attach(processes(t).select("rid", "ocid").semi_join(t.contract, "rid"), lines, "rid")
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=found.short.cast("float64") / found.told.nullif(0).cast("float64"),
        threshold=0.0,
        flagged=found.short > 0,
        missing=lacking(
            **{
                "reception records": found.n.isnull(),
                "contracts.items.quantity": found.n.notnull() & (found.told == 0),
            }
        ),
        basis=(found.failed > 0).ifelse("failed_test", "less"),
    )


def _running(t: Tables) -> ir.Table:
    """(rid, contract_no, running): contracts that end after the release that tells of them."""
    c = t.contract.join(processes(t).select("rid", released="date"), "rid")
    return c.filter(c.end > c.released).select("rid", "contract_no", running=c.contract_no)


FLAG = Flag(
    code="R073",
    title=Text("Se recibió otra cosa que lo contratado", "Work differs from specification"),
    explanation=Text(
        "Las actas de recepción aceptan menos de lo contratado en algún renglón, o una prueba salió mal.",
        "The records of reception accept less than was contracted in some line, or a test failed.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.OUTSIDE,
    inputs=("reception records", "contracts.items"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos con un renglón de un contrato del que las actas de recepción aceptan menos de lo "
        "contratado, o falló una prueba. Valor: la parte de los renglones recibidos que queda corta. De un "
        "contrato que aún corría al publicarse los datos puede venir más, así que solo cuentan sus pruebas. "
        "Las actas vienen de quien las guarda (tabla `reception`)."
    ),
    innocent=(
        Text("Falta capturar la última entrega.", "The last delivery has not been entered yet."),
        Text("Un convenio bajó la cantidad y los datos no lo traen.", "An amendment lowered it, untold in the data."),
    ),
    reasons={
        "failed_test": Text("falló una prueba", "a test failed"),
        "less": Text("se aceptó menos de lo contratado", "less was accepted than contracted"),
    },
)
