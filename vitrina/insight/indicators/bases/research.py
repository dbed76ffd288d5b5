# SPDX-License-Identifier: Apache-2.0
"""Bases of what comes before and beside the award: the programme, quotes, exceptions to the tender, disputes."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.flags.shared import active_awards
from vitrina.insight.flags.statutory import statutory
from vitrina.insight.flags.units import late
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .base import Base, days_between, things
from .processes import purchase

ARTICLE = "54"
OPINIONS = ("marketStudies", "needsAssessment", "directAwardJustification")


def programme(t: Tables) -> ir.Table:
    """Plans that purchases publish: days from 31 January of the year of the purchase to the day of publication."""
    d = t.document.filter((t.document.type == "procurementPlan") & (t.document.section == "planning"))
    joined = d.join(purchase(t).select("rid", "day", "works"), "rid")
    published = joined.published.date()
    return joined.select(
        "rid",
        "day",
        "works",
        told=published.notnull() & joined.day.notnull(),
        plan_days=days_between(ibis.date(joined.day.year(), 1, 31), published),
    )


def research(t: Tables) -> ir.Table:
    """Purchases with the number of quotes that were had (null where none is told), and whether a market study was
    published by the call.
    """
    q = t.quote
    quotes = q.group_by("rid").aggregate(n_quotes=ibis.coalesce(q.oid.nunique().nullif(0), q.count()))
    studies = t.document.filter(t.document.type == "marketStudies").join(
        t.release.select("rid", "tender_start"), "rid"
    )
    in_time = studies.filter(studies.published <= studies.tender_start).select("rid").distinct()
    found = stats.attach(purchase(t), quotes, "rid")
    found = stats.attach(found, in_time.mutate(has_study=ibis.literal(True)), "rid")
    return found.mutate(has_study=found.has_study.fill_null(False))


def quoted(t: Tables) -> ir.Table:
    """Awarded lines with the R-8 median of the prices that were quoted for them, in the currency of the award."""
    items = t.award_item.semi_join(active_awards(t), ["rid", "award_no"])
    paid = items.filter((items.unit_price > 0) & (items.quantity > 0) & items.item_id.notnull())
    lines = t.quote_line.filter(t.quote_line.item_id.notnull() & (t.quote_line.unit_price > 0))
    key = ["rid", "item_id", "currency"]
    middle = stats.r8(lines.filter(lines.currency.notnull()), key, "unit_price", {"reference": 0.5})
    joined = stats.attach(paid, middle.select(*key, "reference"), key)
    joined = joined.join(purchase(t).select("rid", "works", tender_day="day"), "rid")
    joined = joined.join(t.award.select("rid", "award_no", award_day=t.award.date_day), ["rid", "award_no"])
    return joined.select(
        "rid",
        "works",
        "currency",
        day=ibis.coalesce(joined.award_day, joined.tender_day),
        spent=(joined.unit_price * joined.quantity * 100).round().cast("int64"),
        expected=(joined.reference * joined.quantity * 100).round().cast("int64"),
    )


def exception(t: Tables) -> ir.Table:
    """Purchases awarded under the article that lists the exceptions: whether the fields of their justification are as
    many as the law of their day asks, and whether an opinion or study was published by the award.
    """
    a = active_awards(t)
    first = a.group_by("rid").aggregate(award=a.date.min(), award_day=a.date_day.min())
    chosen = t.release.filter(t.release.exception_article.re_search(rf"(^|[^0-9]){ARTICLE}([^0-9]|$)")).select("rid")
    found = purchase(t).semi_join(chosen, "rid").drop("award_day").join(first, "rid")
    j = t.justification.filter(t.justification.text.fill_null("").strip() != "")
    filled = j.group_by("rid").aggregate(filled=j.field.nunique())
    papers = t.document.filter(t.document.type.isin(OPINIONS)).join(first, "rid")
    known = papers.filter(papers.published.notnull())
    in_time = known.filter(~late(known.published, known.award, known.award_day).fill_null(False)).select("rid")
    found = stats.attach(found, filled, "rid")
    found = stats.attach(found, in_time.distinct().mutate(has_opinion=ibis.literal(True)), "rid")
    found = stats.attach(found, statutory(t).select("rid", "justification_fields"), "rid")
    return found.select(
        "rid",
        "works",
        "justification_fields",
        day=found.award_day,
        filled=found.filled.fill_null(0),
        has_opinion=found.has_opinion.fill_null(False),
    )


def dispute(t: Tables) -> ir.Table:
    """Purchases with their contracts, in force or ended, and their complaints that were decided as founded."""
    c, k = t.complaint, t.contract.filter(t.contract.status.isin(("active", "terminated")))
    founded = c.group_by("rid").aggregate(n_founded=c.is_founded.fill_null(False).cast("int64").sum())
    signed = k.group_by("rid").aggregate(n_contracts=k.count())
    found = stats.attach(stats.attach(purchase(t), founded, "rid"), signed, "rid")
    return found.mutate(n_founded=found.n_founded.fill_null(0), n_contracts=found.n_contracts.fill_null(0))


def delivery(t: Tables) -> ir.Table:
    """Purchases with lines, and whether any line tells where it is delivered."""
    i = t.tender_item
    places = i.group_by("rid").aggregate(has_place=i.has_place.fill_null(False).max())
    return purchase(t).join(places, "rid").select("rid", "day", "works", "has_place")


BASES = (
    Base("programme", Text("programas publicados", "published programmes"), things(programme)),
    Base("research", Text("procedimientos y su investigación", "purchases and their research"), things(research)),
    Base("quoted", Text("partidas adjudicadas y cotizadas", "awarded lines that were quoted"), things(quoted)),
    Base("exception", Text("excepciones a la licitación", "exceptions to the tender"), things(exception)),
    Base("dispute", Text("procedimientos e inconformidades", "purchases and complaints"), things(dispute)),
    Base("delivery", Text("procedimientos con partidas", "purchases with lines"), things(delivery)),
)
