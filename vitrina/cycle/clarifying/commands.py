# SPDX-License-Identifier: Apache-2.0
"""What can be done in the clarification."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from vitrina.cycle.core import words
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.models import Tender
from vitrina.cycle.tendering.queries import has_reached, questions_until, tender_of
from vitrina.kernel import ids
from vitrina.law import LawError, check
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Applied
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

from .aliases import draw
from .events import Answered, ClarificationClosed, QuestionAnswered, QuestionAsked
from .models import Meeting, Question
from .queries import meeting_of, questions_for_officer
from .states import TABLE

TOPICS = {
    "technical": gettext_lazy("technical"),
    "legal": gettext_lazy("legal and administrative"),
    "economic": gettext_lazy("economic"),
}
MAX_QUESTIONS = 200  # of one supplier in one purchase: more is a flood, not a doubt


@command("clarifying.ask")
def ask(actor: Actor, process: Process, *, at: datetime, topic: str, text: str) -> Entry:
    """Ask about the call, until 24 hours before the meeting. The author stays masked under a random word."""
    tender, meeting = _tender(process), _meeting(process)
    until = questions_until(tender)
    if at > until:
        found = limits.rule_of(process, "term.question_to_clarification.min", tender.published_at)
        message = _("Questions closed %(hours)s hours before the meeting, on %(until)s.")
        shown = words.day_time(until, process.unit.zone)
        raise refuse("late", message % {"hours": found.value, "until": shown}, article=found.article)
    if topic not in TOPICS:
        raise refuse("topic", _("Choose what the question is about."), field="topic")
    mine = Question.objects.filter(process=process, supplier_id=actor.supplier_key)
    if mine.count() >= MAX_QUESTIONS:
        raise refuse("many", _("You have sent the most questions that one company may: %(n)s.") % {"n": MAX_QUESTIONS})
    move(meeting, TABLE, "ask")
    meeting.save()
    taken = set(Question.objects.filter(process=process).values_list("alias", flat=True))
    earlier = mine.first()
    question = Question.objects.create(
        id=ids.ulid(at),
        process=process,
        supplier_id=actor.supplier_key,
        alias=earlier.alias if earlier else draw(taken),
        topic=topic,
        text=text,
        asked_at=at,
    )
    event = QuestionAsked(ocid=process.ocid, alias=question.alias, topic=topic, text=text)
    return append(f"question:{question.id}", event, actor=actor.signer, at=at)


@command("clarifying.answer")
def answer(actor: Actor, process: Process, *, at: datetime, question_id: str, text: str) -> Entry:
    """Write, or rewrite, the answer to a question; it stays secret until the meeting."""
    meeting = _meeting(process)
    question = Question.objects.filter(process=process, id=question_id).first()
    if question is None:
        raise refuse("question", _("There is no such question in this purchase."))
    move(meeting, TABLE, "answer")
    question.answer, question.answered_at = text, at
    question.save()
    event = QuestionAnswered(ocid=process.ocid, answer=text)
    return append(f"question:{question.id}", event, actor=actor.signer, at=at)


@command("clarifying.close_meeting")
def close_meeting(actor: Actor, process: Process, *, at: datetime, observations: str = "") -> Entry:
    """Hold the meeting: publish every question with its answer. Refused while one waits, or too near the opening."""
    tender, meeting = _tender(process), _meeting(process)
    if at < tender.clarification_at:
        shown = words.day_time(tender.clarification_at, process.unit.zone)
        raise refuse("early", _("The meeting begins on %(when)s, as the call says.") % {"when": shown})
    questions = questions_for_officer(process)
    waiting = sum(not q.answer for q in questions)
    if waiting:
        text = ngettext(
            "%(n)s question still waits for its answer.", "%(n)s questions still wait for an answer.", waiting
        )
        raise refuse("unanswered", text % {"n": waiting}, article="33 Bis")
    rules = _require_time_to_bid(tender, at)
    move(meeting, TABLE, "close_meeting")
    meeting.closed_at = at
    meeting.save()
    answers = tuple(
        Answered(
            number=n,
            alias=q.alias,
            topic=q.topic,
            question=q.text,
            answer=q.answer,
            asked_at=q.asked_at,
            answered_at=q.answered_at or at,
        )
        for n, q in enumerate(questions, start=1)
    )
    event = ClarificationClosed(answers=answers, observations=observations, opening_at=tender.opening_at, rules=rules)
    return record(actor, process, event, at=at)


def _tender(process: Process) -> Tender:
    tender = tender_of(process)
    if tender is None:
        raise refuse("state", _("The call is not published yet."))
    tender.process = process
    return tender


def _meeting(process: Process) -> Meeting:
    if has_reached(process, "clarifying"):
        raise refuse("closed", _("The clarification meeting was held; nothing more is asked or answered."))
    return meeting_of(process) or Meeting(process=process, state="")


def _require_time_to_bid(tender: Tender, at: datetime) -> tuple[Applied, ...]:
    """The term from the meeting as it was held to the opening; refused when it is too short to prepare a bid."""
    process = tender.process
    try:
        found = check(
            "term.clarification_to_opening",
            start=at,
            end=tender.opening_at,
            cal=limits.calendar_of(process),
            **limits.question(process),
        )
    except LawError as error:
        raise refuse("law", error.say(get_language() or "es")) from error
    if not found.holds:
        message = _("%(sentence)s The purchase must be suspended and resumed with a later opening.")
        raise refuse("term", message % {"sentence": found.sentence(get_language() or "es")})
    return (applied(found.rule, found.days),) if found.rule else ()
