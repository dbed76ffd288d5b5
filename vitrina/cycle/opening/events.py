# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of the opening act. Each envelope has its own, `bid.opened`, which bidding writes."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.bidding.events import SetAside
from vitrina.cycle.bidding.states import BidState
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, kind
from vitrina.parties.roles import ROLE_NAMES, Role


class Attendee(msgspec.Struct, frozen=True, kw_only=True):
    """Who attended, as the public may know it: an official by name, a supplier by its company."""

    role: str
    name: str
    party: str
    position: str = ""


class RevealedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The reference price of an item, per unit, without VAT. With `salt` it gives the `commitment` that the market
    research published when it concluded.
    """

    item: int
    unit_price: Money
    statistic: str
    n_sources: int
    salt: str
    commitment: str


class RevealedSource(msgspec.Struct, frozen=True, kw_only=True):
    """One price that the market research found, per unit, without VAT."""

    item: int
    kind: str
    origin: str
    unit_price: Money
    observed_on: date


class RevealedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A round of requests for quotation: which companies were asked, and until when."""

    number: int
    companies: tuple[str, ...]
    requested_at: datetime
    due_at: datetime


@kind("opening.started", stage="opening")
class OpeningStarted(Event):
    """The act began, at or after the hour of the call. From here on the envelopes may be opened."""

    scheduled_at: datetime
    presided_by: Attendee

    def sentence(self) -> str:
        return _("The opening act began, in public")

    def detail(self) -> str:
        return _("%(name)s presides over it.") % {"name": self.presided_by.name}


@kind("reference_price.revealed", stage="opening")
class ReferencePriceRevealed(Event):
    """The price that the market research had found became public, with what proves that it was not changed since.

    `total` is the sum of unit price times quantity over the items.
    """

    prices: tuple[RevealedPrice, ...]
    sources: tuple[RevealedSource, ...]
    requests: tuple[RevealedRequest, ...]
    total: Money

    def sentence(self) -> str:
        amount = f"{self.total.decimal:,.2f}"
        return _("The reference price became public: $%(amount)s without VAT") % {"amount": amount}

    def detail(self) -> str:
        n = len(self.sources)
        text = ngettext(
            "It comes from %(n)d price found in the market research.",
            "It comes from %(n)d prices found in the market research.",
            n,
        )
        return text % {"n": n}


@kind("attendance.noted", stage="opening")
class AttendanceNoted(Event):
    """Someone signed in to the act."""

    attendee: Attendee

    def sentence(self) -> str:
        return _("%(name)s attends the opening") % {"name": self.attendee.name}

    def detail(self) -> str:
        return self.attendee.position or str(ROLE_NAMES[Role(self.attendee.role)]).capitalize()


@kind("bids.opened", stage="opening")
class BidsOpened(Event):
    """Every envelope was opened. `set_aside` lays open the blinded entries of the bids that were not: replaced,
    withdrawn or late; with the proofs of the opened ones, no blinded entry of the purchase stays unexplained.
    """

    n_bids: int
    set_aside: tuple[SetAside, ...] = ()

    def sentence(self) -> str:
        if not self.n_bids:
            return _("No bid was received")
        text = ngettext("One envelope was opened, in public", "%(n)d envelopes were opened, in public", self.n_bids)
        return text % {"n": self.n_bids}

    def detail(self) -> str:
        n = Counter(bid.state for bid in self.set_aside)
        parts = []
        if replaced := n[BidState.REPLACED]:
            parts.append(ngettext("%(n)d replaced", "%(n)d were replaced", replaced) % {"n": replaced})
        if withdrawn := n[BidState.WITHDRAWN]:
            parts.append(ngettext("%(n)d withdrawn", "%(n)d were withdrawn", withdrawn) % {"n": withdrawn})
        if late := n[BidState.REFUSED]:
            parts.append(ngettext("%(n)d refused because late", "%(n)d were refused because late", late) % {"n": late})
        return _("Not opened: %(parts)s.") % {"parts": ", ".join(parts)} if parts else ""


@kind("opening.closed", stage="opening")
class OpeningClosed(Event):
    """The minutes: who attended, how many envelopes, what was observed, until when the ruling is due.

    `set_aside`: bids that arrived late while the act was going on, after the envelopes were opened.
    """

    started_at: datetime
    presided_by: Attendee
    attendees: tuple[Attendee, ...]
    n_bids: int
    observations: str
    award_by: datetime
    set_aside: tuple[SetAside, ...] = ()

    def sentence(self) -> str:
        return _("The opening act ended and its minutes were published")

    def detail(self) -> str:
        for rule in self.rules:
            if rule.key == "term.opening_to_award.max" and rule.had is not None:
                words = {"had": rule.had, "limit": rule.value, "article": rule.article}
                return _("The ruling is due in %(had)s days; the limit is %(limit)s (art. %(article)s).") % words
        return self.observations
