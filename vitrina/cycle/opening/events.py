# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of the opening act. Each envelope has its own, `bid.opened`, which bidding writes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.bidding.events import PROBLEMS, BidderRef
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


@kind("shares.given", stage="opening")
class SharesGiven(Event):
    """An opener gave the shares of `n` envelopes, each compared with its commitment. `round` is `custody` (who bid) or
    `bids` (what they bid). `unreadable`: envelopes whose share the opener's key does not read. `signature` is empty
    when signed in only.
    """

    opener: str
    x: int
    name: str
    role: str
    round: str
    n: int
    unreadable: tuple[str, ...] = ()
    signature: dict[str, Any] = {}

    def sentence(self) -> str:
        return _("%(name)s gave a key to the envelopes") % {"name": self.name}

    def detail(self) -> str:
        if self.round == "custody":
            text = ngettext(
                "It helps to show who sent %(n)d envelope.", "It helps to show who sent %(n)d envelopes.", self.n
            )
        else:
            text = ngettext("It helps to open %(n)d bid.", "It helps to open %(n)d bids.", self.n)
        return text % {"n": self.n}


@kind("share.false", stage="opening")
class ShareFalse(Event):
    """An opener gave a share that is not the one dealt: SHA-256 of "sobre/v1/share", `ctx`, `share` (hex) is `found`,
    and the envelope committed to `expected`. Anybody can recompute it.
    """

    opener: str
    name: str
    role: str
    round: str
    c: str
    ctx: str
    expected: str
    found: str
    share: str

    def sentence(self) -> str:
        return _("%(name)s gave a key that is not the one dealt for an envelope") % {"name": self.name}

    def detail(self) -> str:
        values = {"expected": self.expected[:16], "found": self.found[:16]}
        return _("The envelope committed to %(expected)s…; what was given makes %(found)s….") % values


@kind("backup.presented", stage="opening")
class BackupPresented(Event):
    """A bidder brought its own key; the commitment shows that it is the one with which the envelope was sealed."""

    c: str
    bidder: BidderRef

    def sentence(self) -> str:
        return _("%(name)s brought the key of its own envelope") % {"name": self.bidder.name}

    def detail(self) -> str:
        return _("It is the key with which the envelope was sealed.")


class UnopenedRef(msgspec.Struct, frozen=True, kw_only=True):
    """An envelope that could not be opened, as the minutes name it."""

    c: str
    name: str
    reason: str


@kind("bids.opened", stage="opening")
class BidsOpened(Event):
    """Every envelope that stands was opened, or is told with its reason. The others were revealed unopened: replaced,
    withdrawn, late. `n_unrevealed`: envelopes whose sender could not be read.
    """

    n_bids: int
    n_unopenable: int = 0
    n_superseded: int = 0
    n_withdrawn: int = 0
    n_late: int = 0
    n_unrevealed: int = 0

    def sentence(self) -> str:
        if not self.n_bids:
            return _("No bid was opened") if self.n_unopenable else _("No bid was received")
        text = ngettext("One envelope was opened, in public", "%(n)d envelopes were opened, in public", self.n_bids)
        return text % {"n": self.n_bids}

    def detail(self) -> str:
        told = (
            (self.n_superseded, ngettext("%(n)d replaced", "%(n)d were replaced", self.n_superseded)),
            (self.n_withdrawn, ngettext("%(n)d withdrawn", "%(n)d were withdrawn", self.n_withdrawn)),
            (self.n_late, ngettext("%(n)d refused because late", "%(n)d were refused because late", self.n_late)),
            (self.n_unopenable, ngettext("%(n)d unopenable", "%(n)d were unopenable", self.n_unopenable)),
        )
        parts = [text % {"n": n} for n, text in told if n]
        return _("Not opened: %(parts)s.") % {"parts": ", ".join(parts)} if parts else ""


@kind("envelopes.audited", stage="opening")
class EnvelopesAudited(Event):
    """The completeness audit, run by the platform as anybody can: every blinded leaf of the log is looked for.

    `n_explained` of `n_leaves` are explained; `n_waiting` are of months that are not over (other purchases, decoys).
    `findings`: "code c" of what does not hold; none in an honest act.
    """

    n_leaves: int
    n_explained: int
    n_waiting: int
    findings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def sentence(self) -> str:
        if self.findings:
            n = len(self.findings)
            text = ngettext(
                "The audit found %(n)d thing that does not hold", "The audit found %(n)d things that do not hold", n
            )
            return text % {"n": n}
        return _("Every envelope of this purchase in the log is explained")

    def detail(self) -> str:
        numbers = {"n": self.n_leaves, "waiting": self.n_waiting}
        return _("The log holds %(n)d envelopes; %(waiting)d are of other purchases or of months to come.") % numbers


@kind("opening.closed", stage="opening")
class OpeningClosed(Event):
    """The minutes: who attended, how many envelopes, what was observed, until when the ruling is due.

    `unopenable`: the envelopes that could not be opened, each with its reason.
    """

    started_at: datetime
    presided_by: Attendee
    attendees: tuple[Attendee, ...]
    n_bids: int
    observations: str
    award_by: datetime
    unopenable: tuple[UnopenedRef, ...] = ()

    def sentence(self) -> str:
        return _("The opening act ended and its minutes were published")

    def detail(self) -> str:
        for rule in self.rules:
            if rule.key == "term.opening_to_award.max" and rule.had is not None:
                words = {"had": rule.had, "limit": rule.value, "article": rule.article}
                return _("The ruling is due in %(had)s days; the limit is %(limit)s (art. %(article)s).") % words
        return self.observations

    def told(self) -> list[str]:
        """The envelopes that could not be opened, each as a sentence of the minutes."""
        text = _("The envelope of %(name)s could not be opened: %(why)s")
        return [text % {"name": u.name, "why": _(PROBLEMS[u.reason])} for u in self.unopenable]
