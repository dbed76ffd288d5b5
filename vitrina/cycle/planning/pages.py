# SPDX-License-Identifier: Apache-2.0
"""Forms of planning."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core.fields import DayField, LineField, MoneyField, QuantityField, WholeField
from vitrina.cycle.core.steps import StepForm, step
from vitrina.parties.models import Unit

# Works wait until somebody records the terms of their law: `term.clarification_to_opening` of LOPSRM is not known.
CATEGORIES = (("goods", _("Goods")), ("services", _("Services")))


class ItemForm(forms.Form):
    """One line of goods."""

    lot = WholeField(label=_("Lot"), min_value=1, max_value=200, initial=1)
    cucop = forms.RegexField(
        r"^[0-9]{5}-[0-9]{4,5}$",
        label=_("CUCoP key"),
        help_text=_("Five digits, a hyphen, four digits."),
        error_messages={"invalid": _("Write the key as 25401-0012.")},
    )
    description = LineField(label=_("What it is"), max_length=300)
    quantity = QuantityField(label=_("Quantity"))
    unit_name = LineField(label=_("Unit"), max_length=40, help_text=_("Piece, test, box..."))


class LineForm(StepForm):
    """The fields that a line has when it is published and when it changes."""

    title_text = LineField(label=_("What will be bought, in plain words"), max_length=200)
    rationale = LineField(label=_("What it is needed for"), max_length=2000, rows=3)
    fiscal_year = WholeField(label=_("Fiscal year"), min_value=2000, max_value=2100)
    budget = MoneyField(label=_("Amount foreseen, without VAT"))
    budget_key = forms.CharField(
        label=_("Budget line (partida)"), validators=[RegexValidator(r"^[0-9]{5}\Z", _("Write five digits."))]
    )
    programme_key = LineField(label=_("Budget programme"), max_length=20, required=False)
    portfolio_key = LineField(label=_("Portfolio key (cartera)"), max_length=20, required=False)
    expected_on = DayField(label=_("Expected date of the call"))
    rows = {"items": (ItemForm, 3)}

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"title": data.pop("title_text"), "items": self.lines("items")}


@step("planning.publish_line")
class PublishLine(LineForm):
    """Begin a purchase."""

    title = _("What does your unit need to buy?")
    lead = _("The line enters the annual programme and everybody can read it at once.")
    button = _("Publish the line")
    consequence = _("The purchase begins. Its number, title, amount and lines are public for ever.")

    def prepare(self) -> None:
        units = Unit.objects.filter(can_contract=True).order_by("name")
        mine = Unit.objects.select_related("root").get(key=self.actor.unit_key).buyer
        choices = [(u.key, u.name) for u in units if mine.key in {u.key, u.root_id}]
        self.fields["unit_key"] = forms.ChoiceField(label=_("Contracting unit"), choices=choices)
        self.fields["category"] = forms.ChoiceField(label=_("What it is"), choices=CATEGORIES, required=False)
        self.order_fields(["title_text", "category", "rationale", "unit_key"])

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        return data | {"category": data["category"] or "goods"}


@step("planning.modify_line")
class ModifyLine(LineForm):
    """Change the line before the call."""

    title = _("What changes in the line?")
    lead = _("The earlier text stays public beside the new one.")
    button = _("Publish the change")
    consequence = _("The change and its reason are public for ever. A certified budget must be certified again.")
    reason = LineField(label=_("Why it changes"), max_length=1000, rows=2)
    rows = {"items": (ItemForm, 1)}

    def prepare(self) -> None:
        plan = self.process.plan_line
        names = ("rationale", "fiscal_year", "budget", "budget_key", "programme_key", "portfolio_key", "expected_on")
        for name in names:
            self.fields[name].initial = getattr(plan, name)
        self.fields["title_text"].initial = self.process.title

    def row_initial(self, name: str) -> list[dict[str, Any]]:  # noqa: ARG002
        columns = ("lot", "cucop", "description", "quantity", "unit_name")
        return list(self.process.items.values(*columns))


@step("planning.certify_budget")
class CertifyBudget(StepForm):
    """Certify the money."""

    title = _("Is there money for this purchase?")
    lead = _("Certify the budget so that the call can be published.")
    button = _("Certify the budget")
    consequence = _("You state that the money is authorised and reserved (art. 25).")
    certificate = LineField(label=_("Certificate number"), max_length=40)
    amount = MoneyField(label=_("Amount certified, without VAT"))

    def facts(self) -> list[tuple[str, str]]:
        return [(str(_("The line needs")), f"${self.process.plan_line.budget.decimal:,.2f}")]


@step("planning.cancel_line")
class CancelLine(StepForm):
    """Withdraw the line."""

    title = _("Why will this not be bought?")
    button = _("Withdraw the line")
    consequence = _("The purchase ends here. The reason is public for ever.")
    reason = LineField(label=_("Reason"), max_length=1000, rows=3)
