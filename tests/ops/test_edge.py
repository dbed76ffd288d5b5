# SPDX-License-Identifier: Apache-2.0
"""nginx and nchan before the rooms: every viewer gets every act once and in order, whoever is killed meanwhile."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import transaction

from tests.fixtures.edge import edge, what_is_missing
from tests.fixtures.site import Site, _site_over, free_port
from vitrina.ledger.append import append
from vitrina.ledger.models import Position
from vitrina.ledger.tests.kinds import CLERK, Noted

LACKS = what_is_missing()
pytestmark = pytest.mark.skipif(bool(LACKS), reason=f"the edge needs {', '.join(LACKS)} (Debian's names)")
AT = datetime(2020, 10, 13, 16, tzinfo=UTC)
OCID = "ocds-vt0001-2020-000779"
VIEWERS = 12


def write(n: int) -> None:
    for text in range(n):
        with transaction.atomic():
            append(f"ocid:{OCID}", Noted(text=str(text)), actor=CLERK, at=AT)


def places() -> list[int]:
    rows = Position.objects.filter(entry__stream=f"ocid:{OCID}").order_by("position")
    return list(rows.values_list("position", flat=True))


class Viewer(threading.Thread):
    """As a browser: comes back after a while with the last number that it has; some are cut now and then."""

    def __init__(self, port: int, name: str, number: int) -> None:
        super().__init__(daemon=True)
        self.port, self.path, self.chance = port, f"/live/{name}/events", random.Random(number)
        self.is_often_cut = number % 2 == 1
        self.seen: list[int] = []
        self.answers: set[int] = set()
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            with suppress(OSError, http.client.HTTPException):
                self._watch()
            time.sleep(0.05 + self.chance.random() * 0.2)

    def _watch(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        after = f"?after={self.seen[-1]}" if self.seen and self.chance.random() < 0.5 else ""
        headers = {"Last-Event-ID": str(self.seen[-1])} if self.seen else {}
        line.request("GET", self.path + after, headers=headers)
        answer = line.getresponse()
        self.answers.add(answer.status)
        end = time.monotonic() + (self.chance.random() if self.is_often_cut else 60)
        block = b""
        while answer.status == 200 and not self.is_over and (text := answer.readline()):
            block += text
            if text != b"\n":
                continue
            if b"event: act" in block:  # as a browser does: what is not whole does not count
                self.seen.append(int(block.split(b"id: ", 1)[1].split(b"\n", 1)[0]))
            block = b""
            if time.monotonic() > end:
                break
        line.close()


def until_seen(viewers: list[Viewer], n: int, seconds: float = 20) -> None:
    """Until everybody has seen the last of `n` acts; then all of them, once, in order."""
    end, wanted = time.monotonic() + seconds, places()
    while time.monotonic() < end and (len(wanted) < n or any(v.seen[-1:] != wanted[-1:] for v in viewers)):
        time.sleep(0.05)
        wanted = places()
    assert [viewer.seen for viewer in viewers] == [wanted] * len(viewers)


def listening(publisher: int) -> int:
    """How many lines nginx itself holds."""
    line = http.client.HTTPConnection("127.0.0.1", publisher, timeout=5)
    line.request("GET", "/channels")
    said = line.getresponse().read().decode()
    return int(said.split("subscribers:")[1].split()[0])


@pytest.fixture
def edged(template, django_db_blocker) -> Iterator[tuple[Site, Callable[[], None], int, int]]:
    """(the site, what restarts nginx, the publisher's port, the viewers' port)."""
    live, publisher, port = free_port(), free_port(), free_port()
    told = {"port": live, "VITRINA_LIVE_EDGE": f"http://127.0.0.1:{publisher}"}
    with edge(live, publisher, port) as restart, _site_over(template, django_db_blocker, **told) as site:
        yield site, restart, publisher, port


def test_viewers_at_nginx_get_every_act_once_through_kills_and_cuts(edged):
    site, restart_nginx, publisher, port = edged
    viewers = [Viewer(port, OCID, n) for n in range(VIEWERS)]
    for viewer in viewers:
        viewer.start()
    write(15)
    until_seen(viewers, 15)
    end = time.monotonic() + 5
    while listening(publisher) < VIEWERS / 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert listening(publisher) >= VIEWERS / 2, "nginx holds no lines"
    for disturb in (restart_nginx, site.killed, lambda: None):
        write(3)
        disturb()
        write(8)
        time.sleep(0.3)
        write(2)
    until_seen(viewers, 54)
    for viewer in viewers:
        viewer.is_over = True
    assert all(viewer.answers <= {200, 404, 502, 503} for viewer in viewers)  # 404: before the first act
