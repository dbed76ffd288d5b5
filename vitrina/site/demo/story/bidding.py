# SPDX-License-Identifier: Apache-2.0
"""A purchase with the bids of its three suppliers, closed in their envelopes; the middle one is the lowest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.core.models import Process
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.queries import criteria_of
from vitrina.kernel.money import Money
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.clarifying import reach_clarifying

OFFERS = {0: "54.90", 1: "51.30", 2: "57.75"}  # supplier -> unit price of every item
RECEIVED = local(2020, 10, 12, 10)


def pdf(text: str = "Propuesta técnica") -> SimpleUploadedFile:
    """A file that passes for a PDF, with a text in it."""
    return SimpleUploadedFile("propuesta.pdf", b"%PDF-1.7\n" + text.encode(), content_type="application/pdf")


def offer(process: Process, price: str | Mapping[int, str], *, lots: Iterable[int] | None = None) -> dict[str, Any]:
    """The arguments of a bid: one price for every item (of `lots` if given), or prices by item; every answer given."""
    items = [i for i in items_of(process) if lots is None or i.lot in lots]
    prices = price if isinstance(price, Mapping) else {i.number: price for i in items}
    return {
        "prices": {number: Money.parse(text) for number, text in prices.items()},
        "responses": {c.number: f"Cumplimos con: {c.title}." for c in criteria_of(process)},
        "statement": True,
    }


def bid(w: World, process: Process, who: int, price: str | Mapping[int, str], *, at: datetime, **more: Any) -> Any:
    """Supplier number `who` hands in a bid; the entry."""
    return bidding.submit(w.suppliers[who], process.ocid, at=at, **offer(process, price), **more)


def reach_bidding(
    w: World, *, offers: Mapping[int, str | Mapping[int, str]] | None = None, **clarifying: Any
) -> Process:
    """A purchase whose bids are in. `offers`: supplier number -> price of every item, or prices by item; {} for none.
    `clarifying`: arguments of `reach_clarifying` (lots, terms...).
    """
    process = reach_clarifying(w, **clarifying)
    for who, price in (OFFERS if offers is None else offers).items():
        documents = [("Propuesta técnica", pdf(f"Propuesta técnica {who}"))]
        bid(w, process, who, price, at=w.when(RECEIVED.replace(minute=who)), documents=documents)
    return Process.objects.get(ocid=process.ocid)
