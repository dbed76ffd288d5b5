# SPDX-License-Identifier: Apache-2.0
"""What can be done in the clarification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.files import store
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused, refuse
from vitrina.kernel import ids
from vitrina.ledger.append import append, append_many
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

from . import faults, flood, guards, minutes, sheet
from .aliases import draw
from .events import (
    AnswersGiven,
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
from .queries import Group, flood_keys, flood_rule, floods_of, groups_of, meeting_of
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


@command("clarifying.ask")
def ask(actor: Actor, process: Process, *, at: datetime, topic: str, text: str) -> Entry:
    """Ask about the call, until 24 hours before the meeting. The author stays masked under a random word."""
    meeting = guards.meeting_that_asks(process, at)
    if topic not in TOPICS:
        raise refuse("topic", _("Choose what the question is about."), field="topic")
    return _ask(actor, process, meeting, [sheet.Taken(1, topic, text)], at)[0]


@command("clarifying.ask_again")
def ask_again(actor: Actor, process: Process, *, at: datetime, number: int, text: str) -> Entry:
    """Ask about an answer that was given in the meeting, by the number of its question, until the term ends."""
    meeting, answers = guards.meeting_that_asks_again(process, at)
    if not 0 < number <= answers:
        message = _("There is no answer %(n)s. Write a number from 1 to %(most)s.")
        raise refuse("number", message % {"n": number, "most": f"{answers:,}"}, field="number")
    return _ask(actor, process, meeting, [sheet.Taken(1, "", text, number)], at)[0]


@command("clarifying.ask_many")
def ask_many(actor: Actor, process: Process, *, at: datetime, file: File[Any]) -> Entry:
    """Ask what the rows of a sheet ask (CSV or XLSX), each as a question of its own.

    Rows at fault are left out and told; rows that the supplier has asked already are left out too, so the same sheet
    sent again changes nothing, which is then refused. Everything or nothing is written.
    """
    return _take(actor, process, guards.meeting_that_asks(process, at), file, at)


@command("clarifying.ask_again_many")
def ask_again_many(actor: Actor, process: Process, *, at: datetime, file: File[Any]) -> Entry:
    """Ask about answers what the rows of a sheet ask, as `ask_many`; each row names the answer by its number."""
    meeting, answers = guards.meeting_that_asks_again(process, at)
    return _take(actor, process, meeting, file, at, answers)


def _take(
    actor: Actor, process: Process, meeting: Meeting, file: File[Any], at: datetime, answers: int = 0
) -> Entry:  # fmt: skip
    row = store(file, public=False, field="file", largest=sheet.MOST_BYTES)
    try:
        found = opened(row.sha256, row.media_type, answers)
    except sheet.BadSheet as error:
        raise refuse("sheet", faults.SHEET[error.args[0]](), field="file") from error
    mine = _own(process, actor).filter(round=meeting.round).values_list("about", "topic", "text")
    seen = {(about, "" if about else topic, text) for about, topic, text in mine}
    fresh, repeated = [], []
    for taken in found.taken:
        what = (taken.about, "" if taken.about else taken.topic, taken.text)
        (repeated if what in seen else fresh).append(taken)
        seen.add(what)
    if not fresh:
        raise Refused(*guards.why_nothing(found, len(repeated)))
    _ask(actor, process, meeting, fresh, at)
    event = QuestionsSent(
        ocid=process.ocid,
        alias=_own(process, actor).values_list("alias", flat=True)[0],
        name=row.name,
        sha256=row.sha256,
        media_type=row.media_type,
        taken=len(fresh),
        repeated=tuple(taken.number for taken in repeated),
        rejected=tuple(found.rejected),
        answers=answers,
    )
    return append(f"questions:{ids.ulid(at)}", event, actor=actor.signer, at=at)


def _topics(process: Process) -> list[str]:
    """What each question is about, by its number."""
    return list(Question.objects.filter(process=process).values_list("topic", flat=True))


def _own(process: Process, actor: Actor) -> Any:
    return Question.objects.filter(process=process, supplier_id=actor.supplier_key)


def _ask(
    actor: Actor, process: Process, meeting: Meeting, asked: Sequence[sheet.Taken], at: datetime
) -> list[Entry]:  # fmt: skip
    """Write questions in their order, each with an act in a stream of its own. A re-question has the topic of what it
    is about.
    """
    mine = _own(process, actor)
    if mine.count() + len(asked) > MOST_QUESTIONS:
        text = _("More than %(n)s questions of one company do not fit.")
        raise refuse("many", text % {"n": f"{MOST_QUESTIONS:,}"})
    move(meeting, TABLE, "ask_again" if meeting.round else "ask")
    meeting.save()
    taken = set(Question.objects.filter(process=process).values_list("alias", flat=True).distinct())
    earlier = mine.first()
    alias = earlier.alias if earlier else draw(taken)
    keys = sorted(ids.ulid(at) for _ in asked)  # questions are read in the order of their ids
    same, entries = {"supplier_id": actor.supplier_key, "alias": alias, "asked_at": at, "round": meeting.round}, []
    topics = _topics(process) if meeting.round else []
    made = [
        Question(
            id=key,
            process=process,
            topic=topics[one.about - 1] if one.about else one.topic,
            text=one.text,
            about=one.about,
            **same,
        )
        for key, one in zip(keys, asked, strict=True)
    ]
    for start in range(0, len(made), BATCH):
        rows = Question.objects.bulk_create(made[start : start + BATCH])
        events = [
            (
                f"question:{q.id}",
                QuestionAsked(ocid=process.ocid, alias=alias, topic=q.topic, text=q.text, about=q.about),
            )
            for q in rows
        ]
        entries += append_many(events, actor=actor.signer, at=at)
    return entries


@command("clarifying.answer")
def answer(actor: Actor, process: Process, *, at: datetime, question_id: str, text: str) -> Entry:
    """Write, or rewrite, the answer to a question; it stays secret until the meeting."""
    meeting = guards.meeting_to_hold(process)
    question = Question.objects.filter(process=process, id=question_id).first()
    if question is None:
        raise refuse("question", _("There is no such question in this purchase."))
    guards.require_open(meeting, question)
    move(meeting, TABLE, "answer")
    question.answer, question.answered_at = text, at
    question.save()
    event = QuestionAnswered(ocid=process.ocid, answer=text)
    return append(f"question:{question.id}", event, actor=actor.signer, at=at)


@command("clarifying.answer_group")
def answer_group(actor: Actor, process: Process, *, at: datetime, question_id: str, text: str) -> Entry:
    """Write, or rewrite, one answer to all questions that stand in a group now; `question_id` is any of them."""
    meeting = guards.meeting_to_hold(process)
    found = _group_of(process, meeting, question_id)
    move(meeting, TABLE, "answer")
    Question.objects.filter(process=process, id__in=found.ids).update(answer=text, answered_at=at)
    event = QuestionsAnswered(ocid=process.ocid, questions=tuple(found.ids), answer=text)
    return append(f"questions:{found.lead.id}", event, actor=actor.signer, at=at)


@command("clarifying.take_out")
def take_out(actor: Actor, process: Process, *, at: datetime, question_id: str) -> Entry:
    """Take a question out of its group: it asks something else. It keeps its answer until that is rewritten."""
    meeting = guards.meeting_to_hold(process)
    found = _group_of(process, meeting, question_id)
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
    meeting = guards.meeting_to_hold(process)
    groups = groups_of(process)
    found = _group_of(process, meeting, question_id, groups)
    by_number = {n: g for g in groups for n in g.numbers}
    unknown = [n for n in numbers if n not in by_number]
    if unknown:
        text = _("There is no question %(n)s. Write numbers from 1 to %(most)s.")
        raise refuse("number", text % {"n": unknown[0], "most": len(by_number)}, field="numbers")
    joined = {g.number: g for n in numbers if (g := by_number[n]) is not found}
    if not joined:
        raise refuse("number", _("Write the number of a question of another group."), field="numbers")
    for one in joined.values():
        guards.require_open(meeting, one.lead)
    move(meeting, TABLE, "regroup")
    members = [i for g in (found, *joined.values()) for i in g.ids]
    place = min(members)
    Question.objects.filter(process=process, id__in=members).update(place=place)
    event = QuestionsRegrouped(ocid=process.ocid, questions=tuple(sorted(members)), place=place)
    return append(f"questions:{place}", event, actor=actor.signer, at=at)


@command("clarifying.note_flood")
def note_flood(actor: Actor, process: Process, *, at: datetime, note: str) -> Entry:
    """Internal control takes note of who asked how much. It stops nothing, and nobody's question is worth less."""
    tender = guards.published(process)
    meeting = meeting_of(process)
    noted = set(meeting.floods_noted) if meeting else set()
    every = floods_of(process, tender)
    found = {n: [f for f in some if flood_keys({n: [f]}) - noted] for n, some in every.items()}
    if meeting is None or not flood_keys(found):
        raise refuse("flood", _("There is nothing of which to take note."))
    move(meeting, TABLE, "note_flood")
    meeting.floods_noted = sorted(noted | flood_keys(found))
    meeting.save()
    event = FloodNoted(ocid=process.ocid, floods=_told(found), note=note)
    return append(f"flood:{ids.ulid(at)}", event, actor=actor.signer, at=at)


@command("clarifying.give_answers")
def give_answers(actor: Actor, process: Process, *, at: datetime, hours: int) -> Entry:
    """In the meeting, publish every question with its answer, and receive re-questions about them for so many hours.

    Refused before its hour, while a question waits, out of the term of the law, without a round left in the rulebook,
    or when the meeting would end too near the opening.
    """
    tender, meeting = guards.published(process), guards.meeting_to_hold(process)
    guards.require_hour(process, tender, meeting, at)
    guards.require_round(process, tender, meeting)
    guards.require_all_answered(process)
    rules = guards.require_term_of_requestions(process, tender, hours)
    until = at + timedelta(hours=hours)
    guards.require_time_to_bid(tender, until)
    move(meeting, TABLE, "give_answers")
    meeting.round, meeting.until = meeting.round + 1, until
    meeting.save()
    groups = groups_of(process)
    event = AnswersGiven(
        answers=minutes.answers(groups, at, named=minutes.are_authors_named(process, tender)),
        round=meeting.round,
        until=until,
        floods=_told(floods_of(process, tender)),
        grouping=lists().version,
        rules=rules,
    )
    return record(actor, process, event, at=at)


@command("clarifying.close_meeting")
def close_meeting(actor: Actor, process: Process, *, at: datetime, observations: str = "") -> Entry:
    """Hold the meeting: publish every question with its answer. Refused while one waits, or too near the opening."""
    tender, meeting = guards.published(process), guards.meeting_to_hold(process)
    guards.require_hour(process, tender, meeting, at)
    guards.require_all_answered(process)
    groups = groups_of(process)
    rules = guards.require_time_to_bid(tender, at)
    floods = floods_of(process, tender)
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


def _told(found: Mapping[int, Sequence[flood.Flood]]) -> tuple[Flooded, ...]:
    return tuple(
        Flooded(alias=f.who, questions=f.questions, repeated=f.repeated, of=f.of, round=n)
        for n, some in found.items()
        for f in some
    )


def _group_of(
    process: Process, meeting: Meeting, question_id: str, groups: Sequence[Group] | None = None
) -> Group:  # fmt: skip
    for found in groups_of(process) if groups is None else groups:
        if question_id in found.ids:
            guards.require_open(meeting, found.lead)
            return found
    raise refuse("question", _("There is no such question in this purchase."))
