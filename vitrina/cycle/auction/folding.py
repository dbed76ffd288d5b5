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
    rows = Entry.objects.filter(stream=process.stream, kind__in=acts.ACTS, seq__gt=after).order_by("seq")
    told = ((row, Told(row.seq, row.at, row.event)) for row in rows)
    return [(row, one) for row, one in told if one.act.lot == lot]


def entrants_of(auction: Auction) -> list[Entrant]:
    """Who is behind each alias, with the bid that the opening published and the points that the evaluation gave it."""
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
    """What counts besides the amount, where the call is decided by points."""
    return Merits(technical=result.points.technical) if result.points else NOTHING


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
