# SPDX-License-Identifier: Apache-2.0
"""A real auction while everything is killed: no offer lost, none twice, the winner is the verifier's.

Ten bidders on connections of their own; one is away, and its floor acts. In mid-round the process of the pages, that of
the streams, the sequencer and PostgreSQL get SIGKILL once each, in a random order. `VITRINA_SEEDS=20` plays so many.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from tests.fixtures.durable import kill_server
from tests.fixtures.site import free_port, wait_until_ready
from tests.worlds.auction import ANNOUNCED, BEGINS, SECOND, announce, certify, watch
from tests.worlds.base import World, local, world
from tests.worlds.evaluation import reach_evaluation
from vitrina.cycle.auction import acts, commands
from vitrina.cycle.auction.folding import room_of, rows_of
from vitrina.cycle.auction.models import OfferKey
from vitrina.cycle.auction.queries import alias_of, auctions_of, multiple_of, report_of
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Position
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify
from vitrina.parties import commands as parties
from vitrina.parties.actors import actor_of
from vitrina.parties.models import Person
from vitrina.parties.roles import Role
from vitrina.site import embedded_db, paths
from vitrina.site.demo import clock

SEEDS = range(int(os.environ.get("VITRINA_SEEDS", "1")))
BIDDERS, AWAY = 10, 9
FLOOR = "40.00"
ROUND_SECONDS = 9.0
TOKEN = "t" * 32


class Processes:
    """The site as several processes over one database, each of which can be killed and started again."""

    def __init__(self, cluster: embedded_db.Cluster, log: Path) -> None:
        self.cluster, self.log = cluster, log.open("w")
        self.ports = {"pages": free_port(), "streams": free_port()}
        self.running: dict[str, subprocess.Popen] = {}
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.test",
            "DATABASE_URL": cluster.url("killed"),
            "VITRINA_TEST_DATABASE": "killed",
        }

    def start(self, name: str) -> None:
        command = [sys.executable, "-m", "vitrina", "sequencer"]
        if name in self.ports:
            command = [sys.executable, "-m", "uvicorn", "vitrina.site.asgi:app", "--port", str(self.ports[name])]
            command += ["--log-level", "warning", "--http", "vitrina.site.protocol:Bounded"]
        self.running[name] = subprocess.Popen(
            command, env=self.environment, cwd=paths.ROOT, stdout=self.log, stderr=self.log
        )

    def kill(self, name: str) -> None:
        """SIGKILL, and a new start at once."""
        if name == "database":
            kill_server(self.cluster)
            connection.close()  # the test's own went with it
            return
        self.running[name].kill()
        self.running[name].wait()
        self.start(name)

    def end(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()
        self.log.close()


class Bidder(threading.Thread):
    """Asks what it may offer, offers a little less, and asks again with the same key until it has an answer."""

    def __init__(self, number: int, port: int, path: str, person_id: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.path = number, port, path
        self.chance = random.Random(f"{seed} {number}")
        self.is_over = False
        self.answered: dict[str, dict[str, Any]] = {}
        client = Client()
        client.force_login(get_user_model().objects.get(pk=Person.objects.get(pk=person_id).user_id))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/json",
        }

    def run(self) -> None:
        n = 0
        while not self.is_over:
            status, own = self._ask("GET", "datos/")
            if status == 200 and own["state"] == "running" and own["limit"]:
                self._offer(own, f"{self.number}-{n}")
                n += 1
            time.sleep(self.chance.random() * 0.4)

    def _offer(self, own: dict[str, Any], key: str) -> None:
        per = int(own["per"])
        pieces = int(float(own["limit"]) * 100) // per - self.chance.randint(0, 5)
        offer = {"amount": f"{pieces * per / 100:.2f}", "idempotency_key": key, "is_meant": True}
        while key not in self.answered and not (self.is_over and self.number == AWAY):
            status, told = self._ask("POST", "ofertas/", offer)
            if status in {201, 409}:
                self.answered[key] = told.get("first") or told
            else:
                time.sleep(0.1)

    def _ask(self, method: str, what: str, body: Any = None) -> tuple[int, Any]:
        """(status, answer); (0, None) when the line broke."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request(method, self.path + what, body and json.dumps(body), self.headers)
            answer = line.getresponse()
            data = answer.read()
            return answer.status, json.loads(data) if data.startswith(b"{") else None
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            line.close()


class Spectator(threading.Thread):
    """Watches the room; comes back with the last number that it has seen."""

    def __init__(self, port: int, ocid: str) -> None:
        super().__init__(daemon=True)
        self.port, self.path = port, f"/live/{ocid}/events"
        self.seen: list[int] = []
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            with suppress(OSError, http.client.HTTPException):
                self._watch()
            time.sleep(0.1)

    def _watch(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        line.request("GET", self.path, headers={"Last-Event-ID": str(self.seen[-1])} if self.seen else {})
        answer = line.getresponse()
        while answer.status == 200 and not self.is_over and (text := answer.readline()):
            if text.startswith(b"id: "):
                self.seen.append(int(text[4:]))
        line.close()


def ten(w: World) -> World:
    """The world with seven suppliers more."""
    for n in range(len(w.suppliers) + 1, BIDDERS + 1):
        row = parties.register_supplier(
            at=local(2019, 1, 2), key=f"empresa-{n}", name=f"Empresa {n}, S.A. de C.V.", rfc=f"EMP1001{n:02d}AB{n % 10}",
            size="small", email=f"ventas{n}@vitrina.example",
        )  # fmt: skip
        person = parties.register_person(email=f"supplier{n}@vitrina.example", given_name=f"R{n}", surname="Larrínaga")
        w.supplier_rows.append(row)
        w.suppliers.append(
            actor_of(parties.appoint(at=local(2019, 1, 2), person=person, role=Role.SUPPLIER, supplier=row))
        )
    return w


@pytest.fixture
def round_(durable, tmp_path) -> Iterator[tuple[World, Process, Processes]]:
    """An auction of ten that begins in a second, and the processes of its site."""
    w = ten(world())
    offers = {n: f"{58 - n / 4:.2f}" for n in range(BIDDERS)}
    process = reach_evaluation(w, terms={"auction": "open_clock"}, offers=offers)
    announce(w, process)
    floor = int(FLOOR.replace(".", "")) * multiple_of(process, 1)
    commands.leave_floor(w.suppliers[AWAY], process.ocid, at=ANNOUNCED + 60 * SECOND, lot=1, centavos=floor)
    catch_up()
    with ExitStack() as stack:
        site = Processes(durable, tmp_path / "site.log")
        stack.callback(site.end)
        for name in ("sequencer", "pages", "streams"):
            site.start(name)
        for name, port in site.ports.items():
            wait_until_ready(f"http://127.0.0.1:{port}", site.running[name], tmp_path / "site.log")
        clock.set_to(BEGINS - SECOND)
        yield w, process, site


def play(seed: int, w: World, process: Process, site: Processes) -> tuple[list[Bidder], Spectator]:
    """The round: everybody offers, and each process is killed once at a moment that the seed gives."""
    chance = random.Random(seed)
    path = f"/mi-espacio/compra/{process.ocid}/subasta/1/"
    present = [n for n in range(BIDDERS) if n != AWAY]
    bidders = [Bidder(n, site.ports["pages"], path, w.suppliers[n].person_id, seed) for n in present]
    spectator = Spectator(site.ports["streams"], process.ocid)
    victims = ["pages", "streams", "sequencer", "database"]
    chance.shuffle(victims)
    for one in (*bidders, spectator):
        one.start()
    time.sleep(1.5)
    for victim in victims:
        time.sleep(chance.random() * ROUND_SECONDS / len(victims))
        site.kill(victim)
    time.sleep(4)
    for bidder in bidders:
        bidder.is_over = True
    for bidder in bidders:
        bidder.join(60)
        assert not bidder.is_alive(), f"bidder {bidder.number} got no answer"
    return bidders, spectator


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_killed_once_and_the_auction_goes_on(round_, seed):
    w, process, site = round_
    bidders, spectator = play(seed, w, process, site)
    time.sleep(1)
    until_all_is_told(process, spectator)
    site.end()

    finish(w, process)

    told = [one for _row, one in rows_of(process, 1)]
    made = [one for one in told if isinstance(one.act, acts.OfferMade | acts.OfferRefused)]
    by_seq = {one.seq: one.act for one in made}
    auction = auctions_of(process)[1]
    answered = {}
    for bidder in bidders:
        alias = alias_of(auction, w.suppliers[bidder.number].supplier_key)
        for key, answer in bidder.answered.items():
            act = by_seq[answer["seq"]]
            assert (act.alias, str(act.amount)) == (alias, answer["amount"]), key
            answered[answer["seq"]] = key
    own = [seq for seq, act in by_seq.items() if not getattr(act, "answers", "")]
    assert sorted(answered) == sorted(own), "an offer was lost, or stands twice"
    assert len(answered) == OfferKey.objects.count() >= len(bidders)
    away = alias_of(auction, w.suppliers[AWAY].supplier_key)
    assert [act for act in by_seq.values() if act.alias == away and getattr(act, "answers", "")], "the floor slept"
    report = report_of(process, 1)
    assert report.findings == ()
    assert report.winner == told[-1].act.winner
    assert verify().finding is None


def until_all_is_told(process: Process, spectator: Spectator) -> None:
    """The spectator has every public act of the purchase, in order, none twice."""
    end = time.monotonic() + 30
    wanted: list[int] = []
    while time.monotonic() < end:
        rows = Position.objects.filter(entry__stream=process.stream, entry__visibility="public")
        wanted = list(rows.order_by("position").values_list("position", flat=True))
        if spectator.seen[-1:] == wanted[-1:]:
            break
        time.sleep(0.2)
    spectator.is_over = True
    assert spectator.seen == wanted


def finish(w: World, process: Process) -> None:
    """What is left of the clock runs out, after a pause for what was lost if there was one; then the certificate."""
    now = clock.now()
    if auctions_of(process)[1].state == "paused":
        commands.resume(w[Role.OFFICER], process.ocid, at=now, lot=1, reason="Se restablece el sistema.")
    leader = room_of(auctions_of(process)[1]).leader
    while auctions_of(process)[1].state == "running":
        now = watch(process, now, now + 15 * SECOND)
    assert room_of(auctions_of(process)[1]).leader == leader, "the first at the end is not the first that was shown"
    certify(w, process)
