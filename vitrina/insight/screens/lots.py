# SPDX-License-Identifier: Apache-2.0
"""What is compared: the bids of one process and lot, or of one line of it where prices are told by line.

Kept: valid bids with a positive price in the currency that most bids of the group use (the others are counted, not
dropped in silence). Firms that share an owner are one bidder when `merged`, and a bidder counts once, with its lowest.
A joint bid counts for the first of its members. Where at least two bids of a lot are told by line, its lines are
compared and not its total. Source: design page of the screens, 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vitrina.insight.flags import market
from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

VALID = "valid"
TOTAL = -1
KEY = ["rid", "lot", "line"]
NO_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Lots:
    """Groups of bids. `rows`: one row a group (columns of `describe`, and `n`). The bids of group g are at
    `start[g]:start[g + 1]` of `price` (ascending), `oid` (-1 where unknown), `bid_no`, `received` (microseconds of the
    epoch, `NO_TIME` where unknown), `author` and `device` (codes, -1 where unknown).
    """

    rows: pa.Table
    start: NDArray[np.int64]
    price: NDArray[np.float64]
    oid: NDArray[np.int64]
    bid_no: NDArray[np.int64]
    received: NDArray[np.int64]
    author: NDArray[np.int64]
    device: NDArray[np.int64]

    @property
    def n(self) -> NDArray[np.int64]:
        """Bids of each group."""
        return np.diff(self.start)

    def by_size(self) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """(n, groups, places): the groups of each size, and the places of their bids as a k x n matrix."""
        sizes = self.n
        for n in np.unique(sizes):
            groups = np.flatnonzero(sizes == n)
            yield int(n), groups, self.start[groups][:, None] + np.arange(n)

    def of(self, group: int) -> slice:
        """Where the bids of one group are."""
        return slice(int(self.start[group]), int(self.start[group + 1]))

    def column(self, name: str) -> NDArray[np.float64] | NDArray[np.object_]:
        """A column of `rows`."""
        return self.rows.column(name).to_numpy(zero_copy_only=False)


def read(t: Tables, *, merged: bool = True) -> Lots:
    """The groups of a store, ordered by (ocid, lot, line)."""
    kept = priced(t, merged=merged)
    wanted = ["rid", "lot", "line", "price", "oid", "bid_no", "received_at", "author_hash", "device_hash"]
    named = kept.join(t.release.select("rid", "ocid"), "rid")
    table = named.order_by(["ocid", "lot", "line", "price", "bid_no", "oid"]).select(*wanted).to_pyarrow()
    keys = [_codes(table["rid"]), _codes(table["lot"]), _codes(table["line"])]
    new = np.zeros(table.num_rows, dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    first = np.flatnonzero(new)
    start = np.append(first, table.num_rows).astype(np.int64)
    groups = table.select(KEY).take(pa.array(first)).append_column("n", pa.array(np.diff(start)))
    received = table["received_at"].cast(pa.int64()).combine_chunks().fill_null(NO_TIME)
    return Lots(
        rows=_described(t, groups),
        start=start,
        price=table["price"].to_numpy(),
        oid=table["oid"].combine_chunks().fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64),
        bid_no=table["bid_no"].to_numpy().astype(np.int64),
        received=received.to_numpy(zero_copy_only=False),
        author=_codes(table["author_hash"]),
        device=_codes(table["device_hash"]),
    )


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Equal values have equal numbers; -1 where null."""
    codes = column.combine_chunks().dictionary_encode().indices
    return codes.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def priced(t: Tables, *, merged: bool = True) -> ir.Table:
    """One row for each bidder of each group: rid, lot, line, price, oid, bid_no and what was recorded at receipt."""
    return t.once(f"screened_bids_{int(merged)}", lambda t: _priced(t, merged=merged))


def _priced(t: Tables, *, merged: bool) -> ir.Table:
    bid = t.bid.filter(t.bid.status == VALID).mutate(lot=t.bid.lot.fill_null(""))
    kept = ["rid", "bid_no", "lot", "received_at", "author_hash", "device_hash"]
    totals = bid.select(*kept, line=ibis.literal(TOTAL, "int32"), price=bid.amount, currency=bid.currency)
    lines = bid.select(*kept).join(t.bid_line.drop("item_id", "quantity"), ["rid", "bid_no"])
    by_line = lines.select(*kept, line=lines.line.cast("int32"), price=lines.unit_price, currency=lines.currency)
    counted = by_line.filter(by_line.price > 0).group_by(KEY).aggregate(n=lambda b: b.bid_no.nunique())
    told = counted.filter(counted.n > 1).select("rid", "lot").distinct()
    known = totals.anti_join(told, ["rid", "lot"]).union(by_line.semi_join(told, ["rid", "lot"]))
    known = known.filter((known.price > 0) & ~known.price.isinf())
    one = _one_currency(known)
    who = _first_member(t, merged=merged)
    named = attach(one, who, ["rid", "bid_no"])
    # A bidder who is not named is told apart by the number of its bid.
    entity = ibis.coalesce(named.oid.cast("int64"), -1 - named.bid_no.cast("int64"))
    lowest = ibis.window(group_by=[*KEY, "entity"], order_by=["price", "bid_no"])
    ranked = named.mutate(entity=entity).mutate(place=ibis.row_number().over(lowest))
    return ranked.filter(ranked.place == 0).drop("place", "entity", "currency")


def _one_currency(bids: ir.Table) -> ir.Table:
    """The bids in the currency that most bids of their group use; of equally many, the first in the alphabet."""
    used = bids.mutate(money=bids.currency.fill_null("")).group_by([*KEY, "money"]).aggregate(n=lambda b: b.count())
    order = ibis.window(group_by=KEY, order_by=[used.n.desc(), used.money])
    most = used.mutate(place=ibis.row_number().over(order)).filter(lambda u: u.place == 0).select(*KEY, "money")
    joined = bids.join(most, KEY)
    return joined.filter(joined.currency.fill_null("") == joined.money).drop("money")


def _first_member(t: Tables, *, merged: bool) -> ir.Table:
    """(rid, bid_no, oid): who bids; of firms with a common owner the first, when `merged`."""
    member = t.bid_tenderer.filter(t.bid_tenderer.oid.notnull()).select("rid", "bid_no", "oid")
    roots = common_owners(t) if merged else {}
    if roots:
        table = pa.table(
            {"oid": pa.array(list(roots), pa.int32()), "root": pa.array(list(roots.values()), pa.int32())}
        )
        joined = attach(member, t.engine.hold("common_owners", table), "oid")
        member = joined.select("rid", "bid_no", oid=ibis.coalesce(joined.root, joined.oid))
    return member.group_by(["rid", "bid_no"]).aggregate(oid=member.oid.min())


def common_owners(t: Tables) -> dict[int, int]:
    """Organisation -> the first (least oid) of those that share an owner with it, for those that share one."""
    owner = t.owner.filter(t.owner.owner_id.notnull() & (t.owner.owner_id != "")).select("oid", "owner_id").distinct()
    parent: dict[int, int] = {}

    def root(oid: int) -> int:
        while parent.setdefault(oid, oid) != oid:
            oid = parent[oid]
        return oid

    first: dict[str, int] = {}
    for row in t.rows(owner.order_by(["owner_id", "oid"])):
        a, b = root(first.setdefault(row["owner_id"], row["oid"])), root(row["oid"])
        parent[max(a, b)] = min(a, b)
    return {oid: root(oid) for oid in parent if root(oid) != oid}


def _described(t: Tables, groups: pa.Table) -> pa.Table:
    """The groups with what is known of their process, in the same order."""
    held = t.engine.hold("screened_groups", groups.append_column("g", pa.array(np.arange(groups.num_rows))))
    found = attach(held, _processes(t), "rid")
    found = attach(found, _counts(t), ["rid", "lot"]).mutate(
        n_disqualified=lambda f: f.n_disqualified.fill_null(0), n_withdrawn=lambda f: f.n_withdrawn.fill_null(0)
    )
    lots = held.group_by("rid").aggregate(n_lots=held.lot.nunique())
    found = attach(found, lots, "rid")
    item = t.tender_item.group_by("rid").aggregate(
        n_items=t.tender_item.count(), quantity=t.tender_item.quantity.max()
    )
    found = attach(found, item, "rid")
    lines = t.tender_item.select("rid", line=t.tender_item.pos, line_estimate=t.tender_item.unit_price)
    found = attach(found, lines, ["rid", "line"])
    whole = ((found.line == TOTAL) & (found.n_lots == 1)).ifelse(found.value, ibis.null("float64"))
    estimate = (found.line == TOTAL).ifelse(whole, found.line_estimate)
    quantity = (found.n_items == 1).ifelse(found.quantity, ibis.null("float64"))
    found = found.mutate(estimate=(estimate > 0).ifelse(estimate, ibis.null("float64")), quantity=quantity)
    return found.order_by("g").drop("g", "value", "line_estimate", "n_lots", "n_items").to_pyarrow()


def _processes(t: Tables) -> ir.Table:
    """What is known of each process: cell, buyer, date, value."""
    r = attach(t.release, market.classes(t), "rid")
    digits = market.prefix(r.code, 4)
    name = (digits == "").ifelse(r.category.fill_null(""), market.scheme_name(r.scheme) + digits)
    shorter = (digits == "").ifelse(r.category.fill_null(""), market.scheme_name(r.scheme) + market.prefix(r.code, 3))
    return r.select(
        "rid",
        "ocid",
        "value",
        "region",
        "unit_id",
        "currency",
        item=(digits == "").ifelse(r.category.fill_null(""), market.scheme_name(r.scheme) + r.code),
        market=name,
        market3=shorter,
        procedure=ibis.coalesce(r.method, r.method_detail, ibis.literal("")),
        era=ibis.coalesce(r.regime, r.law, ibis.literal("")),
        day=ibis.coalesce(r.tender_end_day, r.opening_day, r.tender_start_day, r.date.date()),
        deadline=r.tender_end,
        buyer_id=ibis.coalesce(r.buyer_id, r.pe_id),
        is_cancelled=r.status.fill_null("") == "cancelled",
    )


def _counts(t: Tables) -> ir.Table:
    """(rid, lot, n_disqualified, n_withdrawn)."""
    bid = t.bid.mutate(lot=t.bid.lot.fill_null(""))
    return bid.group_by(["rid", "lot"]).aggregate(
        n_disqualified=(bid.status == "disqualified").cast("int64").sum(),
        n_withdrawn=(bid.status == "withdrawn").cast("int64").sum(),
    )
