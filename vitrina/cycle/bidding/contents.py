# SPDX-License-Identifier: Apache-2.0
"""What a bid says, as a value: its shape, how it is read from an opened envelope, and its prices worked out. Pure.

An envelope holds the signed index (file 0), `respuestas.json` (file 1: answers, statement), then the documents. What
the bidder wrote is checked here for the first time: nobody could read it before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from vitrina.cycle.planning.models import Item
from vitrina.kernel.money import Money, MoneyError, total
from vitrina.kernel.text import has_unsafe_characters
from vitrina.ledger.kinds import DocumentRef

MAX_RESPONSE = 4000
MAX_ANSWERS = 1024 * 1024  # bytes of `respuestas.json`
MAX_DOCUMENTS = 20
MAX_CENTAVOS = 2**53 - 1  # what canonical JSON holds exactly


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A bid: unit prices without VAT as decimal text by item number, lots, answers by criterion number, documents."""

    prices: dict[str, str]
    lots: tuple[int, ...]
    responses: dict[str, str]
    documents: tuple[DocumentRef, ...] = ()
    statement: str = ""


class BadOffer(ValueError):
    """The envelope holds nothing that can be a bid for this purchase; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a bid with its price: `amount` is the unit price times the quantity, to the centavo, half up."""

    item: Item
    unit_price: Money
    amount: Money


def offer_of(prices: dict[int, Money], items: Iterable[Item]) -> dict[str, Any]:
    """The offer of the signed index, from unit prices by item number: what a client writes into the envelope."""
    rows = [(i, prices[i.number], prices[i.number].times(i.quantity)) for i in items if i.number in prices]
    lines = [
        {"line": i.number, "quantity": f"{i.quantity.normalize():f}", "unit_price": str(p), "amount": str(amount)}
        for i, p, amount in rows
    ]
    return {"currency": "MXN", "total": str(total([amount for _i, _p, amount in rows])), "lines": lines}


def content_of(offer: dict[str, Any] | None, answers: bytes, items: list[Item]) -> tuple[Content, list[str]]:
    """(contents without documents, codes of what differs from arithmetic or the call). `BadOffer` for no bid at all.

    Unit prices govern: amounts and totals are worked out anew. A lot that is priced in part is left out.
    """
    if offer is None:
        raise BadOffer("it holds no offer")
    prices, notes = _prices(offer, {i.number: i for i in items})
    by_lot: dict[int, list[Item]] = {}
    for item in items:
        by_lot.setdefault(item.lot, []).append(item)
    lots = tuple(lot for lot, rows in sorted(by_lot.items()) if all(i.number in prices for i in rows))
    kept = {i.number: prices[i.number] for lot in lots for i in by_lot[lot]}
    if not kept:
        raise BadOffer("no lot is priced whole")
    if len(kept) < len(prices):
        notes.append("part_of_lot")
    amounts = [kept[i.number].times(i.quantity) for lot in lots for i in by_lot[lot]]
    if total(amounts).centavos > MAX_CENTAVOS:
        raise BadOffer("the total is too large to be right")
    if offer.get("total") != str(total(amounts)) and "part_of_lot" not in notes:
        notes.append("total")
    responses, statement = _answers(answers, notes)
    plain = {str(n): str(price) for n, price in sorted(kept.items())}
    return Content(prices=plain, lots=lots, responses=responses, statement=statement), notes


def _prices(offer: dict[str, Any], items: dict[int, Item]) -> tuple[dict[int, Money], list[str]]:
    prices: dict[int, Money] = {}
    notes: list[str] = []
    if offer.get("currency") != "MXN":
        raise BadOffer("the prices are not in pesos (MXN)")
    for line in offer.get("lines", []):
        item = items.get(line.get("line")) if isinstance(line.get("line"), int) else None
        if item is None or item.number in prices:
            if "unknown_item" not in notes:
                notes.append("unknown_item")
            continue
        try:
            price = Money.parse(line["unit_price"])
            differs = Decimal(line["quantity"]) != item.quantity or Money.parse(line["amount"]) != price.times(
                item.quantity
            )
        except (MoneyError, InvalidOperation, KeyError, TypeError) as error:
            raise BadOffer(f"the price of item {item.number} is not an amount") from error
        if price.centavos <= 0:
            raise BadOffer(f"the price of item {item.number} is not above zero")
        prices[item.number] = price
        if differs and "amount" not in notes:
            notes.append("amount")
    return prices, notes


def _answers(data: bytes, notes: list[str]) -> tuple[dict[str, str], str]:
    """Answers by criterion number and the statement; what cannot be read is left out and noted."""
    try:
        plain = msgspec.json.decode(data) if len(data) <= MAX_ANSWERS else {}
        given = {str(int(n)): str(text).strip() for n, text in plain["responses"].items()}
        statement = str(plain["statement"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        notes.append("answers")
        return {}, ""
    kept = {n: t for n, t in given.items() if t and len(t) <= MAX_RESPONSE and not has_unsafe_characters(t)}
    if len(kept) < len(given):
        notes.append("answers")
    if not statement or has_unsafe_characters(statement):
        notes.append("statement")
        statement = ""
    return kept, statement[:MAX_RESPONSE]


def content_from(plain: dict[str, Any]) -> Content:
    """Contents back from builtins."""
    return msgspec.convert(plain, Content)


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
