# SPDX-License-Identifier: Apache-2.0
"""The room of an auction from the ledger, folded on from where it was last folded.

A room of a thousand offers is not folded a thousand times: each process keeps the last one of an auction with the
digest of its last act, also one that it wrote itself. The digests of a stream are a chain, so when that act still
stands in the ledger everything before it is the same, and what a transaction wrote that was undone is never believed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from vitrina.cycle.bidding.events import BidOpened
from vitrina.cycle.core.models import Process
from vitrina.cycle.evaluation import queries as evaluation
from vitrina.cycle.evaluation.assessment import ResultView
from vitrina.ledger.models import Entry

from . import acts, keeping
from .acts import Entrant, Told
from .criteria import NOTHING, Merits
from .models import Auction, EntrantRow
from .room import Room, Secrets, apply

KEPT = 64  # rooms that a process remembers


@dataclass(frozen=True, slots=True)
class Kept:
    """A room and the act that it was folded up to."""

    digest: str
    room: Room


_kept: OrderedDict[int, Kept] = OrderedDict()


def rows_of(process: Process, lot: int, after: int = 0) -> list[tuple[Entry, Told]]:
    """The acts of the auction of a lot, in order, those after an entry, each with its entry."""
    return _told(_acts_from(process.stream, after + 1), lot)


def _acts_from(stream: str, seq: int) -> list[Entry]:
    return list(Entry.objects.filter(stream=stream, kind__in=acts.ACTS, seq__gte=seq).order_by("seq"))


def _told(rows: list[Entry], lot: int) -> list[tuple[Entry, Told]]:
    told = ((row, Told(row.seq, row.at, row.event)) for row in rows)
    return [(row, one) for row, one in told if one.act.lot == lot]


def entrants_of(auction: Auction) -> list[Entrant]:
    """Who is behind each alias, with the bid that the opening published and what the evaluation found besides."""
    opened = {e.event.bid: e.event for e in Entry.objects.filter(stream=auction.process.stream, kind=BidOpened.kind)}
    merits = {r.bid_id: _merits(r) for r in evaluation.results(auction.process, auction.lot)}
    return [_entrant(row, opened[row.bid_id], auction.lot, merits[row.bid_id]) for row in auction.entrants.all()]


def secrets_of(auction: Auction) -> Secrets:
    """The entrants and the floors. For the room alone."""
    entrants = tuple(entrants_of(auction))
    return Secrets(entrants, {commitment: floor for commitment, (floor, _salt) in keeping.floors_of(auction).items()})


def _entrant(row: EntrantRow, event: BidOpened, lot: int, merits: Merits) -> Entrant:
    return Entrant(
        alias=row.alias,
        bid=event.bid,
        key=event.bidder.key,
        name=event.bidder.name,
        size=event.bidder.size,
        salt=row.salt,
        amount=next(t.amount for t in event.totals if t.lot == lot),
        at=event.received_at,
        order=event.order,
        merits=merits,
    )


def _merits(result: ResultView) -> Merits:
    """What counts besides the amount: where the call is decided by points, or by life-cycle cost."""
    if result.life_cycle:
        return Merits(addition=str(result.life_cycle.cost.centavos))
    return Merits(technical=result.points.technical) if result.points else NOTHING


def room_of(auction: Auction) -> Room:
    """The room now: the fold of its acts. For the room and its commands alone: it holds who is who."""
    stream, kept = f"ocid:{auction.process_id}", _kept.get(auction.pk)
    found = _acts_from(stream, kept.room.seq) if kept else []
    if kept is None or not found or (found[0].seq, found[0].digest) != (kept.room.seq, kept.digest):
        kept, found = Kept("", Room(secrets_of(auction))), _acts_from(stream, 0)
    else:
        found = found[1:]  # the act up to which the room was folded still stands
    rows, room = _told(found, auction.lot), kept.room
    if not rows:
        return room
    if any(row.kind == acts.KIND_OF[acts.FloorCommitted] for row, _ in rows):
        room = replace(room, secrets=secrets_of(auction))
    for _, told in rows:
        room = apply(room, told)
    keep(auction, rows[-1][0], room)
    return room


def keep(auction: Auction, last: Entry, room: Room) -> None:
    """Remember the room that its acts make up to `last`, until the ledger says otherwise."""
    _kept[auction.pk] = Kept(last.digest, room)
    _kept.move_to_end(auction.pk)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)


def own_alias(room: Room, supplier_key: str) -> str:
    """Under which alias a supplier takes part; empty when it does not. As secret as the room."""
    return next((e.alias for e in room.secrets.entrants if e.key == supplier_key), "")
