# SPDX-License-Identifier: Apache-2.0
"""What delivery tells the payment and the desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from vitrina.cycle.contracting.models import Contract, ScheduledDelivery
from vitrina.cycle.contracting.queries import contracts_of
from vitrina.cycle.contracting.terms import Term, term
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.core.words import day
from vitrina.cycle.planning.events import ItemRef
from vitrina.cycle.planning.queries import item_refs
from vitrina.cycle.tendering.queries import has_reached
from vitrina.kernel.money import Money, total
from vitrina.kernel.workdays import closes_at
from vitrina.parties.roles import Role

from .models import Receipt, ReceiptLine
from .penalties import Part
from .states import ReceiptState

MAX_TASKS = 20  # places named in an inbox for one contract: the nearest days first


def items_by_number(process: Process) -> dict[int, ItemRef]:
    """The items of a purchase by number."""
    return {item.number: item for item in item_refs(process)}


_ARRIVED = Reading(
    lambda: ReceiptLine.objects.select_related("receipt", "delivery"),
    by="receipt__contract_id",
    within="receipt__contract__process_id__in",
)
_RECEIPTS = Reading(
    lambda: Receipt.objects.select_related("place"), by="contract_id", within="contract__process_id__in"
)
_SCHEDULE = Reading(
    lambda: ScheduledDelivery.objects.select_related("place"), by="contract_id", within="contract__process_id__in"
)


def _by_delivery(contract: Contract, *states: str) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for line in _ARRIVED.of(contract.process_id, contract.pk):
        if line.receipt.state in states:
            found[line.delivery.number] += line.quantity
    return dict(found)


def accepted_by_delivery(contract: Contract) -> dict[int, Decimal]:
    """Number in the schedule -> quantity accepted; deliveries without any are left out."""
    return _by_delivery(contract, ReceiptState.ACCEPTED)


def pending(contract: Contract) -> list[tuple[ScheduledDelivery, Decimal]]:
    """The deliveries that still expect goods, with how much; goods that wait for acceptance count as come."""
    come = _by_delivery(contract, ReceiptState.RECEIVED, ReceiptState.ACCEPTED)
    rows = [(d, d.quantity - come.get(d.number, Decimal(0))) for d in _schedule(contract)]
    return [(delivery, left) for delivery, left in rows if left > 0]


def _schedule(contract: Contract) -> list[ScheduledDelivery]:
    return _SCHEDULE.of(contract.process_id, contract.pk)


def _receipts(contract: Contract, state: str) -> list[Receipt]:
    return [r for r in _RECEIPTS.of(contract.process_id, contract.pk) if r.state == state]


def is_delivered(contract: Contract) -> bool:
    """Whether every delivery of the schedule was accepted whole."""
    accepted = accepted_by_delivery(contract)
    return all(accepted.get(d.number, Decimal(0)) >= d.quantity for d in contract.schedule.all())


def accepted_receipts(contract: Contract) -> list[Receipt]:
    """The accepted receipts of a contract, by number."""
    return _receipts(contract, ReceiptState.ACCEPTED)


def accepted_quantities(receipts: Iterable[Receipt]) -> dict[int, Decimal]:
    """Item number -> quantity, over these receipts."""
    rows = ReceiptLine.objects.filter(receipt__in=[r.pk for r in receipts])
    return dict(rows.values_list("item_number").annotate(Sum("quantity")))


def accepted_value(contract: Contract) -> Money:
    """What was accepted of a contract, at its prices, without VAT."""
    units = {line.item_number: line.unit for line in contract.lines.all()}
    quantities = accepted_quantities(accepted_receipts(contract))
    return total([units[item].times(quantity) for item, quantity in quantities.items()])


def penalties_of(contract: Contract, receipts: Iterable[Receipt] | None = None) -> Money:
    """The penalties of a contract, or of some of its receipts."""
    chosen = accepted_receipts(contract) if receipts is None else receipts
    rows = ReceiptLine.objects.filter(receipt__in=[r.pk for r in chosen])
    return Money(rows.aggregate(sum=Sum("penalty_centavos"))["sum"] or 0)


def parts_of(receipt: Receipt) -> list[tuple[ReceiptLine, Part]]:
    """The lines of a receipt, each with what its penalty is computed from."""
    units = {line.item_number: line.unit for line in receipt.contract.lines.all()}
    return [
        (line, Part(line.quantity, units[line.item_number], line.delivery.due_on, receipt.received_on))
        for line in receipt.lines.select_related("delivery")
    ]


def acceptance_term(receipt: Receipt) -> Term | None:
    """The term to accept or reject, from the day the goods came; nothing where the law's value is not known."""
    return term(receipt.contract.process, "term.delivery_to_acceptance.max", receipt.received_on)


def tasks(process: Process, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape of every stage's tasks
    """Goods expected at each place, nearest day first, and goods that wait to be accepted or rejected."""
    if process.halt or not has_reached(process, "contracting"):
        return []
    found: list[Task] = []
    for contract in contracts_of(process):
        contract.process = process
        found += _expected(contract) if contract.is_active else []
        if contract.is_active and process.category != "goods":
            found.append(Task("delivery.report_progress", Role.REQUESTER, _("Report the progress"),
                              contract.supplier.name, is_optional=True, key=contract.id))  # fmt: skip
        for receipt in _receipts(contract, ReceiptState.RECEIVED):
            receipt.contract = contract
            found += _decisions(receipt)
    return found


def _expected(contract: Contract) -> list[Task]:
    nearest: dict[str, ScheduledDelivery] = {}
    for delivery, _left in sorted(pending(contract), key=lambda row: (row[0].due_on, row[0].number)):
        nearest.setdefault(delivery.place_id, delivery)
    zone = contract.process.unit.zone
    return [
        Task("delivery.receive", Role.WAREHOUSE, _("Receive the goods"), f"{d.place.name}, {contract.supplier.name}",
             due=closes_at(d.due_on, zone), key=f"{contract.id}.{place}", place_key=place)
        for place, d in list(nearest.items())[:MAX_TASKS]
    ]  # fmt: skip


def _decisions(receipt: Receipt) -> list[Task]:
    running = acceptance_term(receipt)
    detail = _("%(place)s, came on %(day)s") % {"place": receipt.place.name, "day": day(receipt.received_on)}
    same = {"key": receipt.id, "place_key": receipt.place_id, "due": running.closes_at if running else None,
            "rule": running.met(receipt.contract.process, receipt.recorded_at) if running else None}  # fmt: skip
    return [
        Task("delivery.accept", Role.WAREHOUSE, _("Accept the goods"), detail, **same),
        Task("delivery.reject", Role.WAREHOUSE, _("Reject the goods"), detail, is_optional=True, **same),
    ]
