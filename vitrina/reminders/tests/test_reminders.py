# SPDX-License-Identifier: Apache-2.0
"""Reminders end to end: a real mail server, a real receiver of webhooks, and none of our own network's doors."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import json
import re
import socketserver
import threading
import time
from datetime import timedelta
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from tests.worlds.base import local, world
from tests.worlds.once import built_once, rolled_back
from tests.worlds.placing import place_here
from tests.worlds.tendering import OPENING, reach_tendering
from vitrina.cycle.tendering import commands as tendering
from vitrina.parties.roles import Role
from vitrina.reminders import commands, post, webhooks
from vitrina.reminders.models import Message, Subscription

AT = local(2020, 9, 25, 12)
LATER = local(2020, 10, 27, 11)
whole = built_once(lambda: (w := world(), reach_tendering(w)))


@pytest.fixture
def w(whole, clock, settings):
    clock.set(AT)
    settings.WEBHOOKS_PRIVATE = True
    with rolled_back():
        place_here()
        commands.plan(AT)  # what was before is not news
        yield whole[0]


@pytest.fixture
def ocid(whole):
    return whole[1].ocid


class Mail(socketserver.StreamRequestHandler):
    """As much SMTP as a client needs; keeps what it takes in `server.taken`."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    text += line
                self.server.taken.append(email.message_from_bytes(text, policy=default))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


class Hook(BaseHTTPRequestHandler):
    """Takes webhooks; answers as `server.status` says, and the challenge back."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(json.loads(body)["data"].get("challenge", "").encode())

    def log_message(self, *_words) -> None:
        """Nothing."""


@pytest.fixture
def serve():
    servers = []

    def run(kind, handler):
        server = kind(("127.0.0.1", 0), handler)
        server.taken, server.status = [], 200
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return server

    yield run
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def mail(serve, settings):
    server = serve(socketserver.ThreadingTCPServer, Mail)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    return server


def link(message, ending: str) -> str:
    return re.search(rf"http://127\.0\.0\.1:8000(/\S*{ending}/)", message.get_content())[1]


def test_an_address_is_told_only_after_it_said_yes_and_never_after_it_left(w, ocid, mail, clock):
    visitor, data = (
        Client(),
        {"channel": "email", "target": "vecina@Correo.example", "hours": "24", "wants": "calendar"},
    )
    assert visitor.post(f"/avisos/?ocid={ocid}", data | {"target": "vecina@"}).status_code == 422
    page = visitor.post(f"/avisos/?ocid={ocid}", data).content.decode()
    assert "/baja/" not in page  # what leads to the subscription goes to the mailbox alone
    post.carry_all()
    asked = mail.taken.pop()
    assert (asked["to"], asked["auto-submitted"]) == ("vecina@correo.example", "auto-generated")
    clock.set(OPENING - timedelta(hours=23))
    assert commands.plan(clock()) == 0  # not confirmed: not reminded

    clock.set(AT)
    confirm = link(asked, "confirmar")
    assert visitor.get(confirm).status_code == 200
    assert Subscription.objects.get().confirmed_at is None  # programs open links; only the button confirms
    visitor.post(confirm)
    tendering.amend_call(
        w[Role.OFFICER],
        ocid,
        at=AT,
        reason="Se amplía el plazo",
        opening_at=LATER,
        award_by=LATER + timedelta(days=14),
    )
    place_here()
    for _ in range(2):  # the second time there is nothing new
        commands.plan(AT)
        post.carry_all()
    (moved,) = mail.taken
    text = moved.get_content()
    assert (
        moved["subject"].strip()
        == "Se movió: Reactivo para VIH 1 y 2, Apertura de sobres el 27 de octubre de 2020 a las 11:00 h"
    )
    assert "27 de octubre de 2020, 11:00 h (Ciudad de México)" in text
    assert "Se amplía el plazo" in text
    assert f"http://127.0.0.1:8000/live/{ocid}" in text
    for at, n in ((LATER - timedelta(hours=25), 1), (LATER - timedelta(hours=23), 2), (LATER - timedelta(hours=2), 2)):
        commands.plan(clock.set(at))
        post.carry_all()
        assert len(mail.taken) == n, at
    assert mail.taken[-1]["subject"].strip().startswith("Apertura de sobres mañana a las 11:00 h")

    leave = moved["list-unsubscribe"].strip(" <>").removeprefix("http://127.0.0.1:8000")
    assert moved["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert Client(enforce_csrf_checks=True).get(leave).status_code == 200
    assert Subscription.objects.exists()
    Client(enforce_csrf_checks=True).post(leave, {"List-Unsubscribe": "One-Click"})
    assert not Subscription.objects.exists()
    assert not Message.objects.exists()
    assert visitor.get(leave[:-10] + "x" + leave[-9:]).status_code in {200, 404}


def test_a_webhook_is_signed_tried_again_and_told_once(w, ocid, serve, clock, settings):
    hook = serve(ThreadingHTTPServer, Hook)
    target = f"http://127.0.0.1:{hook.server_port}/hook"
    page = (
        Client()
        .post("/avisos/?q=reactivo", {"channel": "webhook", "target": target, "hours": "72", "wants": "calendar"})
        .content.decode()
    )
    row = Subscription.objects.get()
    assert row.secret in page
    post.carry_all()
    row.refresh_from_db()
    assert row.confirmed_at
    hook.taken.clear()

    clock.set(OPENING - timedelta(hours=70))
    hook.status = 302
    assert commands.plan(clock()) == 1
    assert post.carry_all() == 0
    message = Message.objects.get(what="reminder")
    assert (message.error, message.tries) == ("Failed: HTTP 302", 1)
    assert timedelta(0) < message.next_try_at - message.made_at < timedelta(seconds=10)
    hook.status = 200
    Message.objects.filter(pk=message.pk).update(next_try_at=message.made_at)
    assert post.carry_all() == 1
    (first, body), (second, same) = hook.taken
    assert first["webhook-id"] == second["webhook-id"] == message.pk
    assert json.loads(body)["data"]["acts"] == json.loads(same)["data"]["acts"]
    for headers, sent in hook.taken:
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + sent
        wanted = hmac.new(base64.b64decode(row.secret.removeprefix("whsec_")), said, hashlib.sha256).digest()
        assert headers["webhook-signature"] == "v1," + base64.b64encode(wanted).decode()
    (act,) = json.loads(body)["data"]["acts"]
    assert (act["act"], act["starts_at"], act["uid"]) == ("opening", "2020-10-13T16:00:00Z", f"opening.{ocid}@vitrina")

    for n, seconds in enumerate(commands.BACK_OFF, start=1):
        Message.objects.filter(pk=message.pk).update(tries=n)
        message.refresh_from_db()
        commands.note_failed(message, "x")
        message.refresh_from_db()
        assert message.next_try_at.timestamp() == pytest.approx(time.time() + seconds, abs=5)
    Message.objects.filter(pk=message.pk).update(tries=len(commands.BACK_OFF) + 1)
    message.refresh_from_db()
    commands.note_failed(message, "x")
    message.refresh_from_db()
    assert message.next_try_at is None


def test_a_webhook_that_does_not_answer_the_challenge_is_never_used(w, serve, clock, settings):
    class Dumb(Hook):
        def do_POST(self) -> None:
            self.server.taken.append(self.path)
            self.send_response(200)
            self.end_headers()

    assert Client().get("/avisos/", {"q": "ñ" * 120, "buyer": "ñ" * 120}).status_code == 404  # nobody follows that
    hook = serve(ThreadingHTTPServer, Dumb)
    data = {
        "channel": "webhook",
        "target": f"http://127.0.0.1:{hook.server_port}/",
        "hours": "72",
        "wants": "calendar",
    }
    Client().post("/avisos/", data)
    post.carry_all()
    commands.plan(clock.set(OPENING - timedelta(hours=70)))
    settings.ACCOUNT_RATE_LIMITS = {"remind": "1/h/key"}
    assert [Client().post("/avisos/", data | {"target": "x"}).status_code for _ in range(2)] == [422, 429]
    assert hook.taken == ["/"]
    assert Subscription.objects.get().confirmed_at is None
    assert "challenge" in Message.objects.get().error


TARGETS = {
    "https://127.0.0.1/": "private",
    "https://[::1]/": "private",
    "https://[::ffff:10.0.0.1]/": "private",
    "https://169.254.169.254/latest/": "private",
    "https://10.1.2.3/": "private",
    "https://localhost/": "private",
    "https://2130706433/": "private",
    "https://0x7f.1/": "private",
    "http://93.184.216.34/": "scheme",
    "file:///etc/passwd": "form",
    "https://ana:clave@93.184.216.34/": "form",
    "https://93.184.216.34:22/": "port",
    "https://93.184.216.34:99999/": "form",
    "https://no-existe.invalid/": "name",
}


def test_no_door_of_our_own_network_is_knocked_on(settings):
    settings.WEBHOOKS_PRIVATE = False
    for target, code in TARGETS.items():
        with pytest.raises(webhooks.RefusedTarget) as refused:
            webhooks.send(target, webhooks.new_secret(), "m", 1, b"{}")
        assert refused.value.code == code, target
    assert webhooks.check("https://93.184.216.34/a?b=c") == ("93.184.216.34", 443, "/a?b=c", "93.184.216.34")
