# SPDX-License-Identifier: Apache-2.0
"""What tendering tells the later stages and the desk."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle import STAGES
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.planning.queries import is_funded
from vitrina.cycle.research.queries import is_concluded
from vitrina.parties.roles import Role

from . import limits
from .events import CriterionRef, Terms
from .methods import COST
from .models import Criterion, Lot, Opener, PanelMember, Tender
from .states import TenderState

_TENDERS = Reading(Tender.objects.all)
_PANEL = Reading(lambda: PanelMember.objects.select_related("person"))
_OPENERS = Reading(lambda: Opener.objects.select_related("key__entry"))
_OPENER_IDS = Reading(lambda: Opener.objects.only("process_id"))
_LOTS = Reading(Lot.objects.all)
_CRITERIA = Reading(Criterion.objects.all)


def tender_of(process: Process) -> Tender | None:
    """The tender of a purchase; nothing before the call."""
    found = _TENDERS.first(process.pk)
    if found:
        found.process = process
    return found


def criteria_of(process: Process, lot: int | None = None) -> list[Criterion]:
    """The criteria by number; for a lot, those of all lots and its own."""
    return [c for c in _CRITERIA.of(process.pk) if lot is None or c.lot in {None, lot}]


def costs_asked(process: Process) -> dict[int, int]:
    """Requirement -> lot, of those that a bid answers with a cost. One without a lot is of the only lot."""
    return {c.number: c.lot or _LOTS.of(process.pk)[0].number for c in criteria_of(process) if c.kind == COST}


def panel_of(process: Process, role: str | None = None) -> list[PanelMember]:
    """The panel, whole or of one role (`evaluator`, `oic`, `witness`)."""
    return [member for member in _PANEL.of(process.pk) if role is None or member.role == role]


def openers_of(process: Process) -> list[Opener]:
    """Who holds a key to the envelopes, by place; nobody before the call."""
    return _OPENERS.of(process.pk)


def lots_of(process: Process) -> list[Lot]:
    """The lots by number; none before the call."""
    return _LOTS.of(process.pk)


def is_open_for_bids(process: Process, at: datetime) -> bool:
    """Whether bids are received at an instant: call published, not halted, opening hour not reached."""
    tender = None if process.halt else tender_of(process)
    return tender is not None and tender.state == TenderState.PUBLISHED and tender.opening_at > at


def questions_until(tender: Tender) -> datetime:
    """The last instant for questions, by the rule that the purchase keeps."""
    return limits.questions_until(tender.process, tender.clarification_at, tender.published_at)


def has_reached(process: Process, stage: str) -> bool:
    """Whether a public act of this stage or a later one has happened."""
    return STAGES.index(process.stage) >= STAGES.index(stage)


def terms_of(tender: Tender) -> Terms:
    """The call as the ledger writes it."""
    criteria = tuple(
        CriterionRef(
            number=c.number,
            title=c.title,
            description=c.description,
            kind=c.kind,
            lot=c.lot,
            points=_plain(c.points),
            years=c.years,
        )
        for c in criteria_of(tender.process)
    )
    same = (
        "title",
        "description",
        "clarification_at",
        "opening_at",
        "award_by",
        "evaluation_method",
        "guarantee_share",
        "penalty_rate",
        "delivery_days",
        "delivery_place",
        "contract_start",
        "contract_end",
        "reduction_reason",
        "auction",
    )
    fields = {name: _plain(getattr(tender, name)) for name in same}
    return Terms(questions_until=questions_until(tender), criteria=criteria, **fields)


def _plain(value: Any) -> Any:
    """Decimals without the idle zeros of their column: `0.10` and `0.100000` are one share and one text."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def last_change_at(tender: Tender) -> datetime:
    """The last instant at which the call may change: the end of its last lawful day, in the unit's zone."""
    day = limits.last_change_on(tender.process, tender.opening_at)
    return datetime.combine(day, time(23, 59, 59), tzinfo=tender.process.zone)


def tasks(process: Process, at: datetime) -> list[Task]:
    """The call that waits to be published, a suspension to lift, and what may still be changed."""
    tender = tender_of(process)
    if tender is None:
        if is_funded(process) and is_concluded(process):
            return [Task("tendering.publish_call", Role.OFFICER, _("Publish the call for bids"), process.title)]
        return []
    if process.halt == "suspended":
        lift = _("Lift the suspension when its cause ends")
        return [Task("tendering.resume", role, lift, process.title) for role in (Role.OIC, Role.APPROVER)]
    if process.halt or has_reached(process, "awarding"):
        return []
    found = [
        *(
            Task("tendering.suspend", role, _("Suspend the purchase"), process.title, is_optional=True)
            for role in (Role.OIC, Role.APPROVER)
        ),
        Task("tendering.cancel", Role.APPROVER, _("Cancel the tender"), process.title, is_optional=True),
    ]
    if not has_reached(process, "opening") and _OPENER_IDS.of(process.pk):
        text = _("Give a key to the envelopes to another person")
        found.append(Task("tendering.replace_opener", Role.OFFICER, text, process.title, is_optional=True))
    last = last_change_at(tender)
    if at <= last:
        change = limits.rule_of(process, "term.change_to_opening.min", tender.opening_at)
        task = Task(
            "tendering.amend_call",
            Role.OFFICER,
            _("Amend the call"),
            process.title,
            due=last,
            rule=applied(change),
            is_optional=True,
        )
        found.insert(0, task)
    return found
