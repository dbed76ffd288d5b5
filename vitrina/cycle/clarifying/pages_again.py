# SPDX-License-Identifier: Apache-2.0
"""Forms of the second round of the clarification: the answers are given, and may be asked about."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core import words
from vitrina.cycle.core.fields import LineField, WholeField
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.steps import StepForm, step

from . import guards
from .pages import AskMany, asked_and_answered
from .queries import questions_of_supplier


@step("clarifying.ask_again")
class AskAgain(StepForm):
    """A supplier's re-question about an answer; `key`, where there is one, is the number of its question."""

    title = _("What do you need to know about an answer?")
    lead = _("Nobody reads who asks. Your re-question and its answer are public once the meeting is closed.")
    button = _("Send the re-question")
    consequence = _("The re-question cannot be withdrawn. It is answered before the meeting is closed.")
    number = WholeField(
        label=_("Number of the question whose answer you ask about"),
        min_value=1,
        max_value=10**6,
        help_text=_("As it stands in the answers that were given."),
    )
    text = LineField(
        label=_("Your re-question"),
        max_length=2000,
        rows=5,
        help_text=_("Do not write your company's name: it would be published."),
    )

    def prepare(self) -> None:
        self.meeting, self.answers = guards.meeting_that_asks_again(self.process, self.at)
        if self.key.isascii() and self.key.isdigit():
            self.fields["number"].initial = int(self.key)

    def facts(self) -> list[tuple[str, str]]:
        return _terms_again(self)


@step("clarifying.ask_again_many")
class AskAgainMany(AskMany):
    """A sheet of re-questions."""

    title = _("Do you have many re-questions? Send them in a sheet.")
    lead = _("Each row names the answer that it asks about by the number of its question.")
    consequence = _("The re-questions cannot be withdrawn. They are answered before the meeting is closed.")
    file = forms.FileField(
        label=_("Your sheet (CSV or XLSX)"),
        help_text=_("Columns respuesta and pregunta, at most 5,000 rows. Do not write your company's name."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def prepare(self) -> None:
        self.meeting, self.answers = guards.meeting_that_asks_again(self.process, self.at)

    def facts(self) -> list[tuple[str, str]]:
        return _terms_again(self)


def _terms_again(form: AskAgain | AskAgainMany) -> list[tuple[str, str]]:
    """Until when, about how many answers, and how many the supplier has asked already."""
    mine = questions_of_supplier(form.process, form.actor.supplier_key)
    n = sum(q.round == form.meeting.round for q in mine)
    until = words.day_time(form.meeting.until, form.process.unit.zone) if form.meeting.until else ""
    return [
        (gettext("Re-questions until"), until),
        (gettext("Answers that were given"), f"{form.answers:,}"),
        (gettext("Re-questions you have sent"), f"{n:,}"),
    ]


@step("clarifying.give_answers")
class GiveAnswers(StepForm):
    """The answers of the meeting, and for how long they may be asked about."""

    title = _("For how long may bidders ask about the answers?")
    lead = _(
        "All answers are published now, together. Who does not understand one may ask about it until the term ends."
    )
    button = _("Give the answers")
    consequence = _("The answers cannot change any more. The meeting goes on until the re-questions are answered.")
    hours = WholeField(label=_("Hours for re-questions"), min_value=1, max_value=1000)

    def prepare(self) -> None:
        tender = guards.published(self.process)
        guards.require_round(self.process, tender, guards.meeting_to_hold(self.process))
        self.rules = guards.rules_of_requestions(self.process, tender)
        self.fields["hours"].initial = int(self.rules[0].value)

    def facts(self) -> list[tuple[str, str]]:
        told = [(gettext("The law"), words.rule_words(applied(rule))) for rule in self.rules]
        return [*told, *asked_and_answered(self.process)]
