# SPDX-License-Identifier: Apache-2.0
"""An act of the calendar in words: its name, where it stands, what moved it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from vitrina.cycle.core.words import day, day_time
from vitrina.kernel import formats
from vitrina.kernel.workdays import local_day
from vitrina.portal.models import ScheduledAct

from .schedule import AUCTION, CANCELLED, CLARIFICATION, DEADLINES, OPENING, RULING, SIGNATURE, TENTATIVE


def short(act: ScheduledAct) -> str:
    """The act in two or three words, as a day of the month and a headline have room for."""
    return {
        CLARIFICATION: _("Clarification meeting"),
        OPENING: _("Opening of envelopes"),
        AUCTION: _("Reverse auction"),
        RULING: _("Ruling"),
        SIGNATURE: _("Signature of the contract"),
    }[act.kind]


def name(act: ScheduledAct) -> str:
    """What the act is: `Opening of envelopes`, `Reverse auction, lot 2`."""
    if act.kind == AUCTION:
        return _("Reverse auction, lot %(lot)s") % {"lot": act.lot}
    if act.kind == SIGNATURE:
        text = _("Signature of the contract with %(party)s")
        text = text if act.ended_at else _("Signature of the contract with %(party)s, at the latest")
        return text % {"party": act.party}
    return _("Ruling, at the latest") if act.kind == RULING and not act.ended_at else short(act)


def state(act: ScheduledAct, now: datetime) -> tuple[str, str]:
    """(shape, word): where the act stands at an instant."""
    if act.status == CANCELLED:
        return ("wait", _("Called off"))
    if act.ended_at:
        return ("wait", _("Published") if act.kind == RULING else _("Signed") if act.kind == SIGNATURE else _("Held"))
    if act.began_at:
        return ("on", _("Happening now"))
    if act.status == TENTATIVE:
        return ("alert", _("Suspended"))
    if act.starts_at > now:
        return ("wait", _("To come"))
    return ("late", _("Overdue")) if act.kind in DEADLINES else ("on", _("About to begin"))


def change(act: ScheduledAct, zone: str) -> str:
    """What moved the act or called it off, with the reason given; nothing for one that stands as it was announced."""
    if act.status == CANCELLED:
        said = _("Called off.")
    elif act.former_at:
        said = _("It was moved: it had been for %(former)s.") % {"former": day_time(act.former_at, zone)}
    elif act.status == TENTATIVE:
        said = _("The purchase is suspended; the hour may change.")
    else:
        return ""
    return f"{said} {act.reason}".strip()


def when(at: datetime, now: datetime, zone: str) -> str:
    """`today at 11:00 h`, `tomorrow at 11:00 h`, `on 13 de octubre at 11:00 h`, on the clocks of a zone."""
    hour = formats.clock_time(at, zone=zone)
    days = (local_day(at, zone) - local_day(now, zone)).days
    if days == 0:
        return _("today at %(hour)s") % {"hour": hour}
    if days == 1:
        return _("tomorrow at %(hour)s") % {"hour": hour}
    return _("on %(day)s at %(hour)s") % {"day": day(at, zone), "hour": hour}
