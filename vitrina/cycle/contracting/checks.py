# SPDX-License-Identifier: Apache-2.0
"""Guards of the contract's commands: each returns what it found in order, or refuses with how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refusal, Refused, refuse
from vitrina.cycle.core.words import day, money
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Applied
from vitrina.parties.actors import Actor

from .caps import amendment_room, is_quantity, unscheduled
from .models import Contract, ContractLine, ScheduledDelivery
from .queries import places_of, today
from .terms import exact, known, required, term
from .words import EARLY, GROUNDS, RESCISSION, percent

MAX_DELIVERIES = 5_000


def own(actor: Actor, contract: Contract) -> None:
    """Refuse a supplier that is not the contract's."""
    if actor.supplier_key != contract.supplier_id:
        raise refuse("supplier", _("This contract belongs to another supplier."))


def schedule(
    process: Process, quantities: dict[int, Decimal], rows: Sequence[dict[str, Any]], *, starts_on: date, ends_on: date
) -> list[dict[str, Any]]:
    """The deliveries as rows to save; they add up to the quantity of each item."""
    found = deliveries(process, set(quantities), rows, starts_on=starts_on, ends_on=ends_on)
    left = unscheduled(quantities, [(row["item_number"], row["quantity"]) for row in found])
    if left:
        raise Refused(*(_does_not_add_up(item, quantity) for item, quantity in left.items()))
    return found


def _does_not_add_up(item: int, quantity: Decimal) -> Refusal:
    values = {"item": item, "quantity": f"{exact(abs(quantity)):,f}"}
    if quantity > 0:
        message = _("Item %(item)d: %(quantity)s are missing in the delivery schedule.") % values
    else:
        message = _("Item %(item)d: the delivery schedule has %(quantity)s too many.") % values
    return Refusal("schedule", message, "schedule")


def deliveries(
    process: Process, items: set[int], rows: Sequence[dict[str, Any]], *, starts_on: date, ends_on: date
) -> list[dict[str, Any]]:
    """Rows of deliveries, each of an item of the contract, to a unit of the buyer, within the days given."""
    if len(rows) > MAX_DELIVERIES:
        raise refuse("schedule", _("A contract has at most 5,000 deliveries."), field="schedule")
    places = {unit.key: unit for unit in places_of(process)}
    wrong, found = [], []
    for n, row in enumerate(rows, start=1):
        problem = _problem(row, items, places, starts_on, ends_on)
        if problem:
            message = _("Delivery %(n)d: %(problem)s") % {"n": n, "problem": problem}
            wrong.append(Refusal("schedule", message, "schedule"))
        else:
            found.append({"item_number": row["item_number"], "place": places[row["unit_key"]],
                          "quantity": row["quantity"], "due_on": row["due_on"]})  # fmt: skip
    if wrong:
        raise Refused(*wrong[:20])
    return found


def _problem(row: dict[str, Any], items: set[int], places: dict[str, Any], starts_on: date, ends_on: date) -> str:
    if row["item_number"] not in items:
        return _("there is no item %(item)s in this contract.") % {"item": row["item_number"]}
    if row["unit_key"] not in places:
        return _("the place %(key)s is no unit of the buyer.") % {"key": row["unit_key"]}
    if not is_quantity(row["quantity"]):
        return _("write a quantity above zero with at most four decimals.")
    if not starts_on <= row["due_on"] <= ends_on:
        return _("the day must be from %(first)s to %(last)s.") % {"first": day(starts_on), "last": day(ends_on)}
    return ""


def within_cap(contract: Contract, line: ContractLine, extra: Decimal, at: datetime) -> Applied:
    """The cap on amendments that a line keeps with `extra` more, or a refusal that says how much fits."""
    cap = required(contract.process, "amendment.line.max", at)
    share = Decimal(str(cap.value))
    room = amendment_room(line.signed_quantity, line.quantity, share)
    if extra > room:
        message = _("Item %(item)d can grow by %(room)s more: the cap is %(share)s of what was signed.")
        values = {"item": line.item_number, "room": f"{exact(room):,f}", "share": percent(share)}
        raise refuse("cap", message % values, field="added", article=cap.article)
    had = (line.quantity + extra - line.signed_quantity) / line.signed_quantity
    return applied(cap, exact(had.quantize(Decimal("0.0001"))))


def later_end(contract: Contract, ends_on: date | None) -> None:
    """Refuse an end of the contract that is not later than the one that stands."""
    if ends_on is not None and ends_on <= contract.ends_on:
        message = _("The contract ends on %(day)s; write a later day.") % {"day": day(contract.ends_on)}
        raise refuse("period", message, field="ends_on")


def new_day(contract: Contract, delivery: ScheduledDelivery | None, row: dict[str, Any], now: date) -> None:
    """Refuse to move a delivery that does not exist, whose day has passed, or to an earlier day or past the end."""
    if delivery is None:
        raise refuse("delivery", _("There is no delivery %(n)s.") % {"n": row["number"]}, field="dates")
    if delivery.due_on < now:
        message = _("Delivery %(n)d was due on %(day)s. A day that has passed does not move: its penalty runs.")
        raise refuse("passed", message % {"n": delivery.number, "day": day(delivery.due_on)}, field="dates")
    if not delivery.due_on < row["due_on"] <= contract.ends_on:
        message = _("Delivery %(n)d: the new day must be after %(first)s and at most %(last)s.")
        values = {"n": delivery.number, "first": day(delivery.due_on), "last": day(contract.ends_on)}
        raise refuse("day", message % values, field="dates")


def termination(
    contract: Contract, ground: str, notified_on: date | None, opinion: str, at: datetime
) -> tuple[Applied, ...]:
    """The rules that a termination meets; refuses an unknown ground, an unheard supplier, a missing opinion."""
    if ground not in GROUNDS:
        raise refuse("ground", _("Choose why the contract ends."), field="ground")
    if ground == RESCISSION:
        return _heard(contract, notified_on, at)
    return _opinion(contract, opinion, at) if ground == EARLY else ()


def _heard(contract: Contract, notified_on: date | None, at: datetime) -> tuple[Applied, ...]:
    signed_on = today(contract.process, contract.signed_at)
    if notified_on is None or not signed_on <= notified_on <= today(contract.process, at):
        message = _("Write the day on which the supplier was notified that the rescission began.")
        raise refuse("notified", message, field="notified_on")
    defence = term(contract.process, "term.rescission_defence.max", notified_on)
    if defence is None:
        return ()
    if not defence.is_over(contract.process, at):
        message = _("The supplier may answer until %(day)s. The contract can be rescinded after that day.")
        values = {"day": day(defence.deadline.end)}
        raise refuse("unheard", message % values, field="notified_on", article=defence.rule.article)
    return (defence.met(contract.process, at),)


def _opinion(contract: Contract, opinion: str, at: datetime) -> tuple[Applied, ...]:
    keys = ("early_termination.control_body_opinion.above", "uma.daily", "uma.monthly_factor")
    rules = [known(contract.process, key, at) for key in keys]
    if any(found is None for found in rules):
        return ()
    above, daily, monthly = rules
    limit = Money.of(Decimal(above.value) * Decimal(str(daily.value)) * Decimal(str(monthly.value)))
    if contract.value > limit and not opinion.strip():
        message = _("Above %(limit)s the internal control body gives its opinion. Write its number and date.")
        raise refuse("opinion", message % {"limit": money(limit)}, field="opinion", article=above.article)
    return (applied(above),)
