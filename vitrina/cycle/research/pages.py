# SPDX-License-Identifier: Apache-2.0
"""Forms of the market research."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core import words
from vitrina.cycle.core.fields import DayField, InstantField, LineField, MoneyField
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.planning.queries import items_of

from .commands import SOURCE_KINDS
from .queries import usable_sources


@step("research.request_quotes")
class RequestQuotes(StepForm):
    """Ask companies what they would charge."""

    title = _("Whom do you ask for a quotation?")
    lead = _("The number of companies is public at once; their names are public at the opening.")
    button = _("Ask for quotations")
    consequence = _("The request and its deadline are public for ever. It obliges nobody to buy (art. 26).")
    companies = LineField(label=_("Companies"), max_length=4000, rows=4, help_text=_("One company on each line."))
    text = LineField(label=_("What you ask them"), max_length=2000, rows=3)
    due_at = InstantField(label=_("They may answer until"))

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"companies": data["companies"].splitlines()}


@step("research.record_source")
class RecordSource(StepForm):
    """Record one price."""

    title = _("Which price did you find?")
    lead = _("Record one price for one line. Everything here stays secret until the opening.")
    button = _("Record the price")
    consequence = _("The price enters the ledger sealed. At the opening everybody reads it (art. 26).")
    item_number = forms.TypedChoiceField(label=_("Line"), coerce=int)
    kind = forms.ChoiceField(label=_("Where the price comes from"), choices=list(SOURCE_KINDS.items()))
    origin = LineField(
        label=_("Who quoted it, which contract, which list"),
        max_length=300,
        help_text=_("Write the same source in the same way each time: different sources are counted."),
    )
    price = MoneyField(label=_("Unit price, without VAT"))
    observed_on = DayField(label=_("Date of the price"))
    evidence = forms.FileField(
        label=_("Evidence"), required=False, help_text=_("PDF, image or spreadsheet; kept secret.")
    )

    def prepare(self) -> None:
        choices = [(i.number, f"{i.number}. {i.description} ({i.unit_name})") for i in items_of(self.process)]
        self.fields["item_number"].choices = choices

    def facts(self) -> list[tuple[str, str]]:
        found = usable_sources(self.process)
        return [(str(_("Prices for line %(n)s")) % {"n": n}, str(len(many))) for n, many in found.items()]


@step("research.conclude")
class Conclude(StepForm):
    """Seal the reference prices."""

    title = _("Is the market research complete?")
    lead = _("The reference price of each line is computed from the prices below and sealed.")
    button = _("Conclude the research")
    consequence = _(
        "The number of sources and a sealed figure are public at once, the prices at the opening (Regl. art. 28)."
    )

    def facts(self) -> list[tuple[str, str]]:
        found = usable_sources(self.process)
        return [(f"{n}. {s.origin}", words.money(s.price)) for n, many in found.items() for s in many]
