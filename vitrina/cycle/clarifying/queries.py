# SPDX-License-Identifier: Apache-2.0
"""What clarifying tells later stages and the desk. Questions are for the officer and their author until published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.models import Tender
from vitrina.cycle.tendering.queries import questions_until, tender_of
from vitrina.law.query import Rule
from vitrina.parties.roles import Role

from . import flood
from .grouping import Asked, group
from .models import Meeting, Question
from .states import MeetingState

ROUNDS = "clarification.rounds"
EACH = 4  # groups that wait for an answer, each a task of its own; more are one task and a page


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same, as they were asked; `numbers` are their places among all questions, from 1."""

    questions: list[Question]
    numbers: list[int]

    @property
    def lead(self) -> Question:
        return self.questions[0]

    @property
    def number(self) -> int:
        """The number of the group is that of its first question."""
        return self.numbers[0]

    @property
    def ids(self) -> list[str]:
        return [q.id for q in self.questions]

    @property
    def by_alias(self) -> list[tuple[str, int]]:
        """(alias, how many of these it asked), the most first."""
        counted: dict[str, int] = defaultdict(int)
        for question in self.questions:
            counted[question.alias] += 1
        return sorted(counted.items(), key=lambda one: (-one[1], one[0]))

    @property
    def is_answered(self) -> bool:
        return all(q.answer for q in self.questions)


_MEETINGS = Reading(Meeting.objects.all)
_COUNTS = Reading(
    lambda: Process.objects.annotate(
        n_questions=Count("questions"), n_waiting=Count("questions", filter=Q(questions__answer=""))
    ),
    by="ocid",
)


def meeting_of(process: Process) -> Meeting | None:
    """The meeting of a purchase; nothing before its first act."""
    return _MEETINGS.first(process.pk)


def counts_of(process: Process) -> tuple[int, int]:
    """(questions, how many of them wait for an answer)."""
    found: Any = _COUNTS.first(process.pk)
    return (found.n_questions, found.n_waiting) if found else (0, 0)


def is_closed(process: Process) -> bool:
    """Whether the meeting was held and its minutes are public."""
    return Meeting.objects.filter(process=process, state=MeetingState.CLOSED).exists()


def questions_for_officer(process: Process) -> list[Question]:
    """All questions, by the instant they came in; only for the contracting area's own pages."""
    return list(Question.objects.filter(process=process))


def questions_of_supplier(process: Process, supplier_key: str) -> list[Question]:
    """The questions that one supplier sent."""
    return list(Question.objects.filter(process=process, supplier_id=supplier_key))


def groups_of(process: Process, questions: Sequence[Question] | None = None) -> list[Group]:
    """The questions in groups, by their first one: where the contracting area put them, else as they are alike.

    Re-questions are alike when they also ask about the same answer: «why?» is another question of another one.
    """
    rows = questions_for_officer(process) if questions is None else questions
    found = _grouped(rows, [0] * len(rows))
    if not any(q.round for q in rows):
        return found
    for last in range(1, max(q.round for q in rows) + 1):  # what a re-question is about was grouped in a former round
        of = {n: g.number for g in found for n in g.numbers}
        found = _grouped(rows, [of[q.about] if 0 < q.round <= last else 0 for q in rows])
    return found


def echoes_of(rows: Sequence[Question]) -> list[list[int]]:
    """Places of questions that say the same, in whatever round and about whatever answer: what repeats what."""
    return [[n - 1 for n in g.numbers] for g in _grouped(rows, [0] * len(rows))]


def _grouped(rows: Sequence[Question], about: Sequence[int]) -> list[Group]:
    """Groups among the questions of one round and about one answer (`about`, 0 where that is not told apart)."""
    number = {q.id: n for n, q in enumerate(rows, start=1)}
    by_id = {q.id: q for q in rows}
    apart = any(about)
    found = _alike(
        tuple(
            (Asked(q.id, q.alias, q.text), f"{q.round}/{n}" if apart else "")
            for q, n in zip(rows, about, strict=True)
            if not q.place
        )
    )
    placed: dict[str, list[str]] = defaultdict(list)
    for q in rows:
        if q.place:
            placed[q.place].append(q.id)
    groups = [Group([by_id[i] for i in ids], [number[i] for i in ids]) for ids in [*found, *placed.values()]]
    return sorted(groups, key=lambda g: g.number)


@lru_cache(maxsize=16)
def _alike(asked: tuple[tuple[Asked, str], ...]) -> tuple[tuple[str, ...], ...]:
    """Ids that are one question among those of the same kind (the second of each pair). Kept: grouping takes a second
    or so of a large case, and its questions are read far more often than they change.
    """
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for question, kind in asked:
        kinds[kind].append(question)
    return tuple(tuple(ids) for some in kinds.values() for ids in group(some))


def flood_rule(process: Process, tender: Tender) -> Rule | None:
    """What the rulebook of the purchase says of floods; nothing where nobody has recorded it."""
    try:
        return limits.rule_of(process, flood.RULE, tender.published_at)
    except Refused:
        return None


def floods_of(process: Process, tender: Tender) -> dict[int, list[flood.Flood]]:
    """Round -> companies, by their alias, whose questions internal control should see; rounds without any are left
    out.
    """
    found = flood_rule(process, tender)
    if found is None or counts_of(process)[0] < found.value["least"]:
        return {}
    rows = questions_for_officer(process)
    told = {n: flood.floods(tally_of(rows, n), found.value) for n in sorted({q.round for q in rows})}
    return {n: floods for n, floods in told.items() if floods}


def flood_keys(floods: Mapping[int, Sequence[flood.Flood]]) -> set[str]:
    """What internal control takes note of: a company, in a round of re-questions with its number."""
    return {f"{one.who} {n}" if n else one.who for n, some in floods.items() for one in some}


def tally_of(rows: Sequence[Question], round_number: int = 0) -> list[flood.Flood]:
    """How many questions each alias asked in a round, and how many of them repeat one asked before, in any round."""
    places = [place for place, q in enumerate(rows) if q.round == round_number]
    if not places:
        return []
    upto = rows[: places[-1] + 1]
    return flood.tally([q.alias for q in upto], echoes_of(upto), since=places[0])


def tasks(process: Process, at: datetime) -> list[Task]:
    """Questions that may be asked, answers that wait, the meeting to hold, and a flood to take note of."""
    tender = tender_of(process)
    if tender is None or process.halt:
        return []
    meeting = meeting_of(process)
    noted = set(meeting.floods_noted) if meeting else set()
    found = [_flood_task()] if flood_keys(floods_of(process, tender)) - noted else []
    if meeting and meeting.state == MeetingState.CLOSED:
        return found
    return [*found, *_asking(process, tender, meeting, at), *_answering(process, tender, meeting)]


def _flood_task() -> Task:
    title = _("See who asked how many questions")
    text = _("One company asked most of the questions, or most of its questions repeat others'.")
    return Task("clarifying.note_flood", Role.OIC, title, text)


def _asking(process: Process, tender: Tender, meeting: Meeting | None, at: datetime) -> list[Task]:
    if meeting and meeting.until:
        return _asking_again(process, meeting.until) if at <= meeting.until else []
    until = questions_until(tender)
    if at > until:
        return []
    rule = applied(limits.rule_of(process, "term.question_to_clarification.min", tender.published_at))
    ways = {
        "clarifying.ask": _("Ask a question about the call"),
        "clarifying.ask_many": _("Send a sheet of questions"),
    }
    return [
        Task(command, Role.SUPPLIER, title, process.title, due=until, rule=rule, is_optional=True)
        for command, title in ways.items()
    ]


def _asking_again(process: Process, until: datetime) -> list[Task]:
    ways = {
        "clarifying.ask_again": _("Ask about an answer"),
        "clarifying.ask_again_many": _("Send a sheet of re-questions"),
    }
    return [
        Task(command, Role.SUPPLIER, title, process.title, due=until, is_optional=True)
        for command, title in ways.items()
    ]


def rounds_of(process: Process, tender: Tender) -> int:
    """How many rounds of re-questions the rulebook has; none where it says nothing."""
    try:
        return int(limits.rule_of(process, ROUNDS, tender.published_at).value)
    except Refused:
        return 0


def may_give_answers(process: Process, tender: Tender, meeting: Meeting | None) -> bool:
    """Whether answers can be given to be asked about: there are some, and the rulebook has a round for them."""
    n = 0 if meeting is None else meeting.round
    if n >= rounds_of(process, tender):
        return False
    return bool(Question.objects.filter(process=process, round=n).exists() if n else counts_of(process)[0])


def _holding(process: Process, tender: Tender, meeting: Meeting | None) -> list[Task]:
    """The meeting whose answers are all written: give them and let bidders ask about them, or close it."""
    due = (meeting.until if meeting else None) or tender.clarification_at
    gap = limits.rule_of(process, "term.clarification_to_opening.min", tender.published_at)
    is_begun = meeting is not None and meeting.round > 0
    hold = _("Close the clarification meeting") if is_begun else _("Hold the clarification meeting")
    close = Task("clarifying.close_meeting", Role.OFFICER, hold, process.title, not_before=due, rule=applied(gap))
    if not may_give_answers(process, tender, meeting):
        return [close]
    title = _("Give the answers and receive re-questions")
    give = Task("clarifying.give_answers", Role.OFFICER, title, process.title, not_before=due, is_optional=True)
    return [give, close]


def _answering(process: Process, tender: Tender, meeting: Meeting | None) -> list[Task]:
    """One task for each group that waits, the largest first; one for all of them when they are many."""
    due = None if meeting and meeting.round else tender.clarification_at
    if not counts_of(process)[1]:
        return _holding(process, tender, meeting)
    waiting = [g for g in groups_of(process) if not g.is_answered]
    if len(waiting) > EACH:
        n = sum(not q.answer for g in waiting for q in g.questions)
        title = _("Answer %(n)s questions, in %(groups)s groups") % {"n": f"{n:,}", "groups": f"{len(waiting):,}"}
        return [Task("clarifying.answer_group", Role.OFFICER, title, process.title, due=due)]
    return [_answer_task(g, due) for g in sorted(waiting, key=lambda g: -len(g.questions))]


def _answer_task(group: Group, due: datetime | None) -> Task:
    lead, n = group.lead, len(group.questions)
    if n == 1:
        title = _("Answer the question of %(alias)s") % {"alias": lead.alias}
        return Task("clarifying.answer", Role.OFFICER, title, lead.text[:140], due=due, key=lead.id)
    title = _("Answer %(n)s questions that ask the same") % {"n": f"{n:,}"}
    return Task("clarifying.answer_group", Role.OFFICER, title, lead.text[:140], due=due, key=lead.id)
