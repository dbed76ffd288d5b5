# SPDX-License-Identifier: Apache-2.0
"""The reference price as the act tells it: the market research laid open, with what proves that it was not changed."""

from __future__ import annotations

from datetime import date, datetime

from vitrina.cycle.core.models import Process
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.research.queries import revelation
from vitrina.kernel.money import Money, total

from .events import ReferencePriceRevealed, RevealedPrice, RevealedRequest, RevealedSource


def reference_price(process: Process) -> ReferencePriceRevealed:
    """The event that tells the reference price of a purchase; without prices when nothing was found."""
    found = revelation(process)
    prices = tuple(
        RevealedPrice(
            item=p["item_number"],
            unit_price=Money.parse(p["unit_price"]),
            statistic=p["statistic"],
            n_sources=p["n_sources"],
            salt=p["salt"],
            commitment=p["commitment"],
        )
        for p in found["prices"]
    )
    sources = tuple(
        RevealedSource(
            item=s["item_number"],
            kind=s["kind"],
            origin=s["origin"],
            unit_price=Money.parse(s["unit_price"]),
            observed_on=date.fromisoformat(s["observed_on"]),
        )
        for s in found["sources"]
    )
    requests = tuple(
        RevealedRequest(
            number=r["number"],
            companies=tuple(r["companies"]),
            requested_at=datetime.fromisoformat(r["requested_at"]),
            due_at=datetime.fromisoformat(r["due_at"]),
        )
        for r in found["requests"]
    )
    quantities = {item.number: item.quantity for item in items_of(process)}
    amounts = [p.unit_price.times(quantities[p.item]) for p in prices]
    return ReferencePriceRevealed(prices=prices, sources=sources, requests=requests, total=total(amounts))
