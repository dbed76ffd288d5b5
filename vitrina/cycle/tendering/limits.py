# SPDX-License-Identifier: Apache-2.0
"""The legal terms of a call, computed from its dates: pure readings of the rulebook, the same for command and page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refusal, Refused, refuse
from vitrina.kernel.workdays import Calendar
from vitrina.law import LawError, Outcome, Rule, calendar, check, latest, rule
from vitrina.ledger.kinds import Applied


@dataclass(frozen=True, slots=True)
class Dates:
    """The four instants of a call."""

    published_at: datetime
    clarification_at: datetime
    opening_at: datetime
    award_by: datetime


# term of the law -> (first act, last act, form field to mend)
TERMS = {
    "term.publication_to_opening": ("published_at", "opening_at", "opening_at"),
    "term.clarification_to_opening": ("clarification_at", "opening_at", "clarification_at"),
    "term.opening_to_award": ("opening_at", "award_by", "award_by"),
}


def question(process: Process, *, character: str = "") -> dict[str, Any]:
    """What every question to the law says of this purchase: its rulebook once it has one, its kind and place."""
    return {
        "rulebook": process.rulebook or None,
        "jurisdiction": process.unit.jurisdiction,
        "procedure": process.procedure,
        "character": character or process.character,
        "category": process.category,
    }


def calendar_of(process: Process) -> Calendar:
    """The working calendar of the unit, in its zone."""
    return calendar(process.unit.jurisdiction, zone=process.unit.zone)


def rule_of(process: Process, key: str, at: date | datetime, *, character: str = "") -> Rule:
    """A rule for this purchase; a gap in the law is a refusal that says so in the reader's language."""
    try:
        return rule(key, at=at, **question(process, character=character))
    except LawError as error:
        raise refuse("law", error.say(get_language() or "es")) from error


def outcomes(process: Process, dates: Dates, *, character: str = "") -> list[Outcome]:
    """What the law says of each term of these dates, in the order of `TERMS`."""
    asked, cal = question(process, character=character), calendar_of(process)
    try:
        return [
            check(term, start=getattr(dates, first), end=getattr(dates, last), cal=cal, at=dates.published_at, **asked)
            for term, (first, last, _field) in TERMS.items()
        ]
    except LawError as error:
        raise refuse("law", error.say(get_language() or "es")) from error


def questions_until(process: Process, clarification_at: datetime, at: datetime, *, character: str = "") -> datetime:
    """The last instant for questions before a meeting (art. 33 Bis: 24 hours)."""
    found = rule_of(process, "term.question_to_clarification.min", at, character=character)
    return latest(found, clarification_at)  # type: ignore[return-value] # a rule in hours gives an instant


def last_change_on(process: Process, opening_at: datetime) -> date:
    """The last day on which the call may change (art. 33: the 7th before the opening)."""
    found = rule_of(process, "term.change_to_opening.min", opening_at)
    return latest(found, opening_at, calendar_of(process))


def witness_rule(process: Process, at: datetime) -> Applied | None:
    """The rule that asks for a social witness, met by the budget in daily UMA; nothing below it or where unknown."""
    asked = question(process)
    try:
        threshold = rule("witness.threshold", at=at, **asked)
        uma = rule("uma.daily", at=at, **asked)
    except LawError:  # nobody has recorded it for this law or year: no figure is invented
        return None
    budget = process.plan_line.budget.decimal / Decimal(uma.value)
    return applied(threshold, int(budget)) if budget >= threshold.value else None


def require(found: list[Outcome], *, reduction_reason: str) -> tuple[Applied, ...]:
    """The rules met, as entries keep them; `Refused` with every term that does not hold.

    A reduced term needs a reason; an extension is for the ruling itself and cannot be planned in the call.
    """
    refusals = []
    for outcome in found:
        if outcome.holds or (outcome.state == "reduced" and reduction_reason.strip()):
            continue
        field = TERMS[outcome.key][2]
        if outcome.state == "reduced":
            message = _("%(sentence)s Write why the term must be shorter, or move the date.")
            field = "reduction_reason"
        else:
            message = _("%(sentence)s Move the date.")
        text = message % {"sentence": outcome.sentence(get_language() or "es")}
        refusals.append(Refusal(f"term.{outcome.state}", text, field))
    if refusals:
        raise Refused(*refusals)
    return tuple(applied(o.rule, o.days) for o in found if o.rule)


def require_order(dates: Dates, questions_until: datetime) -> None:
    """Refuse dates that do not follow one another, and a meeting too near for anyone to ask."""
    if questions_until <= dates.published_at:
        message = _("The clarification meeting is too near: nobody could ask before the questions close.")
        raise refuse("order", message, field="clarification_at")
    if dates.opening_at <= dates.clarification_at:
        raise refuse("order", _("The opening comes after the clarification meeting."), field="opening_at")
    if dates.award_by <= dates.opening_at:
        raise refuse("order", _("The ruling comes after the opening."), field="award_by")
