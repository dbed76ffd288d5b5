# SPDX-License-Identifier: Apache-2.0
"""What must hold before an auction is announced, moved or decided on: the call, the law, the notice, the reason."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.evaluation import queries as evaluation
from vitrina.cycle.evaluation.rules import is_by_cost, scale_of
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.queries import lots_of, tender_of
from vitrina.kernel.workdays import add_working_days
from vitrina.law import LawError

from .profile import BadProfile, Profile, named
from .queries import auctions_of

NOTICE = "auction.notice.min"
MAX_REASON = 1000


def require_due(process: Process, lot: int) -> None:
    """Refuse an announcement that the call does not foresee, that comes too early, or a second time."""
    tender = tender_of(process)
    if tender is None or not tender.auction:
        raise refuse("not-announced", _("The call announced no auction."))
    if not evaluation.is_concluded(process):
        raise refuse("evaluation", _("The evaluation is not concluded yet: only solvent bidders take part."))
    if lot not in {row.number for row in lots_of(process)}:
        raise refuse("lot", _("There is no such lot."), field="lot")
    if lot in auctions_of(process):
        raise refuse("again", _("The auction of this lot was announced already."), field="lot")


def profile_at(process: Process, at: datetime) -> Profile:
    """The profile that the call named, as the law in force has it; decided by points or by cost where the call is."""
    try:
        found = named(tender_of(process).auction, at=at, **limits.question(process))
        if is_by_cost(process):
            return msgspec.structs.replace(found, criterion="added_cost")
        scale = scale_of(process, at)
        if scale is None:
            return found
        return msgspec.structs.replace(found, criterion="points", price_weight=str(scale.economic))
    except LawError as error:
        raise refuse("law", error.say(get_language() or "es")) from error
    except BadProfile as error:
        raise refuse("profile", str(error)) from error


def require_notice(process: Process, at: datetime, starts_at: datetime) -> None:
    """Refuse an hour that is not as many working days ahead as the rulebook asks for."""
    asked, cal = limits.rule_of(process, NOTICE, at), limits.calendar_of(process)
    if cal.local_day(starts_at) < add_working_days(cal.local_day(at), int(asked.value), cal):
        text = ngettext(
            "An auction is announced at least %(n)s working day ahead.",
            "An auction is announced at least %(n)s working days ahead.",
            int(asked.value),
        )
        raise refuse("notice", text % {"n": asked.value}, field="starts_at")


def published_reason(text: str) -> str:
    """A reason as it is published; refuses an empty one."""
    clean = " ".join(text.split())[:MAX_REASON]
    if not clean:
        raise refuse("reason", _("Write the reason: it is published."), field="reason")
    return clean
