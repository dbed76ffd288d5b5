# SPDX-License-Identifier: Apache-2.0
"""The checks of records whose fields the store keeps, as expressions: for data that never was JSON, as CompraNet's.

They answer as `coherent` and `consistent` do on the same record, instants being compared as the store has them (a date
alone is its local midnight). The other checks need the published files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.tables import Tables

from .coherent import UNFINISHED
from .collection import SHOWN
from .consistent import HIGH, LOW
from .declare import Answer, Check, State

Findings = Callable[[Tables], ir.Table]  # (rid, holds, path): one row a thing tested


def _finding(table: ir.Table, holds: ir.BooleanValue, path: str) -> ir.Table:
    found = table.select("rid", holds=holds, path=ibis.literal(path))
    return found.filter(found.holds.notnull())


def _union(*parts: ir.Table) -> ir.Table:
    found = parts[0]
    for part in parts[1:]:
        found = found.union(part)
    return found


def _periods(t: Tables) -> ir.Table:
    r, a, c = t.release, t.award, t.contract
    return _union(
        _finding(r, r.tender_start <= r.tender_end, "tender.tenderPeriod"),
        _finding(r, r.contract_start <= r.contract_end, "tender.contractPeriod"),
        _finding(a, a.contract_start <= a.contract_end, "awards.contractPeriod"),
        _finding(c, c.start <= c.end, "contracts.period"),
    )


def _sole(t: Tables) -> ir.Table:
    r = t.release.filter(t.release.method == "direct")
    return _finding(r, r.n_tenderers <= 1, "tender.numberOfTenderers")


def _unfinished(t: Tables) -> ir.Table:
    r = t.release.filter(t.release.status.isin(UNFINISHED)).select("rid")
    parts = []
    for table, path in ((t.award, "awards"), (t.contract, "contracts")):
        joined = stats.attach(r, table.select("rid").distinct().mutate(hit=True), "rid")
        parts.append(_finding(joined, joined.hit.isnull(), path))
    return _union(*parts)


def _inactive(t: Tables) -> ir.Table:
    a = t.award.filter(t.award.status.isin(("pending", "cancelled", "unsuccessful")) & t.award.award_id.notnull())
    pointed = t.contract.filter(t.contract.award_id.notnull()).select("rid", "award_id").distinct().mutate(hit=True)
    joined = a.left_join(pointed, ["rid", "award_id"])
    return _finding(joined, joined.hit.isnull(), "awards")


def _unsigned(t: Tables) -> ir.Table:
    c = t.contract.filter(t.contract.status.isin(("pending", "cancelled")))
    paid = t.transaction.select("rid", "contract_no").distinct().mutate(hit=True)
    joined = c.left_join(paid, ["rid", "contract_no"])
    return _finding(joined, joined.hit.isnull(), "contracts.implementation.transactions")


def _unmet(t: Tables) -> ir.Table:
    m = t.milestone.filter(t.milestone.status.isin(("scheduled", "notMet")))
    return _finding(m, m.met.isnull(), "milestones.dateMet")


def _timeline(t: Tables) -> ir.Table:
    r = t.release.select("rid", "date", "tender_end", "contract_start")
    a = t.award.select("rid", "award_id", awarded="date").join(r, "rid")
    c = t.contract.select("rid", "contract_no", "award_id", "date_signed").join(r, "rid")
    of = c.filter(c.award_id.notnull()).join(t.award.select("rid", "award_id", awarded="date"), ["rid", "award_id"])
    paid = t.transaction.select("rid", "contract_no", paid="date").join(c, ["rid", "contract_no"])
    return _union(
        _finding(r, r.tender_end <= r.contract_start, "tender.contractPeriod.startDate"),
        _finding(a, a.tender_end <= a.awarded, "awards.date"),
        _finding(c, c.tender_end <= c.date_signed, "contracts.dateSigned"),
        _finding(of, of.awarded <= of.date_signed, "contracts.dateSigned"),
        _finding(paid, paid.date_signed <= paid.paid, "contracts.implementation.transactions.date"),
        _finding(a, a.awarded <= a.date, "awards.date"),
        _finding(c, c.date_signed <= c.date, "contracts.dateSigned"),
    )


def _tenderers(t: Tables) -> ir.Table:
    counts = t.tenderer.group_by("rid").aggregate(n=t.tenderer.count())
    joined = t.release.join(counts, "rid")
    return _finding(joined, joined.n_tenderers == joined.n, "tender.numberOfTenderers")


def _within(total: ir.NumericValue, of: ir.NumericValue) -> ir.BooleanValue:
    """Null unless both are there, not zero, and of one sign."""
    return (total * of > 0).ifelse(total.abs().between(of.abs() * LOW, of.abs() * HIGH), ibis.null("boolean"))


def _budget(t: Tables) -> ir.Table:
    r = t.release.filter(t.release.budget_currency == t.release.currency)
    return _finding(r, _within(r.budget, r.value), "planning.budget.amount")


def _contracts(t: Tables) -> ir.Table:
    c = t.contract.filter(t.contract.award_id.notnull())
    sums = c.group_by(["rid", "award_id"]).aggregate(
        total=c.amount.sum(),
        all_told=(c.amount.fill_null(0) != 0).min(),
        low=c.currency.min(),
        high=c.currency.max(),
    )
    joined = t.award.join(sums, ["rid", "award_id"])
    same = joined.filter((joined.low == joined.high) & (joined.low == joined.currency) & joined.all_told)
    return _finding(same, _within(same.total, same.amount), "awards.value")


def _payments(t: Tables) -> ir.Table:
    x = t.transaction
    sums = x.group_by(["rid", "contract_no"]).aggregate(
        total=x.centavos.sum(), n=x.count(), told=x.centavos.count(), low=x.currency.min(), high=x.currency.max()
    )
    joined = t.contract.join(sums, ["rid", "contract_no"])
    same = joined.filter(
        (joined.low == joined.high)
        & (joined.low == joined.currency)
        & (joined.n == joined.told)
        & (joined.amount != 0)
    )
    return _finding(same, same.total <= same.centavos, "contracts.implementation.transactions")


def _awards(t: Tables) -> ir.Table:
    c = t.contract.filter(t.contract.award_id.notnull())
    a = t.award.filter(t.award.award_id.notnull())
    counts = a.group_by(["rid", "award_id"]).aggregate(n=a.count())
    joined = c.left_join(counts, ["rid", "award_id"])
    return _finding(joined, joined.n.fill_null(0) == 1, "contracts.awardID")


RULES: dict[str, Findings] = {
    "R01": _periods,
    "R02": _sole,
    "R03": _unfinished,
    "R04": _inactive,
    "R05": _unsigned,
    "R06": _unmet,
    "R08": _timeline,
    "R13": _tenderers,
    "R14": _budget,
    "R15": _contracts,
    "R16": _payments,
    "R37": _awards,
}


def states(t: Tables, code: str) -> ir.Table:
    """(rid, holds, path) of the releases that a rule tested: `path` the first that fails."""
    found = RULES[code](t)
    return found.group_by("rid").aggregate(holds=found.holds.min(), path=found.path.min(where=~found.holds))


def answers(t: Tables, checks: Sequence[Check]) -> Iterator[tuple[Check, Answer | None, dict[State, int] | None]]:
    """Each check with its answer and how many releases have each state; None for one that the store cannot tell."""
    n = int(t.release.count().to_pyarrow().as_py())
    for check in checks:
        if check.code not in RULES:
            yield check, None, None
            continue
        found = t.engine.keep(f"quality_{check.code.lower()}", states(t, check.code))
        passed, failed = (
            int(x.count().to_pyarrow().as_py()) for x in (found.filter(found.holds), found.filter(~found.holds))
        )
        counts = {State.PASS: passed, State.FAIL: failed, State.UNDEFINED: n - passed - failed}
        bad = found.filter(~found.holds).join(t.release.select("rid", "ocid"), "rid").order_by("rid").limit(SHOWN)
        examples = tuple((row["rid"], row["ocid"], row["path"]) for row in t.rows(bad)) if failed else ()
        state = State.FAIL if failed else State.PASS if passed else State.UNDEFINED
        reason = check.undefined.en if state is State.UNDEFINED else ""
        yield check, Answer(state, {}, reason, examples), counts
