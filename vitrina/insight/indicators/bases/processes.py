# SPDX-License-Identifier: Apache-2.0
"""Bases of one row a purchase: its dates and texts, its bids, its documents, its money."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.flags.shared import active_awards, bid_counts, submitted
from vitrina.insight.flags.statutory import INVITED, OPEN, statutory
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .base import COMPETITIVE, DIRECT, Base, as_of, days_between, one_of, things, views

PLAN_DOCUMENTS = ("procurementPlan", "projectPlan", "marketStudies")
FRAMEWORK = ("contrato marco", "acuerdo marco")


def process(t: Tables) -> ir.Table:
    """Every release, cancelled ones too (`cancelled`): who, how, when, how many bids, awarded or not."""
    r = t.release
    awards = (
        active_awards(t).group_by("rid").aggregate(n_awards=lambda a: a.count(), award_day=lambda a: a.date_day.min())
    )
    protests = t.complaint.group_by("rid").aggregate(n_complaints=t.complaint.count())
    joined = r.left_join(awards, "rid").drop("rid_right").left_join(bid_counts(t), "rid").drop("rid_right")
    joined = joined.left_join(protests, "rid").drop("rid_right")
    return joined.select(
        "rid",
        "status",
        "nbid",
        "award_day",
        "currency",
        "vat_basis",
        "n_tenderers",
        day=joined.tender_start_day,
        end_day=joined.tender_end_day,
        who=ibis.coalesce(joined.buyer_id, joined.pe_id),
        centavos=joined.value_centavos,
        cancelled=joined.status.fill_null("") == "cancelled",
        competitive=one_of(joined.method, COMPETITIVE),
        direct=one_of(joined.method, DIRECT),
        open=one_of(joined.method, ("open",)),
        awarded=joined.n_awards.notnull(),
        n_complaints=joined.n_complaints.fill_null(0),
        works=one_of(joined.category, ("works",)),
        planned=joined.plan_line.nullif("").notnull(),
        title_length=joined.title.length(),
        description_length=joined.description.length(),
        coded=joined.main_class.nullif("").notnull(),
        has_end=joined.contract_end.notnull(),
        tender_days=days_between(joined.tender_start_day, joined.tender_end_day),
        decision_days=days_between(joined.tender_end_day, joined.award_day),
        total_days=days_between(joined.tender_start_day, joined.award_day),
    )


def purchase(t: Tables) -> ir.Table:
    """Processes that were not cancelled."""
    found = t.once("base_process", process)
    return found.filter(~found.cancelled)


def closed(t: Tables) -> ir.Table:
    """Processes: whether their tender closed 30 days ago or more, whether any award tells all that it should."""
    a = t.award
    told = a.filter(
        a.award_id.notnull() & a.date.notnull() & a.status.notnull() & a.amount.notnull() & (a.n_suppliers > 0)
    )
    found = purchase(t)
    joined = found.left_join(told.select("rid").distinct().mutate(told=True), "rid").drop("rid_right")
    cut = as_of(t)
    limit = (cut - dt.timedelta(days=30)).date() if cut else dt.date(1, 1, 1)
    return joined.mutate(due=joined.end_day < ibis.literal(limit), told=joined.told.fill_null(False))


def terms(t: Tables) -> ir.Table:
    """Processes with the ordinary term of the law of their day, in natural days; null where it is not recorded."""
    s = statutory(t)
    ordinary = s.select(
        "rid",
        ordinary_days=ibis.cases(
            (s.procedure == OPEN, s.publication_min_days),
            (s.procedure == INVITED, s.invitation_min_days),
        ),
    )
    return stats.attach(purchase(t), ordinary, "rid")


def bids(t: Tables) -> ir.Table:
    """Processes with their bids: how many were submitted, valid, disqualified; of works, the spread of the prices."""
    sent = submitted(t)
    by_rid = sent.group_by("rid").aggregate(
        n_sent=sent.count(),
        n_valid=(sent.status == "valid").sum(),
        n_out=(sent.status == "disqualified").sum(),
    )
    valid = sent.filter(sent.status == "valid")
    firms = t.bid_tenderer.semi_join(valid, ["rid", "bid_no"])
    qualified = firms.group_by("rid").aggregate(n_qualified=firms.oid.nunique())
    found = purchase(t)
    joined = found.left_join(by_rid, "rid").drop("rid_right").left_join(qualified, "rid").drop("rid_right")
    return (
        joined.left_join(_spread(valid), "rid")
        .drop("rid_right")
        .mutate(n_qualified=joined.n_sent.notnull().ifelse(joined.n_qualified.fill_null(0), ibis.null("int64")))
    )


def _spread(valid: ir.Table) -> ir.Table:
    """(rid, n_priced, cv, gap) of valid bids in one currency: coefficient of variation, (second - first) / first."""
    priced = valid.filter(valid.amount.notnull() & valid.currency.notnull() & (valid.amount > 0))
    ranked = priced.mutate(
        k=ibis.row_number().over(ibis.window(group_by=priced.rid, order_by=[priced.amount, priced.bid_no]))
    )
    x = ranked.amount
    found = ranked.group_by("rid").aggregate(
        n_priced=ranked.count(),
        n_currencies=ranked.currency.nunique(),
        total=x.sum(),
        squares=(x * x).sum(),
        first=(ranked.k == 0).ifelse(x, 0.0).sum(),
        second=(ranked.k == 1).ifelse(x, 0.0).sum(),
    )
    several = found.filter((found.n_priced > 1) & (found.n_currencies == 1))
    n, middle = several.n_priced.cast("float64"), several.total / several.n_priced
    variance = ((several.squares - n * middle * middle) / (n - 1)).clip(lower=0.0)
    return several.select(
        "rid", "n_priced", cv=variance.sqrt() / middle, gap=(several.second - several.first) / several.first
    )


def papers(t: Tables) -> ir.Table:
    """Processes with their documents: plan, market study before the call, bidding documents added late."""
    found = purchase(t)
    d = t.document.join(t.release.select("rid", "tender_start"), "rid")
    by_rid = d.group_by("rid").aggregate(
        n_papers=d.count(),
        has_plan_paper=d.type.isin(PLAN_DOCUMENTS[:2]).max(),
        has_late_paper=((d.type == "biddingDocuments") & (d.published > d.tender_start)).fill_null(False).max(),
        has_study=((d.type == "marketStudies") & (d.published <= d.tender_start)).fill_null(False).max(),
    )
    joined = found.left_join(by_rid, "rid").drop("rid_right")
    flags = ("has_plan_paper", "has_late_paper", "has_study")
    return joined.mutate(
        n_papers=joined.n_papers.fill_null(0), **{name: joined[name].fill_null(False) for name in flags}
    )


def money(t: Tables) -> ir.Table:
    """Processes with what was planned, estimated, awarded and contracted, each null where its currency is another.

    `strategy`: how the purchase was made: consolidated, framework, subsequent discounts, or else its method.
    """
    r = t.release
    signed = t.contract.filter(t.contract.status.isin(("active", "terminated")) & t.contract.centavos.notnull())
    contracted = _of_one_currency(signed, "contracted")
    awarded = _of_one_currency(active_awards(t).filter(lambda a: a.centavos.notnull()), "awarded_sum")
    base = r.filter(r.status.fill_null("") != "cancelled")
    joined = base.left_join(contracted, "rid").drop("rid_right").left_join(awarded, "rid").drop("rid_right")
    currency = ibis.coalesce(joined.contracted_in, joined.awarded_sum_in, joined.currency, joined.budget_currency)
    auction = joined.submission_method.fill_null("").contains("electronicAuction")
    detail = joined.method_detail.fill_null("").lower()
    framework = joined.is_framework.fill_null(False) | detail.contains(FRAMEWORK[0]) | detail.contains(FRAMEWORK[1])
    same = lambda own, amount: (own == currency).ifelse(amount, ibis.null("int64"))  # noqa: E731
    final = ibis.coalesce(
        same(joined.contracted_in, joined.contracted), same(joined.awarded_sum_in, joined.awarded_sum)
    )
    return joined.select(
        "rid",
        "vat_basis",
        currency=currency,
        day=joined.tender_start_day,
        works=one_of(joined.category, ("works",)),
        planned=joined.plan_line.nullif("").notnull(),
        estimate=same(joined.currency, joined.value_centavos),
        budget=same(joined.budget_currency, (joined.budget * 100).round().cast("int64")),
        contracted=same(joined.contracted_in, joined.contracted),
        awarded=same(joined.awarded_sum_in, joined.awarded_sum),
        final=final,
        strategy=ibis.cases(
            (joined.is_consolidated.fill_null(False), "consolidated"),
            (framework, "framework"),
            (auction, "subsequentDiscounts"),
            (joined.method == "open", "open"),
            (joined.method == "selective", "invited"),
            (joined.method.isin(DIRECT), "direct"),
        ),
    )


def _of_one_currency(amounts: ir.Table, name: str) -> ir.Table:
    """(rid, name, name_in): the sum of a purchase's amounts, only where all are in one currency."""
    found = amounts.group_by("rid").aggregate(
        **{
            name: amounts.centavos.sum().cast("int64"),
            f"{name}_in": amounts.currency.max(),
            "low": amounts.currency.min(),
        }
    )
    return found.filter(found.low == found[f"{name}_in"]).drop("low")


def enquiries(t: Tables) -> ir.Table:
    """Complaints, one row each: when they were filed and resolved, founded or not."""
    c = t.complaint
    r = t.release.select("rid", works=one_of(t.release.category, ("works",)))
    joined = c.join(r, "rid")
    return joined.select(
        "rid",
        "works",
        "state",
        founded=joined.is_founded,
        day=joined.date.date(),
        resolved=joined.resolved.notnull(),
        days=days_between(joined.date.date(), joined.resolved.date()),
    )


BASES = (
    Base("process", Text("procedimientos, también cancelados", "purchases, cancelled ones too"), things(process)),
    Base("purchase", Text("procedimientos no cancelados", "purchases that were not cancelled"), views(purchase)),
    Base(
        "closed",
        Text("procedimientos y su adjudicación publicada", "purchases and their published award"),
        things(closed),
    ),
    Base("terms", Text("procedimientos con el plazo de ley", "purchases with the term of the law"), things(terms)),
    Base("bids", Text("procedimientos con sus proposiciones", "purchases with their bids"), things(bids)),
    Base("papers", Text("procedimientos con sus documentos", "purchases with their documents"), things(papers)),
    Base("money", Text("procedimientos con sus importes", "purchases with their amounts"), things(money)),
    Base("complaint", Text("inconformidades", "complaints"), things(enquiries)),
)
