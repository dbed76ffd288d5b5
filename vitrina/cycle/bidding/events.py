# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of bids: blinded in a stream of each bid's own until the opening, public in the purchase's then."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, Visibility, kind

from .contents import Content

MAX_TOLD = 4  # items that one sentence can name


class BidderRef(msgspec.Struct, frozen=True, kw_only=True):
    """A bidder as the ledger names it: register key, name, RFC, size of the company."""

    key: str
    name: str
    rfc: str
    size: str = ""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A blinded entry laid open. `digest` stands in the feed since then: it is the SHA-256 of `header`, and the
    header holds the SHA-256 of `body`.
    """

    digest: str
    header: str
    body: str


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


@kind("bid.received", stage="bidding", visibility=Visibility.BLINDED)
class BidReceived(Event):
    """A bid was handed in. `digest` fixes its contents, `replaces` names the bidder's former bid."""

    ocid: str
    bid: str
    supplier: str
    digest: str
    deadline: datetime
    replaces: str = ""

    def sentence(self) -> str:
        return _("Your new bid replaced the former one") if self.replaces else _("Your bid was received")

    def detail(self) -> str:
        return _("It stays closed until the opening. Its digest is %(digest)s.") % {"digest": self.digest}


@kind("bid.withdrawn", stage="bidding", visibility=Visibility.BLINDED)
class BidWithdrawn(Event):
    """A bidder took its bid back before the opening."""

    ocid: str
    bid: str
    supplier: str

    def sentence(self) -> str:
        return _("You withdrew your bid")

    def detail(self) -> str:
        return _("What it held was destroyed unread.")


@kind("bid.refused_late", stage="bidding", visibility=Visibility.BLINDED)
class BidRefusedLate(Event):
    """A bid arrived at or after the hour of the opening; nothing of it was kept."""

    ocid: str
    bid: str
    supplier: str
    arrived_at: datetime
    deadline: datetime
    zone: str = "America/Mexico_City"

    def sentence(self) -> str:
        return _("Your bid arrived late and was not received")

    def detail(self) -> str:
        instants = {"arrived": _instant(self.arrived_at, self.zone), "deadline": _instant(self.deadline, self.zone)}
        return _("It arrived on %(arrived)s; bids were received before %(deadline)s.") % instants


@kind("bid.opened", stage="opening")
class BidOpened(Event):
    """An envelope was opened in the act: bidder, price of each item, total, and all that proves it was not touched.

    `order` is its place in order of arrival. `content` with `content_salt` gives `digest`, which `proof` shows to be
    the one that the ledger has held since the bid was received.
    """

    order: int
    bid: str
    bidder: BidderRef
    received_at: datetime
    lines: tuple[PricedLine, ...]
    totals: tuple[LotTotal, ...]
    total: Money
    content: Content
    content_salt: str
    digest: str
    proof: Proof

    def sentence(self) -> str:
        amounts = {"name": self.bidder.name, "amount": f"{self.total.decimal:,.2f}"}
        return _("The envelope of %(name)s was opened: $%(amount)s without VAT") % amounts

    def detail(self) -> str:
        if len(self.lines) > MAX_TOLD:
            return _("It prices %(n)d items.") % {"n": len(self.lines)}
        prices = (
            _("Item %(item)d at $%(price)s") % {"item": line.item, "price": f"{line.unit_price.decimal:,.2f}"}
            for line in self.lines
        )
        return f"{'; '.join(prices)}."


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A bid that the act does not open: replaced, withdrawn or late. Its entries are laid open all the same."""

    bid: str
    bidder: BidderRef
    state: str
    received_at: datetime
    proofs: tuple[Proof, ...]


def _instant(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"
