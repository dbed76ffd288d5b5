# SPDX-License-Identifier: Apache-2.0
"""The opening act as anybody can follow it: who is in, what is missing, what became of each envelope.

Made of the public entries of the purchase alone, in their order; sealed bids, sections 8, 9 and 14.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from vitrina.cycle.bidding.events import BidOpened, BidUnopenable, EnvelopeRevealed, ReceptionClosed
from vitrina.cycle.bidding.states import EnvelopeState
from vitrina.cycle.tendering.events import (
    CallAmended,
    CallPublished,
    OpenerRef,
    OpenerReplaced,
    TenderCancelled,
    TenderResumed,
)
from vitrina.ledger.kinds import Event
from vitrina.ledger.models import Position

from .events import (
    AttendanceNoted,
    BackupPresented,
    BidsOpened,
    EnvelopesAudited,
    OpeningClosed,
    OpeningStarted,
    ShareFalse,
    SharesGiven,
)

BID, CUSTODY, BIDS = "sobre/v1", "custody", "bids"


class Told(NamedTuple):
    """A public entry: its number in the ledger, its instant, what it says."""

    position: int
    at: datetime
    event: Any


@dataclass
class Board:
    """What the entries say so far. Lists are in the order of the ledger, dicts by the key of the opener or by `c`."""

    opening_at: datetime | None = None
    threshold: int = 0
    call: Told | None = None
    openers: dict[int, OpenerRef] = field(default_factory=dict)
    reception: Told | None = None
    started: Told | None = None
    present: dict[str, Told] = field(default_factory=dict)
    given: dict[str, dict[str, Told]] = field(default_factory=dict)
    false: list[Told] = field(default_factory=list)
    backups: dict[str, Told] = field(default_factory=dict)
    revealed: list[Told] = field(default_factory=list)
    opened: dict[str, Told] = field(default_factory=dict)
    unopenable: dict[str, Told] = field(default_factory=dict)
    counted: Told | None = None
    cancelled: Told | None = None  # before its envelopes were opened; an end that came later is none of the board's
    audited: Told | None = None
    closed: Told | None = None

    @property
    def bids(self) -> list[Told]:
        """The revealed envelopes that hold a bid; withdrawals and shares dealt anew are left out."""
        return [t for t in self.revealed if t.event.object_type == BID]

    @property
    def live(self) -> list[Told]:
        """The bids that stand, or stood when the purchase was cancelled."""
        return [t for t in self.bids if t.event.state in {EnvelopeState.LIVE, EnvelopeState.KEPT_CLOSED}]

    def became(self, told: Told) -> EnvelopeState:
        """What became of a revealed envelope: one that stood when the purchase was cancelled stays closed."""
        state = EnvelopeState(told.event.state)
        return EnvelopeState.KEPT_CLOSED if self.cancelled and state == EnvelopeState.LIVE else state

    @property
    def cut(self) -> Told | None:
        """The entry after which an envelope is late: the deadline's, or the cancellation that came before it."""
        if self.cancelled and (self.reception is None or self.reception.event.deadline != self.opening_at):
            return self.cancelled
        return self.reception

    @property
    def were_readable(self) -> bool:
        """Whether enough openers had given the second key of some bid when the purchase was cancelled."""
        return self.cancelled is not None and any(self.n_keys(t.event.c) >= self.threshold for t in self.live)

    @property
    def phase(self) -> str:
        """`before`, `custody` (who bid is still locked), `bids` (what they bid is), `ready`, `opened` or `closed`;
        `cancelled` when the purchase was, before its envelopes were opened.
        """
        if self.cancelled:
            return "cancelled"
        if self.started is None:
            return "before"
        if self.counted:
            return "closed" if self.closed else "opened"
        if not self.revealed:
            return "custody"
        return "ready" if all(self.n_keys(t.event.c) >= self.threshold for t in self.live) else "bids"

    @property
    def round(self) -> str:
        """Which shares are being given."""
        return CUSTODY if self.phase in {"before", "custody", "cancelled"} else BIDS

    def n_keys(self, c: str) -> int:
        """How many openers gave a true share of a bid; its own bidder's key counts as enough."""
        if c in self.backups or c in self.opened:
            return self.threshold
        false = {t.event.opener for t in self.false if t.event.c == c and t.event.round == BIDS}
        return sum(BIDS in rounds and key not in false for key, rounds in self.given.items())

    def has_given(self, key: str) -> Told | None:
        """The shares that an opener gave in the present round."""
        return self.given.get(key, {}).get(self.round)

    @property
    def n_given(self) -> int:
        """Openers who gave their shares in the present round."""
        return sum(self.has_given(o.key) is not None for o in self.openers.values())


def told_of(ocid: str) -> list[Told]:
    """The public entries of a purchase, in the order of the ledger."""
    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}", entry__visibility="public").select_related("entry")
    return [Told(row.position, row.entry.at, row.entry.event) for row in rows.order_by("position")]


def read(told: Iterable[Told]) -> Board:
    """The board after these entries of one purchase, in the order of the ledger."""
    board = Board()
    for entry in told:
        reader = _READERS.get(type(entry.event))
        if reader:
            reader(board, entry)
    return board


def _call(board: Board, told: Told) -> None:
    event = told.event
    board.opening_at = event.terms.opening_at
    if isinstance(event, CallPublished):
        board.call, board.threshold = told, event.threshold
        board.openers = {o.x: o for o in event.openers}


def _given(board: Board, told: Told) -> None:
    board.given.setdefault(told.event.opener, {}).setdefault(told.event.round, told)


def _cancelled(board: Board, told: Told) -> None:
    if board.counted is None and board.cancelled is None:
        board.cancelled = told


def _started(board: Board, told: Told) -> None:
    board.started = told
    board.present[told.event.presided_by.name] = told


def _revealed(board: Board, told: Told) -> None:
    """An envelope that is told again was overtaken by one that could not be read before: the last word counts."""
    board.revealed = [*(t for t in board.revealed if t.event.c != told.event.c), told]


_READERS: dict[type[Event], Any] = {
    CallPublished: _call,
    CallAmended: _call,
    TenderResumed: _call,
    TenderCancelled: _cancelled,
    OpenerReplaced: lambda b, t: b.openers.update({t.event.opener.x: t.event.opener}),
    ReceptionClosed: lambda b, t: setattr(b, "reception", t),
    OpeningStarted: _started,
    AttendanceNoted: lambda b, t: b.present.setdefault(t.event.attendee.name, t),
    SharesGiven: _given,
    ShareFalse: lambda b, t: b.false.append(t),
    BackupPresented: lambda b, t: b.backups.update({t.event.c: t}),
    EnvelopeRevealed: _revealed,
    BidOpened: lambda b, t: b.opened.update({t.event.c: t}),
    BidUnopenable: lambda b, t: b.unopenable.update({t.event.c: t}),
    BidsOpened: lambda b, t: setattr(b, "counted", t),
    EnvelopesAudited: lambda b, t: setattr(b, "audited", t),
    OpeningClosed: lambda b, t: setattr(b, "closed", t),
}
