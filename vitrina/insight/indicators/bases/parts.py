# SPDX-License-Identifier: Apache-2.0
"""Bases of one row a part of a purchase: the lines called for, the lines awarded with a price of reference."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.flags.shared import active_awards, bid_counts
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .base import COMPETITIVE, Base, one_of, things

DESERTED = ("unsuccessful", "deserted", "desierta")
WON = ("awarded", "complete")
PRICES_NEEDED = 5


def line(t: Tables) -> ir.Table:
    """Lines that a tender called for: deserted, awarded, and how many bids priced them (else the purchase's bids)."""
    r = t.release
    p = r.filter(r.status.fill_null("") != "cancelled")
    p = p.select(
        "rid",
        day=p.tender_start_day,
        competitive=one_of(p.method, COMPETITIVE),
        open=one_of(p.method, ("open",)),
        works=one_of(p.category, ("works",)),
    )
    p = stats.attach(p, active_awards(t).select("rid").distinct().mutate(awarded=True), "rid")
    priced = t.bid_line.filter(t.bid_line.item_id.notnull() & t.bid_line.unit_price.notnull())
    sent = t.bid.filter(t.bid.status.fill_null("valid") == "valid")
    offers = (
        priced.semi_join(sent, ["rid", "bid_no"])
        .group_by(["rid", "item_id"])
        .aggregate(n_offers=lambda x: x.bid_no.nunique())
    )
    joined = t.tender_item.join(p, "rid").left_join(offers, ["rid", "item_id"]).drop("rid_right", "item_id_right")
    joined = joined.left_join(bid_counts(t).select("rid", "nbid"), "rid").drop("rid_right")
    status = joined.status.lower()
    return joined.select(
        "rid",
        "day",
        "competitive",
        "open",
        "works",
        state_told=status.notnull(),
        deserted=status.isin(DESERTED),
        won=status.notnull().ifelse(status.isin(WON), joined.awarded.fill_null(False)),
        offers=ibis.coalesce(joined.n_offers, joined.nbid),
    )


def price(t: Tables) -> ir.Table:
    """Awarded lines with the R-8 median unit price of the same class, unit and currency in this store (5 or more)."""
    items = t.award_item.semi_join(active_awards(t), ["rid", "award_no"])
    own = items.filter(items.unit_price.notnull() & (items.unit_price > 0) & (items.quantity > 0))
    key = ["class_id", "unit", "currency"]
    coded = own.filter(own.class_id.notnull() & own.unit.notnull() & own.currency.notnull())
    middle = stats.r8(coded, key, "unit_price", {"reference": 0.5})
    usable = middle.filter(middle.n >= PRICES_NEEDED).select(*key, "reference")
    joined = own.left_join(usable, key).drop(*(f"{name}_right" for name in key))
    paid = joined.join(t.award.select("rid", "award_no", day=t.award.date_day), ["rid", "award_no"])
    from .processes import money  # noqa: PLC0415 - one strategy for both bases

    strategy = t.once("base_money", money).select("rid", "strategy")
    found = paid.left_join(strategy, "rid").drop("rid_right")
    return found.select(
        "rid",
        "day",
        "currency",
        "strategy",
        spent=(found.unit_price * found.quantity * 100).round().cast("int64"),
        expected=(found.reference * found.quantity * 100).round().cast("int64"),
    )


BASES = (
    Base("line", Text("partidas convocadas", "lines called for"), things(line)),
    Base("price", Text("partidas adjudicadas con precio unitario", "awarded lines with a unit price"), things(price)),
)
