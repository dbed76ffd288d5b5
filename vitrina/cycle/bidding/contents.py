# SPDX-License-Identifier: Apache-2.0
"""What a bid says, as a value: its shape, its digest, and its prices worked out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from vitrina.cycle.planning.models import Item
from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money, total
from vitrina.ledger.kinds import DocumentRef


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A bid: unit prices without VAT as decimal text by item number, lots, answers by criterion number, documents."""

    prices: dict[str, str]
    lots: tuple[int, ...]
    responses: dict[str, str]
    documents: tuple[DocumentRef, ...] = ()
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a bid with its price: `amount` is the unit price times the quantity, to the centavo, half up."""

    item: Item
    unit_price: Money
    amount: Money


def digest_of_content(content: Content, *, salt: str, ocid: str, supplier: str, bid: str) -> str:
    """SHA-256 hex that fixes the contents and binds them to their purchase, bidder and bid."""
    plain = msgspec.to_builtins(content)
    return digest_of({"bid": bid, "content": plain, "ocid": ocid, "salt": salt, "supplier": supplier})


def lines(content: Content, items: Iterable[Item]) -> list[Line]:
    """The priced items of a bid, in item order."""
    priced = []
    for item in items:
        if str(item.number) in content.prices:
            unit_price = Money.parse(content.prices[str(item.number)])
            priced.append(Line(item, unit_price, unit_price.times(item.quantity)))
    return priced


def totals(priced: Iterable[Line]) -> dict[int, Money]:
    """Lot number -> sum of its lines."""
    by_lot: dict[int, list[Money]] = {}
    for line in priced:
        by_lot.setdefault(line.item.lot, []).append(line.amount)
    return {lot: total(amounts) for lot, amounts in sorted(by_lot.items())}
