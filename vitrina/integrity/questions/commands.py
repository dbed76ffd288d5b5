# SPDX-License-Identifier: Apache-2.0
"""What is done with questions of the public: anybody asks, the witness answers, internal control may hide one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from vitrina.cycle.core.command import command
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.tendering.queries import panel_of
from vitrina.kernel.text import fold
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Signer
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.roles import Role

from . import rules
from .events import PublicQuestionAnswered, PublicQuestionAsked, PublicQuestionHidden
from .queries import Question, may_ask, questions_of, stream_of

PUBLIC = Signer(role="public", name="Público", party="")


def ask(ocid: str, *, at: datetime, text: str) -> Entry:
    """Put a question of the public into the ledger. Nothing of who asks is known here.

    Refuses what the published rules hold back, a question that was asked already, and more than the purchase takes.
    """
    process = Process.objects.filter(ocid=ocid).first()
    if process is None or not may_ask(process):
        raise refuse("closed", _("No question can be asked here: the purchase is over, or has no social witness."))
    text = " ".join(text.split())
    _check(text)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stream_of(ocid)])
        _require_room(ocid, at)
        _require_new(ocid, text)
        return append(stream_of(ocid), PublicQuestionAsked(ocid=ocid, text=text), actor=PUBLIC, at=at)


def _check(text: str) -> None:
    if not rules.SHORTEST <= len(text) <= rules.LONGEST:
        message = _("Write between %(least)d and %(most)d characters; you wrote %(n)d.")
        values = {"least": rules.SHORTEST, "most": rules.LONGEST, "n": len(text)}
        raise refuse("length", message % values, field="text")
    if what := rules.held_back(text):
        message = _("Your question has %(what)s in it, and what is asked is public for ever. Take it out.")
        raise refuse("personal", message % {"what": rules.DOOR_WORDS[what]}, field="text")


def _require_room(ocid: str, at: datetime) -> None:
    asked = Entry.objects.filter(stream=stream_of(ocid), kind=PublicQuestionAsked.kind)
    limits = ((timedelta(minutes=1), rules.A_MINUTE), (timedelta(days=1), rules.A_DAY))
    if any(asked.filter(at__gt=at - span).count() >= most for span, most in limits):
        raise refuse("many", _("Many people are asking at once. Your text is still here: send it again in a minute."))


def _require_new(ocid: str, text: str) -> None:
    same = next((q for q in questions_of(ocid, placed_only=False) if _bare(q.text) == _bare(text)), None)
    if same:
        raise refuse("same", _("This was asked already: it is question %(n)d.") % {"n": same.number}, field="text")


def _bare(text: str) -> str:
    """Letters and figures alone, without accents or case: what is asked, however it is written."""
    return "".join(c for c in fold(text) if c.isalnum())


@command("questions.answer")
def answer(actor: Actor, process: Process, *, at: datetime, question: int, text: str) -> Entry:
    """Answer a question; what was answered stays, and more can be added. Only the witness whom the call names."""
    if actor.person_id not in {m.person_id for m in panel_of(process, Role.WITNESS)}:
        raise refuse("panel", _("Only the social witness whom the call names answers here."))
    found = _question(process, question)
    if found.hidden or found.is_withdrawn:
        raise refuse("hidden", _("This question was hidden; the room no longer shows it."))
    event = PublicQuestionAnswered(ocid=process.ocid, question=question, answer=text)
    return append(stream_of(process.ocid), event, actor=actor.signer, at=at)


@command("questions.hide")
def hide(actor: Actor, process: Process, *, at: datetime, question: int, rule: str, reason: str) -> Entry:
    """Hide a question from the room by a published rule, with the reason; its place and its entry remain."""
    if rule not in rules.HIDING:
        raise refuse("rule", _("Choose the rule that it breaks."), field="rule")
    if _question(process, question).hidden:
        raise refuse("hidden", _("This question was hidden; the room no longer shows it."))
    event = PublicQuestionHidden(ocid=process.ocid, question=question, rule=rule, reason=reason)
    return append(stream_of(process.ocid), event, actor=actor.signer, at=at)


def _question(process: Process, number: int) -> Question:
    found = next((q for q in questions_of(process.ocid, placed_only=False) if q.number == number), None)
    if found is None:
        raise refuse("question", _("There is no such question in this purchase."))
    return found
