# SPDX-License-Identifier: Apache-2.0
"""What a room says first of an act: headline and lead, before, during and after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.core.words import day, day_time
from vitrina.portal.agenda import words
from vitrina.portal.agenda.schedule import AUCTION, CANCELLED, CLARIFICATION, DEADLINES, RULING, SIGNATURE, TENTATIVE
from vitrina.portal.models import ScheduledAct


def told(act: ScheduledAct, last: Any, now: datetime, zone: str) -> tuple[str, str]:
    """(headline, lead) of an act. `last`: the event of the entry that changed it last."""
    if act.status == CANCELLED:
        return _("This act was called off: %(act)s.") % {"act": _lower(words.short(act))}, act.reason
    if act.began_at:
        return f"{last.sentence()}.", last.detail()
    if act.status == TENTATIVE:
        return _("The purchase is suspended: this act has no sure hour."), act.reason
    lead = words.change(act, zone) or _lead(act, last, zone)
    if act.kind in DEADLINES and act.starts_at < now:
        return _overdue(act, zone), _("Nothing was published until now. The purchase's page says what came before.")
    if act.starts_at < now:
        return _("%(act)s: it is about to begin.") % {"act": words.name(act)}, lead
    return _before(act, now, zone), lead


def _before(act: ScheduledAct, now: datetime, zone: str) -> str:
    when = words.when(act.starts_at, now, zone)
    text = {
        CLARIFICATION: _("The clarification meeting is %(when)s."),
        AUCTION: _("The auction of lot %(lot)s begins %(when)s."),
        RULING: _("The ruling is published %(when)s at the latest."),
        SIGNATURE: _("The contract with %(party)s is signed %(when)s at the latest."),
    }.get(act.kind, _("The envelopes are opened %(when)s."))
    return text % {"when": when, "lot": act.lot, "party": act.party}


def _overdue(act: ScheduledAct, zone: str) -> str:
    text = (
        _("The ruling was due on %(day)s and is not published.")
        if act.kind == RULING
        else _("The contract with %(party)s was due to be signed on %(day)s and is not.")
    )
    return text % {"day": day(act.starts_at, zone), "party": act.party}


def _lead(act: ScheduledAct, last: Any, zone: str) -> str:
    if act.kind == CLARIFICATION:
        until = getattr(getattr(last, "terms", None), "questions_until", None)
        asked = _("Companies ask until %(until)s.") % {"until": day_time(until, zone)} if until else ""
        return f"{asked} {_('Every question is answered on that day, for all to read.')}".strip()
    return {
        AUCTION: _("Companies lower their prices before everybody's eyes, each under an alias until the end."),
        RULING: _("It says who wins and who does not, with the reason for each."),
        SIGNATURE: _("From its signature on, deliveries and payments are published here too."),
    }.get(act.kind, "")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
