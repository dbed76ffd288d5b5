# SPDX-License-Identifier: Apache-2.0
"""Forms of bidding. What is typed in them is never kept as a draft: a draft would be a bid outside its envelope."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core import words
from vitrina.cycle.core.fields import LineField, MoneyField
from vitrina.cycle.core.files import MAX_BYTES
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.queries import criteria_of, tender_of
from vitrina.kernel import formats

from .checks import MAX_DOCUMENTS, MAX_RESPONSE
from .queries import live_bid, receipt


class ManyFilesInput(forms.ClearableFileInput):
    """One control, several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of uploaded files, empty when none was chosen."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFilesField, self).clean(one, initial) for one in chosen]


class _BidForm(StepForm):
    is_secret = True  # the desk keeps no draft of it

    def facts(self) -> list[tuple[str, str]]:
        found = [(str(_("Bids are received until")), self._local(tender_of(self.process).opening_at))]
        bid = live_bid(self.process, self.actor.supplier_key)
        if bid is not None:
            kept = receipt(bid)
            found.append((str(_("Your bid was received on")), self._local(kept.received_at)))
            found.append((str(_("Its digest")), kept.digest))
            if kept.is_call_changed:
                found.append((str(_("The call changed after your bid")), str(_("Look at it again and replace it."))))
        return found

    def _local(self, at: Any) -> str:
        return words.day_time(at, self.process.unit.zone)


@step("bidding.submit")
class Submit(_BidForm):
    """Hand in a bid, or another in its place."""

    is_reviewed = False  # sent at 10:59:59 it is in time; it can be replaced or withdrawn until the hour
    title = _("What do you offer, and at what price?")
    lead = _("Write unit prices without VAT. Leave a lot empty if you do not bid for it. Keep a copy of your own.")
    button = _("Hand in the bid")
    consequence = _(
        "Your bid stays closed until the opening act; the system shows it to nobody, not even you. Then its prices, "
        "answers and documents are public. A bid that you sent before is replaced (art. 34)."
    )

    def prepare(self) -> None:
        items = items_of(self.process)
        has_lots = len({item.lot for item in items}) > 1
        for item in items:
            named = {"lot": item.lot, "item": item.number, "what": item.description}
            label = _("Lot %(lot)d, item %(item)d: %(what)s") if has_lots else _("Item %(item)d: %(what)s")
            help_text = _("For one %(unit)s; %(quantity)s are bought.") % {
                "unit": item.unit_name,
                "quantity": formats.number(item.quantity, words.lang()),
            }
            field = MoneyField(label=label % named, help_text=help_text, required=not has_lots)
            self.fields[f"price_{item.number}"] = field
        for c in criteria_of(self.process):
            self.fields[f"response_{c.number}"] = LineField(
                label=_("How you meet: %(title)s") % {"title": c.title},
                help_text=c.description,
                max_length=MAX_RESPONSE,
                rows=3,
                required=c.lot is None,
            )
        self.fields["documents"] = ManyFilesField(
            label=_("Documents"),
            required=False,
            help_text=_("Up to %(n)d files of at most %(mb)d MB: PDF, Word, Excel, images.")
            % {"n": MAX_DOCUMENTS, "mb": MAX_BYTES // 1024 // 1024},
        )
        self.fields["statement"] = forms.BooleanField(
            label=_("I state under oath that what I send is true and that nothing forbids me to contract.")
        )

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data

        def numbered(prefix: str) -> dict[int, Any]:
            named = {n.removeprefix(prefix): v for n, v in data.items() if n.startswith(prefix)}
            return {int(n): v for n, v in named.items() if v}

        return {
            "prices": numbered("price_"),
            "responses": numbered("response_"),
            "documents": [(upload.name or "", upload) for upload in data["documents"]],
            "statement": data["statement"],
        }


@step("bidding.withdraw")
class Withdraw(_BidForm):
    """Take a bid back."""

    title = _("Do you want to take your bid back?")
    lead = _("You may send another one until the hour of the opening.")
    button = _("Withdraw the bid")
    consequence = _("What your bid holds is destroyed unread. At the opening it is told that you withdrew one.")

    def prepare(self) -> None:
        if live_bid(self.process, self.actor.supplier_key) is None:
            raise refuse("no-bid", _("You have no bid in this purchase."))
