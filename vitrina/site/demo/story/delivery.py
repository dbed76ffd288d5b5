# SPDX-License-Identifier: Apache-2.0
"""A purchase whose goods arrived and were accepted; the hospital's ten days late where the caller wants it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import contracts_of
from vitrina.cycle.core.models import Process
from vitrina.cycle.delivery import commands as delivery
from vitrina.cycle.delivery.models import Receipt
from vitrina.cycle.delivery.queries import pending
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.contracting import FIRST_DUE, SECOND_DUE, reach_contracting

LATE = date(2020, 12, 14)


def noon(day: date) -> datetime:
    """Noon in Mexico City."""
    return local(day.year, day.month, day.day, 12)


def arrive(
    w: World, contract: Contract, lines: dict[int, Decimal | int], *, on: date = FIRST_DUE, **more: Any
) -> Receipt:
    """Goods of a contract arrive: number of the delivery -> quantity."""
    rows = [{"delivery": number, "quantity": Decimal(quantity)} for number, quantity in lines.items()]
    arguments = {"at": noon(on), "contract_id": contract.id, "received_on": on, "note": "REM-1", "lines": rows}
    delivery.receive(w[Role.WAREHOUSE], contract.process_id, **(arguments | more))
    return contract.receipts.latest("number")


def accept(w: World, receipt: Receipt, *, at: datetime | None = None) -> Receipt:
    """The goods of a receipt are accepted, the day they came unless told."""
    when = at or noon(receipt.received_on)
    delivery.accept(w[Role.WAREHOUSE], receipt.contract.process_id, at=when, receipt_id=receipt.id)
    return Receipt.objects.select_related("contract").get(id=receipt.id)


def deliver_all(w: World, process: Process, *, late: bool = False) -> None:
    """Everything arrives on its day and is accepted; with `late` the second half comes ten days after."""
    for contract in contracts_of(process):
        for due_on in (w.when(FIRST_DUE), w.when(SECOND_DUE)):
            for place in (w.unit.key, w.hospital.key):
                left = {d.number: q for d, q in pending(contract) if d.due_on == due_on and d.place_id == place}
                if left:
                    on = w.when(LATE) if late and due_on == w.when(SECOND_DUE) else due_on
                    accept(w, arrive(w, contract, left, on=on))


def reach_delivery(w: World, *, late: bool = False, **contracting: Any) -> Process:
    """A purchase with everything delivered and accepted. `contracting`: arguments of `reach_contracting`."""
    process = reach_contracting(w, **contracting)
    deliver_all(w, process, late=late)
    return Process.objects.get(ocid=process.ocid)
