# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of payment. The XML of an invoice is not public; its digest, folio and amounts are."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.bidding.events import BidderRef
from vitrina.cycle.core.words import day, money
from vitrina.cycle.planning.events import PartyRef
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, kind


@kind("invoice.received", stage="payment")
class InvoiceReceived(Event):
    """An invoice arrived and agrees with contract and accepted receipts to the centavo."""

    contract: str
    award: str
    invoice: str
    supplier: BidderRef
    uuid: str
    supplier_number: str
    issued_on: date
    receipts: tuple[str, ...]
    subtotal: Money
    total: Money
    penalty: Money
    payable: Money
    sha256: str

    def sentence(self) -> str:
        return _("%(supplier)s invoiced %(amount)s, VAT included") % {
            "supplier": self.supplier.name,
            "amount": money(self.total),
        }

    def detail(self) -> str:
        text = _("It agrees with contract and receipts to the centavo.")
        if self.penalty.centavos:
            kept = _("Of it %(amount)s are kept back as penalty.") % {"amount": money(self.penalty)}
            text = f"{text} {kept}"
        return text


@kind("invoice.returned", stage="payment")
class InvoiceReturned(Event):
    """The treasury returned an invoice to be corrected."""

    contract: str
    award: str
    invoice: str
    reason: str
    late_reason: str = ""

    def sentence(self) -> str:
        return _("The treasury returned invoice %(id)s") % {"id": self.invoice}

    def detail(self) -> str:
        return self.reason


@kind("invoice.approved", stage="payment")
class InvoiceApproved(Event):
    """The treasury verified an invoice: the term to pay it runs."""

    contract: str
    award: str
    invoice: str
    payable: Money
    due_on: date | None
    late_reason: str = ""

    def sentence(self) -> str:
        return _("The treasury verified invoice %(id)s") % {"id": self.invoice}

    def detail(self) -> str:
        if self.due_on is None:
            return _("%(amount)s will be paid.") % {"amount": money(self.payable)}
        return _("%(amount)s will be paid by %(day)s.") % {"amount": money(self.payable), "day": day(self.due_on)}


@kind("payment.made", stage="payment")
class PaymentMade(Event):
    """An invoice was paid."""

    contract: str
    award: str
    invoice: str
    payer: PartyRef
    payee: BidderRef
    amount: Money
    paid_on: date
    reference: str
    late_reason: str = ""

    def sentence(self) -> str:
        return _("%(payee)s was paid %(amount)s") % {"payee": self.payee.name, "amount": money(self.amount)}

    def detail(self) -> str:
        for rule in self.rules:
            if rule.key == "term.invoice_to_payment.max" and rule.had is not None:
                n = int(rule.had)
                if rule.unit == "working_days":
                    text = ngettext(
                        "At %(n)d working day of its verification; the maximum is %(limit)s.",
                        "At %(n)d working days of its verification; the maximum is %(limit)s.",
                        n,
                    )
                else:
                    text = ngettext(
                        "At %(n)d natural day of its verification; the maximum is %(limit)s.",
                        "At %(n)d natural days of its verification; the maximum is %(limit)s.",
                        n,
                    )
                return " ".join(s for s in (text % {"n": n, "limit": rule.value}, self.late_reason) if s)
        return self.late_reason


@kind("purchase.completed", stage="payment")
class PurchaseCompleted(Event):
    """Everything contracted was delivered and paid: the purchase is over. Contract ids and their awards, in order."""

    contracts: tuple[str, ...]
    awards: tuple[str, ...]
    paid: Money
    penalties: Money

    def sentence(self) -> str:
        return _("The purchase is over: everything was delivered and paid")

    def detail(self) -> str:
        return _("%(paid)s were paid, VAT included; %(penalties)s were kept back as penalties.") % {
            "paid": money(self.paid),
            "penalties": money(self.penalties),
        }
