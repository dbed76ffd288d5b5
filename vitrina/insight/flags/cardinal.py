# SPDX-License-Identifier: Apache-2.0
"""Cardinal 0.0.8 in its eleven indicators: what they share, and the run. Each rule is in the file of its flag.

Data as published: a release that was mended on the way in is taken from the `published_` tables, where what was mended
is absent. `n_suppliers` and `n_tenderers` count every member of the list, also those that are no objects.
Source: catalogue of red flags, section 4, as read from Cardinal (MIT licence).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa

from vitrina.insight import stats
from vitrina.insight.store import schema
from vitrina.insight.tables import Tables

from .declare import Group
from .results import of_indicators
from .settings import Settings, asked_for, words
from .shared import FINAL, NOT_SUBMITTED


@dataclass(frozen=True, slots=True)
class View:
    """The tables of a store under settings, which name a currency: what every indicator starts from. Each is computed
    once. `is_mended`: whether some release was mended on the way in.
    """

    t: Tables
    settings: Settings
    is_mended: bool

    def once(self, name: str, build: object) -> ir.Table:
        """A table computed once for these settings."""
        return self.t.once(f"cardinal_{name}_{zlib.crc32(str(self.settings).encode()):x}", lambda _: build())  # type: ignore[operator]

    def published(self, name: str) -> ir.Table:
        """A table as published."""
        table: ir.Table = getattr(self.t, name)
        if not self.is_mended:
            return table
        mended = self.t.once("cardinal_mended", lambda t: t.repair.select("rid").distinct())
        return table.anti_join(mended, "rid").union(getattr(self.t, schema.PUBLISHED[name]))

    @property
    def release(self) -> ir.Table:
        """Processes: not cancelled, not excluded."""
        return self.once("release", self._release)

    def _release(self) -> ir.Table:
        r = self.published("release")
        kept = r.filter(r.status.fill_null("") != "cancelled")
        out = words(self.settings.exclusions.procurement_method_details)
        if out:
            kept = kept.filter(kept.method_detail.isnull() | kept.method_detail.notin(out))
        columns = ("rid", "ocid", "buyer_id", "pe_id", "method", "method_detail", "n_tenderers")
        return kept.select(*columns, "tender_start", "tender_end", "start_s", "end_s")

    @property
    def priced(self) -> ir.Table:
        """Processes whose prices compare."""
        only = words(self.settings.price_comparison_procurement_methods)
        out = words(self.settings.no_price_comparison_procurement_methods)
        if only:
            return self.release.filter(self.release.method_detail.isin(only))
        if out:
            return self.release.filter(self.release.method_detail.isnull() | self.release.method_detail.notin(out))
        return self.release

    @property
    def bid(self) -> ir.Table:
        """Submitted bids."""
        return self.once("bid", self._bid)

    def _bid(self) -> ir.Table:
        b = self.published("bid")
        kept = b.filter(b.status.notnull() & b.status.notin(NOT_SUBMITTED))
        columns = ("rid", "bid_no", "status", "date_s", "amount", "currency", "n_tenderers")
        return kept.semi_join(self.release, "rid").select(*columns)

    @property
    def tenderer(self) -> ir.Table:
        """(rid, bid_no, pos, id) of those whose id is text."""
        return self.once("tenderer", lambda: self._named(self.published("bid_tenderer"), "bid_no"))

    @property
    def supplier(self) -> ir.Table:
        """(rid, award_no, pos, id) of those whose id is text."""
        return self.once("supplier", lambda: self._named(self.published("award_supplier"), "award_no"))

    def _named(self, table: ir.Table, number: str) -> ir.Table:
        return table.filter(table.id.notnull()).select("rid", number, "pos", "id")

    @property
    def award(self) -> ir.Table:
        """Active awards."""
        return self.once("award", self._award)

    def _award(self) -> ir.Table:
        a = self.published("award")
        return a.filter(a.status == "active").semi_join(self.release, "rid").select("rid", "award_no", "n_suppliers")

    @property
    def final(self) -> ir.Table:
        """(rid, n) of processes all of whose awards are final, with the number of active ones, one or more."""
        return self.once("final", self._final)

    def _final(self) -> ir.Table:
        a = self.published("award")
        is_open = a.status.notnull() & a.status.notin(FINAL)
        active = self.award.group_by("rid").aggregate(n=self.award.count())
        return active.anti_join(a.filter(is_open).select("rid").distinct(), "rid")

    @property
    def sole(self) -> ir.Table:
        """(rid, winner): final processes with one active award and one entry of suppliers, whose id is text."""
        return self.once("sole", self._sole)

    def _sole(self) -> ir.Table:
        one = self.award.filter(self.award.n_suppliers == 1).semi_join(self.final.filter(self.final.n == 1), "rid")
        return one.join(self.supplier, ["rid", "award_no"]).select("rid", winner="id")

    @property
    def alone(self) -> ir.Table:
        """Valid bids with exactly one entry of tenderers, whose id is text: (rid, bid_no, id, amount, currency)."""
        return self.once("alone", self._alone)

    def _alone(self) -> ir.Table:
        one = self.bid.filter((self.bid.status == "valid") & (self.bid.n_tenderers == 1))
        return one.join(self.tenderer, ["rid", "bid_no"]).select("rid", "bid_no", "id", "amount", "currency")

    @property
    def distance(self) -> ir.Table:
        """(rid, ocid, d, winner, second): how far the second-lowest valid bid is above the winning one, as a part of
        it, where the lowest won. `second` is the first of equal ones in the order of the file.
        """
        return self.once("distance", self._distance)

    def _distance(self) -> ir.Table:
        bids = self.alone.filter(self.alone.amount.notnull() & (self.alone.currency == self.settings.currency))
        both = bids.join(self.sole, "rid").join(self.priced.select("rid", "ocid"), "rid")
        own = both.filter(both.id == both.winner)
        lowest = own.group_by(["rid", "ocid", "winner"]).aggregate(w=own.amount.min())
        others = both.filter(both.id != both.winner)
        order = ibis.window(group_by="rid", order_by=[others.amount, others.bid_no])
        ranked = others.mutate(place=ibis.row_number().over(order))
        second = ranked.filter(ranked.place == 0).select("rid", second="id", l="amount")
        pair = lowest.join(second, "rid")
        pair = pair.filter((pair.l >= pair.w) & (pair.w != 0))
        return pair.select("rid", "ocid", "winner", "second", d=(pair.l - pair.w) / pair.w)


def found(table: ir.Table, group: Group, id: ir.Value, value: ir.Value | float) -> ir.Table:  # noqa: A002 - the column
    """Rows of a result: group, id, value. An id that comes several times has the same value each time."""
    given = value if isinstance(value, ir.Value) else ibis.literal(value)
    return table.select(group=ibis.literal(str(group)), id=id, value=given.cast("float64")).distinct()


def fence(values: ir.Table, column: str, side: str, threshold: float | None) -> ir.Table:
    """One row, `fence`, or none: the threshold where there is one, else Tukey's fence on that side. A fence that is
    not above zero flags nothing; nor does a lower one where the first quartile is not.
    """
    if threshold is not None:
        one = values.aggregate(n=values.count())
        return one.select(fence=ibis.literal(float(threshold))).filter(ibis.literal(threshold > 0))
    f = stats.fences(values, [], column)
    f = f.filter(f.q1 > 0) if side == "lower" else f
    one = f.select(fence=f[side])
    return one.filter(one.fence > 0)


def view_of(t: Tables, settings: Settings) -> View:
    """The tables of a store under settings. Where these name no currency: that of most priced bids, of equals the
    first in order of text.
    """
    is_mended = bool(t.rows(t.repair.limit(1).select("rid")))
    if settings.currency is not None:
        return View(t, settings, is_mended)
    b = View(t, settings, is_mended).bid
    priced = b.filter(b.amount.notnull() & b.currency.notnull())
    counted = priced.group_by("currency").aggregate(n=priced.count())
    most = t.rows(counted.order_by([ibis.desc("n"), "currency"]).limit(1))
    currency = str(most[0]["currency"]) if most else ""
    return View(t, msgspec.structs.replace(settings, currency=currency), is_mended)


def rule_of(view: View, code: str) -> ir.Table:
    """Group, id and value of what an indicator finds."""
    from .registry import flags  # noqa: PLC0415 - the flags import this module

    rule = flags()[code].cardinal
    assert rule is not None, f"{code} has no rule of Cardinal"
    found: ir.Table = rule(view, getattr(view.settings, code.lower()))
    return found


def run(t: Tables, settings: Settings, codes: Iterable[str] = ()) -> pa.Table:
    """What Cardinal finds: group, id, code, value, sorted. `codes` as for `asked_for`."""
    view = view_of(t, settings)
    return of_indicators((code, rule_of(view, code).to_pyarrow()) for code in asked_for(settings, codes))
