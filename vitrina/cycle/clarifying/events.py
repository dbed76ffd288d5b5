# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of the clarification."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.ledger.kinds import Event, Visibility, kind


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its answer, as the minutes publish it: `alias` hides who asked."""

    number: int
    alias: str
    topic: str
    question: str
    answer: str
    asked_at: datetime
    answered_at: datetime


@kind("question.asked", stage="clarifying", visibility=Visibility.BLINDED)
class QuestionAsked(Event):
    """A supplier asked; it has a stream of its own, so that nobody counts the questions."""

    ocid: str
    alias: str
    topic: str
    text: str

    def sentence(self) -> str:
        return _("A question was received")


@kind("question.answered", stage="clarifying", visibility=Visibility.BLINDED)
class QuestionAnswered(Event):
    """The contracting area wrote an answer, secret until the meeting."""

    ocid: str
    answer: str

    def sentence(self) -> str:
        return _("An answer was written")


@kind("clarification.closed", stage="clarifying")
class ClarificationClosed(Event):
    """The meeting was held: every question with its answer, and what else was said."""

    answers: tuple[Answered, ...]
    observations: str
    opening_at: datetime

    def sentence(self) -> str:
        n = len(self.answers)
        if not n:
            return _("The clarification meeting was held; nobody had asked")
        text = ngettext(
            "The clarification meeting answered the one question",
            "The clarification meeting answered the %(n)s questions",
            n,
        )
        return text % {"n": n}

    def detail(self) -> str:
        for rule in self.rules:
            if rule.had is not None:
                text = ngettext(
                    "%(had)s day before the opening; the minimum is %(limit)s (art. %(article)s).",
                    "%(had)s days before the opening; the minimum is %(limit)s (art. %(article)s).",
                    int(rule.had),
                )
                return text % {"had": rule.had, "limit": rule.value, "article": rule.article}
        return self.observations
