# SPDX-License-Identifier: Apache-2.0
"""Every address of the desk, for everybody, wherever a purchase stands: an answer, never a crash, never a write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.acts.conftest import Told
from tests.acts.desk import PATH, client_of, hour_of, people, process_of
from tests.acts.stories import STORIES
from tests.fixtures.time import Clock
from tests.worlds.once import rolled_back
from vitrina.cycle.core.steps import FORMS
from vitrina.desk.inbox import tasks_of
from vitrina.ledger import feed
from vitrina.ledger.models import Position
from vitrina.parties.roles import Role, may

OPEN = [
    "planned", "researched", "clarified", "bid for", "envelopes opened", "one declared", "all judged", "awarded",
    "signed by the supplier", "arrived", "invoiced", "suspended",
]  # fmt: skip
STEPS = [command for command in FORMS if not command.startswith("parties.")]
OVER = ["paid", "deserted", "cancelled", "line withdrawn"]
READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT", "SHOW", "SET ")
OWN = ("django_session", "core_formdraft", "last_login")  # what a visit may write: nothing about purchases


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements within the block that change anything but a visitor's own session and drafts."""
    found: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        text = str(sql).lstrip().upper()
        locks = "FOR UPDATE" in text or "PG_ADVISORY" in text
        if (not text.startswith(READS) or locks) and not any(name in str(sql) for name in OWN):
            found.append(str(sql)[:200])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


@pytest.mark.parametrize("story", OPEN)
def test_every_step_answers_and_reading_it_writes_nothing(told: Told, clock: Clock, story: str) -> None:
    process = process_of(told, story)
    at = clock.set(hour_of(process))
    wrong, asked = [], 0
    waiting: dict[str, str] = {}  # step -> the first object for which it waits
    for one in tasks_of(process, at):
        waiting.setdefault(one.task.command, one.task.key)
    for n, command in enumerate(STEPS, start=OPEN.index(story)):
        if command not in waiting and n % 2:  # one that waits for nobody is asked for at every other stop
            continue
        able = [a for a in people(told.world) if may(a.role, command)]
        able = able[:2] if able[0].role is Role.SUPPLIER else able[:1]
        for actor in able:
            for key in dict.fromkeys([waiting.get(command, ""), *(["no-existe"] if story in OPEN[3::4] else [])]):
                url = f"{PATH}/{process.ocid}/{command}/" + (f"?key={key}" if key else "")
                client = client_of(actor.person_id)
                wrong += _get(client, url, {200, 404, 409})
                # one that waits for nobody is sent one of three things, another one at each stop
                wrong += _post(client, url, SENT if command in waiting else SENT[n % 3 : n % 3 + 1])
                asked += 1
    assert not wrong
    assert asked > 20


def _get(client: Client, url: str, expected: set[int]) -> list[str]:
    """What is wrong with reading an address."""
    try:
        with writes() as written:
            status = client.get(url).status_code
    except Exception as error:
        return [f"GET {url}: {error!r}"]
    return [f"GET {url}: {status}"] * (status not in expected) + [f"GET {url} wrote {w}" for w in written]


ROWS = {f"{name}-TOTAL_FORMS": "1" for name in ("items", "criteria", "schedule", "added", "dates")}
SENT: tuple[dict[str, str], ...] = ({}, {"token": "x" * 32, **ROWS}, {"add_row": "items", **ROWS})


def _post(client: Client, url: str, sent: tuple[dict[str, str], ...]) -> list[str]:
    """What is wrong with sending an address an empty form, nonsense, or an added row."""
    wrong = []
    for data in sent:
        with rolled_back():
            head = feed.Entry.objects.count()
            try:
                status = client.post(url, data).status_code
            except Exception as error:
                wrong.append(f"POST {url} {sorted(data)}: {error!r}")
                continue
            if status not in {200, 302, 400, 404, 409, 422}:
                wrong.append(f"POST {url} {sorted(data)}: {status}")
            if status != 302 and feed.Entry.objects.count() != head:
                wrong.append(f"POST {url} {sorted(data)}: {status}, and it wrote an entry")
    return wrong


@pytest.mark.parametrize("story", OVER)
def test_nothing_is_done_on_a_purchase_that_is_over(told: Told, clock: Clock, story: str) -> None:
    process = process_of(told, story)
    clock.set(hour_of(process))
    for actor in people(told.world):
        for command in (c for c in STEPS if may(actor.role, c)):
            assert client_of(actor.person_id).get(f"{PATH}/{process.ocid}/{command}/").status_code == 404


def test_everybody_reads_their_desk_and_writes_nothing(told: Told, clock: Clock) -> None:
    wrong = []
    for n, story in enumerate((*OPEN[::3], *OVER[:2])):
        process = process_of(told, story)
        clock.set(hour_of(process) + timedelta(days=n % 2 * 200))
        for actor in people(told.world):
            expected = {200} if story in OPEN and (actor.role is not Role.SUPPLIER or process.number) else {200, 404}
            wrong += _get(client_of(actor.person_id), f"{PATH}/{process.ocid}/", expected)
    for actor in people(told.world):
        wrong += _get(client_of(actor.person_id), "/mi-espacio/", {200})
    assert not wrong


def test_the_public_pages_write_nothing(told: Told, clock: Clock) -> None:
    client, wrong = Client(), []
    clock.set(hour_of(process_of(told, "paid")))
    for n, ocid in enumerate(told.ocids[story] for story in STORIES):
        twins = [f"/en/p/{ocid}/", f"/p/{ocid}.json", f"/p/{ocid}.atom", f"/api/ocds/records/{ocid}"]
        for path in (f"/p/{ocid}/", twins[n % 4]):
            wrong += _get(client, path, {200})
    others = ["/", "/buscar", "/buscar?q=reactivo-VIH", "/compradores/", "/u/050GYR/", "/actos/", "/datos/", "/atom.xml",
              "/buscar?format=csv", "/s/reactivos-valle-hondo/", "/api/feed", "/api/ocds/releases", "/edca/fiscalYears",
              "/edca/contractingprocess/2020", "/pnt/43336.xlsx?ejercicio=2020&trimestre=4",
              "/recursos/", "/recursos/?partida=25401", "/recursos/committed/", "/recursos.json", "/recursos.csv",
              "/recursos/actos.csv?linea=goods", "/obras/", "/obras.json", "/obras.csv", "/adjudicaciones-directas/",
              "/adjudicaciones-directas.json", "/adjudicaciones-directas.csv", "/rss.xml", "/feed.json", "/sitemap.xml", "/robots.txt"]  # fmt: skip
    acts = Position.objects.filter(entry__stream=f"ocid:{told.ocids['paid']}").values_list("position", flat=True)
    others += [f"/actos/{acts[0]}{twin}" for twin in ("/", ".pdf", ".json")]
    for path in others:
        wrong += _get(client, path, {200})
    assert not wrong
