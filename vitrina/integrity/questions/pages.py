# SPDX-License-Identifier: Apache-2.0
"""Forms of the desk: the witness answers, internal control hides. The public's own form is in the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core.fields import LineField
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step

from .queries import questions_of
from .rules import HIDING


class _About(StepForm):
    """A step about one question; `key` is its number."""

    def prepare(self) -> None:
        number = int(self.key) if self.key.isascii() and self.key.isdigit() and len(self.key) < 7 else 0  # noqa: PLR2004
        asked = questions_of(self.process.ocid, placed_only=False) if self.process else []
        found = next((q for q in asked if q.number == number), None)
        if found is None:
            raise refuse("question", _("There is no such question in this purchase."))
        self.question = found

    def facts(self) -> list[tuple[str, str]]:
        return [(str(_("Question %(n)d of the public")) % {"n": self.question.number}, self.question.text)]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"question": self.question.number}


@step("questions.answer")
class AnswerQuestion(_About):
    """The witness's answer."""

    title = _("What do you answer to the public?")
    lead = _("The room shows your answer under the question, with your name.")
    button = _("Publish the answer")
    consequence = _("It is public at once and for ever. You can add to it later, not change it.")
    text = LineField(label=_("Your answer"), max_length=2000, rows=5)


@step("questions.hide")
class HideQuestion(_About):
    """Hiding a question."""

    title = _("Why must this question not be shown in the room?")
    lead = _("The room keeps its place and shows the rule and your reason. Its text stays in the ledger.")
    button = _("Hide the question")
    consequence = _("It is public that you hid it, by which rule, and why.")
    rule = forms.ChoiceField(label=_("Rule"), choices=list(HIDING.items()), widget=forms.RadioSelect)
    reason = LineField(label=_("Reason"), max_length=500, rows=3)
