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


def bid_command(name: str, close: Callable[..., Any]) -> Callable[[Callable[..., Entry]], Command]:
    """Make a function a suppliers' command on a process: `run(actor, ocid, *, at, ...)`. It never writes the row.

    `close(ocid, at=)` closes the reception when its deadline has come.
    """

    def wrap(function: Callable[..., Entry]) -> Command:
        @functools.wraps(function)
        def run(actor: Actor, ocid: str, *, at: datetime, **arguments: Any) -> Entry:
            close(ocid, at=at)
            with transaction.atomic():
                _take_turn(ocid, actor.supplier_key)
                process = Process.objects.select_related("unit", "buyer").get(ocid=ocid)
                authorise(name, actor, process)
                check_halt(name, process)
                return function(actor, process, at=at, **arguments)

        COMMANDS[name] = run
        return run

    return wrap


def _take_turn(ocid: str, supplier_key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{ocid} {supplier_key}"])
        cursor.execute("SELECT 1 FROM core_process WHERE ocid = %s FOR SHARE", [ocid])
