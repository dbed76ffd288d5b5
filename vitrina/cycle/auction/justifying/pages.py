# SPDX-License-Identifier: Apache-2.0
"""Forms about a price that was marked: the bidder's answer, what an evaluator holds of it. `key` names the lot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.auction.models import PriceRequest
from vitrina.cycle.auction.pages import LotForm
from vitrina.cycle.auction.queries import report_of
from vitrina.cycle.auction.states import Justification
from vitrina.cycle.core.fields import LineField, MoneyField
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import step
from vitrina.cycle.core.words import day_time, money
from vitrina.cycle.evaluation.texts import MAX_DECISION, MAX_RULING
from vitrina.kernel.money import Money

from .commands import MAX_CONCEPT
from .queries import is_public_at_once, open_request
from .words import mark_words

KEEP = [("yes", _("It stands")), ("no", _("It goes out"))]


class CostForm(forms.Form):
    """A line of what a price is made of."""

    concept = LineField(label=_("Concept"), max_length=MAX_CONCEPT)
    amount = MoneyField(label=_("Amount in the lot, without VAT"))


class PriceForm(LotForm):
    """A step on a price of a lot that was asked about."""

    def prepare(self) -> None:
        super().prepare()
        row = open_request(self.process, self.lot())
        if row is None:
            raise refuse("decided", gettext("No price waits for a justification in this lot."))
        self.row: PriceRequest = row

    def facts(self) -> list[tuple[str, str]]:
        report = report_of(self.process, self.lot())
        marked = [(gettext("Why it is asked"), mark_words(mark)) for mark in (report.award.marks if report else ())]
        return [
            (gettext("Lot"), str(self.lot())),
            (gettext("Price of the lot"), money(Money(self.row.centavos))),
            *marked,
        ]


@step("auction.justify_price")
class JustifyPrice(PriceForm):
    """Why a price is so low, and what it is made of."""

    title = _("How can you supply at this price?")
    lead = _(
        "The rules ask it of any price that lies far below the others. A low price is a reason to ask, not a fault."
    )
    button = _("Send the justification")
    rows = {"costs": (CostForm, 4)}
    row_labels = {"costs": {"title": _("What the price is made of"), "row": _("Cost"), "add": _("Add a cost")}}
    text = LineField(
        label=_("Why you can supply at this price"),
        max_length=MAX_RULING,
        rows=5,
        help_text=_("Your method, your conditions of purchase, what you have in stock, an aid that you get by law."),
    )
    document = forms.FileField(
        label=_("A document that supports it"), required=False, help_text=_("A PDF, for example.")
    )

    def prepare(self) -> None:
        super().prepare()
        if self.row.supplier_key != self.actor.supplier_key:
            raise refuse("not_asked", gettext("Your company was not asked to justify a price in this lot."))
        if self.row.state != Justification.REQUESTED or self.at > self.row.answer_by:
            raise refuse("late", gettext("Nothing can be answered any more: it was answered, or its term has passed."))
        self.is_public = is_public_at_once(self.process, self.at)
        if not self.is_public:
            del self.fields["document"]

    @property
    def consequence(self) -> str:  # type: ignore[override]
        """When the answer is published, as the rulebook says."""
        ask = gettext("Count every cost and your profit: together they give your price. It is answered once.")
        if self.is_public:
            return gettext("Everybody reads your answer at once, with your name.") + " " + ask
        return gettext("The evaluators read your answer; everybody reads it when they decide.") + " " + ask

    def facts(self) -> list[tuple[str, str]]:
        until = day_time(self.row.answer_by, self.process.unit.zone)
        return [*super().facts(), (gettext("Answer by"), until)]

    def arguments(self) -> dict[str, Any]:
        costs = [(line["concept"], line["amount"].centavos) for line in self.lines("costs")]
        return {**super().arguments(), "costs": costs}


@step("auction.weigh_price")
class WeighPrice(PriceForm):
    """What an evaluator holds of a price."""

    title = _("Does the price stand?")
    lead = _("Nobody sees what you decide until every evaluator has. Then the reasons are public, without names.")
    button = _("Save my decision")
    consequence = _(
        "With the last evaluator it is decided and published: the price goes out if more than half say so. "
        "It cannot be changed."
    )
    keep = forms.ChoiceField(label=_("The price"), choices=KEEP, widget=forms.RadioSelect)
    reason = LineField(label=_("Reason, which is published"), max_length=MAX_DECISION, rows=4)

    def prepare(self) -> None:
        super().prepare()
        if self.row.state == Justification.REQUESTED and self.at <= self.row.answer_by:
            raise refuse(
                "early", gettext("Its bidder can still answer. Decide when it has, or when its term has passed.")
            )
        if self.row.opinions.filter(person_id=self.actor.person_id).exists():
            raise refuse("again", gettext("You have decided on this price already."))

    def facts(self) -> list[tuple[str, str]]:
        found = [(gettext("Bidder"), self.row.supplier_name), *super().facts()]
        answer = self.row.answer
        if answer is None:
            return [*found, (gettext("Answer"), gettext("Its term passed and it answered nothing."))]
        costs = [(c["concept"], money(Money(c["amount"]["centavos"]))) for c in answer["costs"]]
        links = [
            format_html('<a href="/documentos/{}">{}</a>', ref["sha256"], ref["title"]) for ref in self.row.documents
        ]
        return [
            *found,
            (gettext("Answer"), answer["text"]),
            *costs,
            *((gettext("Document"), link) for link in links),
        ]

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "keep": self.cleaned_data["keep"] == "yes"}
