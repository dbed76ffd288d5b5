# SPDX-License-Identifier: Apache-2.0
"""R037, bids disqualified without a ground that is tied to a published criterion."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .owners import folded
from .shared import processes, submitted

LEAST_LETTERS = 8  # letters of a criterion's title that a reason can be said to name


class SupportParams(Params, frozen=True):
    """The parameters of R037."""

    lowest_weight: Annotated[
        float,
        Text("cuánto pesa desechar la proposición más baja", "how much the disqualification of the lowest bid weighs"),
    ] = 2.0


def rule(t: Tables, p: SupportParams) -> ir.Table:
    """Processes in which a bid was disqualified without a ground: neither a requirement that it is told to have
    failed, nor a reason that names a published criterion. Value: share of such disqualifications, that of the lowest
    bid counting double.
    """
    out = _disqualified(t)
    weight = out.is_lowest.ifelse(p.lowest_weight, 1.0)
    unsupported, unknown = out.verdict == "none", out.verdict == "unknown"
    per = out.group_by(["rid", "ocid"]).aggregate(
        n=out.bid_no.count(),
        bad=unsupported.cast("int64").sum(),
        open=unknown.cast("int64").sum(),
        told=out.told.cast("int64").sum(),
        heavy=unsupported.ifelse(weight, 0.0).sum(),
        whole=weight.sum(),
    )
    silent = per.told == 0
    return verdict(
        per,
        group=Group.OCID,
        id=per.ocid,
        rid=per.rid,
        value=per.heavy / per.whole,
        threshold=0.0,
        peer_n=per.n,
        flagged=per.bad > 0,
        missing=lacking(
            **{
                "bids.details.statusDetails": silent,
                "tender.selectionCriteria": ~silent & (per.bad == 0) & (per.open > 0),
            }
        ),
    )


def _disqualified(t: Tables) -> ir.Table:
    """(rid, ocid, bid_no, is_lowest, told, verdict): disqualified bids; `verdict` is linked, none, or unknown (a
    reason is told and the criteria are not published).
    """
    b = submitted(t).mutate(lot=lambda x: x.lot.fill_null(""), currency=lambda x: x.currency.fill_null(""))
    order = ibis.window(group_by=["rid", "lot", "currency"], order_by=[b.amount, b.bid_no])
    ranked = b.mutate(place=ibis.row_number().over(order))
    out = ranked.filter(ranked.status == "disqualified").mutate(
        is_lowest=(ranked.place == 0) & ranked.amount.notnull()
    )
    out = out.select("rid", "bid_no", "is_lowest", reason=folded(out.reason)).join(
        processes(t).select("rid", "ocid"), "rid"
    )
    result = t.criterion_result
    failed = result.filter((~result.passed).fill_null(False) & result.bid_no.notnull())
    failed = failed.join(t.criterion.select("rid", criterion_pos="pos"), ["rid", "criterion_pos"])
    failed = failed.group_by(["rid", "bid_no"]).aggregate(failed=failed.criterion_pos.count())
    title = folded(t.criterion.title)
    titles = t.criterion.select(
        "rid", "pos", title=(title.length() >= LEAST_LETTERS).ifelse(title, ibis.null("string"))
    )
    criteria = titles.group_by("rid").aggregate(criteria=titles.pos.count())
    named = out.filter(out.reason.notnull()).join(titles.filter(titles.title.notnull()), "rid")
    named = named.filter(named.reason.contains(named.title))
    named = named.group_by(["rid", "bid_no"]).aggregate(named=named.pos.count())
    found = attach(attach(attach(out, failed, ["rid", "bid_no"]), named, ["rid", "bid_no"]), criteria, "rid")
    linked = found.failed.notnull() | found.named.notnull()
    told = found.reason.notnull() | found.failed.notnull()
    return found.select(
        *("rid", "ocid", "bid_no", "is_lowest"),
        told=told,
        verdict=ibis.cases((linked, "linked"), (told & found.criteria.isnull(), "unknown"), else_="none"),
    )


FLAG = Flag(
    code="R037",
    title=Text("Desechamientos sin sustento", "Poorly supported disqualification"),
    explanation=Text(
        "Se desechó una proposición sin un motivo que se ligue a un requisito publicado en la convocatoria.",
        "A bid was disqualified without a ground that is tied to a requirement published in the call.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("bids.details.status", "bids.details.statusDetails", "tender.selectionCriteria"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos en que se desechó una proposición sin motivo: ni un requisito que conste que incumplió, ni "
        "una razón que nombre un criterio publicado. Valor: la parte de tales desechamientos; el de la más "
        "baja cuenta doble."
    ),
    params=SupportParams,
    innocent=(
        Text("El motivo está en el fallo, no en los datos.", "The ground is in the ruling, not in the data."),
        Text("El motivo cita el requisito con otras palabras.", "The reason names the requirement in other words."),
    ),
)
