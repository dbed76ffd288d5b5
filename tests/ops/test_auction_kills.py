# SPDX-License-Identifier: Apache-2.0
"""A real auction while everything is killed: no offer lost, none twice, the winner is the verifier's.

Ten bidders in ten contexts of a browser, each at its own page: nine type an amount and confirm it, again and again; the
line of the tenth is cut, and its floor acts. In mid-round the process of the pages, that of the streams, the sequencer and
PostgreSQL get SIGKILL once each, in a random order. `VITRINA_SEEDS=20` plays so many.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from tests.fixtures.durable import kill_server
from tests.fixtures.site import free_port, wait_until_ready
from tests.fixtures.wire import Wire
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
CALM = 750  # milliseconds between the gestures
NOTED = """  // the key of each offer that is sent, and what is answered to it
window.offered = {};
const ask = window.fetch;
window.fetch = async (url, options) => {
    if (options?.method !== "POST" || !String(url).endsWith("/ofertas/")) return ask(url, options);
    const key = JSON.parse(options.body).idempotency_key;
    offered[key] ??= null;
    const answer = await ask(url, options);
    if ([201, 409].includes(answer.status)) {
        const told = await answer.clone().json();
        offered[key] = told.first ?? told;
    }
    return answer;
};"""


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


class Bidder:
    """A person at the page of their company in a browser of their own: reads the limit, types a little less, confirms."""

    def __init__(self, number: int, person_id: int, url: str, new_page: Callable[..., Page], seed: int) -> None:
        self.number, self.chance = number, random.Random(f"{seed} {number}")
        client = Client()
        client.force_login(get_user_model().objects.get(pk=Person.objects.get(pk=person_id).user_id))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page = new_page()
        self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
        self.page.add_init_script(NOTED)
        self.page.goto(url)
        self.price = self.page.get_by_label(re.compile("Su precio por"))
        self.send = self.page.locator("[data-send]")

    def type(self) -> None:
        """The first gesture, where the page takes an offer now."""
        limit = re.search(r"\$([\d,]+\.\d\d)", self.page.locator("[data-limit]").inner_text())
        if self.price.is_visible() and limit:
            cents = int(limit[1].replace(",", "").replace(".", "")) - self.chance.randint(0, 5)
            self.price.fill(f"{cents / 100:.2f}")
            self.price.press("Enter")

    def confirm(self) -> None:
        """The second: what was typed is sent until there is an answer."""
        if self.send.is_visible():
            self.send.click()

    @property
    def answers(self) -> dict[str, dict[str, Any] | None]:
        """Key -> what was answered to the offer; nothing yet for one that is on its way."""
        return self.page.evaluate("offered")


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


def play(seed: int, process: Process, site: Processes, bidders: list[Bidder]) -> None:
    """The round: everybody offers, and each process is killed once at a moment that the seed gives."""
    chance = random.Random(seed)
    victims = ["pages", "streams", "sequencer", "database"]
    chance.shuffle(victims)
    for victim in ("", *victims, "", ""):
        for bidder in bidders:
            bidder.type()
        bidders[0].page.wait_for_timeout(CALM)  # a second press of the same finger is not a second gesture
        for bidder in bidders:
            bidder.confirm()
        bidders[0].page.wait_for_timeout(chance.random() * 400)
        if victim:
            site.kill(victim)
    end = time.monotonic() + 60
    while any(None in bidder.answers.values() for bidder in bidders):
        assert time.monotonic() < end, "a bidder got no answer"
        bidders[0].page.wait_for_timeout(200)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_killed_once_and_the_auction_goes_on(round_, new_page, watch, seed):
    w, process, site = round_
    for expected in ("net::ERR_", "status of 409", "status of 50"):
        watch.allow(expected)
    path = f"/mi-espacio/compra/{process.ocid}/subasta/1/"
    wire = Wire(site.ports["pages"])
    urls = [wire.url if n == AWAY else f"http://127.0.0.1:{site.ports['pages']}" for n in range(BIDDERS)]
    everybody = [Bidder(n, w.suppliers[n].person_id, urls[n] + path, new_page, seed) for n in range(BIDDERS)]
    bidders, away = everybody[:AWAY], everybody[AWAY]
    own = away.page.locator("[data-own=amount]")
    before = own.inner_text()
    spectator = Spectator(site.ports["streams"], process.ocid)
    spectator.start()
    with wire.cut():
        play(seed, process, site, bidders)
        assert own.inner_text() == before
    until_all_is_told(process, spectator)
    away.page.locator(f"[data-own=amount]:not(:text-is('{before}'))").wait_for()
    answers = {bidder.number: bidder.answers for bidder in bidders}
    for one in everybody:
        one.page.context.close()
    wire.end()
    site.end()

    finish(w, process)

    told = [one for _row, one in rows_of(process, 1)]
    made = [one for one in told if isinstance(one.act, acts.OfferMade | acts.OfferRefused)]
    by_seq = {one.seq: one.act for one in made}
    auction = auctions_of(process)[1]
    answered = {}
    for number, given in answers.items():
        alias = alias_of(auction, w.suppliers[number].supplier_key)
        for key, answer in given.items():
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
    now, leader = clock.now(), room_of(auctions_of(process)[1]).leader
    while (state := auctions_of(process)[1].state) in {"running", "paused"}:
        if state == "paused":  # as it does by itself when nobody looked at the clock for long
            commands.resume(w[Role.OFFICER], process.ocid, at=now, lot=1, reason="Se restablece el sistema.")
        now = watch(process, now, now + 15 * SECOND)
    assert room_of(auctions_of(process)[1]).leader == leader, "the first at the end is not the first that was shown"
    certify(w, process)
