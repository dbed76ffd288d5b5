# SPDX-License-Identifier: Apache-2.0
"""The questions of a purchase as its room shows them, and what waits for the witness: a fold of their stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.tendering.queries import panel_of
from vitrina.ledger.models import Entry, Position
from vitrina.parties.roles import Role

from .events import PublicQuestionAnswered, PublicQuestionAsked, PublicQuestionHidden

OVER = frozenset({"cancelled", "deserted", "complete"})


@dataclass
class Answer:
    """What the witness said, when, under which number of the ledger (none until it has one)."""

    text: str
    name: str
    at: datetime
    position: int | None


@dataclass
class Question:
    """A question by its number in the stream. `is_withdrawn`: its text was erased by order, and nothing else is."""

    number: int
    text: str
    at: datetime
    position: int | None
    answers: list[Answer] = field(default_factory=list)
    hidden: PublicQuestionHidden | None = None
    hidden_position: int | None = None
    is_withdrawn: bool = False

    @property
    def waits(self) -> bool:
        """Whether the witness still owes an answer."""
        return not (self.answers or self.hidden or self.is_withdrawn)


def stream_of(ocid: str) -> str:
    """The stream of a purchase's questions."""
    return f"asked:{ocid}"


_ASKED = Reading(lambda: Entry.objects.select_related("placed").order_by("seq"), by="stream", prefix=stream_of(""))


def questions_of(ocid: str, *, placed_only: bool = True) -> list[Question]:
    """The questions of a purchase, the first first; by default only what has its number in the public order."""
    found: dict[int, Question] = {}
    for entry in _ASKED.of(ocid):
        position = _position(entry)
        if position is None and placed_only:
            break  # nothing is placed after what is not
        _read(found, entry, position)
    return list(found.values())


def _position(entry: Entry) -> int | None:
    try:
        return entry.placed.position
    except Position.DoesNotExist:
        return None


def _read(found: dict[int, Question], entry: Entry, position: int | None) -> None:
    event = entry.event
    if entry.kind == PublicQuestionAsked.kind:
        text = "" if entry.is_erased else event.text
        found[entry.seq] = Question(entry.seq, text, entry.at, position, is_withdrawn=entry.is_erased)
    elif isinstance(event, PublicQuestionAnswered):
        found[event.question].answers.append(Answer(event.answer, entry.actor["name"], entry.at, position))
    elif isinstance(event, PublicQuestionHidden):
        question = found[event.question]
        question.hidden, question.hidden_position = event, position


def witness_of(process: Process) -> str:
    """The name of the social witness of a purchase's panel; empty when it has none."""
    return next((str(member.person) for member in panel_of(process, Role.WITNESS)), "")


def may_ask(process: Process | None) -> bool:
    """Whether the public may ask: the call names a witness, and the purchase is not over."""
    return process is not None and process.halt not in OVER and bool(witness_of(process))


def tasks(process: Process, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape of every stage's tasks
    """Each question that waits for its answer; and for internal control, that it may be hidden."""
    if not witness_of(process):
        return []
    found = []
    for question in questions_of(process.ocid, placed_only=False):
        if question.waits:
            values = {"n": question.number}
            ask = _("Answer question %(n)d of the public") % values
            hide = _("Hide question %(n)d of the public") % values
            key, text = str(question.number), question.text
            found += [
                Task("questions.answer", Role.WITNESS, ask, text, key=key),
                Task("questions.hide", Role.OIC, hide, text, key=key, is_optional=True),
            ]
    return found
