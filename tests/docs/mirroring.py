# SPDX-License-Identifier: Apache-2.0
"""Many writers, and a copier that is killed again and again: what the test of the recipe for copies runs."""

from __future__ import annotations

import random
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection, transaction

from vitrina.cycle.planning.events import ItemRef, Line, PartyRef, PlanLineModified, PlanLinePublished
from vitrina.kernel.money import Money
from vitrina.ledger.append import append
from vitrina.ledger.commands import OPERATOR
from vitrina.ledger.models import Outbox

AT = datetime(2026, 1, 5, 16, tzinfo=UTC)
WRITERS = 8
UNIT = PartyRef(key="050GYR", name="Instituto")
PURCHASE = 4  # changes of one purchase
PATIENCE = 120  # seconds, for whatever has to come


def line(title: str, year: int) -> Line:
    item = ItemRef(number=1, lot=1, cucop="25401-0001", description="Gasa", quantity=Decimal(3), unit_name="caja")
    return Line(
        title=title, rationale="Abasto.", category="goods", items=(item,), fiscal_year=year, budget=Money(100_00),
        budget_key="25401", programme_key="", portfolio_key="", expected_on=date(year, 3, 1),
    )  # fmt: skip


def write(seed: int, n: int, failed: list[BaseException], go_on: threading.Event) -> None:
    """So many changes of purchases of its own; some transactions wait before they commit. Half of the way all wait
    until the first files are made, however slowly.
    """
    chance = random.Random(seed)
    try:
        for k in range(n):
            if k == n // 2:
                assert go_on.wait(PATIENCE), "nobody made the first files"
            year = 2024 + (k // PURCHASE) % 3
            event = PlanLineModified(line=line(f"Gasa {seed} {k}", year), reason="Ajuste.")
            if k % PURCHASE == 0:
                event = PlanLinePublished(buyer=UNIT, unit=UNIT, requesting_unit=UNIT, line=line(f"Gasa {seed}", year))
            with transaction.atomic():
                append(f"ocid:ocds-m-{seed}-{k // PURCHASE}", event, actor=OPERATOR, at=AT)
                if chance.random() < 0.1:
                    time.sleep(chance.random() * 0.1)
    except BaseException as error:
        failed.append(error)
        raise
    finally:
        connection.close()


@contextmanager
def writing(changes: int, go_on: threading.Event) -> Iterator[list[threading.Thread]]:
    """Eight writers at work; at the end all of them are done, and none has failed. `go_on`: see `write`."""
    failed: list[BaseException] = []
    threads = [threading.Thread(target=write, args=(n, changes // WRITERS, failed, go_on)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        go_on.set()
    for thread in threads:
        thread.join()
    assert not failed
    settled()


def settled() -> None:
    """Until every act has its position."""
    end = time.monotonic() + PATIENCE
    while Outbox.objects.exists():
        assert time.monotonic() < end, "the sequencer does not place what was written"
        time.sleep(0.05)


def was_killed(call: list[str], seconds: float = PATIENCE) -> bool:
    """Run a program; whether it was killed after so many seconds, for it may not fail."""
    process = subprocess.Popen(call, stderr=subprocess.PIPE, text=True)
    try:
        _out, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    assert process.returncode == 0, said
    return False
