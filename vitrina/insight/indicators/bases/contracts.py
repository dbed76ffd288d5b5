# SPDX-License-Identifier: Apache-2.0
"""Bases of one row a contract: its amounts before and after amendments, its term, what is known of its delivery."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.flags.statutory import statutory
from vitrina.insight.indicators.dims import year_of
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .base import COMPETITIVE, DIRECT, Base, days_between, one_of, things, views

STATUSES = ("active", "terminated")


def contract(t: Tables) -> ir.Table:
    """Contracts active or terminated, and those whose status is not told; cancelled ones are told by `cancelled`."""
    c = t.contract
    r = t.release.select(
        "rid",
        "method",
        "vat_basis",
        "exception_article",
        "legal_ground",
        "plan_line",
        "is_consolidated",
        "is_framework",
        "method_detail",
        "submission_method",
        works=one_of(t.release.category, ("works",)),
    )
    d = t.document
    asked = d.filter(d.type == "debarments").select("rid").distinct().mutate(has_debarments=True)
    joined = c.join(r, "rid").left_join(asked, "rid").drop("rid_right")
    for other in (_amended(t), _paid(t), _milestones(t)):
        joined = joined.left_join(other, ["rid", "contract_no"]).drop("rid_right", "contract_no_right")
    original = ibis.coalesce((joined.before * 100).round().cast("int64"), joined.centavos)
    final = ibis.coalesce(joined.final_centavos, (joined.after * 100).round().cast("int64"), joined.centavos)
    end = joined.end_day
    return joined.select(
        "rid",
        "contract_no",
        "centavos",
        "currency",
        "vat_basis",
        "works",
        "exception_article",
        day=joined.date_signed_day,
        status_told=joined.status.notnull(),
        cancelled=joined.status == "cancelled",
        counts=joined.status.isin(STATUSES),
        competitive=one_of(joined.method, COMPETITIVE),
        direct=one_of(joined.method, DIRECT),
        open=one_of(joined.method, ("open",)),
        planned=joined.plan_line.nullif("").notnull(),
        consolidated=joined.is_consolidated,
        framework=joined.is_framework,
        discounts=joined.submission_method.contains("electronicAuction"),
        n_amendments=joined.n_amendments.fill_null(0),
        original=original,
        final=final,
        end=end,
        delta_told=joined.n_amendments.isnull() | joined.before.notnull() | joined.final_centavos.notnull(),
        term_days=days_between(joined.start_day, ibis.coalesce(joined.first_end, end)),
        late_days=days_between(joined.first_end, joined.last_end),
        has_debarments=joined.has_debarments.fill_null(False),
        has_payments=joined.n_payments.notnull(),
        has_milestones=joined.n_milestones.notnull(),
    )


def _amended(t: Tables) -> ir.Table:
    """(rid, contract_no): number of amendments, amount and end before the first and after the last."""
    a = t.amendment.filter(t.amendment.contract_no.notnull() & (t.amendment.section == "contract"))
    group = ["rid", "contract_no"]
    up = ibis.row_number().over(ibis.window(group_by=group, order_by=[a.date, a.pos]))
    down = ibis.row_number().over(ibis.window(group_by=group, order_by=[a.date.desc(), a.pos.desc()]))
    ranked = a.mutate(up=up, down=down, first_end=a.end_before.date(), last_end=a.end_after.date())
    first, last = ranked.up == 0, ranked.down == 0
    return ranked.group_by(group).aggregate(
        n_amendments=ranked.count(),
        before=ranked.amount_before.max(where=first),
        after=ranked.amount_after.max(where=last),
        first_end=ranked.first_end.max(where=first),
        last_end=ranked.last_end.max(where=last),
    )


def _paid(t: Tables) -> ir.Table:
    x = t.transaction.filter(t.transaction.contract_no.notnull())
    return x.group_by(["rid", "contract_no"]).aggregate(n_payments=x.count())


def _milestones(t: Tables) -> ir.Table:
    m = t.milestone.filter(t.milestone.contract_no.notnull())
    return m.group_by(["rid", "contract_no"]).aggregate(n_milestones=m.count())


def signed(t: Tables) -> ir.Table:
    """Contracts in force or ended, and those whose status is not told."""
    found = t.once("base_contract", contract)
    return found.filter(found.counts | ~found.status_told)


def amended(t: Tables) -> ir.Table:
    """Contracts with the caps that the law of their purchase sets on amendments."""
    caps = statutory(t).select("rid", "amendment_line_max", "amendment_agreement_max")
    return stats.attach(signed(t), caps, "rid")


def capped(t: Tables) -> ir.Table:
    """Buyer x year x currency: what was contracted under the amount exception, and the authorised budget.

    Articles: 55 of the law of 2025, 42 of that of 2000; works, which have a budget of their own, are left out.
    """
    found = signed(t)
    who = t.release.select("rid", buyer=ibis.coalesce(t.release.buyer_id, t.release.pe_id))
    c = found.filter(~found.works.fill_null(False) & found.day.notnull()).join(who, "rid")
    article = c.exception_article.fill_null("")
    under = article.contains("55") | article.contains("42")
    spent = c.mutate(year=year_of(c.day)).group_by(["buyer", "year", "currency"])
    spent = spent.aggregate(
        day=c.day.max(), since=c.day.min(), excepted=under.ifelse(c.centavos, 0).sum().fill_null(0).cast("int64")
    )
    b = t.buyer_budget
    budget = b.group_by([b.buyer_id.name("buyer"), b.year.cast("string").name("year"), b.currency])
    budget = budget.aggregate(budget=(b.amount.max() * 100).round().cast("int64"))
    return stats.attach(spent, budget, ["buyer", "year", "currency"])


def milestone(t: Tables) -> ir.Table:
    """Milestones with a due day, and whether they were met in time; due means before the day of the newest release."""
    m = t.milestone
    limit = t.release.aggregate(cut=t.release.date.max())
    joined = m.cross_join(limit).join(t.release.select("rid", works=one_of(t.release.category, ("works",))), "rid")
    return joined.select(
        "rid",
        "type",
        "works",
        day=joined.due.date(),
        is_due=(joined.due <= joined.cut),
        due_told=joined.due.notnull(),
        in_time=(joined.met.date() <= joined.due.date()).fill_null(False),
    )


def term(t: Tables) -> ir.Table:
    """Contracts whose end has come by the newest release, and whether they ended by the end first agreed."""
    found = signed(t)
    limit = t.release.aggregate(cut=t.release.date.max())
    joined = found.cross_join(limit)
    return joined.mutate(
        ended=joined.end <= joined.cut.date(),
        in_time=(joined.late_days.fill_null(0) <= 0),
        end_told=joined.end.notnull(),
    )


def _told(f: ir.Table) -> Mapping[str, ir.BooleanValue]:
    return {"contracts.status": f.status_told}


BASES = (
    Base("contract", Text("contratos, también cancelados", "contracts, cancelled ones too"), things(contract), _told),
    Base("signed", Text("contratos vigentes o terminados", "contracts in force or ended"), views(signed), _told),
    Base("term", Text("contratos y su término", "contracts and their term"), things(term), _told),
    Base("amended", Text("contratos y los topes de ley", "contracts and the caps of the law"), things(amended), _told),
    Base(
        "capped",
        Text("comprador y año, con su presupuesto", "buyer and year, with the budget"),
        things(capped),
        only=("buyer", "year"),
    ),
    Base("milestone", Text("hitos", "milestones"), things(milestone)),
)
