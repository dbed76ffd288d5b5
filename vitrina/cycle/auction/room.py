# SPDX-License-Identifier: Apache-2.0
"""The room: what an auction is after its acts, and nothing else. The state is their fold; the clock is data in it.

A process that was killed folds the acts again and stands where it stood. What the room knows and the public does not
yet (who is behind each alias, the floors) comes beside the acts, as `Secrets`; after `auction.revealed` the acts hold
it, so that whoever reads the ledger later folds with the same result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import msgspec

from vitrina.kernel.ranking import Offer
from vitrina.kernel.states import NEW, next_state

from . import acts
from .acts import Attempt, Entrant, Told
from .criteria import Bid, Merits, ranking
from .profile import Profile
from .states import TABLE, Phase

PLACES = 4096  # offers that one act may bring, each with a place of its own in the order
Part = Literal["open", "pause", "turn", "sealed"]


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of the auction that runs. `aliases` may offer in it; in a pause nobody may. `number`: round, from 1."""

    part: Part
    ends_at: datetime
    aliases: tuple[str, ...] = ()
    number: int = 0
    turn: int = 0
    is_published: bool = False

    @property
    def is_hidden(self) -> bool:
        """Whether what is offered in it is told at its end only."""
        return self.part in {"turn", "sealed"}


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor of a bidder that is in force: since which entry, and how much (None where that is still secret)."""

    seq: int
    commitment: str
    centavos: int | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the room knows before the public: who is behind each alias, and the floor under each commitment."""

    entrants: tuple[Entrant, ...] = ()
    floors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Room:
    """An auction of a lot after the entry `seq`.

    `bids`: alias -> what its bidder asks now; `offered`: how often each alias has lowered it.
    `cause`: what may make a floor answer (`start`, `offer`, `floor`, `resume`), empty when it has answered.
    """

    secrets: Secrets = Secrets()
    phase: str = NEW
    lot: int = 0
    seq: int = 0
    at: datetime | None = None
    auction: str = ""
    profile: Profile | None = None
    start: int = 0
    step: int = 0
    multiple: int = 1
    starts_at: datetime | None = None
    commitments: Mapping[str, str] = field(default_factory=dict)
    bids: Mapping[str, Bid] = field(default_factory=dict)
    offered: Mapping[str, int] = field(default_factory=dict)
    floors: Mapping[str, Floor] = field(default_factory=dict)
    segment: Segment | None = None
    remaining: timedelta | None = None
    extensions: int = 0
    order: tuple[str, ...] = ()
    cause: str = ""

    @property
    def rules(self) -> Profile:
        """The profile. Errors: `ValueError` before the auction is announced."""
        if self.profile is None:
            raise ValueError("the auction was not announced")
        return self.profile

    @property
    def opens_at(self) -> datetime | None:
        """When the room opens: so long before the hour as the profile says; nothing before it is announced."""
        if self.profile is None or self.starts_at is None:
            return None
        return self.starts_at - timedelta(seconds=self.profile.doors_s)

    @property
    def is_known(self) -> bool:
        """Whether the bidders are known, and with them everything that the rules say."""
        return bool(self.secrets.entrants)

    @cached_property
    def ranking(self) -> list[tuple[int, Offer]]:
        """(place, offer) from the best on: the only ranking that the room shows and the award follows."""
        return ranking(self.rules.criterion, self.bids.values(), self.rules.weight)

    @property
    def leader(self) -> str:
        """The alias that stands first; empty while nobody's bid is known."""
        return self.ranking[0][1].bidder if self.bids else ""

    def whole(self, amount: Fraction) -> int:
        """The highest amount that can be offered and is not above an exact one, centavos."""
        return math.floor(amount / self.multiple) * self.multiple

    @cached_property
    def scores(self) -> dict[str, Fraction]:
        """Alias -> exact score, lower is better."""
        return {offer.bidder: Fraction(offer.score) for _, offer in self.ranking}


def fold(told: Iterable[Told], secrets: Secrets | None = None) -> Room:
    """The room after these acts. Errors: `NoMove` where an act could not follow."""
    room = Room(secrets or Secrets())
    for one in told:
        room = apply(room, one)
    return room


def apply(room: Room, told: Told) -> Room:
    """The room after one more act. It takes the act's word; `verifying` is who doubts it. Errors: `NoMove`."""
    body = acts.body_of(told.act)
    phase = next_state(TABLE, room.phase, acts.COMMAND_OF[body])
    change = _CHANGES.get(body)
    changed = change(room, told, told.act) if change else {}
    return replace(room, phase=str(phase), lot=told.act.lot, seq=told.seq, at=told.at, **changed)


Changes = dict[str, Any]


def _scheduled(room: Room, _told: Told, act: acts.Scheduled) -> Changes:
    return {
        "auction": act.auction,
        "profile": act.profile,
        "start": act.start.centavos,
        "step": act.step.centavos,
        "multiple": act.multiple,
        "starts_at": act.starts_at,
        "commitments": {ref.alias: ref.commitment for ref in act.aliases},
        "bids": {entrant.alias: entrant.as_bid() for entrant in room.secrets.entrants},
    }


def _started(room: Room, _told: Told, act: acts.Started) -> Changes:
    """Rounds of turns begin with a pause of their own; an open clock and a sealed round begin at once."""
    mode = room.rules.mode
    if mode == "turns":
        return {"segment": Segment("pause", act.ends_at)}
    part: Part = "open" if mode == "open_clock" else "sealed"
    return {"segment": Segment(part, act.ends_at, tuple(room.commitments)), "cause": "start"}


def _floor(room: Room, told: Told, act: acts.FloorCommitted) -> Changes:
    floor = Floor(told.seq, act.commitment, room.secrets.floors.get(act.commitment))
    return {"floors": {**room.floors, act.alias: floor}, "cause": "floor" if room.phase == Phase.RUNNING else ""}


def _offer(room: Room, told: Told, act: acts.OfferMade) -> Changes:
    segment = _running(room)
    bid = _offered(room, act.alias, act, told.at, told.seq * PLACES)
    return {
        "bids": {**room.bids, act.alias: bid},
        "offered": _counted(room, [act.alias]),
        "segment": replace(segment, ends_at=act.ends_at),
        "extensions": room.extensions + (act.ends_at > segment.ends_at),
        "cause": "" if act.answers else "offer",
    }


def _round(_room: Room, _told: Told, act: acts.RoundBegun) -> Changes:
    return {"segment": Segment("pause", act.ends_at, number=act.number), "order": act.order}


def _turn(_room: Room, _told: Told, act: acts.TurnBegun) -> Changes:
    return {"segment": Segment("turn", act.ends_at, (act.alias,), act.number, act.turn)}


def _final_round(room: Room, _told: Told, act: acts.FinalRoundBegun) -> Changes:
    return {"segment": Segment("sealed", act.ends_at, tuple(room.commitments))}


def _published(room: Room, told: Told, act: acts.OffersPublished) -> Changes:
    """Of each bidder the last accepted offer that was not taken back counts, from the instant it was received."""
    kept: dict[str, tuple[int, Attempt]] = {}
    for place, attempt in enumerate(act.attempts):
        if attempt.code:
            continue
        kept.pop(attempt.alias, None)
        if not attempt.is_withdrawal:
            kept[attempt.alias] = (place, attempt)
    bids = {
        alias: _offered(room, alias, attempt, attempt.received_at, told.seq * PLACES + place)
        for alias, (place, attempt) in kept.items()
    }
    offered = _counted(room, bids)
    return {"bids": {**room.bids, **bids}, "offered": offered, "segment": replace(_running(room), is_published=True)}


def _paused(_room: Room, _told: Told, act: acts.Paused) -> Changes:
    lost: Changes = {"floors": {}} if act.floors_lost else {}
    return {"remaining": timedelta(microseconds=act.remaining_us), "cause": "", **lost}


def _resumed(room: Room, _told: Told, act: acts.Resumed) -> Changes:
    return {"segment": replace(_running(room), ends_at=act.ends_at), "remaining": None, "cause": "resume"}


def _counted(room: Room, aliases: Iterable[str]) -> dict[str, int]:
    """How often each has offered, with one more of each of these."""
    return {**room.offered, **{alias: room.offered.get(alias, 0) + 1 for alias in aliases}}


def _running(room: Room) -> Segment:
    if room.segment is None:
        raise ValueError("the auction has not begun")
    return room.segment


def _offered(room: Room, alias: str, offer: acts.OfferMade | Attempt, at: datetime, order: int) -> Bid:
    """The bid after an offer. A reader without the secrets knows of a bidder only what it offered here."""
    former = room.bids.get(alias)
    merits = former.merits if former else Merits()
    if offer.energy is not None:
        merits = msgspec.structs.replace(merits, energy=offer.energy)
    amount = offer.amount.centavos if offer.amount else 0
    return Bid(alias, amount, at, order, merits)


_CHANGES: dict[type[acts.Lot], Callable[[Room, Told, Any], Changes]] = {
    acts.Scheduled: _scheduled,
    acts.Rescheduled: lambda _room, _told, act: {"starts_at": act.starts_at},
    acts.Started: _started,
    acts.FloorCommitted: _floor,
    acts.OfferMade: _offer,
    acts.RoundBegun: _round,
    acts.TurnBegun: _turn,
    acts.FinalRoundBegun: _final_round,
    acts.OffersPublished: _published,
    acts.Paused: _paused,
    acts.Resumed: _resumed,
    acts.Closed: lambda _room, _told, _act: {"cause": ""},
}
