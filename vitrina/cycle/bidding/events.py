# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of bids: before the act a digest and a month; in the act the signed objects, and what they held."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from vitrina.cycle.core import words
from vitrina.kernel.canonical import parse
from vitrina.kernel.money import Money, total
from vitrina.ledger.kinds import Event, Signer, Visibility, kind
from vitrina.sealed import objects

from .contents import Content
from .states import EnvelopeState

MAX_TOLD = 4  # items that one sentence can name
NOBODY = Signer(role="", name="", party="")  # who sent an envelope stands in the envelope alone


class BidderRef(msgspec.Struct, frozen=True, kw_only=True):
    """A bidder as the ledger names it: register key, name, RFC, size of the company."""

    key: str
    name: str
    rfc: str
    size: str = ""


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    """An item as it was read out: unit price and amount, without VAT."""

    item: int
    lot: int
    description: str
    quantity: Decimal
    unit_name: str
    unit_price: Money
    amount: Money


class LotTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What a bid asks for a lot, without VAT."""

    lot: int
    amount: Money


class DeclaredCost(msgspec.Struct, frozen=True, kw_only=True):
    """What a bid declares that the goods of a lot cost besides their price, as it answers `criterion`; without VAT."""

    criterion: int
    lot: int
    amount: Money


@kind("envelope.logged", stage="bidding", visibility=Visibility.BLINDED)
class EnvelopeLogged(Event):
    """A bid, a withdrawal, a share dealt anew, or a decoy: which, of which purchase and whose, nobody can tell.

    `c` is the digest of the signed object, `reveal_by` (YYYY-MM) the last month in which it may stay unexplained.
    """

    c: str
    reveal_by: str

    def leaf(self) -> dict[str, Any]:
        leaf: dict[str, Any] = parse(objects.leaf(self.c, self.reveal_by))
        return leaf

    def sentence(self) -> str:
        return _("An envelope was logged")


@kind("reception.closed", stage="bidding")
class ReceptionClosed(Event):
    """The deadline. An envelope is on time exactly when the public log holds it before this entry."""

    closes_checkpoint = True

    deadline: datetime
    zone: str = "America/Mexico_City"

    def sentence(self) -> str:
        return _("The reception of envelopes ended")

    def detail(self) -> str:
        when = words.day_time(self.deadline, self.zone)
        return _("The call set it for %(when)s. What comes after this number is late.") % {"when": when}


_STATES = {
    EnvelopeState.LIVE: gettext_noop("It stands and will be opened."),
    EnvelopeState.SUPERSEDED: gettext_noop("A later one replaced it: it stays closed."),
    EnvelopeState.WITHDRAWN: gettext_noop("Its bidder withdrew it: it stays closed."),
    EnvelopeState.LATE: gettext_noop("It arrived after the deadline: it stays closed."),
    EnvelopeState.NOTICE: "",
    EnvelopeState.KEPT_CLOSED: gettext_noop("The purchase was cancelled before it was opened: it stays closed."),
}


@kind("envelope.revealed", stage="opening")
class EnvelopeRevealed(Event):
    """Who sent an envelope and what became of it. `object` is the signed text whose SHA-256 is `c`, which the log has
    held since `logged_at`; `signature` is its record; `warning` a code of the specification, section 7.
    """

    c: str
    object: str
    signature: dict[str, Any]
    bidder: BidderRef | None
    state: str
    logged_at: datetime
    warning: str = ""

    @property
    def object_type(self) -> str:
        """`sobre/v1`, `sobre/v1/retiro` or `sobre/v1/reparto`."""
        return str(parse(self.object)["type"])

    def sentence(self) -> str:
        name = {"name": self.bidder.name if self.bidder else "?"}
        if self.object_type == "sobre/v1/retiro":
            return _("%(name)s had withdrawn its bid") % name
        if self.object_type == "sobre/v1/reparto":
            return _("%(name)s had dealt a share to another opener") % name
        return _("An envelope is of %(name)s") % name

    def detail(self) -> str:
        said = _STATES.get(EnvelopeState(self.state), "")
        return _(said) if said else ""


@kind("bid.opened", stage="opening")
class BidOpened(Event):
    """An envelope was opened in the act: bidder, price of each item, total, and all that proves it was not touched.

    `order` is its place in the order of the log. `identity` opens the ciphertexts with any age program; `shares` are
    those that were used, `share_audit` says for each place whether the bidder dealt a true one. `notes`: what differs
    from arithmetic or from the call. `withheld`: documents (SHA-256) that were not published, with the reason.
    `costs`: in a call by life-cycle cost what its answers declare; what cannot be read as an amount is not there.
    """

    order: int
    bid: str
    c: str
    bidder: BidderRef
    received_at: datetime
    lines: tuple[PricedLine, ...]
    totals: tuple[LotTotal, ...]
    total: Money
    content: Content
    identity: str
    shares: tuple[str, ...]
    share_audit: tuple[bool, ...]
    by_backup: bool = False
    notes: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    costs: tuple[DeclaredCost, ...] = ()

    def sentence(self) -> str:
        amounts = {"name": self.bidder.name, "amount": f"{self.total.decimal:,.2f}"}
        return _("The envelope of %(name)s was opened: $%(amount)s without VAT") % amounts

    def detail(self) -> str:
        return " ".join(part for part in (self._prices(), self._costs()) if part)

    def _prices(self) -> str:
        if len(self.lines) > MAX_TOLD:
            return _("It prices %(n)d items.") % {"n": len(self.lines)}
        prices = (
            _("Item %(item)d at $%(price)s") % {"item": line.item, "price": f"{line.unit_price.decimal:,.2f}"}
            for line in self.lines
        )
        return f"{'; '.join(prices)}."

    def _costs(self) -> str:
        """What it declares in a call by life-cycle cost, in all."""
        if not self.costs:
            return ""
        amount = total([cost.amount for cost in self.costs])
        return _("It declares $%(amount)s of life-cycle cost.") % {"amount": f"{amount.decimal:,.2f}"}


PROBLEMS = {
    "not_received": gettext_noop("its files did not arrive within the time that the rule gives"),
    "damaged": gettext_noop("its files are not those that were signed"),
    "dealer": gettext_noop("its bidder dealt keys that do not fit it"),
    "no_keys": gettext_noop("too few true keys were given, and its bidder brought no backup"),
    "unreadable": gettext_noop("what it holds does not follow the format"),
    "offer": gettext_noop("it holds no price for a whole lot of this purchase"),
}


@kind("bid.unopenable", stage="opening")
class BidUnopenable(Event):
    """An envelope that could not be opened, and why; `reason` is a key of `PROBLEMS`."""

    c: str
    bidder: BidderRef
    reason: str
    explanation: str = ""
    share_audit: tuple[bool, ...] = ()

    def sentence(self) -> str:
        named = {"name": self.bidder.name, "why": _(PROBLEMS[self.reason])}
        return _("The envelope of %(name)s could not be opened: %(why)s") % named

    def detail(self) -> str:
        return self.explanation


@kind("decoys.revealed", stage="bidding")
class DecoysRevealed(Event):
    """Decoys of months that are over: each text has the digest that the log holds."""

    objects: tuple[str, ...]

    def sentence(self) -> str:
        n = len(self.objects)
        return ngettext("A decoy was laid open", "%(n)d decoys were laid open", n) % {"n": n}
