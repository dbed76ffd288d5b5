# SPDX-License-Identifier: Apache-2.0
"""The legal terms of a contract, computed from its dates and from the rulebook that the purchase keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused, refuse
from vitrina.cycle.core.words import day
from vitrina.cycle.tendering.limits import calendar_of, question
from vitrina.kernel.workdays import Deadline, days_between
from vitrina.law import LawError, Rule, due, rule
from vitrina.ledger.kinds import Applied


@dataclass(frozen=True, slots=True)
class Term:
    """A term that runs from an act: its rule and its last day."""

    rule: Rule
    deadline: Deadline

    @property
    def closes_at(self) -> datetime:
        return self.deadline.closes_at

    def days_at(self, process: Process, at: date | datetime) -> int:
        """Days that have run at an instant, in the rule's unit; never negative."""
        cal = calendar_of(process)
        end = max(cal.local_day(at), self.deadline.start)
        return days_between(self.deadline.start, end, self.deadline.unit, cal)

    def is_over(self, process: Process, at: date | datetime) -> bool:
        """Whether the term has run out at an instant."""
        return calendar_of(process).local_day(at) > self.deadline.end

    def met(self, process: Process, at: date | datetime) -> Applied:
        """The rule with the days that an act took, as an entry keeps it."""
        return applied(self.rule, self.days_at(process, at))


def known(process: Process, key: str, at: date | datetime) -> Rule | None:
    """A rule of the purchase's law; nothing when that law has none or its value is unknown."""
    try:
        return rule(key, at=at, **question(process))
    except LawError:
        return None


def required(process: Process, key: str, at: date | datetime) -> Rule:
    """A rule that an act cannot do without; `Refused` when nobody has recorded its value."""
    found = known(process, key, at)
    if found is None:
        raise refuse("law", _("The law's value for this step is not recorded (%(key)s).") % {"key": key})
    return found


def term(process: Process, key: str, start: date | datetime) -> Term | None:
    """The term of a rule in days that runs from an act; nothing when the law's value is not known."""
    found = known(process, key, start)
    return Term(found, due(found, start, calendar_of(process))) if found else None


def kept(running: Term | None, process: Process, at: date | datetime, late_reason: str) -> tuple[Applied, ...]:
    """The rule met by an act at `at`, for its entry. Refuses a late act without a reason."""
    if running is None:
        return ()
    if running.is_over(process, at) and not late_reason.strip():
        raise late(running)
    return (running.met(process, at),)


def late(running: Term) -> Refused:
    """The refusal of a late act that says no reason."""
    message = _("The term ended on %(day)s (art. %(article)s). Write why this is done late; the reason is public.")
    values = {"day": day(running.deadline.end), "article": running.rule.article}
    return refuse("late", message % values, field="late_reason", article=running.rule.article)


def exact(quantity: Decimal) -> Decimal:
    """The same quantity without idle zeros, so that equal quantities have one text.

    >>> exact(Decimal("300.0000")), exact(Decimal("2.5000"))
    (Decimal('300'), Decimal('2.5'))
    """
    whole = quantity.to_integral_value()
    return whole if whole == quantity else quantity.normalize()
