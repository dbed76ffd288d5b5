# SPDX-License-Identifier: Apache-2.0
"""Who is in a room, as the ledger tells it: officials and witnesses by name, companies as the rulebook lets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.auction.events import AuctionScheduled
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening.events import AttendanceNoted, OpeningStarted
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.events import CallPublished
from vitrina.law import LawError
from vitrina.parties.roles import ROLE_NAMES, Role
from vitrina.portal.agenda.schedule import AUCTION, OPENING
from vitrina.portal.models import ScheduledAct

Row = tuple[str, str]  # office, who


def rows(act: ScheduledAct, told: Sequence[Any], caller: str) -> list[Row]:
    """(office, who) of an act. `told`: the purchase's entries, `caller`: who signed the call."""
    found = [(_("Convened by"), caller)] if caller else []
    if act.kind == OPENING:
        return found + _attendance(act.ocid, [t.event for t in told])
    if act.kind == AUCTION:
        return found + _panel(told) + _aliases(act, told)
    return found + _panel(told)


def _office(role: str) -> str:
    return capfirst(str(ROLE_NAMES[Role(role)]))


def _panel(told: Sequence[Any]) -> list[Row]:
    """Those whom the call names to watch over the purchase: internal control and the social witness."""
    call = next((t.event for t in told if isinstance(t.event, CallPublished)), None)
    watch = {Role.OIC, Role.WITNESS}
    return [(_office(p.role), p.name) for p in call.panel if p.role in watch] if call else []


def _attendance(ocid: str, events: list[Any]) -> list[Row]:
    """Who signed in to the opening; companies by name only where the rulebook makes attendance public there."""
    found = [(_("Presides"), e.presided_by.name) for e in events if isinstance(e, OpeningStarted)]
    guests = [e.attendee for e in events if isinstance(e, AttendanceNoted)]
    found += [(_office(g.role), g.name) for g in guests if g.role != Role.SUPPLIER]
    companies = list(dict.fromkeys(g.name for g in guests if g.role == Role.SUPPLIER))
    if companies:
        n = len(companies)
        counted = ngettext("one has signed in", "%(n)s have signed in", n) % {"n": n}
        found.append((_("Companies"), ", ".join(companies) if _names_companies(ocid) else counted))
    return found


def _aliases(act: ScheduledAct, told: Sequence[Any]) -> list[Row]:
    """In an auction companies are their aliases; their names are told at its end, by its own acts."""
    lots = [t.event for t in told if isinstance(t.event, AuctionScheduled) and t.event.lot == act.lot]
    return [(_("Companies"), ", ".join(ref.alias for ref in lots[-1].aliases))] if lots else []


def _names_companies(ocid: str) -> bool:
    process = Process.objects.select_related("unit", "buyer").filter(ocid=ocid).first()
    if process is None:
        return False
    try:
        rule = limits.rule_of(process, "procedure.visibility", process.created_at)
    except LawError:
        return False
    return bool(rule.value.get("attendance") == OPENING)
