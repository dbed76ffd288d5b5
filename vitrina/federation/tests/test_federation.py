# SPDX-License-Identifier: Apache-2.0
"""Two installations, each with its server and its database: one is taken in by the other, goes on, lies, and leaves."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from typer.testing import CliRunner

from tests.fixtures import database
from tests.fixtures.site import serve
from vitrina.federation import reading, shape
from vitrina.federation.cli import app
from vitrina.federation.models import Member, Purchase, Taken
from vitrina.ledger import feed
from vitrina.ledger.keys import load
from vitrina.ledger.note import Checkpoint, Vkey, join, sign, split
from vitrina.ledger.sequencer import catch_up

ORIGIN = "compras.lejos.example/log"
Twist = Callable[[str, bytes], bytes]


@dataclass
class Far:
    """The other installation behind a door that may twist what it says; `near` and `name` are the two databases."""

    near: str
    name: str
    world: Any
    url: str = ""
    twist: Twist | None = None
    asked: list[str] = field(default_factory=list)

    def acts(self, act: Callable[[Any], Any]) -> str:
        """Something happens there, and is in its log; the title of the purchase."""
        database.point_to(self.name)
        process = act(self.world)
        catch_up()
        head = feed.head()
        database.point_to(self.near)
        self.wait_for(head)
        return str(process.title)

    def wait_for(self, size: int) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/log/checkpoint") as answer:
                if Checkpoint.parse(split(answer.read().decode())[0]).size >= size:
                    return
            time.sleep(0.05)
        pytest.fail("its log does not come that far")


def door(far: Far, url: str) -> ThreadingHTTPServer:
    """Passes what is asked on to a site, and what it answers back, twisted as `far` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            far.asked.append(self.path)
            try:
                with urllib.request.urlopen(url + self.path) as answer:
                    body = answer.read()
                status = 200
            except urllib.error.HTTPError as error:
                body, status = error.read(), error.code
            if far.twist and status == 200:
                body = far.twist(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


@pytest.fixture
def far(template: str, django_db_blocker: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    from tests.worlds.base import world
    from tests.worlds.tendering import reach_tendering

    settings.FEDERATION_PRIVATE = True
    monkeypatch.setattr(reading, "SUSPECT_SECONDS", 0)
    near, name, former = database.copy_name("_near"), database.copy_name("_far"), database.current()
    with django_db_blocker.unblock():
        database.clone(near, template)
        database.clone(name, template)
        database.point_to(name)
        w = world()
        reach_tendering(w)
        catch_up()
        size = feed.head()
        database.point_to(near)
        try:
            with serve(name, VITRINA_LOG_ORIGIN=ORIGIN) as site:
                found = Far(near, name, w)
                server = door(found, site.url)
                found.url = f"http://127.0.0.1:{server.server_port}"
                found.wait_for(size)
                yield found
                server.shutdown()
                server.server_close()
        finally:
            database.point_to(former)
            database.drop(near)
            database.drop(name)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def found(q: str) -> list[dict[str, Any]]:
    return [
        r for r in Client().get("/buscar", {"q": q, "format": "json"}).json()["results"] if r["kind"] == "federated"
    ]


def test_another_installation_is_read_checked_shown_and_let_go(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.worlds.base import reach_planning

    other_key = Vkey.of(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert "none of the keys is its key" in run("add", far.url, "--key", str(other_key))[1]
    assert not Member.objects.exists()
    status, said = run("add", far.url, "--name", "Compras de Lejos")
    assert status == 0, said
    assert "compare it with who runs it" in said
    key = Member.objects.get().key
    assert run("add", far.url)[0] == 1  # it is a member already
    one = found("reactivo VIH")[0]
    assert one["member"] == key
    assert one["url"].startswith(f"{far.url}/p/ocds-")
    with urllib.request.urlopen(one["url"]) as page:
        assert page.status == 200
    shown = Client().get("/buscar", {"q": "reactivo VIH"}).content.decode()
    assert "publicado por Compras de Lejos" in shown
    told = Client().get("/federacion/").content.decode()
    assert "Compras de Lejos" in told
    assert ORIGIN in told
    assert run("check")[0] == 0
    assert Client().get("/en/federacion/").status_code == 200

    # it goes on: only what is new is read
    former = Member.objects.get()
    far.asked.clear()
    title = far.acts(lambda w: reach_planning(w.earlier(4)))
    assert run("update")[0] == 0
    grown = Member.objects.get()
    assert grown.size > former.size
    assert f"api/ocds/releases?after={former.size - 1}" not in " ".join(far.asked)
    assert len(found(title)) == Purchase.objects.count() == 2
    taken = Taken.objects.count()
    assert run("update")[0] == 0
    assert Taken.objects.count() == taken

    # it answers always with what is here already; what then goes wrong here is written down too
    far.acts(lambda w: reach_planning(w.earlier(8)))
    with urllib.request.urlopen(f"{far.url}/api/ocds/releases?after=0&limit=1") as answer:
        first = answer.read()
    far.twist = lambda path, body: first if "releases" in path else body
    assert (run("update")[0], Member.objects.get().verdict) == (0, "incomplete")
    with monkeypatch.context() as patch:
        patch.setattr(reading, "_take_releases", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            reading.look(Member.objects.get())
    assert Member.objects.get().sentence == "it could not be looked at: ZeroDivisionError"

    # it gives a release that its log does not have: nothing of it is shown, until it is put right
    far.twist = lambda path, body: body.replace(b"Reactivo", b"Reactivos") if "releases" in path else body
    assert (run("update")[0], Member.objects.get().verdict) == (1, "false")
    assert not found("reactivo")
    assert "no tiene" in Client().get("/federacion/").content.decode()
    far.twist = None
    assert run("update")[0] == 0
    assert len(found("reactivo")) == 3

    # it takes back what it published; it signs two roots over as many leaves; it answers without an end
    held = Member.objects.get().note
    for twist, verdict in (
        (lambda path, body: former.note.encode() if path.endswith("checkpoint") else body, "rolled back"),
        (lambda path, body: another_root(held, far.name) if path.endswith("checkpoint") else body, "forked"),
    ):
        far.twist = twist
        assert (run("update")[0], Member.objects.get().verdict) == (1, verdict)
        assert Member.objects.get().note == held
        assert not found("reactivo")
    evidence = Client().get("/federacion/", {"format": "json"}).json()["members"][0]
    assert evidence["checkpoint"] == held != evidence["offered"]
    for twist in (lambda path, body: b"x" * 17_000_000, lambda path, body: b"[" * 100_000, lambda path, body: b""):
        far.twist = lambda path, body, twist=twist: twist(path, body) if "checkpoint" in path else body
        assert (run("update")[0], Member.objects.get().verdict) == (1, "forked")  # what was found stays found
        assert not found("reactivo")
    after = Client().get("/federacion/", {"format": "json"}).json()["members"][0]
    assert after["offered"] == evidence["offered"]
    far.twist = None
    assert run("update")[0] == 0
    assert len(found("reactivo")) == 3

    # a log that grows beyond what is read here, and doors that are not public
    far.acts(lambda w: reach_planning(w.earlier(12)))
    from django.test import override_settings

    with override_settings(FEDERATION_LEAVES=5):
        assert run("update")[0] == 2
    with override_settings(FEDERATION_PRIVATE=False):
        assert run("update")[0] == 2
        assert "not a public address" in Member.objects.get().sentence
        assert "https" in run("add", "http://127.0.0.1:1")[1]
        assert "not a public address" in run("add", "https://localhost")[1]
    assert len(found("reactivo")) == 3  # what held last stays

    assert run("remove", key, "--reason", "Prueba")[0] == 0
    assert not found("reactivo")
    assert not Taken.objects.exists()
    assert "Compras de Lejos" not in Client().get("/federacion/").content.decode()
    acts = [e["kind"] for e in Client().get("/api/feed").json()["entries"]]
    assert acts == ["member.joined", "member.left"]


def another_root(note: str, name: str) -> bytes:
    """A checkpoint of as many leaves with another root, signed by the same key."""
    from django.conf import settings

    text = split(note)[0]
    origin, size, _root = text.splitlines()[:3]
    false = f"{origin}\n{size}\n{'A' * 43}=\n"
    return join(false, sign(false, origin, load(settings.LOG_KEY.with_name(f"{name}.key")))).encode()


GOOD = {
    "ocid": "ocds-x-1", "id": "1", "date": "2026-01-05T10:00:00Z", "tag": ["tender"],
    "tender": {"id": "1", "title": "Vacuna\x00s", "tenderPeriod": {"endDate": "2026-02-01T00:00:00Z"}, "items": [{"id": "1"}]},
    "contracts": [{"id": "1", "value": {"amount": 10.5, "currency": "MXN"}}], "strange": {"kept": False},
}  # fmt: skip


def test_what_a_release_may_hold_is_kept_and_what_no_page_could_show_is_refused() -> None:
    told, at = shape.told([GOOD])
    assert (told["tender"]["title"], at.year) == ("Vacunas", 2026)
    assert "strange" not in told
    assert json.loads(json.dumps(told)) == told
    for hostile in (
        {"tender": "x"}, {"tender": {"title": ["x"]}}, {"contracts": {"id": "1"}}, {"date": "soon"}, {"date": None},
        {"contracts": [{"id": "1", "value": {"amount": "1e999999999"}}]}, {"parties": [{"name": "x" * 30_000}]},
        {"contracts": [{"id": "1", "value": {"amount": 1e300}}]}, {"awards": [1]}, {"tender": {"items": [[[]]]}},
        {"buyer": {"id": {"$ne": 1}}}, {"date": "2026-01-05"}, {"date": "9999-12-31T23:59:59-05:00"}, {"ocid": "x" * 1000},
    ):  # fmt: skip
        with pytest.raises(shape.Malformed):
            shape.told([GOOD | hostile])
