# SPDX-License-Identifier: Apache-2.0
"""R056, the winner does not meet the criteria."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .owners import folded
from .shared import active_awards, processes, submitted, winners
from .statutory import statutory
from .units import mentions

CENTI = 100  # scores are added as hundredths, so that their sum is exact


class CriteriaParams(Params, frozen=True):
    """The parameters of R056."""

    technical_minimum: Annotated[
        float | None,
        Text(
            "puntos técnicos que debe tener quien gana; los de la ley si no se dice",
            "points that a winner must have in technical criteria; those of the law where none is given",
        ),
    ] = None


def rule(t: Tables, p: CriteriaParams) -> ir.Table:
    """Awarded processes whose winner failed a requirement (one that is told not to be mandatory does not count), was
    not marked in a mandatory one while it was in others, or has fewer technical points than the minimum. Value: how
    many requirements it lacks; one for the points.
    """
    results = _of_winners(t)
    c = t.criterion.select("rid", "title", "kind", "is_mandatory", criterion_pos="pos")
    rows = results.join(c, ["rid", "criterion_pos"])
    technical = mentions(folded(ibis.coalesce(rows.kind, rows.title)).fill_null(""), ("tecnic", "technic"))
    failed = (~rows.passed).fill_null(False) & rows.is_mandatory.fill_null(True)
    hundredths = (rows.score * CENTI).round().cast("int64")
    per = rows.group_by(["rid", "award_no"]).aggregate(
        n=rows.criterion_pos.count(),
        failed=failed.cast("int64").sum(),
        points=technical.ifelse(hundredths, ibis.null("int64")).sum(),
    )
    unmarked = _unmarked(t, results)
    found = attach(per, unmarked, ["rid", "award_no"])
    asked = processes(t).select("rid", "ocid").semi_join(active_awards(t), "rid")
    found = asked.join(attach(found, statutory(t).select("rid", "technical_min"), "rid"), "rid")
    limit = found.technical_min if p.technical_minimum is None else ibis.literal(p.technical_minimum)
    below = (found.points.cast("float64") / CENTI < limit).fill_null(False)
    lacks = found.failed + found.unmarked.fill_null(0) + below.cast("int64")
    worst = (
        found.mutate(lacks=lacks, below=below.cast("int32"))
        .group_by(["rid", "ocid"])
        .aggregate(lacks=lambda x: x.lacks.max(), below=lambda x: x.below.max())
    )
    judged = attach(asked, worst.drop("ocid"), "rid")
    return verdict(
        judged,
        group=Group.OCID,
        id=judged.ocid,
        rid=judged.rid,
        value=judged.lacks.cast("float64"),
        threshold=1.0,
        flagged=judged.lacks > 0,
        missing=lacking(**{"awards.requirementResponses": judged.lacks.isnull()}),
        basis=(judged.below == 1).fill_null(False).ifelse("technical_minimum", "requirement"),
    )


def _of_winners(t: Tables) -> ir.Table:
    """(rid, award_no, criterion_pos, passed, score) of active awards: what the award tells, and what the winning bid
    does: the one that the award names, else those of its suppliers.
    """
    result = t.criterion_result
    a = active_awards(t).select("rid", "award_no", "related_bid")
    told = result.filter(result.award_no.notnull() & result.bid_no.isnull())
    told = told.join(a.select("rid", "award_no"), ["rid", "award_no"])
    b = submitted(t).select("rid", "bid_no", "bid_id")
    named = a.filter(a.related_bid.notnull()).join(b, [("rid", "rid"), ("related_bid", "bid_id")])
    named = named.select("rid", "award_no", "bid_no")
    w = winners(t)
    who = w.filter(w.oid.notnull()).select("rid", "award_no", "oid").anti_join(named, ["rid", "award_no"])
    theirs = t.bid_tenderer.select("rid", "bid_no", "oid").semi_join(b, ["rid", "bid_no"])
    bids = named.union(who.join(theirs, ["rid", "oid"]).select("rid", "award_no", "bid_no")).distinct()
    of_bids = result.filter(result.bid_no.notnull()).drop("award_no").join(bids, ["rid", "bid_no"])
    columns = ["rid", "award_no", "criterion_pos", "passed", "score"]
    return told.select(columns).union(of_bids.select(columns)).distinct()


def _unmarked(t: Tables, results: ir.Table) -> ir.Table:
    """(rid, award_no, unmarked): mandatory requirements without a mark, of winners that have marks."""
    marked = results.select("rid", "award_no", "criterion_pos").distinct()
    c = t.criterion.filter(t.criterion.is_mandatory.fill_null(False)).select("rid", criterion_pos="pos")
    due = results.select("rid", "award_no").distinct().join(c, "rid")
    missing = due.anti_join(marked, ["rid", "award_no", "criterion_pos"])
    return missing.group_by(["rid", "award_no"]).aggregate(unmarked=missing.criterion_pos.count())


FLAG = Flag(
    code="R056",
    title=Text("El ganador no cumple los requisitos", "Winner does not meet criteria"),
    explanation=Text(
        "La evaluación publicada marca que el ganador no cumplió un requisito, o que quedó debajo del mínimo técnico.",
        "The published evaluation marks a requirement that the winner did not meet, or a score below the technical "
        "minimum.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.OUTSIDE,
    inputs=("tender.selectionCriteria", "bids.details.requirementResponses", "awards.requirementResponses"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos adjudicados cuyo ganador incumplió un requisito (no cuenta el que se dice que no es "
        "obligatorio), no fue calificado en uno obligatorio mientras lo fue en otros, o tiene menos puntos "
        "técnicos que el mínimo. Valor: cuántos requisitos le faltan; uno por los puntos."
    ),
    params=CriteriaParams,
    law=("evaluation.points.technical_min",),
    innocent=(
        Text("El requisito no era obligatorio.", "The requirement was not mandatory."),
        Text("Se corrigió en el acto y los datos no lo dicen.", "It was mended in the act; the data do not tell."),
    ),
    reasons={
        "technical_minimum": Text(
            "tuvo menos puntos técnicos que el mínimo", "it had fewer technical points than the minimum"
        ),
        "requirement": Text("incumplió un requisito", "it failed a requirement"),
    },
)
