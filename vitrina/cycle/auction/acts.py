# SPDX-License-Identifier: Apache-2.0
"""What the ledger holds of an auction: the body of each kind of entry, and how anybody reads them back.

Every act names its `lot`. Bidders are aliases until `auction.revealed`; `alias` and `commitment` of each are announced
before the first offer, so that nobody is renamed afterwards. Durations are whole microseconds, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money
from vitrina.kernel.ties import TieBreak
from vitrina.ledger.kinds import Event

from .criteria import Bid, Merits
from .npv import Energy
from .profile import Profile


class AliasRef(msgspec.Struct, frozen=True, kw_only=True):
    """A bidder as the room knows it: a random word, and the digest that binds it to a bid (`entrant_commitment`)."""

    alias: str
    commitment: str


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """Who hides behind an alias, with the bid it entered with: known to the room, public at the end.

    `at` and `order`: instant and place in the ledger of the sealed bid. `size` is that of the company.
    """

    alias: str
    bid: str
    key: str
    name: str
    size: str
    salt: str
    amount: Money
    at: datetime
    order: int
    merits: Merits = Merits()

    def as_bid(self) -> Bid:
        """The bid with which it enters the ranking."""
        return Bid(self.alias, self.amount.centavos, self.at, self.order, self.merits)


class ShownFloor(msgspec.Struct, frozen=True, kw_only=True):
    """A floor that was left with the room, laid open: gives the commitment of `floor.committed` entry `seq`."""

    seq: int
    alias: str
    floor: Money
    salt: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hidden offer, or with no amount its withdrawal; `code` is empty when it was accepted, else says why not."""

    alias: str
    received_at: datetime
    amount: Money | None = None
    energy: Energy | None = None
    code: str = ""

    @property
    def is_withdrawal(self) -> bool:
        return self.amount is None and self.energy is None


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the result: place (shared at equal scores), amount, exact score as text (`146286774/2`)."""

    place: int
    alias: str
    amount: Money
    score: str


class Lot(Event, frozen=True, kw_only=True):
    """Base of the acts of an auction."""

    lot: int


class Skipped(Lot, frozen=True, kw_only=True):
    """Fewer bidders than the profile asks for: the auction is not held, and the bids stand as they are."""

    n_bidders: int


class Scheduled(Lot, frozen=True, kw_only=True):
    """The auction is announced: `auction` names it in every commitment; start price and step hold to its end.

    Amounts are whole multiples of `multiple` centavos: with as many as the pieces of a lot of one item, every offer is
    a price per piece in whole centavos, and the award is exactly what was offered.
    """

    auction: str
    profile: Profile
    start: Money
    step: Money
    starts_at: datetime
    aliases: tuple[AliasRef, ...]
    multiple: int = 1


class Rescheduled(Lot, frozen=True, kw_only=True):
    """The auction begins at another hour."""

    starts_at: datetime
    reason: str


class Convened(Lot, frozen=True, kw_only=True):
    """The room opened: bidders find their alias and try their line; nothing is offered yet."""


class Started(Lot, frozen=True, kw_only=True):
    """The auction began. `ends_at`: when its first part ends."""

    ends_at: datetime


class FloorCommitted(Lot, frozen=True, kw_only=True):
    """A bidder left a floor with the room: the digest binds it (`floor_commitment`). It may only be lowered."""

    alias: str
    commitment: str
    received_at: datetime


class OfferMade(Lot, frozen=True, kw_only=True):
    """An offer was accepted. `answers`: empty when its bidder made it, else what the floor of its bidder answered.

    `leads`: whether it is the first of the ranking now. `ends_at`: the end after it, moved when it fell in the last
    minutes. `received_at`: the server's reading before it waited for its turn.
    """

    alias: str
    received_at: datetime
    leads: bool
    ends_at: datetime
    amount: Money
    energy: Energy | None = None
    answers: str = ""


class OfferRefused(Lot, frozen=True, kw_only=True):
    """An offer was not accepted: `code` says why, `limit` what would have been (none when there is none)."""

    alias: str
    received_at: datetime
    code: str
    amount: Money | None = None
    energy: Energy | None = None
    limit: Money | None = None


class RoundBegun(Lot, frozen=True, kw_only=True):
    """The pause before round `number` (from 1) began; `order` is that of its turns."""

    number: int
    order: tuple[str, ...]
    ends_at: datetime


class TurnBegun(Lot, frozen=True, kw_only=True):
    """It is the turn of `alias` until `ends_at`; what it offers is hidden meanwhile."""

    number: int
    turn: int
    alias: str
    ends_at: datetime


class FinalRoundBegun(Lot, frozen=True, kw_only=True):
    """Every bidder may make one more offer until `ends_at`, hidden meanwhile."""

    ends_at: datetime


class OffersPublished(Lot, frozen=True, kw_only=True):
    """A turn or a sealed round ended: everything that was offered in it, in the order in which it came."""

    attempts: tuple[Attempt, ...]


class Paused(Lot, frozen=True, kw_only=True):
    """The clock stopped at `since`; `remaining_us` are given back. `cause`: official, force_majeure or system.

    `floors_lost`: the room cannot read the floors any more, and their bidders are asked to leave them again.
    """

    cause: str
    reason: str
    since: datetime
    remaining_us: int
    floors_lost: bool = False


class Resumed(Lot, frozen=True, kw_only=True):
    """The clock goes on, with exactly the time that was left."""

    reason: str
    ends_at: datetime


class Closed(Lot, frozen=True, kw_only=True):
    """The end came: the ranking under aliases, best first. Names follow."""

    ranking: tuple[Ranked, ...]


class Revealed(Lot, frozen=True, kw_only=True):
    """Who was behind each alias, and every floor with its salt: from here on anybody recomputes the auction."""

    entrants: tuple[Entrant, ...]
    floors: tuple[ShownFloor, ...] = ()


class Certified(Lot, frozen=True, kw_only=True):
    """The result was recomputed from the log and holds. The seed of a draw is the digest of `auction.closed`."""

    winner: str
    ranking: tuple[Ranked, ...]
    tie: TieBreak | None = None


class Voided(Lot, frozen=True, kw_only=True):
    """The auction was declared void, by whom and why the signed act says."""

    reason: str


# kind of entry -> (body, the command of the state table that it follows)
ACTS: dict[str, tuple[type[Lot], str]] = {
    "auction.skipped": (Skipped, "skip"),
    "auction.scheduled": (Scheduled, "schedule"),
    "auction.rescheduled": (Rescheduled, "reschedule"),
    "auction.convened": (Convened, "convene"),
    "auction.started": (Started, "start"),
    "floor.committed": (FloorCommitted, "commit_floor"),
    "offer.made": (OfferMade, "offer"),
    "offer.refused": (OfferRefused, "refuse"),
    "round.begun": (RoundBegun, "begin_round"),
    "turn.begun": (TurnBegun, "begin_turn"),
    "final_round.begun": (FinalRoundBegun, "begin_final_round"),
    "offers.published": (OffersPublished, "publish_offers"),
    "auction.paused": (Paused, "pause"),
    "auction.resumed": (Resumed, "resume"),
    "auction.closed": (Closed, "close"),
    "auction.revealed": (Revealed, "reveal"),
    "auction.certified": (Certified, "certify"),
    "auction.voided": (Voided, "void"),
}
Kinds = Mapping[str, tuple[type[Lot], str]]
KIND_OF = {body: kind for kind, (body, _) in ACTS.items()}
COMMAND_OF = dict(ACTS.values())


def body_of(act: Lot) -> type[Lot]:
    """Which of the bodies above an act is; a kind of the ledger is a subclass with a sentence."""
    return next(cls for cls in type(act).__mro__ if cls in COMMAND_OF)


@dataclass(frozen=True, slots=True)
class Told:
    """An act as the ledger tells it: its number in its stream, its instant, what it says."""

    seq: int
    at: datetime
    act: Lot


def told(entry: Mapping[str, Any], kinds: Kinds = ACTS) -> Told | None:
    """The act of a ledger entry as the feed gives it (`seq`, `at`, `kind`, `body`); nothing for another kind.

    Nothing either for one whose text was withdrawn, or is none. Errors: `msgspec.ValidationError` for a body that is
    not one of its kind.
    """
    if entry.get("kind") not in kinds or not isinstance(entry.get("body"), Mapping) or "withdrawn" in entry:
        return None
    body = {name: value for name, value in entry["body"].items() if name != "salt"}
    at = datetime.fromisoformat(str(entry["at"])).astimezone(UTC)
    return Told(int(entry["seq"]), at, msgspec.convert(body, kinds[entry["kind"]][0], strict=False))


def told_of(entries: Iterable[Mapping[str, Any]], lot: int, kinds: Kinds = ACTS) -> list[Told]:
    """The acts of the auction of a lot, in the order given."""
    return [found for entry in entries if (found := told(entry, kinds)) is not None and found.act.lot == lot]


def plain(value: Any) -> Any:
    """A struct as JSON values."""
    return msgspec.to_builtins(value, builtin_types=())


def entrant_commitment(auction: str, entrant: Entrant) -> str:
    """SHA-256 over the canonical JSON of auction, alias, bid and salt: binds an alias to a bid without telling it."""
    return digest_of({"auction": auction, "alias": entrant.alias, "bid": entrant.bid, "salt": entrant.salt})


def floor_commitment(auction: str, alias: str, floor: int, salt: str) -> str:
    """SHA-256 over the canonical JSON of auction, alias, floor (decimal text of whole centavos) and salt."""
    return digest_of({"auction": auction, "alias": alias, "floor": str(Money(floor)), "salt": salt})
