# SPDX-License-Identifier: Apache-2.0
"""Which acts a purchase foresees, when, and how often each was moved: a fold of its public entries. Pure.

`sequence` is that of RFC 5545, section 3.8.7.4: it rises with every entry that moves, suspends, takes up again or
calls off an act that has not been held. An act that was held stays where it was announced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from vitrina.cycle.auction import events as auction
from vitrina.cycle.awarding.events import RulingIssued
from vitrina.cycle.clarifying.events import ClarificationClosed
from vitrina.cycle.contracting.events import ContractSigned
from vitrina.cycle.opening.events import OpeningClosed, OpeningStarted
from vitrina.cycle.tendering.events import (
    CallAmended,
    CallPublished,
    TenderCancelled,
    TenderResumed,
    TenderSuspended,
    Terms,
)

CLARIFICATION, OPENING, AUCTION, RULING, SIGNATURE = "clarification", "opening", "auction", "ruling", "signature"
KINDS = (CLARIFICATION, OPENING, AUCTION, RULING, SIGNATURE)
DEADLINES = frozenset({RULING, SIGNATURE})  # done by then at the latest, not at that hour
CONFIRMED, TENTATIVE, CANCELLED = "confirmed", "tentative", "cancelled"
Term = Callable[[datetime], datetime | None]


class Told(NamedTuple):
    """A public entry: its number in the ledger, its instant, what it says."""

    position: int
    at: datetime
    event: Any


@dataclass(frozen=True, slots=True)
class Act:
    """An act that is foreseen. `key` is unique in its purchase and never changes; `party`: with whom it is signed.

    `former_at`: the hour before the last move; `reason`: of the last change; `position`: the entry that made it.
    """

    key: str
    kind: str
    starts_at: datetime
    announced_at: datetime
    changed_at: datetime
    position: int
    status: str = CONFIRMED
    sequence: int = 0
    former_at: datetime | None = None
    reason: str = ""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    lot: int = 0
    party: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it can still be moved or called off."""
        return self.began_at is None and self.status != CANCELLED


@dataclass
class Schedule:
    """The acts of one purchase by key, as the entries so far foresee them."""

    signature_by: Term
    acts: dict[str, Act] = field(default_factory=dict)

    def foresee(self, told: Told, kind: str, at: datetime, *, key: str = "", **more: Any) -> None:
        """A new act; one that was called off and is announced again keeps its key and its count."""
        key = key or kind
        former = self.acts.get(key)
        sequence = former.sequence + 1 if former else 0
        announced = former.announced_at if former else told.at
        self.acts[key] = Act(key, kind, at, announced, told.at, told.position, sequence=sequence, **more)

    def change(self, told: Told, key: str, *, reason: str, at: datetime | None = None, status: str = "") -> None:
        """Move or restate an act that has not begun; an entry that changes nothing of it leaves it alone."""
        act = self.acts.get(key)
        if act is None or not act.is_open:
            return
        at, status = at or act.starts_at, status or act.status
        if (at, status) == (act.starts_at, act.status):
            return
        former = act.starts_at if at != act.starts_at else act.former_at
        self.acts[key] = replace(
            act,
            starts_at=at,
            status=status,
            former_at=former,
            reason=reason,
            sequence=act.sequence + 1,
            changed_at=told.at,
            position=told.position,
        )

    def hold(self, told: Told, key: str, *, began: bool = False, ended: bool = False) -> None:
        """The act began, or ended (then it had begun)."""
        act = self.acts.get(key)
        if act is not None:
            began_at = act.began_at or (told.at if began or ended else None)
            ended_at = told.at if ended else act.ended_at
            self.acts[key] = replace(
                act, began_at=began_at, ended_at=ended_at, changed_at=told.at, position=told.position
            )


def fold(entries: Iterable[Told], signature_by: Term = lambda _: None) -> list[Act]:
    """The acts after these entries of one purchase, in the order of the ledger; sorted by hour.

    `signature_by(ruled_at)`: the last instant at which the law lets a contract be signed, where it says one.
    """
    schedule = Schedule(signature_by)
    for told in entries:
        if reader := READERS.get(type(told.event)):
            reader(schedule, told)
    return sorted(schedule.acts.values(), key=lambda act: (act.starts_at, act.key))


def _instants(terms: Terms) -> dict[str, datetime]:
    return {CLARIFICATION: terms.clarification_at, OPENING: terms.opening_at, RULING: terms.award_by}


def _called(schedule: Schedule, told: Told) -> None:
    for kind, at in _instants(told.event.terms).items():
        schedule.foresee(told, kind, at)


def _amended(schedule: Schedule, told: Told) -> None:
    for key, at in _instants(told.event.terms).items():
        schedule.change(told, key, at=at, reason=told.event.reason)


def _suspended(schedule: Schedule, told: Told) -> None:
    for key in schedule.acts:
        schedule.change(told, key, status=TENTATIVE, reason=told.event.reason)


def _resumed(schedule: Schedule, told: Told) -> None:
    instants = _instants(told.event.terms)
    for key in schedule.acts:
        schedule.change(told, key, at=instants.get(key), status=CONFIRMED, reason=told.event.reason)


def _cancelled(schedule: Schedule, told: Told) -> None:
    for key in schedule.acts:
        schedule.change(told, key, status=CANCELLED, reason=told.event.reason)


def _auctioned(schedule: Schedule, told: Told) -> None:
    lot = told.event.lot
    schedule.foresee(told, AUCTION, told.event.starts_at, key=f"{AUCTION}-{lot}", lot=lot)


def _of_lot(event: Any) -> str:
    return f"{AUCTION}-{event.lot}"


def _moved(schedule: Schedule, told: Told) -> None:
    schedule.change(told, _of_lot(told.event), at=told.event.starts_at, reason=told.event.reason)


def _void(schedule: Schedule, told: Told) -> None:
    """One that was void before it began is called off; of one that went on the record stands."""
    schedule.change(told, _of_lot(told.event), status=CANCELLED, reason=told.event.reason)
    act = schedule.acts.get(_of_lot(told.event))
    if act is not None and act.began_at:
        schedule.hold(told, act.key, ended=True)


def _ruled(schedule: Schedule, told: Told) -> None:
    schedule.hold(told, RULING, ended=True)
    by = schedule.signature_by(told.at)
    for bidder in {s.bidder.key: s.bidder for s in told.event.awards}.values():
        if by is not None:
            schedule.foresee(told, SIGNATURE, by, key=f"{SIGNATURE}-{bidder.key}", party=bidder.name)


READERS: dict[type, Callable[[Schedule, Told], None]] = {
    CallPublished: _called,
    CallAmended: _amended,
    TenderSuspended: _suspended,
    TenderResumed: _resumed,
    TenderCancelled: _cancelled,
    ClarificationClosed: lambda s, t: s.hold(t, CLARIFICATION, ended=True),
    OpeningStarted: lambda s, t: s.hold(t, OPENING, began=True),
    OpeningClosed: lambda s, t: s.hold(t, OPENING, ended=True),
    auction.AuctionScheduled: _auctioned,
    auction.AuctionRescheduled: _moved,
    auction.AuctionStarted: lambda s, t: s.hold(t, _of_lot(t.event), began=True),
    auction.AuctionClosed: lambda s, t: s.hold(t, _of_lot(t.event), ended=True),
    auction.AuctionVoided: _void,
    RulingIssued: _ruled,
    ContractSigned: lambda s, t: s.hold(t, f"{SIGNATURE}-{t.event.contract.supplier.key}", ended=True),
}
WHICH = frozenset(event.kind for event in READERS)  # kinds of entries that say something of the schedule
