# SPDX-License-Identifier: Apache-2.0
"""Contracts as the flags of signature and execution see them: with their award, and what they were before they were
changed. The versions of a contract's lines come from its successive releases, or from who keeps them.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

from .shared import active_awards, processes
from .units import centavos

SLIGHT = 1e-9  # a share that passes a limit by less is at the limit: the two were divided
HISTORY = "contracts.items in two releases"  # the path that a flag names as missing where one version only is known


def contracts(t: Tables) -> ir.Table:
    """One row for each contract of a process: ocid, released, award_no (its own, else the only active one), award_day,
    award_c, award_currency, signed_day, signed, end, currency, c (what it may come to, in centavos: the maximum of an
    open contract, else its value), before (c before its first change, where told), n_changes, reasons.
    """
    return t.once("contracts_told", _contracts)


def _contracts(t: Tables) -> ir.Table:
    a = active_awards(t)
    only = a.group_by("rid").aggregate(n=a.count(), only_no=a.award_no.min()).filter(lambda x: x.n == 1)
    awards = a.mutate(award_c=centavos(a)).select(
        "rid", "award_no", "award_c", award_day="date_day", award_currency="currency"
    )
    c = t.contract.join(processes(t).select("rid", "ocid", released="date"), "rid")
    placed = attach(c, only.select("rid", "only_no"), "rid")
    placed = placed.mutate(
        award_no=placed.award_id.isnull().ifelse(placed.only_no, placed.award_no).cast("int32"),
        c=ibis.coalesce(placed.max_centavos, centavos(placed)),
    )
    found = attach(attach(placed, awards, ["rid", "award_no"]), _changes(t), ["rid", "contract_no"])
    return found.select(
        *("rid", "ocid", "released", "contract_no", "award_no", "award_day", "award_c", "award_currency"),
        *("end", "currency", "c", "before", "final_centavos"),
        signed="date_signed",
        signed_day="date_signed_day",
        n_changes=found.n_changes.fill_null(0),
        reasons=found.reasons.fill_null(0),
    )


def _changes(t: Tables) -> ir.Table:
    """(rid, contract_no, n_changes, reasons, before): how many amendments a contract has, how many of them give a
    reason, and its amount before the first that tells one.
    """
    m = t.amendment.filter(t.amendment.section == "contract")
    told = m.filter(m.amount_before.notnull())
    first = ibis.window(group_by=["rid", "contract_no"], order_by=[told.date, "pos"])
    ranked = told.mutate(place=ibis.row_number().over(first))
    before = ranked.filter(ranked.place == 0).select(
        "rid", "contract_no", before=(ranked.amount_before * 100).round().cast("int64")
    )
    reason = m.rationale.fill_null("").strip() != ""
    counted = m.group_by(["rid", "contract_no"]).aggregate(n_changes=m.count(), reasons=reason.cast("int64").sum())
    return attach(counted, before, ["rid", "contract_no"])


def lines(t: Tables) -> ir.Table:
    """(rid, contract_no, line, q0, p0, q1, p1, asked): each line of a contract in the first and in the last known
    version (nulls where it is not in it) of contracts that have two, with whether the tender has that line.
    """
    return t.once("contract_lines", _lines)


def _lines(t: Tables) -> ir.Table:
    i = t.contract_item.semi_join(processes(t), "rid")
    named = i.mutate(line=ibis.coalesce(i.item_id, i.pos.cast("string")))
    ends = named.group_by(["rid", "contract_no"]).aggregate(low=named.version.min(), high=named.version.max())
    several = named.join(ends.filter(ends.low < ends.high), ["rid", "contract_no"])
    by = ["rid", "contract_no", "line"]

    def at(version: ir.Value, quantity: str, price: str) -> ir.Table:
        there = several.filter(several.version == version)
        return there.group_by(by).aggregate(
            **{quantity: there.quantity.sum(), price: there.unit_price.max(), f"has_{quantity}": there.count() > 0}
        )

    keys = several.select(*by).distinct()
    found = attach(attach(keys, at(several.low, "q0", "p0"), by), at(several.high, "q1", "p1"), by)
    asked = t.tender_item.filter(t.tender_item.item_id.notnull())
    asked = asked.select("rid", line="item_id", asked=ibis.literal(True)).distinct()
    found = attach(found, asked, ["rid", "line"])
    return found.mutate(
        **{name: found[name].fill_null(False) for name in ("has_q0", "has_q1", "asked")},
    )


def versions(t: Tables) -> ir.Table:
    """(rid, contract_no, ocid, v0, v1): contracts of processes with their value in pesos before and after, where two
    versions of the lines are known: as the amendments tell it, else the sum of the lines at their prices.
    """
    told = lines(t)
    sums = told.mutate(m0=told.has_q0.ifelse(told.q0 * told.p0, 0.0), m1=told.has_q1.ifelse(told.q1 * told.p1, 0.0))
    by_lines = sums.group_by(["rid", "contract_no"]).aggregate(
        s0=sums.m0.sum(), s1=sums.m1.sum(), unknown=(sums.m0.isnull() | sums.m1.isnull()).cast("int64").sum()
    )
    found = attach(contracts(t), by_lines, ["rid", "contract_no"])
    summed = found.unknown == 0
    stated = found.before.notnull() & found.c.notnull()
    nothing = ibis.null("float64")
    return found.select(
        "rid",
        "contract_no",
        "ocid",
        has_two=found.unknown.notnull(),
        v0=stated.ifelse(found.before / 100, summed.ifelse(found.s0, nothing)),
        v1=stated.ifelse(found.c / 100, summed.ifelse(found.s1, nothing)),
    )
