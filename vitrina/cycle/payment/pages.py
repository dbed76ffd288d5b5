# SPDX-License-Identifier: Apache-2.0
"""Forms of payment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.contracting.pages import contract_of
from vitrina.cycle.contracting.queries import today
from vitrina.cycle.core.fields import DayField, LineField, MoneyField
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.core.words import day, money

from .models import Invoice
from .queries import correction_term, order_of, payment_term, to_invoice


@step("payment.submit_invoice")
class SubmitInvoice(StepForm):
    """A CFDI for receipts of one contract."""

    title = _("Which invoice do you send?")
    lead = _("One CFDI 4.0 for the receipts that you choose. It is compared at once with contract and receipts.")
    button = _("Send the invoice")
    consequence = _("Amounts and fiscal folio are public for ever; the file itself is not public.")
    receipts = forms.MultipleChoiceField(label=_("Receipts that it bills"), widget=forms.CheckboxSelectMultiple)
    cfdi = forms.FileField(label=_("The stamped CFDI (XML)"), widget=forms.FileInput(attrs={"accept": ".xml"}))

    def prepare(self) -> None:
        self.contract = contract_of(self)
        self.waiting = to_invoice(self.contract)
        choices = [(r.id, f"{r.place.name}, {day(r.received_on)} ({r.id})") for r in self.waiting]
        self.fields["receipts"].choices = choices
        self.initial.setdefault("receipts", [key for key, _name in choices])

    def facts(self) -> list[tuple[str, str]]:
        order = order_of(self.contract, self.waiting, self.at)
        lines = [
            (f"NoIdentificacion {item.item_number}",
             f"{item.quantity:,f} × {money(item.unit)} = {money(item.amount)}")
            for item in order.items
        ]  # fmt: skip
        return [(str(_("Receiver of the CFDI (RFC)")), order.buyer_rfc or "-"), *lines]

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "contract_id": self.key}


class InvoiceForm(StepForm):
    """A step on one invoice, named by `key`."""

    def prepare(self) -> None:
        rows = Invoice.objects.select_related("contract", "contract__supplier")
        self.invoice = rows.filter(contract__process=self.process, id=self.key).first()
        if self.invoice is None:
            raise refuse("invoice", gettext("There is no such invoice in this purchase."))
        self.invoice.contract.process = self.process

    def facts(self) -> list[tuple[str, str]]:
        invoice = self.invoice
        found = [
            (str(_("Supplier")), invoice.contract.supplier.name),
            (str(_("Fiscal folio")), invoice.uuid),
            (str(_("RFC of issuer and receiver")), f"{invoice.contract.supplier.rfc}, {self.process.buyer.rfc}"),
            (str(_("Receipts")), ", ".join(invoice.billed.values_list("receipt", flat=True))),
            (str(_("Without VAT")), money(invoice.subtotal)),
            (str(_("Total")), money(invoice.total)),
            (str(_("Penalty kept back")), money(invoice.penalty)),
            (str(_("To pay")), money(invoice.payable)),
            (str(_("Contract, receipts and invoice")), str(_("They agree to the centavo."))),
            (str(_("Seal, and state at the SAT")), str(_("Not verified here: look them up at the SAT."))),
        ]
        running = payment_term(invoice) or correction_term(invoice)
        if running:
            found.append((str(_("At the latest on")), day(running.deadline.end)))
        return found

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "invoice_id": self.key}


@step("payment.approve_invoice")
class ApproveInvoice(InvoiceForm):
    """The treasury's verification."""

    title = _("Is the invoice in order?")
    lead = _("Look up the folio at the SAT. From your verification on, the term to pay runs.")
    button = _("Verify the invoice")
    consequence = _("The term to pay starts to run today.")
    late_reason = LineField(label=_("Why it is verified late, if it is"), max_length=1000, rows=2, required=False)


@step("payment.return_invoice")
class ReturnInvoice(InvoiceForm):
    """An invoice sent back."""

    title = _("What must the supplier correct?")
    lead = _("The supplier reads your words and sends another CFDI.")
    button = _("Return the invoice")
    consequence = _("The invoice is not paid. The reason is public for ever.")
    reason = LineField(label=_("What is wrong and how to mend it"), max_length=2000, rows=3)
    late_reason = LineField(label=_("Why it is returned late, if it is"), max_length=1000, rows=2, required=False)


@step("payment.pay")
class Pay(InvoiceForm):
    """A payment that was made."""

    title = _("What was paid?")
    lead = _("Record the payment after it was made, to the centavo.")
    button = _("Record the payment")
    consequence = _("Amount, day and supplier are public for ever.")
    paid_on = DayField(label=_("Paid on"))
    amount = MoneyField(label=_("Amount paid"))
    reference = LineField(label=_("Number of the payment order or transfer"), max_length=60)
    late_reason = LineField(label=_("Why it is paid late, if it is"), max_length=1000, rows=2, required=False)

    def prepare(self) -> None:
        super().prepare()
        self.initial.setdefault("paid_on", today(self.process, self.at))
        # penalties can eat the whole invoice: then there is nothing to pay and nothing to write
        self.fields["amount"].required = bool(self.invoice.payable.centavos)
