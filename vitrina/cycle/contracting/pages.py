# SPDX-License-Identifier: Apache-2.0
"""Forms of contracting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core.fields import DayField, LineField, MoneyField, QuantityField, WholeField
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.core.words import day, money
from vitrina.parties.roles import Role

from .checks import own
from .models import Contract
from .queries import (
    awarded_lines,
    awards_to,
    default_schedule,
    digest_of_contract,
    guarantee_missing,
    guarantee_required,
    guarantee_term,
    places_of,
    signature_term,
    today,
    without_contract,
)
from .terms import exact
from .words import GROUNDS, GUARANTEE_KINDS, OBLIGATIONS, percent

MANY_PLACES = 60  # beyond so many a list is slower to use than a key


class DeliveryForm(forms.Form):
    """One delivery: what, where, how much, by when."""

    item_number = WholeField(label=_("Item"), min_value=1, max_value=9999)
    unit_key = forms.CharField(label=_("Place"), max_length=20, help_text=_("Key of the hospital, clinic or store."))
    quantity = QuantityField(label=_("Quantity"))
    due_on = DayField(label=_("By"))


class DateForm(forms.Form):
    """A delivery that moves."""

    number = WholeField(label=_("Delivery number"), min_value=1, max_value=9999)
    due_on = DayField(label=_("New day"))


def delivery_form(places: list[Any]) -> type[forms.Form]:
    """The row of a delivery: with a list of places where they are few, with their key where they are many."""
    if len(places) > MANY_PLACES:
        return DeliveryForm
    field = forms.ChoiceField(label=_("Place"), choices=[("", "—"), *((p.key, p.name) for p in places)])
    return type("DeliveryRow", (DeliveryForm,), {"unit_key": field, "field_order": list(DeliveryForm.base_fields)})


def contract_of(form: StepForm) -> Contract:
    """The contract that a form's `key` names. Refuses one of another purchase, and a supplier that is not its own."""
    contract = Contract.objects.select_related("supplier").filter(process=form.process, id=form.key).first()
    if contract is None:
        raise refuse("contract", gettext("There is no such contract in this purchase."))
    if form.actor.role is Role.SUPPLIER:
        own(form.actor, contract)
    contract.process = form.process
    return contract


class ContractForm(StepForm):
    """A step on one contract, named by `key`."""

    def prepare(self) -> None:
        self.contract = contract_of(self)

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "contract_id": self.key}

    def contract_facts(self) -> list[tuple[str, str]]:
        """Who, what, how much, until when."""
        contract = self.contract
        lines = [
            (str(_("Item %(n)d")) % {"n": line.item_number},
             f"{exact(line.quantity):,f} × {money(line.unit)} = {money(line.amount)}")
            for line in contract.lines.all()
        ]  # fmt: skip
        return [
            (str(_("Contract")), contract.id),
            (str(_("Supplier")), contract.supplier.name),
            *lines,
            (str(_("Total without VAT")), money(contract.value)),
            (str(_("From, to")), f"{day(contract.starts_on)}, {day(contract.ends_on)}"),
        ]

    def schedule_facts(self) -> list[tuple[str, str]]:
        """Each delivery: item, quantity, place, day."""
        found = []
        for d in self.contract.schedule.select_related("place"):
            item = str(_("Item %(n)d")) % {"n": d.item_number}
            what = f"{item}: {exact(d.quantity):,f}, {d.place.name}, {day(d.due_on)}"
            found.append((str(_("Delivery %(n)d")) % {"n": d.number}, what))
        return found

    def facts(self) -> list[tuple[str, str]]:
        return self.contract_facts()


@step("contracting.draft")
class Draft(StepForm):
    """The contract of a supplier that won: its days, places and terms."""

    title = _("What does the contract say?")
    lead = _(
        "Supplier, items and prices come from the ruling; guarantee and penalty from the call. Add where and when."
    )
    button = _("Send to signature")
    consequence = _("The supplier can read and sign it. Everybody sees that it waits for signatures.")
    starts_on = DayField(label=_("The contract starts on"))
    ends_on = DayField(label=_("and ends on"))
    terms = LineField(label=_("Other terms"), max_length=20_000, rows=4, required=False)
    rows = {"schedule": (DeliveryForm, 1)}
    row_labels = {
        "schedule": {"title": _("Deliveries"), "row": _("Delivery"), "add": _("Add a delivery")},
    }

    def prepare(self) -> None:
        if not awards_to(self.process, self.supplier_key):
            raise refuse("supplier", gettext("Choose a supplier that won a lot of this purchase."))
        tender = self.process.tender
        self.initial.setdefault("starts_on", max(tender.contract_start, today(self.process, self.at)))
        self.initial.setdefault("ends_on", tender.contract_end)
        type(self.formsets["schedule"]).form = delivery_form(places_of(self.process))

    @property
    def supplier_key(self) -> str:
        """The supplier of the step: its `key`, or the first that won and has no contract yet."""
        waiting = without_contract(self.process)
        return self.key or (waiting[0].key if waiting else "")

    def row_initial(self, name: str) -> list[dict[str, Any]]:  # noqa: ARG002
        if not awards_to(self.process, self.supplier_key):
            return []
        contract = Contract.objects.filter(process=self.process, supplier=self.supplier_key).first()
        if contract is None:
            return default_schedule(self.process, self.supplier_key, self.at)
        return [
            {"item_number": d.item_number, "unit_key": d.place_id, "quantity": exact(d.quantity), "due_on": d.due_on}
            for d in contract.schedule.all()
        ]

    def facts(self) -> list[tuple[str, str]]:
        found = [
            (f"{item.number}. {item.description}", f"{exact(item.quantity):,f} × {money(unit)}")
            for item, unit in awarded_lines(self.process, self.supplier_key)
        ]
        term = signature_term(self.process)
        if term:
            found.append((str(_("Signed at the latest on")), day(term.deadline.end)))
        return found

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "supplier_key": self.supplier_key, "schedule": self.lines("schedule")}


class SignForm(ContractForm):
    """A signature covers the digest of the text that the page showed."""

    digest = forms.CharField(label=_("Digest of the text"), widget=forms.HiddenInput, max_length=64)

    def prepare(self) -> None:
        super().prepare()
        self.initial["digest"] = digest_of_contract(self.contract)

    def facts(self) -> list[tuple[str, str]]:
        contract = self.contract
        return [
            *self.contract_facts(),
            *self.schedule_facts(),
            (str(_("Performance guarantee")), percent(contract.guarantee_share)),
            (str(_("Penalty for each day late")), percent(contract.penalty_rate)),
            (str(_("Other terms")), contract.terms or str(_("none"))),
            (str(_("Digest of the text")), digest_of_contract(contract)),
        ]


@step("contracting.sign_supplier")
class SignSupplier(SignForm):
    """The supplier's signature."""

    title = _("Do you sign this contract?")
    lead = _("Read it whole. The digest fixes the text: if a letter changes, your signature is asked for again.")
    button = _("Sign the contract")
    consequence = _("Your company is bound once the buyer signs as well.")
    signed_until = "contract.signed"


@step("contracting.sign_buyer")
class SignBuyer(SignForm):
    """The institution's signature."""

    title = _("Does the institution sign this contract?")
    lead = _("The supplier has signed. With your signature the contract is in force and its whole text is public.")
    button = _("Sign the contract")
    consequence = _("The contract is in force. Its text, prices and deliveries are public for ever.")
    late_reason = LineField(
        label=_("Why it is signed late, if it is"), max_length=1000, rows=2, required=False,
        help_text=_("Only after the term of the law has ended."),
    )  # fmt: skip

    def facts(self) -> list[tuple[str, str]]:
        term = signature_term(self.process)
        return [*super().facts(), *([(str(_("Signed at the latest on")), day(term.deadline.end))] if term else [])]


@step("contracting.register_guarantee")
class RegisterGuarantee(ContractForm):
    """A guarantee, copied from its policy."""

    title = _("Which guarantee did the supplier give?")
    lead = _("Copy it from the policy. It must cover the share that the call asked for.")
    button = _("Register the guarantee")
    consequence = _("Guarantor, amount and term are public for ever (art. 48).")
    kind = forms.ChoiceField(label=_("Kind"), choices=list(GUARANTEE_KINDS.items()), initial="suretyBond")
    obligation = forms.ChoiceField(label=_("It guarantees"), choices=list(OBLIGATIONS.items()))
    policy = LineField(label=_("Policy number"), max_length=60)
    guarantor = LineField(label=_("Guarantor"), max_length=200)
    amount = MoneyField(label=_("Amount"))
    issued_on = DayField(label=_("Given on"))
    ends_on = DayField(label=_("Valid until"))
    late_reason = LineField(label=_("Why it comes late, if it does"), max_length=1000, rows=2, required=False)
    document = forms.FileField(label=_("The policy (PDF or XML)"), required=False)

    def facts(self) -> list[tuple[str, str]]:
        term = guarantee_term(self.contract)
        return [
            *self.contract_facts(),
            (str(_("Guarantee that the contract needs")), money(guarantee_required(self.contract))),
            (str(_("Still missing")), money(guarantee_missing(self.contract))),
            *([(str(_("Given at the latest on")), day(term.deadline.end))] if term else []),
        ]


@step("contracting.amend")
class Amend(ContractForm):
    """More deliveries, or other days."""

    title = _("What changes in the contract?")
    lead = _("Add deliveries at the price signed, within the cap, or move days that have not passed.")
    button = _("Sign the amendment")
    consequence = _("The contract changes at once. Reason and change are public for ever.")
    reason = LineField(label=_("Why it changes"), max_length=2000, rows=3)
    ends_on = DayField(label=_("New end of the contract, if it moves"), required=False)
    document = forms.FileField(label=_("The amendment as signed"), required=False)
    rows = {"added": (DeliveryForm, 1), "dates": (DateForm, 1)}

    row_labels = {
        "added": {"title": _("Deliveries to add"), "row": _("Delivery"), "add": _("Add a delivery")},
        "dates": {"title": _("Days that move"), "row": _("Delivery"), "add": _("Move another day")},
    }

    def prepare(self) -> None:
        super().prepare()
        type(self.formsets["added"]).form = delivery_form(places_of(self.process))

    def facts(self) -> list[tuple[str, str]]:
        return [*self.contract_facts(), *self.schedule_facts()]

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "added": self.lines("added"), "dates": self.lines("dates")}


@step("contracting.terminate")
class Terminate(ContractForm):
    """The end before time."""

    title = _("Why does the contract end before its time?")
    lead = _("What was accepted is still paid. Nothing more can be received.")
    button = _("End the contract")
    consequence = _("The contract ends at once and for ever. The reason is public.")
    ground = forms.ChoiceField(label=_("Ground"), choices=list(GROUNDS.items()), widget=forms.RadioSelect)
    reason = LineField(label=_("Facts and reasons"), max_length=4000, rows=4)
    notified_on = DayField(
        label=_("Day on which the supplier was notified"), required=False,
        help_text=_("For a rescission: the supplier has a term to answer first."),
    )  # fmt: skip
    opinion = LineField(
        label=_("Opinion of the internal control body"),
        max_length=120,
        required=False,
        help_text=_("For the early termination of a large contract: number and date."),
    )
