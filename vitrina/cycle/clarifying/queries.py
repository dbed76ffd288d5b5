# SPDX-License-Identifier: Apache-2.0
"""What clarifying tells later stages and the desk. Questions are for the officer and their author until published."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.queries import questions_until, tender_of
from vitrina.parties.roles import Role

from .models import Meeting, Question
from .states import MeetingState


def meeting_of(process: Process) -> Meeting | None:
    """The meeting of a purchase; nothing before its first act."""
    return Meeting.objects.filter(process=process).first()


def is_closed(process: Process) -> bool:
    """Whether the meeting was held and its minutes are public."""
    return Meeting.objects.filter(process=process, state=MeetingState.CLOSED).exists()


def questions_for_officer(process: Process) -> list[Question]:
    """All questions, by the instant they came in; only for the contracting area's own pages."""
    return list(Question.objects.filter(process=process))


def questions_of_supplier(process: Process, supplier_key: str) -> list[Question]:
    """The questions that one supplier sent."""
    return list(Question.objects.filter(process=process, supplier_id=supplier_key))


def tasks(process: Process, at: datetime) -> list[Task]:
    """Questions that may be asked, answers that wait, and the meeting to hold."""
    tender = tender_of(process)
    if tender is None or process.halt or is_closed(process):
        return []
    found = []
    until, meeting_at = questions_until(tender), tender.clarification_at
    if at <= until:
        ask = limits.rule_of(process, "term.question_to_clarification.min", tender.published_at)
        found.append(
            Task(
                "clarifying.ask",
                Role.SUPPLIER,
                _("Ask a question about the call"),
                process.title,
                due=until,
                rule=applied(ask),
                is_optional=True,
            )
        )
    waiting = [q for q in questions_for_officer(process) if not q.answer]
    found += [
        Task(
            "clarifying.answer",
            Role.OFFICER,
            _("Answer the question of %(alias)s") % {"alias": q.alias},
            q.text[:140],
            due=meeting_at,
            key=q.id,
        )
        for q in waiting
    ]
    if not waiting:
        gap = limits.rule_of(process, "term.clarification_to_opening.min", tender.published_at)
        found.append(
            Task(
                "clarifying.close_meeting",
                Role.OFFICER,
                _("Hold the clarification meeting"),
                process.title,
                not_before=meeting_at,
                rule=applied(gap),
            )
        )
    return found
