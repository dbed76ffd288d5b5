# SPDX-License-Identifier: Apache-2.0
"""Forms of the clarification."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core import words
from vitrina.cycle.core.fields import LineField
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.tendering.queries import questions_until, tender_of

from .commands import TOPICS
from .queries import questions_for_officer, questions_of_supplier


@step("clarifying.ask")
class Ask(StepForm):
    """A supplier's question."""

    title = _("What do you need to know about the call?")
    lead = _("Nobody reads who asks. Your question and its answer are public once the meeting is held.")
    button = _("Send the question")
    consequence = _("The question cannot be withdrawn. It is answered in the clarification meeting (art. 33 Bis).")
    topic = forms.ChoiceField(label=_("What it is about"), choices=list(TOPICS.items()), widget=forms.RadioSelect)
    text = LineField(
        label=_("Your question"),
        max_length=2000,
        rows=5,
        help_text=_("Do not write your company's name: it would be published."),
    )

    def facts(self) -> list[tuple[str, str]]:
        tender = tender_of(self.process)
        if tender is None:
            return []
        zone = self.process.unit.zone
        mine = questions_of_supplier(self.process, self.actor.supplier_key)
        return [
            (str(_("Questions until")), words.day_time(questions_until(tender), zone)),
            (str(_("Clarification meeting")), words.day_time(tender.clarification_at, zone)),
            (str(_("Questions you have sent")), str(len(mine))),
        ]


@step("clarifying.answer")
class Answer(StepForm):
    """The answer to one question; `key` is its id."""

    title = _("What do you answer?")
    lead = _("The answer stays secret until the meeting, and you can rewrite it until then.")
    button = _("Save the answer")
    consequence = _("At the meeting the answer becomes part of the call and obliges everybody (art. 33 Bis).")
    text = LineField(label=_("Answer"), max_length=4000, rows=6)

    def prepare(self) -> None:
        found = [q for q in questions_for_officer(self.process) if q.id == self.key]
        if not found:
            raise refuse("question", _("There is no such question in this purchase."))
        self.question = found[0]
        self.fields["text"].initial = self.question.answer

    def facts(self) -> list[tuple[str, str]]:
        topic = str(TOPICS[self.question.topic])
        return [(f"{self.question.alias}, {topic}", self.question.text)]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"question_id": self.key}


@step("clarifying.close_meeting")
class CloseMeeting(StepForm):
    """The minutes of the meeting."""

    title = _("What was said in the meeting?")
    lead = _("All questions and answers are published together, without the names of those who asked.")
    button = _("Close the meeting and publish its minutes")
    consequence = _("The answers oblige everybody from now on, and no more questions are received (art. 33 Bis).")
    observations = LineField(label=_("Observations"), max_length=4000, rows=4, required=False)

    def facts(self) -> list[tuple[str, str]]:
        return [
            (f"{n}. {q.text}", q.answer or str(_("no answer yet")))
            for n, q in enumerate(questions_for_officer(self.process), start=1)
        ]
