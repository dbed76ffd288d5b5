# SPDX-License-Identifier: Apache-2.0
"""The frame of every command: transaction, lock, office, halt; then the stage's own states and law."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from vitrina.cycle import STAGES
from vitrina.kernel.states import NoMove, Table, next_state
from vitrina.ledger.append import append, append_many
from vitrina.ledger.kinds import Event
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.roles import Role, may

from .models import Process, Submission
from .refusal import refuse

Command = Callable[..., Entry]
COMMANDS: dict[str, Command] = {}
LIFTS_SUSPENSION = frozenset({"tendering.resume", "tendering.cancel"})
# What an envelope was stays owed to the log after the purchase is over: the audit of every other purchase asks for it.
OWED_AFTER_THE_END = frozenset({"opening.give_shares"})
# Entries that those commands leave. They move no purchase to another stage: the act that they may belong to began it.
TOLD_AFTER_THE_END = frozenset({"shares.given", "share.false", "envelope.revealed", "envelopes.audited"})
# What is said about a purchase, not done to it: a suspended one may be asked about.
BESIDE_THE_PURCHASE = frozenset({"questions.answer", "questions.hide"})
OVER = frozenset({"cancelled", "deserted", "complete"})
# Goods arrive at hospitals and clinics, whose own staff receive them: these commands check the place themselves.
CHECK_THE_PLACE = frozenset({"delivery.receive", "delivery.accept", "delivery.reject"})


def command(
    name: str, *, before: Callable[..., dict[str, Any]] | None = None
) -> Callable[[Callable[..., Entry]], Command]:
    """Make a stage function a command on a process: `run(actor, ocid, *, at, ...)`.

    `before(actor, ocid, at=, ...)` does what may take seconds before anything is locked (asking an authority about a
    certificate); the function gets the arguments that it returns.
    """

    def wrap(function: Callable[..., Entry]) -> Command:
        @functools.wraps(function)
        def run(actor: Actor, ocid: str, *, at: datetime, **arguments: Any) -> Entry:
            if before is not None:
                authorise(name, actor, Process.objects.select_related("unit", "buyer").get(ocid=ocid))
                arguments = before(actor, ocid, at=at, **arguments)
            with transaction.atomic():
                process = (
                    Process.objects.select_for_update(of=("self",)).select_related("unit", "buyer").get(ocid=ocid)
                )
                authorise(name, actor, process)
                check_halt(name, process)
                return function(actor, process, at=at, **arguments)

        COMMANDS[name] = run
        return run

    return wrap


def opening_command(name: str) -> Callable[[Callable[..., Entry]], Command]:
    """Make a stage function a command that begins a process: `run(actor, *, at, ...)`; it checks the unit itself."""

    def wrap(function: Callable[..., Entry]) -> Command:
        @functools.wraps(function)
        def run(actor: Actor, *, at: datetime, **arguments: Any) -> Entry:
            with transaction.atomic():
                authorise(name, actor, None)
                return function(actor, at=at, **arguments)

        COMMANDS[name] = run
        return run

    return wrap


def authorise(name: str, actor: Actor, process: Process | None) -> None:
    """Refuse an office that may not do the command, and an official of another unit."""
    if not may(actor.role, name):
        raise refuse("role", _("Your office may not do this. Sign in with the office that may, or ask it to."))
    if process is None or actor.role is Role.SUPPLIER or name in CHECK_THE_PLACE:
        return
    if not actor.acts_for(process.unit):
        raise refuse("unit", _("This purchase belongs to another unit; only its own officials act on it."))


def check_halt(name: str, process: Process) -> None:
    """Refuse commands on a process that is over or suspended."""
    if name in BESIDE_THE_PURCHASE:
        return
    if process.halt == "suspended" and name not in LIFTS_SUSPENSION:
        raise refuse("suspended", _("The purchase is suspended. It can go on once the suspension is lifted."))
    if process.halt in OVER and name not in OWED_AFTER_THE_END:
        raise refuse("over", _("The purchase is over; nothing more can be done on it."))


def move(row: models.Model, table: Table, name: str) -> None:
    """Set `row.state` to what the table says follows `name`, or refuse."""
    try:
        row.state = next_state(table, row.state, name)
    except NoMove as error:
        raise refuse("state", _("This step is not possible now: the purchase is at another point.")) from error


def record(actor: Actor, process: Process, event: Event, *, at: datetime) -> Entry:
    """Append an event to the process's stream and move the process to the event's stage if that is later."""
    _moves_on(process, event)
    process.save()
    return append(process.stream, event, actor=actor.signer, at=at)


def record_all(actor: Actor, process: Process, events: Sequence[Event], *, at: datetime) -> list[Entry]:
    """As `record` of each, for a command that changes nothing of the process itself: it is saved only if it moves."""
    moved = [_moves_on(process, event) for event in events]
    if any(moved):
        process.save()
    return append_many([(process.stream, event) for event in events], actor=actor.signer, at=at)


def _moves_on(process: Process, event: Event) -> bool:
    """Move the process to the event's stage if that is later; whether it was."""
    is_act = event.stage in STAGES and event.kind not in TOLD_AFTER_THE_END
    if not is_act or STAGES.index(event.stage) <= STAGES.index(process.stage):
        return False
    process.stage = event.stage
    return True


def once(token: str, actor: Actor, name: str, run: Callable[[], Entry]) -> tuple[Entry, bool]:
    """Run a command for a one-time token: `(entry, True)`, or the first entry and False when it was sent before.

    A token that another person used is refused: it is not a receipt for this one. Sent twice at the same moment, the
    second waits for the first.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"token {token}"])
        earlier = Submission.objects.select_related("entry").filter(token=token).first()
        if earlier is None:
            entry = run()
            Submission.objects.create(token=token, person=actor.person_id, command=name, entry=entry)
            return entry, True
    if earlier.person != actor.person_id or earlier.command != name:
        raise refuse("token", _("This form was already used for something else. Open it again and send it."))
    return earlier.entry, False
