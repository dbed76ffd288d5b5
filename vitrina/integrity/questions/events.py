# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of the public's questions. `question` is the number of `public_question.asked` in its stream."""

from __future__ import annotations

from django.utils.translation import gettext as _

from vitrina.ledger.kinds import Event, kind

from .rules import HIDING


@kind("public_question.asked", stage="integrity")
class PublicQuestionAsked(Event):
    """Somebody of the public asked the social witness; who, nobody noted."""

    ocid: str
    text: str

    def sentence(self) -> str:
        return _("Somebody of the public asked the social witness")  # lists repeat no text that anybody may write


@kind("public_question.answered", stage="integrity")
class PublicQuestionAnswered(Event):
    """The social witness answered a question of the public."""

    ocid: str
    question: int
    answer: str

    def sentence(self) -> str:
        return _("The social witness answered question %(n)d of the public") % {"n": self.question}

    def detail(self) -> str:
        return self.answer


@kind("public_question.hidden", stage="integrity")
class PublicQuestionHidden(Event):
    """Internal control hid a question from the room by a published rule; its text stays in the ledger."""

    ocid: str
    question: int
    rule: str
    reason: str

    def sentence(self) -> str:
        return _("Question %(n)d of the public was hidden from the room") % {"n": self.question}

    def detail(self) -> str:
        return f"{HIDING[self.rule]} {self.reason}".strip()
