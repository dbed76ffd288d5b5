# SPDX-License-Identifier: Apache-2.0
"""Forms of the clarification."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core import words
from vitrina.cycle.core.fields import LineField
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.tendering.queries import questions_until, tender_of

from . import sheet
from .commands import TOPICS
from .models import Question
from .queries import (
    Group,
    flood_keys,
    floods_of,
    groups_of,
    may_give_answers,
    meeting_of,
    questions_for_officer,
    questions_of_supplier,
)

SHOWN = 20  # questions that a form shows; the page of questions shows all


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
        return _terms(self)


@step("clarifying.ask_many")
class AskMany(StepForm):
    """A sheet of questions."""

    title = _("Do you have many questions? Send them in a sheet.")
    lead = _(
        "Each row becomes a question of its own, with its act. Rows that cannot be taken are told, and you mend them."
    )
    button = _("Send the sheet")
    consequence = _("The questions cannot be withdrawn. They are answered in the clarification meeting (art. 33 Bis).")
    template = "clarifying/ask_many.html"
    file = forms.FileField(
        label=_("Your sheet (CSV or XLSX)"),
        help_text=_("Columns tema and pregunta, at most 5,000 rows. Do not write your company's name."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    answers = 0  # that its rows may ask about

    def facts(self) -> list[tuple[str, str]]:
        return _terms(self)

    @property
    def warnings(self) -> list[str]:
        """What will be taken of the sheet, told before it is signed."""
        file = self.cleaned_data["file"]
        file.seek(0)
        try:
            found = sheet.read(file, "xlsx" if file.name.lower().endswith(".xlsx") else "csv", self.answers)
        except sheet.BadSheet:
            return []  # the command says why
        finally:
            file.seek(0)
        n, bad = len(found.taken), len(found.rejected)
        told = [ngettext("%(n)s row can be taken.", "%(n)s rows can be taken.", n) % {"n": f"{n:,}"}]
        if bad:
            text = ngettext("%(n)s cannot, and the receipt says why.", "%(n)s cannot, and the receipt says why.", bad)
            told.append(text % {"n": f"{bad:,}"})
        return [" ".join(told)]


def _terms(form: StepForm) -> list[tuple[str, str]]:
    """Until when, and how many the supplier has asked already."""
    tender = tender_of(form.process)
    if tender is None:
        return []
    zone = form.process.unit.zone
    mine = questions_of_supplier(form.process, form.actor.supplier_key)
    return [
        (str(_("Questions until")), words.day_time(questions_until(tender), zone)),
        (str(_("Clarification meeting")), words.day_time(tender.clarification_at, zone)),
        (str(_("Questions you have sent")), f"{len(mine):,}"),
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
        return [*_about(self, self.question), (f"{self.question.alias}, {topic}", self.question.text)]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"question_id": self.key}


def _about(form: StepForm, question: Question) -> list[tuple[str, str]]:
    """What a re-question asks about: the question and the answer that was given."""
    if not question.about:
        return []
    asked = questions_for_officer(form.process)[question.about - 1]
    label = gettext("Question %(n)s, and its answer") % {"n": f"{question.about:,}"}
    return [(label, f"{asked.text}\n{asked.answer}")]


def _found(form: StepForm) -> Group:
    """The group of the question that `key` names."""
    for found in groups_of(form.process):
        if form.key in found.ids:
            return found
    raise refuse("question", _("There is no such question in this purchase."))


def _asked_by(group: Group) -> str:
    """Who asked how many of a group."""
    return ", ".join(f"{alias} ({n:,})" if n > 1 else alias for alias, n in group.by_alias)


def _wordings(group: Group) -> list[tuple[str, str]]:
    """The different texts of a group, the first of each, at most so many as a form shows."""
    first: dict[str, str] = {}
    for number, question in zip(group.numbers, group.questions, strict=True):
        first.setdefault(
            question.text, gettext("Question %(n)s, of %(alias)s") % {"n": number, "alias": question.alias}
        )
    shown = [(label, text) for text, label in list(first.items())[:SHOWN]]
    if (more := len(first) - SHOWN) > 0:
        text = ngettext(
            "%(n)s wording more, on the page of questions", "%(n)s wordings more, on the page of questions", more
        )
        shown.append((gettext("Others"), text % {"n": f"{more:,}"}))
    return shown


@step("clarifying.answer_group")
class AnswerGroup(StepForm):
    """One answer to all questions of a group; `key` is the id of any of them."""

    title = _("What do you answer to all of them?")
    lead = _(
        "These questions ask the same. Each gets this answer; none is left out. You can rewrite it until the meeting."
    )
    button = _("Save the answer to all")
    consequence = _("At the meeting the answer becomes part of the call and obliges everybody (art. 33 Bis).")
    text = LineField(label=_("Answer"), max_length=4000, rows=6)

    def prepare(self) -> None:
        self.group = _found(self)
        self.fields["text"].initial = next((q.answer for q in self.group.questions if q.answer), "")

    def facts(self) -> list[tuple[str, str]]:
        n = len(self.group.questions)
        asked = ngettext("%(n)s question, of %(who)s", "%(n)s questions, of %(who)s", n)
        return [
            *_about(self, self.group.lead),
            (gettext("In the group"), asked % {"n": f"{n:,}", "who": _asked_by(self.group)}),
            *_wordings(self.group),
        ]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"question_id": self.key}


@step("clarifying.take_out")
class TakeOut(StepForm):
    """A question out of its group; `key` is its id."""

    title = _("Does this question ask something else?")
    lead = _("It leaves its group and gets an answer of its own. It keeps the one it has until you rewrite it.")
    button = _("Take it out of the group")
    consequence = _("It is an act of the ledger; the minutes say that the contracting area placed it.")

    def prepare(self) -> None:
        self.group = _found(self)
        if len(self.group.questions) == 1:
            raise refuse("alone", _("This question already stands alone."))

    def facts(self) -> list[tuple[str, str]]:
        mine = next(q for q in self.group.questions if q.id == self.key)
        other = next(q for q in self.group.questions if q.id != self.key)
        return [(gettext("This question"), mine.text), (gettext("In its group"), other.text)]

    def arguments(self) -> dict[str, Any]:
        return {"question_id": self.key}


class NumbersField(LineField):
    """Numbers of questions, as `4, 12 33`: a list of at most 200."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace(",", " ").replace(";", " ").split()
        if len(text) > MOST_NUMBERS or not all(t.isascii() and t.isdigit() and len(t) < 6 for t in text):  # noqa: PLR2004
            raise forms.ValidationError(gettext("Write numbers of questions, as 4, 12."))
        return [int(t) for t in text]


MOST_NUMBERS = 200


@step("clarifying.join_groups")
class JoinGroups(StepForm):
    """Groups that ask the same, made one; `key` is the id of a question of the first."""

    title = _("Which other questions ask the same?")
    lead = _("Their whole groups come to this one, and one answer answers all.")
    button = _("Join the groups")
    consequence = _("It is an act of the ledger; the minutes say that the contracting area placed them.")
    numbers = NumbersField(
        label=_("Numbers of questions of the other groups"),
        max_length=1400,
        help_text=_("As they stand on the page of questions: 4, 12."),
    )

    def prepare(self) -> None:
        self.group = _found(self)

    def facts(self) -> list[tuple[str, str]]:
        return [(gettext("This group"), f"{self.group.number}. {self.group.lead.text}")]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"question_id": self.key}


@step("clarifying.note_flood")
class NoteFlood(StepForm):
    """The notice to internal control: who asked how much."""

    title = _("What do you make of who asked how much?")
    lead = _("Many questions are no fault: each is answered. You see it because the rule says that you should.")
    button = _("Take note")
    consequence = _("Nothing stops because of it. What you write stays in the ledger, sealed, with your office.")
    note = LineField(label=_("What you make of it, and what you do"), max_length=2000, rows=4)

    def prepare(self) -> None:
        tender, meeting = tender_of(self.process), meeting_of(self.process)
        self.found = floods_of(self.process, tender) if tender else {}
        if meeting is None or not flood_keys(self.found) - set(meeting.floods_noted):
            raise refuse("flood", _("There is nothing of which to take note."))

    def facts(self) -> list[tuple[str, str]]:
        first = gettext("%(n)s of the %(of)s questions; %(repeated)s of them repeat one asked before")
        again = gettext("%(n)s of the %(of)s re-questions; %(repeated)s of them repeat what was asked before")
        return [
            (
                f.who,
                (again if n else first) % {"n": f"{f.questions:,}", "of": f"{f.of:,}", "repeated": f"{f.repeated:,}"},
            )
            for n, some in self.found.items()
            for f in some
        ]


@step("clarifying.close_meeting")
class CloseMeeting(StepForm):
    """The minutes of the meeting."""

    title = _("What was said in the meeting?")
    lead = _("All questions and answers are published together, without the names of those who asked.")
    button = _("Close the meeting and publish its minutes")
    consequence = _("The answers oblige everybody from now on, and no more questions are received (art. 33 Bis).")
    observations = LineField(label=_("Observations"), max_length=4000, rows=4, required=False)

    def facts(self) -> list[tuple[str, str]]:
        return asked_and_answered(self.process)

    @property
    def warnings(self) -> list[str]:
        """That nobody was given the time to ask about the answers."""
        tender = tender_of(self.process)
        if tender is None or not may_give_answers(self.process, tender, meeting_of(self.process)):
            return []
        return [
            gettext("No term was given to ask about the answers. You can still give them and receive re-questions.")
        ]


def asked_and_answered(process: Process) -> list[tuple[str, str]]:
    """The questions with their answers; of many only how many there are."""
    questions = questions_for_officer(process)
    if len(questions) > SHOWN:
        waiting = sum(not q.answer for q in questions)
        n_groups = len(groups_of(process, questions))
        told = {"n": f"{len(questions):,}", "groups": f"{n_groups:,}", "waiting": f"{waiting:,}"}
        text = gettext("%(n)s, in %(groups)s groups; without an answer: %(waiting)s") % told
        return [(gettext("Questions"), text)]
    return [(f"{n}. {q.text}", q.answer or gettext("no answer yet")) for n, q in enumerate(questions, start=1)]
