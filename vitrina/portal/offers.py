# SPDX-License-Identifier: Apache-2.0
"""Who offered what: the opened bids of a purchase, lot by lot, so that only prices of the same goods are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.cycle.auction.events import AuctionClosed, AuctionRevealed, AuctionVoided
from vitrina.cycle.auction.states import Justification
from vitrina.cycle.auction.verifying import Report
from vitrina.cycle.bidding.events import BidOpened
from vitrina.cycle.core.words import money
from vitrina.kernel.money import Money, total
from vitrina.ledger.kinds import Event

from .projection import centavos


class Final(NamedTuple):
    """Where a bid stood at the end of its auction; without a place where its price was rejected as abnormally low."""

    place: int = 0
    amount: Money | None = None
    is_rejected: bool = False


Finals = Mapping[tuple[str, str], Final]  # (lot, bid) -> how it ended
Costs = Mapping[tuple[str, str], Money]  # (lot, bid) -> what it declares for the lot, in a call by life-cycle cost
Solvent = Mapping[tuple[str, str], bool]  # (lot, bid) -> whether the ruling found it solvent there


@dataclass(frozen=True, slots=True)
class Offers:
    """The bids of one lot, lowest first, as `{% price_bars %}` and `parts/table.html` show them.

    `title` is "" where the purchase has one lot. `reference`: what the market research gave for it, once public.
    `has_costs`: in a call by life-cycle cost, where the lowest sum of price and cost comes first.
    """

    title: str
    bids: list[dict[str, Any]]
    reference: Money | None
    has_costs: bool = False

    @property
    def caption(self) -> str:
        """What the table is, with its order."""
        return _("Bids, lowest sum of price and cost first") if self.has_costs else _("Bids, lowest first")

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Headers of the table."""
        costs = [_("Life-cycle cost"), _("Price and cost together")] if self.has_costs else []
        return [
            {"label": _("Company")},
            *({"label": label, "num": True} for label in (_("Total without VAT"), *costs)),
            {"label": _("Result")},
        ]

    @property
    def is_auctioned(self) -> bool:
        """Whether an auction lowered a price of the envelopes."""
        return any(bid["sealed"] for bid in self.bids)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row of a table for each bid."""
        return [
            {
                "cells": [
                    {"text": b["name"], "url": reverse("portal:supplier", args=[b["key"]])},
                    {"text": money(b["price"]), "sub": sealed_words(b["sealed"])},
                    *(cost_cells(b["price"], b["cost"]) if self.has_costs else []),
                    b["word"].capitalize(),
                ],
                "kind": b["kind"],
            }
            for b in self.bids
        ]


def cost_cells(price: Money, cost: Money | None) -> list[Any]:
    """What a bid declares, and its sum with the price; it may declare nothing that can be read."""
    return [money(cost), money(price + cost)] if cost is not None else [_("not declared"), {"text": "", "mute": True}]


def sealed_words(amount: Money | None) -> str:
    """What the envelope asked, of a bid that was lowered in an auction."""
    return _("its envelope asked for %(amount)s") % {"amount": money(amount)} if amount else ""


def after_auctions(events: Iterable[Event]) -> Finals:
    """Where each bid stood at the end of the auction of its lot, of auctions whose names are known and that count."""
    ranked: dict[int, dict[str, Final]] = {}
    found: dict[tuple[str, str], Final] = {}
    for event in events:
        if isinstance(event, AuctionClosed):
            ranked[event.lot] = {line.alias: Final(line.place, line.amount) for line in event.ranking}
        elif isinstance(event, AuctionRevealed):
            lines = ranked.get(event.lot, {})
            found |= {(str(event.lot), e.bid): lines[e.alias] for e in event.entrants if e.alias in lines}
        elif isinstance(event, AuctionVoided):
            found = {key: value for key, value in found.items() if key[0] != str(event.lot)}
    return found


def after_decisions(finals: Finals, reports: Mapping[int, Report]) -> Finals:
    """The same once prices were rejected: `reports` of those lots say who is first without them."""
    found = dict(finals)
    for lot, report in reports.items():
        places = {line.alias: line.place for line in report.award.ranking}
        for alias, (bid, _name) in report.names.items():
            if final := found.get((str(lot), bid)):
                is_rejected = alias in report.prices and report.prices[alias].state == Justification.REJECTED
                found[str(lot), bid] = Final(places.get(alias, 0), final.amount, is_rejected)
    return found


def declared_costs(events: Iterable[Event], n_asked: Mapping[str, int]) -> Costs:
    """What each bid declares for each lot in all, of a call by life-cycle cost; nothing where it lacks one of those
    that were asked (`n_asked`: lot -> how many).
    """
    found: dict[tuple[str, str], list[Money]] = {}
    for event in events:
        for cost in event.costs if isinstance(event, BidOpened) else ():
            found.setdefault((str(cost.lot), event.bid), []).append(cost.amount)
    return {key: total(costs) for key, costs in found.items() if len(costs) == n_asked.get(key[0])}


def opened(compiled: dict[str, Any]) -> list[dict[str, Any]]:
    """The bids that were opened. Those that are still closed, and those that stay so, bear no price."""
    return [b for b in compiled.get("bids", {}).get("details", []) if "value" in b]


def by_lot(
    compiled: dict[str, Any], solvent: Solvent | None = None, finals: Finals | None = None, costs: Costs | None = None
) -> list[Offers]:  # fmt: skip
    """The offers of each lot that has any. `solvent` comes from the ruling; before it nothing is discarded.

    `finals`: what was offered last where a lot was auctioned; the price of the envelope stands beside it.
    `costs`: of a call by life-cycle cost, else None.
    """
    finals = finals or {}
    by_cost = costs is not None
    details = opened(compiled)
    lots = compiled.get("tender", {}).get("lots", [])
    if len(lots) < 2 or not all(bid.get("items") for bid in details):  # noqa: PLR2004 - one lot: the totals say it
        rows = _bids(compiled, details, "", solvent, finals, costs)
        return [Offers("", rows, _reference(compiled, ""), by_cost)] if details else []
    found = []
    for lot in lots:
        mine = [b for b in details if lot["id"] in b.get("relatedLots", [])]
        rows = _bids(compiled, mine, lot["id"], solvent, finals, costs)
        title = _("Lot %(lot)s: %(title)s") % {"lot": lot["id"], "title": lot.get("title", "")}
        found += [Offers(title, rows, _reference(compiled, lot["id"]), by_cost)] if rows else []
    return found


def _bids(
    compiled: dict[str, Any],
    details: list[dict[str, Any]],
    lot: str,
    solvent: Solvent | None,
    finals: Finals,
    costs: Costs | None,
) -> list[dict[str, Any]]:
    active = [a for a in compiled.get("awards", []) if a.get("status") == "active"]
    won = {a.get("relatedBid") for a in active if not lot or lot in a.get("relatedLots", [])}
    open_word = _("not awarded") if compiled.get("awards") else _("to be judged")
    rows = []
    for bid in details:
        bidder = (bid.get("tenderers") or [{}])[0]
        ended = _final(finals, lot, bid["id"])
        final, is_solvent = ended.amount, (solvent or {}).get((lot, bid["id"])) is not False
        is_out = bid.get("status") == "disqualified" or not is_solvent or ended.is_rejected
        kind = "first" if bid["id"] in won else "out" if is_out else ""
        sealed = _sum(bid.get("items", []), lot) if lot else Money(centavos(bid.get("value")) or 0)
        rows.append(
            {
                "id": bid["id"],
                "name": bidder.get("name", ""),
                "key": bidder.get("id", ""),
                "price": final or sealed,
                "sealed": sealed if final and final != sealed else None,
                "cost": next((c for (of, b), c in (costs or {}).items() if b == bid["id"] and lot in {"", of}), None),
                "kind": kind,
                "word": {"first": _("won"), "out": _("price rejected") if ended.is_rejected else _("discarded")}.get(
                    kind
                )
                or (open_word if compiled.get("awards") else _in_auction(ended.place) or open_word),
            }
        )
    return sorted(rows, key=_order)


def _order(row: dict[str, Any]) -> tuple[bool, int, str]:
    """The lowest first, with its cost where the call is by life-cycle cost; last who declares none there."""
    cost = row["cost"]
    return cost is None, (row["price"] + (cost or Money(0))).centavos, row["id"]


def _final(finals: Finals, lot: str, bid: str) -> Final:
    """How a bid ended in the auction; nothing of one that took part in none."""
    return next((found for (of, b), found in finals.items() if b == bid and lot in {"", of}), Final())


def _in_auction(place: int) -> str:
    """How a bid ended in its auction, while the ruling is not issued."""
    return (
        ""
        if not place
        else _("first in the auction")
        if place == 1
        else _("place %(n)s in the auction") % {"n": place}
    )


def _sum(items: list[dict[str, Any]], lot: str) -> Money:
    """What the items of a lot come to at their unit prices."""
    priced = [
        Money(centavos(i["unit"]["value"]) or 0).times(Decimal(str(i.get("quantity", 0))))
        for i in items
        if i.get("relatedLot") == lot
    ]
    return Money(sum(p.centavos for p in priced))


def _reference(compiled: dict[str, Any], lot: str) -> Money | None:
    tender = compiled.get("tender", {})
    if not lot:
        whole = centavos(tender.get("value"))
        return Money(whole) if whole else None
    items = [i for i in tender.get("items", []) if i.get("relatedLot") == lot]
    known = all(i.get("unit", {}).get("value") for i in items)
    return _sum(items, lot) if items and known else None
