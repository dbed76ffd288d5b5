# SPDX-License-Identifier: Apache-2.0
"""What the opening act tells the later stages and the desk."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.tendering.queries import tender_of
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

from .events import BidsOpened, OpeningClosed, OpeningStarted
from .models import Act, Attendance
from .states import ActState

ATTENDING = (Role.OIC, Role.WITNESS, Role.SUPPLIER)


def act_of(process: Process) -> Act | None:
    """The act of a process; nothing before it starts."""
    return Act.objects.filter(process=process).first()


def attendance_of(process: Process) -> list[Attendance]:
    """Who attended, in order of arrival."""
    return list(Attendance.objects.filter(process=process))


def is_closed(process: Process) -> bool:
    """Whether the act is over and its minutes are published."""
    return Act.objects.filter(process=process, state=ActState.CLOSED).exists()


def _entry(process: Process, kind: str) -> Entry | None:
    return Entry.objects.filter(stream=process.stream, kind=kind).order_by("-seq").first()


def started_event(process: Process) -> OpeningStarted | None:
    """The start of the act as the ledger tells it."""
    entry = _entry(process, OpeningStarted.kind)
    return entry.event if entry else None


def opened_event(process: Process) -> BidsOpened | None:
    """The count of the envelopes as the ledger tells it."""
    entry = _entry(process, BidsOpened.kind)
    return entry.event if entry else None


def minutes(process: Process) -> Entry | None:
    """The entry of the minutes; its digest is the public seed of a draw among equal bids."""
    return _entry(process, OpeningClosed.kind)


def tasks(process: Process, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape of every stage's tasks
    """The act that waits to begin, to open the envelopes or to close; and its door, while it stands open."""
    tender = tender_of(process)
    if tender is None or process.halt or is_closed(process):
        return []
    act = act_of(process)
    if act is None:
        begin = Task(
            "opening.start",
            Role.OFFICER,
            _("Begin the opening act"),
            process.title,
            due=tender.opening_at,
            not_before=tender.opening_at,
        )
        return [begin]
    door = [
        Task("opening.attend", role, _("Sign in to the opening act"), process.title, is_optional=True)
        for role in ATTENDING
    ]
    if act.state == ActState.STARTED:
        return [Task("opening.open_bids", Role.OFFICER, _("Open the envelopes"), process.title), *door]
    return [Task("opening.close", Role.OFFICER, _("Close the act with its minutes"), process.title), *door]
