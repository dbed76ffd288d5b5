# SPDX-License-Identifier: Apache-2.0
"""R060, long time between the award and the signature of the contract."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contracts import contracts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, CellMin, fenced
from .shared import processes
from .statutory import statutory, working_between

NAME = "R060"


class SignatureParams(Params, frozen=True):
    """The parameters of R060."""

    days: Annotated[
        int | None,
        Text(
            "días naturales que son demasiados donde ninguna ley registrada pone plazo; ninguno de fábrica",
            "natural days that are too many where no law that is recorded sets a term; none by default",
        ),
    ] = None
    cell_min: CellMin = CELL_MIN


def rule(t: Tables, p: SignatureParams) -> ir.Table:
    """Processes with a contract signed later after its award than the law allows, or than the upper fence of the cell.
    Value: working days where the law counts those, else natural days (the fence is always in natural days). A
    signature before the award is a mistake of the data, and the process is not judged by it.
    """
    slowest = _slowest(t)
    peers = fenced(t, NAME, slowest.select("rid", "days"), "days", cell_min=p.cell_min)
    found = attach(_asked(t), slowest, "rid")
    found = attach(found, peers.select("rid", "upper", "peer_n", "percentile"), "rid")
    found = attach(found, statutory(t).select("rid", "signature_max_days", "signature_max_wd"), "rid")
    due_days = ibis.coalesce(
        found.signature_max_days, ibis.null("float64") if p.days is None else ibis.literal(float(p.days))
    )
    by_wd = found.signature_max_wd.notnull()
    beyond = by_wd.ifelse(found.working > found.signature_max_wd, found.days > due_days).fill_null(False)
    odd = (~beyond & (found.days > found.upper)).fill_null(False)
    in_wd = by_wd & ~odd
    return verdict(
        found,
        group=Group.OCID,
        id=found.ocid,
        rid=found.rid,
        value=in_wd.ifelse(found.working.cast("float64"), found.days),
        threshold=odd.ifelse(found.upper, by_wd.ifelse(found.signature_max_wd, ibis.coalesce(due_days, found.upper))),
        peer_n=found.peer_n,
        percentile=found.percentile,
        flagged=beyond | odd,
        missing=lacking(
            **{
                "awards.date": found.awarded == 0,
                "contracts.dateSigned": found.signed == 0,
                "contracts.dateSigned after awards.date": (found.both > 0) & found.days.isnull(),
                "law.term or peers": found.days.notnull() & ~by_wd & due_days.isnull() & found.upper.isnull(),
            }
        ),
        basis=odd.ifelse("peers", by_wd.ifelse("working_days", "natural_days")),
    )


def _asked(t: Tables) -> ir.Table:
    """(rid, ocid, awarded, signed, both): processes with contracts, and how many of these have each day, or both."""
    c = contracts(t)
    counts = c.group_by("rid").aggregate(
        awarded=c.award_day.count(),
        signed=c.signed_day.count(),
        both=(c.award_day.notnull() & c.signed_day.notnull()).cast("int64").sum(),
    )
    return processes(t).select("rid", "ocid").join(counts, "rid")


def _slowest(t: Tables) -> ir.Table:
    """(rid, days, working): the contract of each process that was signed longest after its award."""
    c = contracts(t)
    timed = working_between(t, c, "award_day", "signed_day", "working")
    days = (timed.signed_day.epoch_days() - timed.award_day.epoch_days()).cast("float64")
    known = timed.mutate(days=days).filter(lambda x: x.days >= 0)
    order = ibis.window(group_by="rid", order_by=[known.days.desc(), known.working.desc(), "contract_no"])
    ranked = known.mutate(place=ibis.row_number().over(order))
    return ranked.filter(ranked.place == 0).select("rid", "days", "working")


FLAG = Flag(
    code=NAME,
    title=Text("Mucho tiempo entre fallo y firma", "Long time from award to signature"),
    explanation=Text(
        "Del fallo a la firma del contrato pasaron más días de los que la ley fija, o muchos más que en compras "
        "semejantes.",
        "From the award to the signature of the contract more days passed than the law sets, or many more than in "
        "similar purchases.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("awards.date", "contracts.dateSigned"),
    rule=rule,
    definition_es=(
        "Procesos con un contrato firmado más tarde después de su adjudicación de lo que la ley permite, o "
        "que la cerca superior de la celda. Valor: días hábiles donde la ley los cuenta, y si no, naturales "
        "(la cerca siempre es en naturales). Una firma anterior a la adjudicación es un error del dato, y por "
        "ella no se juzga."
    ),
    params=SignatureParams,
    law=("term.award_to_signature.max",),
    innocent=(
        Text("Una inconformidad suspendió el proceso.", "A complaint suspended the process."),
        Text("El proveedor tardó en entregar sus papeles.", "The supplier was late with its papers."),
        Text("La fecha publicada es la de la carga al sistema.", "The date is that of the upload."),
    ),
    bases={
        "peers": Text(
            "el límite es la cerca de sus pares, en días naturales",
            "the limit is the fence of the peers, in natural days",
        ),
        "working_days": Text("en días hábiles, como cuenta la ley", "in working days, as the law counts"),
        "natural_days": Text("en días naturales", "in natural days"),
    },
)
