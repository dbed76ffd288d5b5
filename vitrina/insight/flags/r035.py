# SPDX-License-Identifier: Apache-2.0
"""R035, all except the winning bid disqualified. Rule: Cardinal 0.0.8."""

from __future__ import annotations

from typing import Annotated

import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .settings import Disqualified
from .shared import FINAL, processes, submitted, winners


class DisqualifiedParams(Params, frozen=True):
    """The parameters of R035."""

    threshold: Annotated[int, Text("mínimo de licitantes desechados", "the least number of disqualified bidders")] = 1


def rule(t: Tables, p: DisqualifiedParams) -> ir.Table:
    """Awarded processes with bids: how many bidders were disqualified where only the winner was left."""
    open_ = t.award.filter(t.award.status.notnull() & t.award.status.notin(FINAL)).select("rid").distinct()
    won = winners(t).filter(lambda w: w.oid.notnull()).select("rid", "oid").distinct()
    asked = processes(t).semi_join(won, "rid").anti_join(open_, "rid").select("rid", "ocid")
    bids = submitted(t).select("rid", "bid_no", "status")
    names = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull()).select("rid", "bid_no", "oid")
    took = bids.join(names, ["rid", "bid_no"]).select("rid", "oid", "status").distinct()
    known = took.select("rid").distinct().mutate(has_bids=True)
    only, out = _left(took, won)
    joined = attach(attach(attach(asked, known, "rid"), only, "rid"), out, "rid")
    n = (joined.is_left.fill_null(False)).ifelse(joined.n_out.fill_null(0), 0)
    return verdict(
        joined,
        group=Group.OCID,
        id=joined.ocid,
        rid=joined.rid,
        value=n,
        threshold=float(max(p.threshold, 1)),
        flagged=n >= max(p.threshold, 1),
        missing=lacking(**{"bids.details.status": joined.has_bids.isnull()}),
    )


def _left(took: ir.Table, won: ir.Table) -> tuple[ir.Table, ir.Table]:
    """(rid, is_left): the only bidder with a valid bid is the only winner; (rid, n_out): disqualified others.
    `took` has rid, status and a column that names the bidder, the other one of `won`.
    """
    who = next(name for name in won.columns if name != "rid")
    valid = took.filter(took.status == "valid").select("rid", who).distinct()
    v = valid.group_by("rid").aggregate(n_valid=valid.count(), v=valid[who].min())
    w = won.group_by("rid").aggregate(n_won=won.count(), w=won[who].min())
    both = v.join(w, "rid")
    only = both.select("rid", is_left=(both.n_valid == 1) & (both.n_won == 1) & (both.v == both.w))
    bad = took.filter(took.status == "disqualified").select("rid", who).distinct().anti_join(valid, ["rid", who])
    return only, bad.group_by("rid").aggregate(n_out=bad.count())


def cardinal(v: View, s: Disqualified) -> ir.Table:
    """The processes, and with 0 the winner."""
    took = v.bid.select("rid", "bid_no", "status").join(v.tenderer, ["rid", "bid_no"]).select("rid", "id", "status")
    took = took.semi_join(v.final, "rid")
    won = v.supplier.semi_join(v.award, ["rid", "award_no"]).select("rid", "id").distinct()
    only, out = _left(took, won)
    bad = only.filter(only.is_left).join(out, "rid")
    bad = bad.filter(bad.n_out >= max(s.threshold, 1)).join(v.release.select("rid", "ocid"), "rid")
    who = won.semi_join(bad, "rid")
    return found(bad, Group.OCID, bad.ocid, bad.n_out).union(found(who, Group.TENDERER, who.id, 0.0))


FLAG = Flag(
    code="R035",
    title=Text("Todos menos el ganador desechados", "All except the winning bid disqualified"),
    explanation=Text(
        "Sólo quedó en pie la proposición que ganó; las demás se desecharon.",
        "Only the bid that won was left standing; all others were disqualified.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.BIDS,
    inputs=("bids.details.status", "bids.details.tenderers.id", "awards.suppliers.id"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos adjudicados con proposiciones: cuántos licitantes se desecharon donde solo quedó el ganador."
    ),
    params=DisqualifiedParams,
    innocent=(
        Text("Los requisitos eran difíciles y se publicaron con tiempo.", "The requirements were hard and known."),
        Text("Las demás ofrecieron otra cosa que la pedida.", "The others offered something else than was asked."),
    ),
    source=Text("Cardinal (OCP) 0.0.8", "Cardinal (OCP) 0.0.8"),
    cardinal=cardinal,
)
