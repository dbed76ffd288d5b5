# SPDX-License-Identifier: Apache-2.0
"""What must hold before something is asked, answered or closed: the meeting, its hour, the terms of the law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vitrina.cycle.core import words
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refusal, refuse
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.models import Tender
from vitrina.cycle.tendering.queries import questions_until, tender_of
from vitrina.law import LawError, Rule, check
from vitrina.ledger.kinds import Applied

from . import faults, sheet
from .models import Meeting, Question
from .queries import counts_of, may_give_answers, meeting_of
from .states import MeetingState

SHOWN = 20  # rows at fault that a refusal names
AGAIN = "term.answers_to_requestion"


def why_nothing(found: sheet.Sheet, repeated: int) -> Iterator[Refusal]:
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


def published(process: Process) -> Tender:
    """The call; refused before it is published."""
    tender = tender_of(process)
    if tender is None:
        raise refuse("state", _("The call is not published yet."))
    tender.process = process
    return tender


def meeting_to_hold(process: Process) -> Meeting:
    """The meeting of a published call, new where nothing was asked; refused once it is closed."""
    found = meeting_of(process) or Meeting(process=process, state="")
    if found.state == MeetingState.CLOSED:
        raise refuse("closed", _("The clarification meeting was held; nothing more is asked or answered."))
    return found


def meeting_that_asks(process: Process, at: datetime) -> Meeting:
    """The meeting, while questions about the call are received."""
    call, meeting = published(process), meeting_to_hold(process)
    until = questions_until(call)
    if at > until or meeting.round:
        found = limits.rule_of(process, "term.question_to_clarification.min", call.published_at)
        message = _("Questions closed %(hours)s hours before the meeting, on %(until)s.")
        shown = words.day_time(until, process.unit.zone)
        raise refuse("late", message % {"hours": found.value, "until": shown}, article=found.article)
    return meeting


def meeting_that_asks_again(process: Process, at: datetime) -> tuple[Meeting, int]:
    """(the meeting, how many answers were given), while they may be asked about."""
    call, meeting = published(process), meeting_to_hold(process)
    if meeting.until is None:
        raise refuse("round", _("No answers were given yet: a re-question asks about one."))
    if at > meeting.until:
        message = _("Re-questions closed on %(until)s.")
        shown = words.day_time(meeting.until, process.unit.zone)
        article = rules_of_requestions(process, call)[0].article
        raise refuse("late", message % {"until": shown}, article=article)
    return meeting, Question.objects.filter(process=process, round__lt=meeting.round).count()


def require_hour(process: Process, call: Tender, meeting: Meeting, at: datetime) -> None:
    """Refuse what belongs to the meeting before its hour, and while re-questions are received."""
    if at < call.clarification_at:
        shown = words.day_time(call.clarification_at, process.unit.zone)
        raise refuse("early", _("The meeting begins on %(when)s, as the call says.") % {"when": shown})
    if meeting.until and at <= meeting.until:
        shown = words.day_time(meeting.until, process.unit.zone)
        article = rules_of_requestions(process, call)[0].article
        raise refuse("early", _("Re-questions are received until %(when)s.") % {"when": shown}, article=article)


def require_all_answered(process: Process) -> None:
    """Refuse while a question waits for its answer."""
    waiting = counts_of(process)[1]
    if waiting:
        text = ngettext(
            "%(n)s question still waits for its answer.", "%(n)s questions still wait for an answer.", waiting
        )
        raise refuse("unanswered", text % {"n": f"{waiting:,}"}, article="33 Bis")


def require_open(meeting: Meeting, question: Question) -> None:
    """Refuse to touch a question whose answer was given already: it is public."""
    if question.round < meeting.round:
        raise refuse("given", _("This answer was given in the meeting; it cannot change any more."))


def require_round(process: Process, call: Tender, meeting: Meeting) -> None:
    """Refuse answers that nobody could ask about: none asked, or the rulebook has no round left."""
    if not may_give_answers(process, call, meeting):
        raise refuse("round", _("There is no round of re-questions left, or nobody asked anything to answer."))


def rules_of_requestions(process: Process, call: Tender) -> tuple[Rule, Rule]:
    """The shortest and the longest term for re-questions."""
    least, most = (limits.rule_of(process, f"{AGAIN}.{end}", call.published_at) for end in ("min", "max"))
    return least, most


def require_term_of_requestions(process: Process, call: Tender, hours: int) -> tuple[Applied, ...]:
    """The rules of the term for re-questions, in hours; refused when it is shorter or longer than they allow."""
    least, most = rules_of_requestions(process, call)
    if not int(least.value) <= hours <= int(most.value):
        message = _("The term for re-questions is from %(least)s to %(most)s hours.")
        text = message % {"least": least.value, "most": most.value}
        raise refuse("hours", text, field="hours", article=least.article)
    return (applied(least, hours), applied(most, hours))


def require_time_to_bid(tender: Tender, at: datetime) -> tuple[Applied, ...]:
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
