# SPDX-License-Identifier: Apache-2.0
"""A contract among its peers: its unit prices beside those of the same class, its dates beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.profiles import Book
from vitrina.profiles.kinds import class_key
from vitrina.profiles.shapes import Prices

from .tables import number, pesos

MOST = 3  # lines of which the peers are drawn
COMPETITIVE = ("open", "selective")


@dataclass(frozen=True, slots=True)
class Compared:
    """A line among its peers."""

    what: str
    finding: str
    range: str
    prices: Prices
    price: float


def compared(book: Book | None, body: dict[str, Any]) -> list[Compared]:
    """Each line with a unit price whose class has peers in the three years that end with that of the contract."""
    year = year_of(body)
    found: list[Compared] = []
    for item in body.get("items", []):
        if len(found) == MOST or not book or not year:
            break
        price = item.get("unit_price")
        if price and item.get("class") and item.get("unit") and item.get("currency", "MXN") == "MXN":
            key = class_key(item.get("scheme"), item["class"])
            prices = book.prices(key, item["unit"], min(year, book.last_year))
            if prices:
                found.append(_compared(item, price, prices))
    return found


def year_of(body: dict[str, Any]) -> int:
    """The year of a contract, as the history counts it; 0 where no day is known."""
    day = next((body[name] for name in ("signed", "start", "awarded", "opened") if body.get(name)), "")
    return int(day[:4]) if day else 0


def _compared(item: dict[str, Any], price: float, prices: Prices) -> Compared:
    told = {"unit": item["unit"].lower(), "price": pesos(price), "median": pesos(prices.median), "n": number(prices.n)}
    ratio = price / prices.median
    if abs(ratio - 1) < 0.005:  # noqa: PLR2004 - half a percent: the same, to a reader
        finding = _("It cost %(price)s for each %(unit)s: the middle price of %(n)s lines of its class.")
    elif ratio > 2:  # noqa: PLR2004 - beyond it, times say more than percent
        finding = _(
            "It cost %(price)s for each %(unit)s, %(times)s times the middle price of %(n)s lines: %(median)s."
        )
        told["times"] = formats.number(f"{ratio:.1f}", lang())
    elif ratio > 1:
        finding = _("It cost %(price)s for each %(unit)s, %(more)s above the middle price of %(n)s lines: %(median)s.")
    else:
        finding = _("It cost %(price)s for each %(unit)s, %(more)s below the middle price of %(n)s lines: %(median)s.")
    told["more"] = formats.percent(f"{abs(ratio - 1) * 100:.1f}", lang(), decimals=0 if abs(ratio - 1) >= 0.1 else 1)  # noqa: PLR2004
    between = _("Half of them lie between %(q1)s and %(q3)s, all from %(least)s to %(most)s; %(first)s to %(last)s.")
    span = {
        "q1": pesos(prices.q1), "q3": pesos(prices.q3), "least": pesos(prices.least), "most": pesos(prices.most),
        "first": prices.year - 2, "last": prices.year,
    }  # fmt: skip
    return Compared(item.get("description", ""), finding % told, between % span, prices, price)


def dates(body: dict[str, Any]) -> list[str]:
    """What the days of a contract say beside each other."""
    called, awarded, signed, start = (_day(body, name) for name in ("called", "awarded", "signed", "start"))
    told: list[str] = []
    if called and awarded:
        told.append(_between(_("From the call to the award: %(days)s."), called, awarded))
    if awarded and signed and awarded != signed:
        told.append(_between(_("From the award to the signature: %(days)s."), awarded, signed))
    if signed and start and start < signed:
        told.append(_between(_("It began before it was signed: %(days)s earlier."), start, signed))
    told.append(in_time(body))
    return told


def in_time(body: dict[str, Any]) -> str:
    """Whether it was delivered in time."""
    due, met = _day(body, "due"), _day(body, "met")
    if due and met and met > due:
        return _between(_("It was delivered late: %(days)s after the day that was agreed."), due, met)
    if body.get("is_late") and met:
        return _("Some of it was delivered late.")
    if due and met:
        return _("It was delivered in time.")
    if body.get("is_late"):
        return _("The day of delivery passed, and the source says that it was not delivered.")
    return _("The source does not say whether it was delivered in time.")


def _day(body: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(body[name]) if body.get(name) else None


def _between(text: str, first: date, last: date) -> str:
    n = (last - first).days
    days = ngettext("one day", "%(n)s days", n) % {"n": number(n)} if n >= 0 else _("the dates contradict each other")
    return text % {"days": days}


def bids(body: dict[str, Any]) -> str:
    """How many bid, of a tender or an invitation."""
    n = body.get("n_bids")
    if body.get("method") not in COMPETITIVE:
        return ""
    if not n:
        return _("The source does not say how many bid.")
    return ngettext("One bid was made: nobody else competed.", "%(n)s bids were made.", n) % {"n": number(n)}
