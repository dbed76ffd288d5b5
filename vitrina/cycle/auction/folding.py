# SPDX-License-Identifier: Apache-2.0
"""The room of an auction from the ledger, folded on from where it was last folded.

A room of a thousand offers is not folded a thousand times: each process keeps the last one of an auction with the
digest of its last act. The digests of a stream are a chain, so when that act still stands in the ledger everything
before it is the same, and what a transaction wrote that was undone is never believed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from vitrina.cycle.bidding.events import BidOpened
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Entry

from . import acts, keeping
from .acts import Entrant, Told
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
    rows = Entry.objects.filter(stream=process.stream, kind__in=acts.ACTS, seq__gt=after).order_by("seq")
    told = ((row, Told(row.seq, row.at, row.event)) for row in rows)
    return [(row, one) for row, one in told if one.act.lot == lot]


def secrets_of(auction: Auction) -> Secrets:
    """Who is behind each alias, with the bid that the opening published, and the floors. For the room alone."""
    opened = {e.event.bid: e.event for e in Entry.objects.filter(stream=auction.process.stream, kind=BidOpened.kind)}
    entrants = tuple(_entrant(row, opened[row.bid_id], auction.lot) for row in auction.entrants.all())
    return Secrets(entrants, {commitment: floor for commitment, (floor, _salt) in keeping.floors_of(auction).items()})


def entrant_of(event: BidOpened, lot: int, *, alias: str, salt: str) -> Entrant:
    """A bid that the opening published, under an alias."""
    return Entrant(
        alias=alias,
        bid=event.bid,
        key=event.bidder.key,
        name=event.bidder.name,
        size=event.bidder.size,
        salt=salt,
        amount=next(t.amount for t in event.totals if t.lot == lot),
        at=event.received_at,
        order=event.order,
    )


def _entrant(row: EntrantRow, event: BidOpened, lot: int) -> Entrant:
    return entrant_of(event, lot, alias=row.alias, salt=row.salt)


def room_of(auction: Auction) -> Room:
    """The room now: the fold of its acts. For the room and its commands alone: it holds who is who."""
    kept = _kept.get(auction.pk)
    if kept is None or not _stands(auction, kept):
        kept = Kept("", Room(secrets_of(auction)))
    rows = rows_of(auction.process, auction.lot, kept.room.seq)
    if not rows:
        return kept.room
    room = kept.room
    if any(row.kind == acts.KIND_OF[acts.FloorCommitted] for row, _ in rows):
        room = replace(room, secrets=secrets_of(auction))
    for _, told in rows:
        room = apply(room, told)
    _kept[auction.pk] = Kept(rows[-1][0].digest, room)
    _kept.move_to_end(auction.pk)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return room


def _stands(auction: Auction, kept: Kept) -> bool:
    """Whether the act up to which a room was folded is still the one in the ledger."""
    return Entry.objects.filter(stream=auction.process.stream, seq=kept.room.seq, digest=kept.digest).exists()
