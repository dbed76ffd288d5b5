# SPDX-License-Identifier: Apache-2.0
"""What the minutes say of each question: its answer, with which others it was answered, and of whom it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.models import Tender
from vitrina.parties.models import Supplier

from .events import Answered
from .queries import Group

AUTHORS = "clarification.authors"


def are_authors_named(process: Process, tender: Tender) -> bool:
    """Whether the rulebook of the purchase has the minutes name who asked; masked where it says nothing."""
    try:
        return limits.rule_of(process, AUTHORS, tender.published_at).value == "named"
    except Refused:
        return False


def answers(groups: Sequence[Group], at: datetime, *, named: bool) -> tuple[Answered, ...]:
    """Every question by its number, whole; the same answer stands with each question of a group."""
    names = _names(groups) if named else {}
    found = [
        Answered(
            number=number,
            alias=q.alias,
            topic=q.topic,
            question=q.text,
            answer=q.answer,
            asked_at=q.asked_at,
            answered_at=q.answered_at or at,
            group=group.number,
            by_hand=bool(q.place),
            author=names.get(q.supplier_id, ""),
            round=q.round,
            about=q.about,
        )
        for group in groups
        for number, q in zip(group.numbers, group.questions, strict=True)
    ]
    return tuple(sorted(found, key=lambda a: a.number))


def _names(groups: Sequence[Group]) -> dict[str, str]:
    keys = {q.supplier_id for g in groups for q in g.questions}
    return dict(Supplier.objects.filter(key__in=keys).values_list("key", "name"))
