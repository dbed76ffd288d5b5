# SPDX-License-Identifier: Apache-2.0
"""An auction that is run in memory as the room runs it, and told as the ledger tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec

from vitrina.cycle.auction import acting, acts, engine
from vitrina.cycle.auction.acts import Attempt, Entrant, ShownFloor, Told
from vitrina.cycle.auction.criteria import Merits
from vitrina.cycle.auction.profile import Profile, checked, read
from vitrina.cycle.auction.room import Room, Secrets, apply
from vitrina.kernel.canonical import canonical, digest, digest_of
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import body_of

NOON = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
AUCTION = "ocds-abc123-1/1"
SECOND = timedelta(seconds=1)
US = timedelta(microseconds=1)
ALIASES = ("Ceiba", "Jade", "Nopal", "Roble", "Dalia", "Garza", "Cedro", "Lince")
SIZES = ("large", "micro", "small", "medium")


def clock(**changes: Any) -> Profile:
    """An open clock of ten minutes, as data, with changes."""
    plain = {
        "mode": "open_clock", "duration_s": 600, "proxy": True, "min_step_share": "0.01",
        "extension": {"window_s": 60, "extend_s": 60, "max_extensions": 3},
    }  # fmt: skip
    return read({k: v for k, v in (plain | changes).items() if v is not None})


def entrants(amounts: Sequence[int], merits: Sequence[Merits] = ()) -> tuple[Entrant, ...]:
    """Bidders with these sealed amounts, in order of arrival."""
    return tuple(
        Entrant(
            alias=ALIASES[n],
            bid=f"B{n + 1}",
            key=f"S{n + 1}",
            name=f"Proveedora {n + 1}",
            size=SIZES[n % 4],
            salt=f"{0xE000000 + n:064x}",
            amount=Money(amount),
            at=NOON - timedelta(days=3, minutes=-n),
            order=n + 1,
            merits=merits[n] if merits else Merits(),
        )
        for n, amount in enumerate(amounts)
    )


class Auction:
    """Drives the engine as commands do: each method writes the acts of one transaction at `self.now`."""

    def __init__(
        self, profile: Profile, amounts: Sequence[int], merits: Sequence[Merits] = (), multiple: int = 1
    ) -> None:
        self.profile, self.multiple = checked(profile), multiple
        self.entrants = entrants(amounts, merits)
        self.floors: list[ShownFloor] = []
        self.secrets = Secrets(self.entrants, {})
        self.room = Room(self.secrets)
        self.told: list[Told] = []
        self.held: list[Attempt] = []
        self.now = NOON - timedelta(hours=1)

    def write(self, *made: acts.Lot) -> None:
        for act in made:
            told = Told((self.room.seq or 0) + 1, self.now, act)
            self.room = apply(self.room, told)
            self.told.append(told)

    def schedule(self) -> Auction:
        self.write(acting.announced(AUCTION, 1, self.profile, self.entrants, starts_at=NOON, multiple=self.multiple))
        return self

    def begin(self) -> Auction:
        self.schedule()
        self.convene()
        return self.open()

    def convene(self) -> None:
        self.now = max(self.now, NOON - timedelta(minutes=10))
        self.write(acts.Convened(lot=1))

    def open(self) -> Auction:
        self.now = NOON
        self.write(acting.started(self.room, at=self.now))
        self._settle()
        return self

    def offer(
        self,
        alias: str,
        centavos: int | None,
        *,
        after: timedelta = US,
        received: datetime | None = None,
        energy: Any = None,
    ) -> str:
        """An offer, its withdrawal with None; returns the code of its refusal, or nothing."""
        self.now = max(self.now + after, received or self.now)
        amount = None if centavos is None else Money(centavos)
        asked = Attempt(alias=alias, received_at=received or self.now, amount=amount, energy=energy)
        if self.room.segment is not None and self.room.segment.is_hidden and self.room.phase == "running":
            code = engine.judge(self.room, asked).code
            self.held.append(msgspec.structs.replace(asked, code=code))
            return code
        made = engine.receive(self.room, asked, seq=self.room.seq + 1, at=self.now)
        self.write(*made)
        return getattr(made[0], "code", "")

    def leave(self, alias: str, centavos: int, *, after: timedelta = US) -> str:
        """A floor that is left with the room; returns why it is not taken, or nothing."""
        self.now += after
        if code := engine.floor_refusal(self.room, alias, centavos):
            return code
        salt = f"{len(self.floors):064x}"
        commitment = acts.floor_commitment(AUCTION, alias, centavos, salt)
        self.secrets.floors[commitment] = centavos
        self.floors.append(ShownFloor(seq=self.room.seq + 1, alias=alias, floor=Money(centavos), salt=salt))
        self.write(acts.FloorCommitted(lot=1, alias=alias, commitment=commitment, received_at=self.now))
        self._settle()
        return ""

    def _settle(self) -> None:
        self.write(*engine.settle(self.room, self.now, at=self.now))

    def tick(self) -> bool:
        """Let the clock reach the end of the part that runs and write what is due; False when nothing is."""
        if self.room.phase != "running":
            return False
        self.now = max(self.now, self.room.segment.ends_at)
        due = engine.due(self.room, self.now, tuple(self.held))
        self.held = []
        self.write(due(self.now))
        return True

    def pause(self, *, after: timedelta = US, cause: str = "official", alive_at: datetime | None = None) -> None:
        self.now += after
        self.write(engine.paused(self.room, at=self.now, cause=cause, reason="se pidió", alive_at=alive_at))

    def resume(self, *, after: timedelta = US) -> None:
        self.now += after
        self.write(engine.resumed(self.room, at=self.now, reason="ya se puede"))
        self._settle()

    def finish(self) -> Auction:
        """Run the clock to the close, reveal, certify."""
        while self.tick():
            pass
        self.write(acting.revealed(self.room, self.floors))
        self.write(acting.certified(self.entries(), lot=1))
        return self

    def entries(self) -> list[dict[str, Any]]:
        """As the public feed gives them, with their digests."""
        found, previous = [], ""
        for told in self.told:
            body = body_of(told.act, f"{told.seq:064x}")
            header = {
                "v": 1, "stream": "ocid:ocds-abc123-1", "seq": told.seq, "kind": acts.KIND_OF[type(told.act)],
                "visibility": "public", "at": told.at.isoformat().replace("+00:00", "Z"), "actor": {"role": "", "name": "", "party": ""},
                "body": {"sha256": digest(body), "size": len(body)}, "previous": previous, "release": f"R{told.seq}",
            }  # fmt: skip
            previous = digest_of(header)
            found.append({"position": told.seq, **header, "body": msgspec.json.decode(body), "digest": previous})
        return found

    def amount(self, alias: str) -> int:
        return self.room.bids[alias].amount

    @property
    def end(self) -> datetime:
        return self.room.segment.ends_at


def forged(entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The entry with another text under the digest of the first."""
    return {**entry, "body": {**entry["body"], **changes}}


def resigned(entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The entry with another text and a digest that fits: what only whoever holds the ledger could write."""
    body = canonical({**entry["body"], **changes})
    header = {
        name: entry[name]
        for name in ("v", "stream", "seq", "kind", "visibility", "at", "actor", "previous", "release")
    }
    header["body"] = {"sha256": digest(body), "size": len(body)}
    return {**entry, "body": msgspec.json.decode(body), "digest": digest_of(header)}


def pesos(text: str) -> Fraction:
    """Centavos, exactly."""
    return Fraction(text) * 100
