# SPDX-License-Identifier: Apache-2.0
"""What planning tells the later stages and the desk."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.parties.roles import Role

from .events import ItemRef
from .models import Item, PlanLine
from .states import LineState

_ITEMS = Reading(Item.objects.all)
_LINES = Reading(PlanLine.objects.all)


def items_of(process: Process) -> list[Item]:
    """The items of a purchase, by number."""
    return _ITEMS.of(process.pk)


def item_refs(process: Process) -> tuple[ItemRef, ...]:
    """The items as the ledger names them."""
    return tuple(
        ItemRef(
            number=i.number,
            lot=i.lot,
            cucop=i.cucop,
            description=i.description,
            quantity=i.quantity,
            unit_name=i.unit_name,
        )
        for i in items_of(process)
    )


def lots_of(process: Process) -> dict[int, list[Item]]:
    """Lot number -> its items."""
    lots: dict[int, list[Item]] = {}
    for item in items_of(process):
        lots.setdefault(item.lot, []).append(item)
    return lots


def is_funded(process: Process) -> bool:
    """Whether the budget is certified."""
    return _stands(process, LineState.FUNDED)


def _stands(process: Process, state: str) -> bool:
    line = _LINES.first(process.pk)
    return line is not None and line.state == state


def tasks(process: Process, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape of every stage's tasks
    """The budget that waits to be certified."""
    if _stands(process, LineState.PUBLISHED):
        return [Task("planning.certify_budget", Role.APPROVER, _("Certify the budget"), process.title)]
    return []
