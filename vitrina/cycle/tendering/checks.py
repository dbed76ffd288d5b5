# SPDX-License-Identifier: Apache-2.0
"""What a call must meet before a command writes it. Each check returns the rules met, or raises `Refused`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.planning.queries import is_funded
from vitrina.cycle.planning.queries import lots_of as items_by_lot
from vitrina.cycle.research.queries import is_concluded
from vitrina.ledger.kinds import Applied
from vitrina.parties.roles import Role

from . import limits
from .events import PanelRef
from .methods import BINARY, BY_COST, BY_POINTS, COST, MAX_YEARS, POINTS, SCALE
from .models import Tender

CRITERION_KINDS = ("technical", "legal", POINTS, COST)
MAX_DELIVERY_DAYS = 3650  # ten years: a typing error beyond


def require_ready(process: Process) -> None:
    """Certified budget and concluded research."""
    if not is_funded(process):
        message = _("The budget is not certified. Ask the approving authority to certify it.")
        raise refuse("budget", message, article="25")
    if not is_concluded(process):
        message = _("The market research is not concluded for these lines. Conclude it first.")
        raise refuse("research", message, article="26")


def require_lawful(tender: Tender) -> tuple[Applied, ...]:
    """Check the dates of a call against the law and its amounts against reason; return the rules met."""
    dates = limits.Dates(tender.published_at, tender.clarification_at, tender.opening_at, tender.award_by)
    until = limits.questions_until(tender.process, tender.clarification_at, tender.published_at)
    limits.require_order(dates, until)
    for name in ("guarantee_share", "penalty_rate"):
        if not 0 <= getattr(tender, name) < 1:
            raise refuse("share", _("Write a percentage from 0 to less than 100."), field=name)
    if not 1 <= tender.delivery_days <= MAX_DELIVERY_DAYS:
        raise refuse("delivery", _("Write between 1 and 3,650 days."), field="delivery_days")
    if tender.contract_start < limits.calendar_of(tender.process).local_day(tender.opening_at):
        raise refuse("contract", _("The contract cannot start before the opening."), field="contract_start")
    if tender.contract_end < tender.contract_start:
        raise refuse("contract", _("The contract ends after it starts."), field="contract_end")
    return limits.require(limits.outcomes(tender.process, dates), reduction_reason=tender.reduction_reason)


def require_auction(process: Process, name: str, at: datetime) -> tuple[Applied, ...]:
    """The rules of the reverse auction that a call announces: that there may be one, and how it runs."""
    if not name:
        return ()
    return tuple(applied(limits.rule_of(process, key, at)) for key in ("auction.allowed", f"auction.profile.{name}"))


def require_criteria(process: Process, criteria: Sequence[Mapping[str, Any]]) -> None:
    """At least one requirement, each of a kind that there is and for a lot that there is."""
    if not criteria:
        raise refuse("criteria", _("Write at least one requirement."), field="criteria", article="29")
    numbers = set(items_by_lot(process))
    for c in criteria:
        if c["kind"] not in CRITERION_KINDS:
            message = _("A requirement is technical or legal, gives points, or asks for a cost.")
            raise refuse("criteria", message, field="criteria")
        if c.get("lot") and c["lot"] not in numbers:
            raise refuse("criteria", _("There is no lot %(lot)s.") % {"lot": c["lot"]}, field="criteria")


def require_deciding(
    process: Process, method: str, auction: str, criteria: Sequence[Mapping[str, Any]], at: datetime
) -> tuple[Applied, ...]:
    """What the way in which a call is decided asks of its requirements and of its auction; the rules met."""
    require_criteria(process, criteria)
    rules = require_points(process, method, criteria, at)
    require_costs(process, method, criteria)
    if auction and method != BINARY:
        _require_own_step(process, method, auction, at)
    return rules


def _require_own_step(process: Process, method: str, auction: str, at: datetime) -> None:
    """An auction whose step is against one's own price, where the lowest price need not be the first."""
    if limits.rule_of(process, f"auction.profile.{auction}", at).value["beat"] == "own":
        return
    message = {
        BY_POINTS: _("By points no offer is sure to beat the leader. Choose an auction in turns."),
        BY_COST: _(
            "By life-cycle cost the price that beats the leader would tell its cost, and with it its name. "
            "Choose an auction in turns, or one with a sealed final round."
        ),
    }[method]
    raise refuse("auction", message, field="auction")


def require_costs(process: Process, method: str, criteria: Sequence[Mapping[str, Any]]) -> None:
    """In a call by life-cycle cost each lot asks for a cost, each over so many years and by a formula that is told."""
    asked = [c for c in criteria if c["kind"] == COST]
    if any((c.get("years") is not None) != (c["kind"] == COST) for c in criteria):
        message = _("Write the years of each requirement that asks for a cost, and of no other.")
        raise refuse("costs", message, field="criteria")
    if method != BY_COST:
        if asked:
            message = _("Requirements ask for a cost only in an evaluation by life-cycle cost (cost-benefit).")
            raise refuse("costs", message, field="criteria")
        return
    lots = items_by_lot(process)
    for cost in asked:
        if not 1 <= cost["years"] <= MAX_YEARS:
            raise refuse("costs", _("Write from 1 to %(n)s years.") % {"n": MAX_YEARS}, field="criteria")
        if not cost.get("description", "").strip():
            message = _("Write how the cost is worked out and proved: every bid must count in the same way.")
            raise refuse("costs", message, field="criteria")
        if len(lots) > 1 and not cost.get("lot"):
            raise refuse("costs", _("Write for which lot each cost is: it is added to its price."), field="criteria")
    for lot in lots:
        if not any(c.get("lot") in {None, lot} for c in asked):
            raise refuse("costs", _("Lot %(lot)s asks for no cost.") % {"lot": lot}, field="criteria")


def require_points(
    process: Process, method: str, criteria: Sequence[Mapping[str, Any]], at: datetime
) -> tuple[Applied, ...]:
    """The scale of an evaluation by points: in each lot its requirements give what the technical part is worth."""
    giving = [c for c in criteria if c["kind"] == POINTS]
    if any((c.get("points") is not None) != (c["kind"] == POINTS) for c in criteria):
        message = _("Write the points of each requirement that gives points, and of no other.")
        raise refuse("points", message, field="criteria")
    if method != BY_POINTS:
        if giving:
            message = _("Requirements give points only in an evaluation by points and percentages.")
            raise refuse("points", message, field="criteria")
        return ()
    found = [limits.rule_of(process, key, at) for key in SCALE]
    worth = Decimal(str(found[0].value))
    for lot in items_by_lot(process):
        given = sum((c["points"] for c in giving if c.get("lot") in {None, lot}), Decimal(0))
        if given != worth:
            message = _("In lot %(lot)s the requirements give %(given)s points; they must give %(worth)s.")
            figures = {"lot": lot, "given": given, "worth": worth}
            raise refuse("points", message % figures, field="criteria", article=found[0].article)
    return tuple(applied(rule) for rule in found)


def require_forward(tender: Tender, name: str, value: datetime | None, at: datetime, *, is_done: bool) -> None:
    """A date at the end of a suspension: forward, in the future, and not of an act that was held."""
    if is_done and value:
        raise refuse("done", _("This act has been held; its date does not move."), field=name)
    if not is_done and (value or getattr(tender, name)) <= at:
        raise refuse("past", _("This date has passed. Write a new one, after today."), field=name)
    if value and value < getattr(tender, name):
        raise refuse("earlier", _("The date can only move forward."), field=name)


def require_witness(process: Process, members: tuple[PanelRef, ...], at: datetime) -> tuple[Applied, ...]:
    """A social witness in the panel, from the amount that the law names."""
    asked = limits.witness_rule(process, at)
    if asked is None:
        return ()
    if not any(m.role == Role.WITNESS for m in members):
        message = _("A purchase of this amount needs a social witness in its panel.")
        raise refuse("witness", message, field="witness", article=asked.article)
    return (asked,)


def change_rule(process: Process, opening_at: datetime, at: datetime) -> Applied:
    """The rule on late changes, with the days that are left to the opening."""
    cal = limits.calendar_of(process)
    had = (cal.local_day(opening_at) - cal.local_day(at)).days
    return applied(limits.rule_of(process, "term.change_to_opening.min", opening_at), had)
