# SPDX-License-Identifier: Apache-2.0
"""The frame of the commands that many suppliers run in the same second, instead of `core.command.command`.

Bids of different suppliers do not wait for each other: each shares the process's row, which only the commands of the
buyer lock whole. Those of one supplier go one after another, so that the last one stands.

The instant is read once, by whoever calls. At or after the deadline the reception is closed first, in a transaction of
its own: closing waits for every envelope on its way, and what comes after it in the ledger is late.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from vitrina.cycle.core.command import COMMANDS, Command, authorise, check_halt
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

Close = Callable[..., Any]
Check = Callable[..., Any]


def bid_command(name: str, *, close: Close, check: Check) -> Callable[[Callable[..., Entry]], Command]:
    """Make a function a suppliers' command on a process: `run(actor, ocid, *, at, ...)`. It never writes the row.

    `check(actor, process, at=, ...)` looks at what came before anything is locked: whoever confirms a certificate may
    take seconds. `close(ocid, at=)` closes the reception when its deadline has come. The function gets what was
    checked.
    """

    def wrap(function: Callable[..., Entry]) -> Command:
        @functools.wraps(function)
        def run(actor: Actor, ocid: str, *, at: datetime, **arguments: Any) -> Entry:
            checked = check(actor, _allowed(name, actor, ocid), at=at, **arguments)
            close(ocid, at=at)
            with transaction.atomic():
                _take_turn(ocid, actor.supplier_key)
                return function(actor, _allowed(name, actor, ocid), checked, at=at)

        COMMANDS[name] = run
        return run

    return wrap


def _allowed(name: str, actor: Actor, ocid: str) -> Process:
    """The process, for who may do the command on it now."""
    process = Process.objects.select_related("unit", "buyer").get(ocid=ocid)
    authorise(name, actor, process)
    check_halt(name, process)
    return process


def _take_turn(ocid: str, supplier_key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{ocid} {supplier_key}"])
        cursor.execute("SELECT 1 FROM core_process WHERE ocid = %s FOR SHARE", [ocid])
