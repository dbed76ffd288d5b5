# SPDX-License-Identifier: Apache-2.0
"""What can be done in the clarification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.files import File
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from vitrina.cycle.core import words
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.files import store
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refusal, Refused, refuse
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.models import Tender
from vitrina.cycle.tendering.queries import has_reached, questions_until, tender_of
from vitrina.kernel import ids
from vitrina.law import LawError, check
from vitrina.ledger.append import append, append_many
from vitrina.ledger.kinds import Applied
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

from . import faults, flood, minutes, sheet
from .aliases import draw
from .events import (
    ClarificationClosed,
    Flooded,
    FloodNoted,
    QuestionAnswered,
    QuestionAsked,
    QuestionsAnswered,
    QuestionsRegrouped,
    QuestionsSent,
)
from .models import Meeting, Question
from .queries import Group, flood_rule, floods_of, groups_of, meeting_of
from .sending import opened
from .states import TABLE
from .wording import lists

TOPICS = {
    "technical": gettext_lazy("technical"),
    "legal": gettext_lazy("legal and administrative"),
    "economic": gettext_lazy("economic"),
}
MOST_QUESTIONS = 10_000  # of one supplier in one purchase: what a server holds, five times the most that was ever seen
BATCH = 500  # questions written in one statement
SHOWN = 20  # rows at fault that a refusal names


@command("clarifying.ask")
def ask(actor: Actor, process: Process, *, at: datetime, topic: str, text: str) -> Entry:
    """Ask about the call, until 24 hours before the meeting. The author stays masked under a random word."""
    meeting = _meeting_that_asks(process, at)
    if topic not in TOPICS:
        raise refuse("topic", _("Choose what the question is about."), field="topic")
    return _ask(actor, process, meeting, [(topic, text)], at)[0]


@command("clarifying.ask_many")
def ask_many(actor: Actor, process: Process, *, at: datetime, file: File[Any]) -> Entry:
    """Ask what the rows of a sheet ask (CSV or XLSX), each as a question of its own.

    Rows at fault are left out and told; rows that the supplier has asked already are left out too, so the same sheet
    sent again changes nothing, which is then refused. Everything or nothing is written.
    """
    meeting = _meeting_that_asks(process, at)
    row = store(file, public=False, field="file", largest=sheet.MOST_BYTES)
    try:
        found = opened(row.sha256, row.media_type)
    except sheet.BadSheet as error:
        raise refuse("sheet", faults.SHEET[error.args[0]](), field="file") from error
    seen = set(_own(process, actor).values_list("topic", "text"))
    fresh, repeated = [], []
    for taken in found.taken:
        (repeated if (taken.topic, taken.text) in seen else fresh).append(taken)
        seen.add((taken.topic, taken.text))
    if not fresh:
        raise Refused(*_why_nothing(found, len(repeated)))
    _ask(actor, process, meeting, [(taken.topic, taken.text) for taken in fresh], at)
    event = QuestionsSent(
        ocid=process.ocid,
        alias=_own(process, actor).values_list("alias", flat=True)[0],
        name=row.name,
        sha256=row.sha256,
        media_type=row.media_type,
        taken=len(fresh),
        repeated=tuple(taken.number for taken in repeated),
        rejected=tuple(found.rejected),
    )
    return append(f"questions:{ids.ulid(at)}", event, actor=actor.signer, at=at)


def _why_nothing(found: sheet.Sheet, repeated: int) -> Iterator[Refusal]:
    """Why no row of a sheet was taken: the first rows at fault by name, and that the others were sent before."""
    if repeated:
        text = ngettext(
            "Nothing has changed: you had already sent the %(n)s good row of this sheet.",
            "Nothing has changed: you had already sent the %(n)s good rows of this sheet.",
            repeated,
        )
        yield Refusal("repeated", text % {"n": f"{repeated:,}"}, "file")
    for fault in found.faults[:SHOWN]:
        told = {
            "row": fault.number,
            "column": faults.column(fault),
            "what": faults.what(fault),
            "how": faults.how(fault),
        }
        text = (
            _("Row %(row)s, column %(column)s: %(what)s %(how)s")
            if told["column"]
            else _("Row %(row)s: %(what)s %(how)s")
        )
        yield Refusal("row", text % told, "file")
    if (more := len(found.faults) - SHOWN) > 0:
        text = ngettext("There is %(n)s fault more.", "There are %(n)s faults more.", more)
        yield Refusal("row", text % {"n": f"{more:,}"}, "file")
    if not repeated and not found.faults:
        yield Refusal("sheet", faults.SHEET["nothing"](), "file")


def _own(process: Process, actor: Actor) -> Any:
    return Question.objects.filter(process=process, supplier_id=actor.supplier_key)


def _ask(
    actor: Actor, process: Process, meeting: Meeting, asked: Sequence[tuple[str, str]], at: datetime
) -> list[Entry]:  # fmt: skip
    """Write questions (topic, text) in their order, each with an act in a stream of its own."""
    mine = _own(process, actor)
    if mine.count() + len(asked) > MOST_QUESTIONS:
        text = _("More than %(n)s questions of one company do not fit.")
        raise refuse("many", text % {"n": f"{MOST_QUESTIONS:,}"})
    move(meeting, TABLE, "ask")
    meeting.save()
    taken = set(Question.objects.filter(process=process).values_list("alias", flat=True).distinct())
    earlier = mine.first()
    alias = earlier.alias if earlier else draw(taken)
    keys = sorted(ids.ulid(at) for _ in asked)  # questions are read in the order of their ids
    supplier, entries = {"supplier_id": actor.supplier_key}, []
    made = [
        Question(id=key, process=process, alias=alias, topic=topic, text=text, asked_at=at, **supplier)
        for key, (topic, text) in zip(keys, asked, strict=True)
    ]
    for start in range(0, len(made), BATCH):
        rows = Question.objects.bulk_create(made[start : start + BATCH])
        events = [
            (f"question:{q.id}", QuestionAsked(ocid=process.ocid, alias=alias, topic=q.topic, text=q.text))
            for q in rows
        ]
        entries += append_many(events, actor=actor.signer, at=at)
    return entries


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


@command("clarifying.answer_group")
def answer_group(actor: Actor, process: Process, *, at: datetime, question_id: str, text: str) -> Entry:
    """Write, or rewrite, one answer to all questions that stand in a group now; `question_id` is any of them."""
    meeting = _meeting(process)
    found = _group_of(process, question_id)
    move(meeting, TABLE, "answer")
    Question.objects.filter(process=process, id__in=found.ids).update(answer=text, answered_at=at)
    event = QuestionsAnswered(ocid=process.ocid, questions=tuple(found.ids), answer=text)
    return append(f"questions:{found.lead.id}", event, actor=actor.signer, at=at)


@command("clarifying.take_out")
def take_out(actor: Actor, process: Process, *, at: datetime, question_id: str) -> Entry:
    """Take a question out of its group: it asks something else. It keeps its answer until that is rewritten."""
    meeting = _meeting(process)
    found = _group_of(process, question_id)
    others = [i for i in found.ids if i != question_id]
    if not others:
        raise refuse("alone", _("This question already stands alone."))
    move(meeting, TABLE, "regroup")
    rows = Question.objects.filter(process=process)
    rows.filter(id__in=others, place=question_id).update(place=others[0])  # a group that bore its name keeps together
    rows.filter(id=question_id).update(place=question_id)
    event = QuestionsRegrouped(ocid=process.ocid, questions=(question_id,), place=question_id)
    return append(f"questions:{question_id}", event, actor=actor.signer, at=at)


@command("clarifying.join_groups")
def join_groups(
    actor: Actor, process: Process, *, at: datetime, question_id: str, numbers: Sequence[int]
) -> Entry:  # fmt: skip
    """Put the groups that hold the questions of these numbers into the group of `question_id`: they ask the same."""
    meeting = _meeting(process)
    groups = groups_of(process)
    found = _group_of(process, question_id, groups)
    by_number = {n: g for g in groups for n in g.numbers}
    unknown = [n for n in numbers if n not in by_number]
    if unknown:
        text = _("There is no question %(n)s. Write numbers from 1 to %(most)s.")
        raise refuse("number", text % {"n": unknown[0], "most": len(by_number)}, field="numbers")
    joined = {g.number: g for n in numbers if (g := by_number[n]) is not found}
    if not joined:
        raise refuse("number", _("Write the number of a question of another group."), field="numbers")
    move(meeting, TABLE, "regroup")
    members = [i for g in (found, *joined.values()) for i in g.ids]
    place = min(members)
    Question.objects.filter(process=process, id__in=members).update(place=place)
    event = QuestionsRegrouped(ocid=process.ocid, questions=tuple(sorted(members)), place=place)
    return append(f"questions:{place}", event, actor=actor.signer, at=at)


@command("clarifying.note_flood")
def note_flood(actor: Actor, process: Process, *, at: datetime, note: str) -> Entry:
    """Internal control takes note of who asked how much. It stops nothing, and nobody's question is worth less."""
    tender = _tender(process)
    meeting = meeting_of(process)
    found = [] if meeting is None else [f for f in floods_of(process, tender) if f.who not in meeting.floods_noted]
    if meeting is None or not found:
        raise refuse("flood", _("There is nothing of which to take note."))
    move(meeting, TABLE, "note_flood")
    meeting.floods_noted = sorted({*meeting.floods_noted, *(f.who for f in found)})
    meeting.save()
    event = FloodNoted(ocid=process.ocid, floods=_told(found), note=note)
    return append(f"flood:{ids.ulid(at)}", event, actor=actor.signer, at=at)


@command("clarifying.close_meeting")
def close_meeting(actor: Actor, process: Process, *, at: datetime, observations: str = "") -> Entry:
    """Hold the meeting: publish every question with its answer. Refused while one waits, or too near the opening."""
    tender, meeting = _tender(process), _meeting(process)
    if at < tender.clarification_at:
        shown = words.day_time(tender.clarification_at, process.unit.zone)
        raise refuse("early", _("The meeting begins on %(when)s, as the call says.") % {"when": shown})
    groups = groups_of(process)
    waiting = sum(not q.answer for g in groups for q in g.questions)
    if waiting:
        text = ngettext(
            "%(n)s question still waits for its answer.", "%(n)s questions still wait for an answer.", waiting
        )
        raise refuse("unanswered", text % {"n": f"{waiting:,}"}, article="33 Bis")
    rules = _require_time_to_bid(tender, at)
    floods = floods_of(process, tender, groups)
    if floods and (rule := flood_rule(process, tender)):
        rules = (*rules, applied(rule))
    move(meeting, TABLE, "close_meeting")
    meeting.closed_at = at
    meeting.save()
    event = ClarificationClosed(
        answers=minutes.answers(groups, at, named=minutes.are_authors_named(process, tender)),
        observations=observations,
        opening_at=tender.opening_at,
        floods=_told(floods),
        grouping=lists().version if groups else "",
        rules=rules,
    )
    return record(actor, process, event, at=at)


def _told(found: Sequence[flood.Flood]) -> tuple[Flooded, ...]:
    return tuple(Flooded(alias=f.who, questions=f.questions, repeated=f.repeated, of=f.of) for f in found)


def _group_of(process: Process, question_id: str, groups: Sequence[Group] | None = None) -> Group:
    for found in groups_of(process) if groups is None else groups:
        if question_id in found.ids:
            return found
    raise refuse("question", _("There is no such question in this purchase."))


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


def _meeting_that_asks(process: Process, at: datetime) -> Meeting:
    """The meeting, while questions about the call are received."""
    tender, meeting = _tender(process), _meeting(process)
    until = questions_until(tender)
    if at > until:
        found = limits.rule_of(process, "term.question_to_clarification.min", tender.published_at)
        message = _("Questions closed %(hours)s hours before the meeting, on %(until)s.")
        shown = words.day_time(until, process.unit.zone)
        raise refuse("late", message % {"hours": found.value, "until": shown}, article=found.article)
    return meeting


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
