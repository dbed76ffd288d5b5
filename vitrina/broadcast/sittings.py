# SPDX-License-Identifier: Apache-2.0
"""The public acts of a purchase that a camera may show: when each begins, and when it was over."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from vitrina.cycle.auction.models import Auction
from vitrina.cycle.auction.queries import SETTLED, auctions_of
from vitrina.cycle.awarding.queries import ruled_at
from vitrina.cycle.clarifying.queries import meeting_of
from vitrina.cycle.contracting.queries import are_all_contracted, contracts_of, signature_term, without_contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening.queries import act_of
from vitrina.cycle.tendering.queries import tender_of

from . import policy

NAMES = {
    "clarifying": _("clarification meeting"),
    "opening": _("opening of envelopes"),
    "auction": _("reverse auction"),
    "awarding": _("reading of the ruling"),
    "contracting": _("signing of the contract"),
}
TERMS = frozenset({"awarding", "contracting"})  # held by a day at the latest, not at an hour


class Sitting(NamedTuple):
    """One public act: its code, the hour foreseen, from when a camera may connect, when it was over (or nothing)."""

    act: str
    at: datetime
    opens_at: datetime
    over_at: datetime | None

    @property
    def name(self) -> str:
        return str(NAMES[self.act])

    @property
    def ends_at(self) -> datetime:
        """The instant after which no camera may connect, even if nobody closes the act."""
        return self.at + policy.LONGEST

    def takes(self, at: datetime) -> bool:
        """Whether a camera may connect at an instant."""
        return self.over_at is None and self.opens_at <= at <= self.ends_at

    def keeps(self, at: datetime) -> bool:
        """Whether a camera that is on air may stay."""
        return at <= (self.ends_at if self.over_at is None else self.over_at + policy.AFTER)


def sittings_of(process: Process) -> list[Sitting]:
    """The public acts of a purchase in the order of its stages; none before the call.

    The ruling is foreseen for a day, not an hour: a camera for it may connect from the end of the opening on. So is
    the signing, for the last day that the law allows, until every supplier that won has signed.
    """
    tender = tender_of(process)
    if tender is None:
        return []
    meeting, act = meeting_of(process), act_of(process)
    found = [
        _at_its_hour("clarifying", tender.clarification_at, meeting.closed_at if meeting else None),
        _at_its_hour("opening", tender.opening_at, act.closed_at if act else None),
    ]
    if lots := [a for a in auctions_of(process).values() if a.starts_at]:
        found.append(_auction(lots))
    if act and act.closed_at:
        found.append(Sitting("awarding", tender.award_by, act.closed_at, ruled_at(process)))
    return [*found, *_signing(process)]


def sitting_of(process: Process, act: str) -> Sitting | None:
    """One act of a purchase by its code."""
    return next((s for s in sittings_of(process) if s.act == act), None)


def _signing(process: Process) -> list[Sitting]:
    """The signing of every contract as one act."""
    ruled, term, contracts = ruled_at(process), signature_term(process), contracts_of(process)
    if not ruled or term is None or not (contracts or without_contract(process)):
        return []
    signed = [contract.signed_at for contract in contracts if contract.signed_at]
    return [Sitting("contracting", term.closes_at, ruled, max(signed) if are_all_contracted(process) else None)]


def _at_its_hour(act: str, at: datetime, over_at: datetime | None) -> Sitting:
    return Sitting(act, at, at - policy.BEFORE, over_at)


def _auction(lots: list[Auction]) -> Sitting:
    """The auctions of all lots as one act: from the first that is not settled to the last."""
    going = [a for a in lots if a.state not in SETTLED]
    starts = min(a.starts_at for a in going or lots if a.starts_at)
    ends = max(a.ends_at or a.starts_at for a in lots if a.starts_at)
    return _at_its_hour("auction", starts, None if going else ends)
