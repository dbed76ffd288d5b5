# SPDX-License-Identifier: Apache-2.0
"""Forms of delivery."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import today
from vitrina.cycle.contracting.terms import exact
from vitrina.cycle.core.fields import DayField, LineField, QuantityField
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.core.words import day, money

from .models import Receipt
from .penalties import penalty
from .queries import acceptance_term, items_by_number, parts_of, pending


@step("delivery.receive")
class Receive(StepForm):
    """An arrival at a place: one quantity for each delivery expected there."""

    title = _("What has arrived?")
    lead = _("Count what is here and write it down now; accept or reject it after looking at it.")
    button = _("Record the arrival")
    consequence = _("Everybody sees that the goods arrived, and on which day. What you will reject, receive apart.")
    received_on = DayField(label=_("It arrived on"))
    note = LineField(label=_("Number of the delivery note"), max_length=60)
    document = forms.FileField(label=_("The delivery note, stamped"), required=False)

    def prepare(self) -> None:
        contract_id, _dot, place = self.key.partition(".")
        rows = Contract.objects.select_related("supplier")
        self.contract = rows.filter(process=self.process, id=contract_id).first()
        if self.contract is None or not self.contract.is_active:
            raise refuse("contract", gettext("The contract is not in force; nothing can be received."))
        self.initial.setdefault("received_on", today(self.process, self.at))
        items = items_by_number(self.process)
        self.expected = [row for row in pending(self.contract) if place in {"", row[0].place_id}]
        for delivery, left in self.expected:
            item = items[delivery.item_number]
            label = _("%(item)s: delivery %(n)d, %(place)s") % {
                "item": item.description,
                "n": delivery.number,
                "place": delivery.place.name,
            }
            hint = _("%(left)s %(unit)s expected, due on %(day)s.") % {
                "left": f"{exact(left):,f}",
                "unit": item.unit_name,
                "day": day(delivery.due_on),
            }
            self.fields[f"d{delivery.number}"] = QuantityField(label=label, help_text=hint, required=False, zero=True)

    def facts(self) -> list[tuple[str, str]]:
        return [(str(_("Contract")), self.contract.id), (str(_("Supplier")), self.contract.supplier.name)]

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        counted = [(delivery.number, data.pop(f"d{delivery.number}")) for delivery, _left in self.expected]
        lines = [{"delivery": number, "quantity": quantity} for number, quantity in counted if quantity]
        return {**data, "contract_id": self.key.partition(".")[0], "lines": lines}


class DecisionForm(StepForm):
    """A step on one receipt, named by `key`."""

    def prepare(self) -> None:
        rows = Receipt.objects.select_related("contract", "contract__supplier", "place")
        self.receipt = rows.filter(contract__process=self.process, id=self.key).first()
        if self.receipt is None:
            raise refuse("receipt", gettext("There is no such receipt in this purchase."))
        self.receipt.contract.process = self.process

    def facts(self) -> list[tuple[str, str]]:
        items = items_by_number(self.process)
        rate = self.receipt.contract.penalty_rate
        found = [
            (str(_("Supplier")), self.receipt.contract.supplier.name),
            (str(_("Place")), self.receipt.place.name),
            (str(_("Arrived on")), day(self.receipt.received_on)),
        ]
        for line, part in parts_of(self.receipt):
            text = f"{exact(line.quantity):,f} {items[line.item_number].unit_name}"
            if line.late_days:
                late = ngettext(
                    "%(n)d day late; penalty before the cap: %(amount)s",
                    "%(n)d days late; penalty before the cap: %(amount)s",
                    line.late_days,
                )
                text += "; " + late % {"n": line.late_days, "amount": money(penalty(part, rate))}
            found.append((items[line.item_number].description, text))
        if running := acceptance_term(self.receipt):
            found.append((str(_("Decide at the latest on")), day(running.deadline.end)))
        return found

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "receipt_id": self.key}


@step("delivery.accept")
class Accept(DecisionForm):
    """The acceptance of a receipt."""

    title = _("Are the goods as the contract says?")
    lead = _("Once accepted, the supplier may invoice them.")
    button = _("Accept the goods")
    consequence = _("The supplier may invoice. The penalty of what came late is fixed, on the late part only.")
    late_reason = LineField(label=_("Why this is decided late, if it is"), max_length=1000, rows=2, required=False)


@step("delivery.reject")
class Reject(DecisionForm):
    """The rejection of a receipt."""

    title = _("What is wrong with the goods?")
    lead = _("The supplier reads your reasons and must deliver again.")
    button = _("Reject the goods")
    consequence = _("The goods are still due on the day agreed. Your reasons are public for ever.")
    reason = LineField(label=_("What is wrong, item by item"), max_length=2000, rows=4)
    late_reason = LineField(label=_("Why this is decided late, if it is"), max_length=1000, rows=2, required=False)
