# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of contracting."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.bidding.events import BidderRef
from vitrina.cycle.core.words import day, money
from vitrina.cycle.planning.events import ItemRef, PartyRef
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, kind

from .words import guarantee_kind, termination_ground


class LineRef(msgspec.Struct, frozen=True, kw_only=True):
    """A contract line: the item with the quantity contracted, its unit price and amount, without VAT."""

    item: ItemRef
    unit_price: Money
    amount: Money


class DeliveryRef(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery of the schedule."""

    number: int
    item: int
    place: PartyRef
    quantity: Decimal
    due_on: date


class ContractRef(msgspec.Struct, frozen=True, kw_only=True):
    """A contract as it is signed. Shares are of one; the penalty is per natural day, of the late part.

    `award` is the award of its first lot, the one that OCDS lets a contract name; its items name every lot.
    """

    id: str
    award: str
    title: str
    supplier: BidderRef
    lines: tuple[LineRef, ...]
    schedule: tuple[DeliveryRef, ...]
    value: Money
    starts_on: date
    ends_on: date
    guarantee_share: Decimal
    penalty_rate: Decimal
    terms: str


class QuantityChange(msgspec.Struct, frozen=True, kw_only=True):
    """A line whose quantity an amendment raised."""

    item: int
    before: Decimal
    after: Decimal


class DateChange(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery whose day an amendment moved."""

    delivery: int
    before: date
    after: date


def _against_limit(event: Event, key: str) -> str:
    """Such as "At 9 natural days; the maximum is 15", from the rule that the act met."""
    for rule in event.rules:
        if rule.key == key and rule.had is not None:
            n = int(rule.had)
            if rule.unit == "working_days":
                text = ngettext(
                    "At %(n)s working day; the maximum is %(limit)s.",
                    "At %(n)s working days; the maximum is %(limit)s.",
                    n,
                )
            else:
                text = ngettext(
                    "At %(n)s natural day; the maximum is %(limit)s.",
                    "At %(n)s natural days; the maximum is %(limit)s.",
                    n,
                )
            return text % {"n": n, "limit": rule.value}
    return ""


def _joined(*sentences: str) -> str:
    return " ".join(s for s in sentences if s)


@kind("contract.drafted", stage="contracting")
class ContractDrafted(Event):
    """The contract was written and waits for both signatures; its text is public when both have signed."""

    contract: str
    award: str
    supplier: BidderRef
    value: Money
    digest: str

    def sentence(self) -> str:
        values = {"id": self.contract, "supplier": self.supplier.name}
        return _("Contract %(id)s with %(supplier)s was drafted") % values

    def detail(self) -> str:
        return _("For %(amount)s without VAT. It waits for both signatures.") % {"amount": money(self.value)}


@kind("contract.signed_by_supplier", stage="contracting")
class ContractSignedBySupplier(Event):
    """The supplier signed the text that has this digest."""

    contract: str
    award: str
    supplier: BidderRef
    digest: str

    def sentence(self) -> str:
        return _("%(supplier)s signed contract %(id)s") % {"id": self.contract, "supplier": self.supplier.name}


@kind("contract.signed", stage="contracting")
class ContractSigned(Event):
    """The buyer signed: the contract is in force. Its whole text, and its digest as both signed it.

    `surveillance` says who watched the purchase, in the codes of EDCA-MX.
    """

    contract: ContractRef
    digest: str
    late_reason: str = ""
    surveillance: tuple[str, ...] = ()

    def sentence(self) -> str:
        values = {"id": self.contract.id, "amount": money(self.contract.value)}
        return _("Contract %(id)s was signed for %(amount)s without VAT") % values

    def detail(self) -> str:
        return _joined(_against_limit(self, "term.award_to_signature.max"), self.late_reason)


@kind("guarantee.registered", stage="contracting")
class GuaranteeRegistered(Event):
    """A guarantee of the contract was received."""

    contract: str
    award: str
    number: int
    guarantee_kind: str
    obligation: str
    policy: str
    guarantor: str
    amount: Money
    issued_on: date
    ends_on: date
    late_reason: str = ""

    def sentence(self) -> str:
        values = {"kind": guarantee_kind(self.guarantee_kind), "amount": money(self.amount), "id": self.contract}
        return _("Contract %(id)s was guaranteed: %(kind)s for %(amount)s") % values

    def detail(self) -> str:
        values = {"guarantor": self.guarantor, "day": day(self.ends_on)}
        who = _("Given by %(guarantor)s, valid until %(day)s.") % values
        return _joined(who, _against_limit(self, "term.signature_to_guarantee.max"), self.late_reason)


@kind("contract.amended", stage="contracting")
class ContractAmended(Event):
    """The contract changed within the cap; `contract` is the whole as it stands after the change."""

    number: int
    reason: str
    quantities: tuple[QuantityChange, ...]
    dates: tuple[DateChange, ...]
    contract: ContractRef

    def sentence(self) -> str:
        values = {"id": self.contract.id, "amount": money(self.contract.value)}
        return _("Contract %(id)s was amended: it is now worth %(amount)s without VAT") % values

    def detail(self) -> str:
        return self.reason


@kind("contract.terminated", stage="contracting")
class ContractTerminated(Event):
    """The contract ended before its time, on one of the grounds of `words.GROUNDS`."""

    contract: str
    award: str
    ground: str
    reason: str
    notified_on: date | None = None
    opinion: str = ""

    def sentence(self) -> str:
        return _("Contract %(id)s ended early: %(why)s") % {
            "id": self.contract,
            "why": termination_ground(self.ground),
        }

    def detail(self) -> str:
        return self.reason
