# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of the clarification."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.ledger.kinds import Event, Visibility, kind


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its answer, as the minutes publish it: `alias` hides who asked, unless the rulebook names them.

    `group` is the number of the first question that asks the same, its own when it is that one; 0 in minutes made
    before questions were grouped. `by_hand` says that the contracting area put it there. A re-question has its
    `round`, from 1, and is `about` the answer to the question of that number.
    """

    number: int
    alias: str
    topic: str
    question: str
    answer: str
    asked_at: datetime
    answered_at: datetime
    group: int = 0
    by_hand: bool = False
    author: str = ""
    round: int = 0
    about: int = 0


class Flooded(msgspec.Struct, frozen=True, kw_only=True):
    """A company whose questions were put before internal control: how many of all, how many repeat an earlier one.
    With a `round`, its re-questions among those of the round.
    """

    alias: str
    questions: int
    repeated: int
    of: int
    round: int = 0

    def words(self) -> str:
        """Who asked how much, without a judgement."""
        told = {
            "alias": self.alias,
            "n": f"{self.questions:,}",
            "of": f"{self.of:,}",
            "repeated": f"{self.repeated:,}",
        }
        if self.round:
            text = _(
                "%(alias)s sent %(n)s of the %(of)s re-questions; %(repeated)s of them repeat what was asked before."
            )
        else:
            text = _(
                "%(alias)s sent %(n)s of the %(of)s questions; %(repeated)s of them repeat one that was asked before."
            )
        return text % told


@kind("question.asked", stage="clarifying", visibility=Visibility.BLINDED)
class QuestionAsked(Event):
    """A supplier asked; it has a stream of its own, so that nobody counts the questions. `about`: the number of the
    question whose answer a re-question asks about.
    """

    ocid: str
    alias: str
    topic: str
    text: str
    about: int = 0

    def sentence(self) -> str:
        return _("A question was received")


@kind("question.answered", stage="clarifying", visibility=Visibility.BLINDED)
class QuestionAnswered(Event):
    """The contracting area wrote an answer, secret until the meeting."""

    ocid: str
    answer: str

    def sentence(self) -> str:
        return _("An answer was written")


@kind("questions.sent", stage="clarifying", visibility=Visibility.BLINDED)
class QuestionsSent(Event):
    """A supplier sent a sheet of questions: what was taken of it; each question has an act of its own.

    `repeated` and `rejected` are rows of the sheet: asked before by the same supplier; not taken, to be mended.
    `answers`: how many answers its rows could ask about, of a sheet of re-questions.
    """

    ocid: str
    alias: str
    name: str
    sha256: str
    media_type: str
    taken: int
    repeated: tuple[int, ...]
    rejected: tuple[int, ...]
    answers: int = 0

    def sentence(self) -> str:
        text = ngettext(
            "One question of the sheet was received", "%(n)s questions of the sheet were received", self.taken
        )
        return text % {"n": f"{self.taken:,}"}

    def detail(self) -> str:
        told = []
        if n := len(self.repeated):
            text = ngettext(
                "You had already sent %(n)s row: it is not asked twice.",
                "You had already sent %(n)s rows: they are not asked twice.",
                n,
            )
            told.append(text % {"n": f"{n:,}"})
        if n := len(self.rejected):
            text = ngettext(
                "%(n)s row was not taken: mend it and send it again.",
                "%(n)s rows were not taken: mend them and send them again.",
                n,
            )
            told.append(text % {"n": f"{n:,}"})
        return " ".join(told)


@kind("questions.answered", stage="clarifying", visibility=Visibility.BLINDED)
class QuestionsAnswered(Event):
    """The contracting area wrote one answer to questions that ask the same, secret until the meeting."""

    ocid: str
    questions: tuple[str, ...]
    answer: str

    def sentence(self) -> str:
        text = ngettext("An answer was written", "An answer to %(n)s questions was written", len(self.questions))
        return text % {"n": f"{len(self.questions):,}"}


@kind("questions.regrouped", stage="clarifying", visibility=Visibility.BLINDED)
class QuestionsRegrouped(Event):
    """The contracting area decided that questions ask the same as one of them, or that one stands alone."""

    ocid: str
    questions: tuple[str, ...]
    place: str

    def sentence(self) -> str:
        n = len(self.questions)
        text = ngettext("A question was taken out of its group", "%(n)s questions were put into one group", n)
        return text % {"n": f"{n:,}"}


@kind("flood.noted", stage="clarifying", visibility=Visibility.BLINDED)
class FloodNoted(Event):
    """Internal control took note of the questions of some companies, and wrote what it makes of them."""

    ocid: str
    floods: tuple[Flooded, ...]
    note: str

    def sentence(self) -> str:
        return _("Internal control took note of how many questions were asked, and by whom")


@kind("answers.given", stage="clarifying")
class AnswersGiven(Event):
    """In the meeting the contracting area gave its answers; until `until` bidders may ask about them."""

    answers: tuple[Answered, ...]
    """Every question with its answer, of the earlier rounds too."""
    round: int
    until: datetime
    floods: tuple[Flooded, ...] = ()
    grouping: str = ""

    def sentence(self) -> str:
        n = sum(one.round == self.round - 1 for one in self.answers)
        text = ngettext(
            "The answer to the one question was given, and may be asked about",
            "The answers to the %(n)s questions were given, and may be asked about",
            n,
        )
        return text % {"n": f"{n:,}"}

    def detail(self) -> str:
        for rule in self.rules:
            if rule.had is not None and rule.unit == "hours":
                text = ngettext(
                    "%(had)s hour for re-questions; the minimum is %(limit)s (art. %(article)s).",
                    "%(had)s hours for re-questions; the minimum is %(limit)s (art. %(article)s).",
                    int(rule.had),
                )
                return text % {"had": rule.had, "limit": rule.value, "article": rule.article}
        return ""


@kind("clarification.closed", stage="clarifying")
class ClarificationClosed(Event):
    """The meeting was held: every question with its answer, and what else was said."""

    answers: tuple[Answered, ...]
    observations: str
    opening_at: datetime
    floods: tuple[Flooded, ...] = ()
    grouping: str = ""
    """Version of the lists by which questions were grouped."""

    def sentence(self) -> str:
        n = len(self.answers)
        if not n:
            return _("The clarification meeting was held; nobody had asked")
        text = ngettext(
            "The clarification meeting answered the one question",
            "The clarification meeting answered the %(n)s questions",
            n,
        )
        return text % {"n": f"{n:,}"}

    def detail(self) -> str:
        for rule in self.rules:
            if rule.had is not None and rule.unit != "hours":
                text = ngettext(
                    "%(had)s day before the opening; the minimum is %(limit)s (art. %(article)s).",
                    "%(had)s days before the opening; the minimum is %(limit)s (art. %(article)s).",
                    int(rule.had),
                )
                return text % {"had": rule.had, "limit": rule.value, "article": rule.article}
        return self.observations
