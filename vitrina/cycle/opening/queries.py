# SPDX-License-Identifier: Apache-2.0
"""What the opening act tells the later stages and the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.envelope import BIDS, CUSTODY
from vitrina.cycle.bidding.events import BidUnopenable
from vitrina.cycle.bidding.queries import closing_entry, grace_end
from vitrina.cycle.bidding.states import EnvelopeState
from vitrina.cycle.core.command import OVER
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.core.words import day_time
from vitrina.cycle.tendering.queries import openers_of, tender_of
from vitrina.kernel.workdays import closes_at, local_day
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

from .events import BidsOpened, OpeningClosed, OpeningStarted
from .models import Act, Attendance
from .states import ActState

ATTENDING = (Role.OIC, Role.WITNESS, Role.SUPPLIER)


_ACTS = Reading(Act.objects.all)


def act_of(process: Process) -> Act | None:
    """The act of a process; nothing before it starts."""
    return _ACTS.first(process.pk)


def attendance_of(process: Process) -> list[Attendance]:
    """Who attended, in order of arrival."""
    return list(Attendance.objects.filter(process=process))


def is_closed(process: Process) -> bool:
    """Whether the act is over and its minutes are published."""
    act = act_of(process)
    return act is not None and act.state == ActState.CLOSED


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


def unopenable_events(process: Process) -> list[BidUnopenable]:
    """The envelopes that could not be opened, as the ledger tells them."""
    rows = Entry.objects.filter(stream=process.stream, kind=BidUnopenable.kind).order_by("seq")
    return [entry.event for entry in rows]


def what_is_missing(process: Process, at: datetime) -> list[str]:
    """What keeps the envelopes closed now, as sentences; nothing when they can be opened.

    Who was heard and gave no true share is not waited for; who has not come is, until enough are in.
    """
    return [*_missing_custody(process), *_missing_files(process, at), *_missing_bids(process)]


def _missing_custody(process: Process) -> list[str]:
    deadline = closing_entry(process)
    rows = [r for r in envelope.all_of(process) if r.state == EnvelopeState.CLOSED]
    waiting = [r for r in rows if deadline and r.entry_id < deadline.pk and _may_still_come(process, r, CUSTODY)]
    if not waiting:
        return []
    given, k = len(envelope.givers(process, CUSTODY)), waiting[0].locked["k"]
    return [_("Keys are missing: %(given)d of the %(k)d needed were given.") % {"given": given, "k": k}]


def _missing_files(process: Process, at: datetime) -> list[str]:
    if all(envelope.is_complete(r) for r in _to_open(process)):
        return []
    end = grace_end(process)
    if at >= end:
        return []
    return [_("Files of an envelope may still arrive until %(when)s.") % {"when": day_time(end, process.unit.zone)}]


def _missing_bids(process: Process) -> list[str]:
    waiting = [
        r
        for r in _to_open(process)
        if envelope.unsealed_of(r) is None
        and len(envelope.true_shares(r, BIDS)) < r.locked["k"]
        and envelope.is_complete(r)
        and _may_still_come(process, r, BIDS)
    ]
    if not waiting:
        return []
    given = len(envelope.givers(process, BIDS))
    return [_("The bids wait for keys: %(given)d were given for this round.") % {"given": given}]


def _to_open(process: Process) -> list[Any]:
    return [r for r in envelope.live_of(process) if r.state == EnvelopeState.LIVE]


def _may_still_come(process: Process, row: Any, round_name: str) -> bool:
    """Whether openers who were not heard yet on an envelope can make its true shares enough.

    Who is absent is not waited for where nothing depends on them: else one spoilt envelope would hold up the act.
    """
    heard = envelope.heard(row, round_name)
    unheard = sum(o.pk not in heard and envelope.holds_share(row, o, round_name) for o in openers_of(process))
    return unheard > 0 and len(envelope.true_shares(row, round_name)) + unheard >= int(row.locked["k"])


def _owed(process: Process) -> list[Task]:
    """The first key of envelopes that nobody knows of yet: late ones, those of a purchase cancelled before its act.

    Not asked again of who was heard: what they cannot read, they cannot give.
    """
    rows = envelope.closed_of(process)
    if not rows:
        return []
    due = _end_of(min(r.entry.event.reveal_by for r in rows), process.unit.zone)
    return [
        Task(
            "opening.give_shares",
            Role(o.role),
            _("Give your first key: who sent an envelope that stays closed"),
            process.title,
            due=due,
            person_id=o.person_id,
        )
        for o in openers_of(process)
        if any(not envelope.was_heard(o, CUSTODY, w.c) for w in envelope.wanted_of(o, CUSTODY))
    ]


def _end_of(month: str, zone: str) -> datetime:
    """The last second of a month (`YYYY-MM`)."""
    year, number = (int(part) for part in month.split("-"))
    after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=ZoneInfo(zone))
    return after - timedelta(seconds=1)


def tasks(process: Process, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape of every stage's tasks
    """The act that waits to begin, to open the envelopes or to close; and its door, while it stands open. After it,
    and after the end of the purchase, what is owed of envelopes that stay closed.
    """
    tender = tender_of(process)
    if tender is None or process.halt == "suspended":
        return []
    if process.halt in OVER or is_closed(process):
        return _owed(process)
    act = act_of(process)
    if act is None:
        begin = Task(
            "opening.start",
            Role.OFFICER,
            _("Begin the opening act"),
            process.title,
            due=closes_at(local_day(tender.opening_at, process.unit.zone), process.unit.zone),
            not_before=tender.opening_at,
        )
        return [begin]
    door = [
        Task("opening.attend", role, _("Sign in to the opening act"), process.title, is_optional=True)
        for role in ATTENDING
    ]
    if act.state == ActState.STARTED:
        keys = [
            Task(
                "opening.give_shares",
                Role(o.role),
                _("Give your key to the envelopes"),
                process.title,
                person_id=o.person_id,
            )
            for o in openers_of(process)
            if any(envelope.wanted_of(o, r) for r in envelope.ROUNDS)
        ]
        return [*keys, Task("opening.open_bids", Role.OFFICER, _("Open the envelopes"), process.title), *door]
    close = Task("opening.close", Role.OFFICER, _("Close the act with its minutes"), process.title)
    return [close, *_owed(process), *door]
