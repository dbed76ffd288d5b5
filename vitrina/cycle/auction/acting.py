# SPDX-License-Identifier: Apache-2.0
"""The acts that people and the platform do on a whole auction: announce, begin, lay open, certify. Pure, as `engine`.

What a command adds: who may, what the law asks, where the secrets lie, and the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from vitrina.kernel.money import Money

from . import acts, engine
from .acts import AliasRef, Entrant, ShownFloor
from .checks import Finding
from .profile import Profile, checked, step_of
from .room import Room
from .states import Phase
from .verifying import Report, verify


class NotYet(ValueError):
    """The act cannot be done now; `code` says why: early, alias, known."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DoesNotHold(ValueError):
    """The auction that the log tells is not what the rules give: it is not certified. `findings` say where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"entry {f.seq}: {f.problem}" for f in findings))
        self.findings = tuple(findings)


def announced(
    auction: str, lot: int, profile: Profile, entrants: Sequence[Entrant], *, starts_at: datetime, multiple: int = 1
) -> acts.Scheduled | acts.Skipped:
    """The announcement, or that the auction is not held for want of bidders. `auction`: its name in commitments.

    `entrants`: the solvent bids of the lot, each with an alias and a salt drawn for this auction. The start price is
    the lowest opened one. `multiple`: that of `Scheduled`. Errors: `BadProfile`; `NotYet` (alias) when two
    have one alias.
    """
    checked(profile)
    if len(entrants) < profile.min_bidders:
        return acts.Skipped(lot=lot, n_bidders=len(entrants))
    if len({e.alias for e in entrants}) != len(entrants):
        raise NotYet("alias", "two bidders have one alias")
    start = min(e.amount.centavos for e in entrants)
    refs = (AliasRef(alias=e.alias, commitment=acts.entrant_commitment(auction, e)) for e in entrants)
    return acts.Scheduled(
        lot=lot,
        auction=auction,
        profile=profile,
        start=Money(start),
        step=Money(step_of(profile, start)),
        starts_at=starts_at,
        multiple=multiple,
        aliases=tuple(sorted(refs, key=lambda ref: ref.alias)),  # the order of arrival would tell who is who
    )


def started(room: Room, *, at: datetime) -> acts.Started:
    """The beginning, at the hour announced or as soon after it as the platform can. Errors: `NotYet` (early)."""
    if room.starts_at is None or at < room.starts_at:
        raise NotYet("early", "the hour has not come")
    return acts.Started(lot=room.lot, ends_at=engine.start_end(room, at))


def revealed(room: Room, floors: Iterable[ShownFloor]) -> acts.Revealed:
    """Who was behind each alias, and every floor that was left. Errors: `NotYet` (known) without the secrets."""
    if not room.is_known or {e.alias for e in room.secrets.entrants} != set(room.commitments):
        raise NotYet("known", "the room does not know who the bidders are")
    return acts.Revealed(lot=room.lot, entrants=room.secrets.entrants, floors=tuple(floors))


def certified(entries: Iterable[Mapping[str, Any]], *, lot: int) -> acts.Certified:
    """The certificate of an auction whose names are known, from its entries as the feed gives them.

    Errors: `DoesNotHold` with every finding of the verifier; `NotYet` (early) before the names are known.
    """
    report = verify(entries, lot=lot)
    if report.findings:
        raise DoesNotHold(report.findings)
    if report.phase != Phase.REVEALED or report.result is None:
        raise NotYet("early", f"the auction is {report.phase or 'not announced'}")
    return acts.Certified(lot=lot, winner=report.winner, ranking=report.ranking, tie=report.result.tie)


def amounts_of(report: Report) -> dict[str, Money]:
    """Bid -> amount at the end, of an auction whose names are known: what the ruling decides with."""
    return {report.names[line.alias][0]: line.amount for line in report.ranking if line.alias in report.names}
