# SPDX-License-Identifier: Apache-2.0
"""Firms that always lose beside the same winner, and what losers and winners do for each other.

PERPETUAL LOSER: at least 10 tenders, at most one win, P(so few wins at the peers' rate) < .01, and the same winner in
at least 70 % of its tenders; the peers' rate of a tender of n bidders is 1 / n. WITHDRAWAL: the lowest bid is
withdrawn or disqualified, and the one that stands next is of a firm that it meets at least three times. SUBCONTRACT: a
loser is a subcontractor of the winner of the same tender. COMMON-ERR: two bids of a tender whose totals differ from
the sum of their lines by the same amount, or that leave out the same line that others offer. Source: design page, 3
and 4.
"""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa

from vitrina.insight.flags.shared import winners
from vitrina.insight.tables import Tables

from .field import Field
from .pairs import Pairs, at_least

LEAST = 10
MOST_WINS = 1
RARE = 0.01
SAME_WINNER = 0.7
GONE = ("withdrawn", "disqualified")
CENT = 0.01


def losers(field: Field) -> pa.Table:
    """(oid, n, wins, p, winner_oid, share): the perpetual losers of a window, by oid."""
    lot, first = np.unique(field.lot, return_index=True)
    size = np.diff(np.append(first, len(field.lot)))
    of_bid = np.repeat(np.arange(len(lot)), size)
    winner = field.winner[lot][of_bid]
    many = field.n_firms
    n = np.bincount(field.firm, minlength=many)
    wins = np.bincount(field.firm[winner == field.firm], minlength=many)
    rate = np.bincount(field.firm, 1 / size[of_bid], many)
    rows = []
    for firm in np.flatnonzero((n >= LEAST) & (wins <= MOST_WINS)):
        p = 1 - at_least(int(wins[firm]) + 1, int(n[firm]), float(rate[firm] / n[firm]))
        beside = winner[(field.firm == firm) & (winner >= 0) & (winner != firm)]
        if p < RARE and len(beside):
            counts = np.bincount(beside)
            share = counts.max() / n[firm]
            if share >= SAME_WINNER:
                names = (int(field.oid[firm]), int(field.oid[counts.argmax()]))
                rows.append((names[0], int(n[firm]), int(wins[firm]), float(p), names[1], float(share)))
    columns = ("oid", "n", "wins", "p", "winner_oid", "share")
    kinds = (pa.int64(), pa.int64(), pa.int64(), pa.float64(), pa.int64(), pa.float64())
    schema = pa.schema(list(zip(columns, kinds, strict=True)))
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in sorted(rows)], schema=schema)


def withdrawals(t: Tables, pairs: Pairs) -> pa.Table:
    """(rid, lot, oid_gone, oid_next, amount_gone, amount_next): the lowest bid is gone, its partner stands next."""
    bid = t.bid.mutate(lot=t.bid.lot.fill_null("")).filter(t.bid.amount > 0)
    member = t.bid_tenderer.group_by(["rid", "bid_no"]).aggregate(oid=t.bid_tenderer.oid.min())
    named = bid.join(member, ["rid", "bid_no"]).filter(lambda b: b.oid.notnull())
    stands, gone = named.filter(named.status == "valid"), named.filter(named.status.isin(GONE))
    low = stands.group_by(["rid", "lot"]).aggregate(amount_next=stands.amount.min())
    nexts = stands.join(low, ["rid", "lot"]).filter(lambda b: b.amount == b.amount_next)
    nexts = nexts.group_by(["rid", "lot", "amount_next"]).aggregate(oid_next=nexts.oid.min())
    kept = gone.select("rid", "lot", oid_gone="oid", amount_gone="amount").join(nexts, ["rid", "lot"])
    under = kept.filter((kept.amount_gone <= kept.amount_next) & (kept.oid_gone != kept.oid_next))
    table = under.order_by(["rid", "lot", "oid_gone"]).to_pyarrow()
    partners = set(zip(pairs.field.oid[pairs.i].tolist(), pairs.field.oid[pairs.j].tolist(), strict=True))
    met = [
        (a, b) in partners or (b, a) in partners
        for a, b in zip(table["oid_gone"].to_pylist(), table["oid_next"].to_pylist(), strict=True)
    ]
    return table.filter(pa.array(met, pa.bool_()))


def subcontracts(t: Tables) -> pa.Table:
    """(rid, award_no, oid, winner_oid): a firm that bid and lost works for the winner."""
    bidder = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull()).select("rid", "oid").distinct()
    won = winners(t)
    winner = won.filter(won.oid.notnull()).group_by(["rid", "award_no"]).aggregate(winner_oid=won.oid.min())
    sub = t.subcontractor.filter(t.subcontractor.oid.notnull()).select("rid", "award_no", "oid").distinct()
    lost = bidder.anti_join(won.select("rid", "oid"), ["rid", "oid"])
    found = sub.semi_join(lost, ["rid", "oid"]).join(winner, ["rid", "award_no"])
    return found.order_by(["rid", "award_no", "oid"]).select("rid", "award_no", "oid", "winner_oid").to_pyarrow()


def common_errors(t: Tables) -> pa.Table:
    """(rid, error, n, kind): errors that at least two bids of a tender share; `kind` is `sum` (pesos between total and
    lines) or `omitted` (number of the line).
    """
    line, bid = t.bid_line, t.bid
    summed = line.group_by(["rid", "bid_no"]).aggregate(total=(line.unit_price * line.quantity).sum())
    sums = bid.filter(bid.amount.notnull()).join(summed, ["rid", "bid_no"])
    cents = ((sums.amount - sums.total) / CENT).round().cast("int64")
    wrong = sums.select("rid", "bid_no", error=cents).filter(lambda s: s.error != 0)
    sums = wrong.group_by(["rid", "error"]).aggregate(n=wrong.bid_no.nunique())
    asked = line.select("rid", "line").distinct().join(line.select("rid", "bid_no").distinct(), "rid")
    absent = asked.anti_join(line.select("rid", "bid_no", "line"), ["rid", "bid_no", "line"])
    left = absent.group_by(["rid", "line"]).aggregate(n=absent.bid_no.nunique())
    told = left.select("rid", "n", error=left.line.cast("float64"), kind=ibis.literal("omitted"))
    wrongs = sums.select("rid", "n", error=sums.error.cast("float64") * CENT, kind=ibis.literal("sum"))
    shared = wrongs.union(told)
    return shared.filter(shared.n > 1).order_by(["rid", "kind", "error"]).to_pyarrow()
