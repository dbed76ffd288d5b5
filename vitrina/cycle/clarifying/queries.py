# SPDX-License-Identifier: Apache-2.0
"""What clarifying tells later stages and the desk. Questions are for the officer and their author until published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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
    """The questions in groups, by their first one: where the contracting area put them, else as they are alike."""
    rows = questions_for_officer(process) if questions is None else questions
    number = {q.id: n for n, q in enumerate(rows, start=1)}
    by_id = {q.id: q for q in rows}
    found = _alike(tuple(Asked(q.id, q.alias, q.text) for q in rows if not q.place))
    placed: dict[str, list[str]] = defaultdict(list)
    for q in rows:
        if q.place:
            placed[q.place].append(q.id)
    groups = [Group([by_id[i] for i in ids], [number[i] for i in ids]) for ids in [*found, *placed.values()]]
    return sorted(groups, key=lambda g: g.number)


@lru_cache(maxsize=8)
def _alike(asked: tuple[Asked, ...]) -> tuple[tuple[str, ...], ...]:
    """Grouping takes a second or so of a large case; its questions are read far more often than they change."""
    return tuple(tuple(ids) for ids in group(asked))


def flood_rule(process: Process, tender: Tender) -> Rule | None:
    """What the rulebook of the purchase says of floods; nothing where nobody has recorded it."""
    try:
        return limits.rule_of(process, flood.RULE, tender.published_at)
    except Refused:
        return None


def floods_of(process: Process, tender: Tender, groups: Sequence[Group] | None = None) -> list[flood.Flood]:
    """Companies, by their alias, whose questions internal control should see."""
    found = flood_rule(process, tender)
    if found is None or counts_of(process)[0] < found.value["least"]:
        return []
    return flood.floods(tally_of(groups_of(process) if groups is None else groups), found.value)


def tally_of(groups: Sequence[Group]) -> list[flood.Flood]:
    """How many questions each alias asked, and how many of them repeat an earlier one."""
    askers = {n: q.alias for g in groups for n, q in zip(g.numbers, g.questions, strict=True)}
    return flood.tally([askers[n] for n in sorted(askers)], [[n - 1 for n in g.numbers] for g in groups])


def tasks(process: Process, at: datetime) -> list[Task]:
    """Questions that may be asked, answers that wait, the meeting to hold, and a flood to take note of."""
    tender = tender_of(process)
    if tender is None or process.halt:
        return []
    meeting = meeting_of(process)
    noted = set(meeting.floods_noted) if meeting else set()
    found = [_flood_task()] if {f.who for f in floods_of(process, tender)} - noted else []
    if meeting and meeting.state == MeetingState.CLOSED:
        return found
    return [*found, *_asking(process, tender, at), *_answering(process, tender)]


def _flood_task() -> Task:
    title = _("See who asked how many questions")
    text = _("One company asked most of the questions, or most of its questions repeat others'.")
    return Task("clarifying.note_flood", Role.OIC, title, text)


def _asking(process: Process, tender: Tender, at: datetime) -> list[Task]:
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


def _answering(process: Process, tender: Tender) -> list[Task]:
    """One task for each group that waits, the largest first; one for all of them when they are many."""
    due = tender.clarification_at
    if not counts_of(process)[1]:
        gap = limits.rule_of(process, "term.clarification_to_opening.min", tender.published_at)
        hold = _("Hold the clarification meeting")
        return [Task("clarifying.close_meeting", Role.OFFICER, hold, process.title, not_before=due, rule=applied(gap))]
    waiting = [g for g in groups_of(process) if not g.is_answered]
    if len(waiting) > EACH:
        n = sum(not q.answer for g in waiting for q in g.questions)
        title = _("Answer %(n)s questions, in %(groups)s groups") % {"n": f"{n:,}", "groups": f"{len(waiting):,}"}
        return [Task("clarifying.answer_group", Role.OFFICER, title, process.title, due=due)]
    return [_answer_task(g, due) for g in sorted(waiting, key=lambda g: -len(g.questions))]


def _answer_task(group: Group, due: datetime) -> Task:
    lead, n = group.lead, len(group.questions)
    if n == 1:
        title = _("Answer the question of %(alias)s") % {"alias": lead.alias}
        return Task("clarifying.answer", Role.OFFICER, title, lead.text[:140], due=due, key=lead.id)
    title = _("Answer %(n)s questions that ask the same") % {"n": f"{n:,}"}
    return Task("clarifying.answer_group", Role.OFFICER, title, lead.text[:140], due=due, key=lead.id)
