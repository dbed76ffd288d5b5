# SPDX-License-Identifier: Apache-2.0
"""A purchase whose lots were auctioned: announced after the evaluation, held two days later, certified."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from vitrina.cycle.auction import commands as auction
from vitrina.cycle.auction.justifying import commands as prices
from vitrina.cycle.auction.justifying.queries import open_request
from vitrina.cycle.auction.queries import auctions_of
from vitrina.cycle.core.models import Process
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.evaluation import reach_evaluation

ANNOUNCED = local(2020, 10, 19, 12)
BEGINS = local(2020, 10, 21, 11)
CERTIFIED = local(2020, 10, 21, 13)
JUSTIFIED = local(2020, 10, 21, 17)
WEIGHED = local(2020, 10, 23, 12)
SECOND = timedelta(seconds=1)
# (seconds after the start, supplier number, price per piece in centavos) of the first lot
OFFERS = ((30, 0, 5100), (75, 2, 5060), (140, 1, 5020), (610, 0, 4980))


def announce(w: World, process: Process, lot: int = 1, *, at: datetime = ANNOUNCED) -> None:
    """Announce the auction of a lot."""
    auction.schedule(w[Role.OFFICER], process.ocid, at=w.when(at), lot=lot, starts_at=w.when(BEGINS))


def begin(w: World, process: Process, lot: int = 1) -> None:
    """The platform opens the room and begins at the hour."""
    for at in (BEGINS - timedelta(minutes=10), BEGINS):
        auction.tend_lot(process.ocid, lot, w.when(at))


def hold(w: World, process: Process, lot: int = 1, *, offers: Any = OFFERS) -> None:
    """The suppliers offer, the clock runs out. The platform gives a sign of life every few seconds."""
    pieces, now = auction.multiple_of(process, lot), w.when(BEGINS)
    for seconds, supplier, price in offers:
        at = w.when(BEGINS) + seconds * SECOND
        now = watch(process, now, at, lot)
        auction.offer(w.suppliers[supplier], process.ocid, at=at, lot=lot, centavos=price * pieces)
    while auctions_of(process)[lot].state == "running":
        now = watch(process, now, now + 15 * SECOND, lot)


def watch(process: Process, now: datetime, until: datetime, lot: int = 1) -> datetime:
    """The platform looks at the clock every few seconds; returns when it looked last."""
    while now < until:
        now = min(now + 15 * SECOND, until)
        auction.tend_lot(process.ocid, lot, now)
    return now


def certify(w: World, process: Process, lot: int = 1) -> None:
    """Certify the result."""
    auction.certify(w[Role.OFFICER], process.ocid, at=w.when(CERTIFIED), lot=lot)


def justify(w: World, process: Process, lot: int = 1, **changed: Any) -> Any:
    """Whoever was asked justifies its price; `changed`: arguments of the command."""
    row = open_request(process, lot)
    actor = next(s for s in w.suppliers if s.supplier_key == row.supplier_key)
    half = row.centavos // 2
    said = {
        "text": "Compramos el reactivo en planta, sin intermediario, y ya está en nuestro almacén.",
        "costs": [("Reactivo", half), ("Flete, administración y utilidad", row.centavos - half)],
        **changed,
    }
    return prices.justify_price(actor, process.ocid, at=w.when(JUSTIFIED), lot=lot, **said)


def weigh(w: World, process: Process, votes: Any, lot: int = 1, *, at: datetime = WEIGHED) -> None:
    """Each evaluator says whether the price that was asked about stands (`votes`: a bool of each)."""
    for evaluator, keep in zip(w.evaluators, votes, strict=True):
        reason = "Sus costos lo explican." if keep else "No dice de dónde sale el precio."
        prices.weigh_price(evaluator, process.ocid, at=w.when(at), lot=lot, keep=keep, reason=reason)


def reach_auction(w: World, *, profile: str = "open_clock", **evaluation: Any) -> Process:
    """A purchase whose auction is certified. `evaluation`: arguments of `reach_evaluation`."""
    terms = {**evaluation.pop("terms", {}), "auction": profile}
    process = reach_evaluation(w, terms=terms, **evaluation)
    announce(w, process)
    begin(w, process)
    hold(w, process)
    certify(w, process)
    return Process.objects.get(ocid=process.ocid)
