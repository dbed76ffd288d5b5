# SPDX-License-Identifier: Apache-2.0
"""What people see of a broadcast: the desk's key shown once, the part of a public page, recordings with their acts."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.template import Context, Template
from django.test import Client, RequestFactory

from tests.worlds.base import world
from tests.worlds.bidding import reach_bidding
from tests.worlds.once import built_once, rolled_back
from tests.worlds.tendering import OPENING
from vitrina.broadcast import commands, keys, places
from vitrina.broadcast.models import Broadcast, Recording, StreamKey
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.kernel import clock as clocks
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={})))
SECOND = timedelta(seconds=1)


@pytest.fixture
def w(whole, clock, settings, tmp_path):
    settings.BROADCAST_DIR = tmp_path
    places.make()
    with rolled_back():
        clock.set(OPENING)
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def on_air(w, process, client="1"):
    """A connection with a new key if the present one is unknown."""
    secret = keys.mint()
    commands.issue_key(w[Role.OFFICER], process.ocid, at=clocks.now(), act="opening", digest=keys.digest_of(secret))
    name = keys.stream_name(process.number, process.ocid)
    made = commands.begin(name, secret, client, at=clocks.now(), real=clocks.system())
    return made, lambda: commands.end(name, secret, client, at=clocks.now())


def archive(made, milliseconds, digest="a"):
    """What the archive would have told of a connection."""
    commands.received(made, f"{made.key.name}-{made.pk}.flv")
    found = Recording.objects.get(broadcast=made)
    places.archived(digest * 64).write_bytes(bytes(range(256)) * 4)
    commands.archived(
        found, sha256=digest * 64, size=1024, milliseconds=milliseconds, original="b" * 64, at=clocks.now(),
        real=clocks.system(),
    )  # fmt: skip
    return Recording.objects.get(broadcast=made)


def part(process):
    request = RequestFactory().get("/")
    text = Template("{% load broadcast %}{% broadcast ocid %}").render(
        Context({"ocid": process.ocid, "request": request})
    )
    assert request.more_policy == {"media-src": ["blob:"]}
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()), text


def test_the_desk_shows_a_key_once_and_keeps_its_hash(w, process, clock):
    def client_of(role):
        client = Client()
        client.force_login(get_user_model().objects.get(person__appointments__role=role))
        return client

    path = f"/mi-espacio/compra/{process.ocid}/camara/"
    officer = client_of("officer")
    sent = {
        "do": "issue",
        "act": "opening",
        "token": re.search(r'"token" value="(\w+i2)"', officer.get(path).content.decode())[1],
    }
    first = officer.post(path, sent)
    secret = re.search(r"data-stream-key>([\w-]+)\?key=([\w-]{32})<", first.content.decode())
    assert secret[1] == keys.stream_name(process.number, process.ocid)
    assert first["Cache-Control"] == "no-store"
    kept = StreamKey.objects.get()
    assert kept.digest == keys.digest_of(secret[2])
    assert Entry.objects.filter(kind="camera.authorised").count() == 1

    again = officer.post(path, sent, follow=True).content.decode()
    assert "data-stream-key" not in again and secret[2] not in again
    assert StreamKey.objects.count() == 1
    assert secret[2] not in officer.get(path).content.decode()
    assert officer.post(path, {"do": "revoke", "act": "opening", "token": "r" * 20, "reason": ""}).status_code == 409
    assert officer.post(path, {"do": "x", "token": "r" * 20}).status_code == 400
    for role in ("oic", "approver", "auditor"):
        assert client_of(role).post(path, {**sent, "token": "t" * 20}).status_code == 403


def test_an_act_is_found_at_its_moment_and_a_gap_is_told(w, process, clock):
    assert part(process)[0] == ""
    made, stop = on_air(w, process)
    clock.forward(seconds=83)
    opening.start(w[Role.OFFICER], process.ocid, at=clocks.now())
    clock.forward(seconds=7)
    commands.type_caption(w[Role.OFFICER], process.ocid, at=clocks.now(), text="  Se abre\tel acto. ")
    state = Client().get(f"/p/{process.ocid}/emision.json").json()
    line = state["captions"][0]
    assert (state["on_air"], line["text"]) == (True, "Se abre el acto.")
    assert Client().get(f"/p/{process.ocid}/emision.json?after={line['n']}").json()["captions"] == []
    words, text = part(process)
    assert "Al aire" in words and f"/emision/{made.key.name}/index.m3u8" in text

    clock.forward(seconds=10)
    stop()
    assert "se está archivando" in part(process)[0]
    first = archive(made, 100_000)
    clock.forward(seconds=150)
    _second, stop_second = on_air(w, process, "2")
    clock.forward(seconds=30)
    stop_second()
    archive(Broadcast.objects.last(), 30_000, "c")

    words, text = part(process)
    assert re.search(r"Sin imagen durante \S+ min", words)
    assert text.index("a" * 64) < text.index("Sin imagen") < text.index("c" * 64)
    assert f'href="/grabaciones/{"a" * 64}.mp4#t=83"' in text
    chapters = Client().get(f"/grabaciones/{first.sha256}.capitulos.es.vtt")
    assert chapters["Content-Type"].startswith("text/vtt")
    assert "00:01:23.000 --> " in chapters.content.decode()
    captions = Client().get(f"/grabaciones/{first.sha256}.subtitulos.vtt").content.decode()
    assert "00:01:26.000 --> 00:01:32.000\nSe abre el acto.\n" in captions  # four seconds before it was typed
    assert Client().get(f"/grabaciones/{'c' * 64}.subtitulos.vtt").status_code == 404
    places.archived("c" * 64).unlink()
    assert "se retiró" in part(process)[0]


def test_captions_of_a_file_take_the_place_of_those_typed(w, process, clock):
    made, stop = on_air(w, process)
    commands.type_caption(w[Role.OFFICER], process.ocid, at=clocks.now(), text="Con erata.")
    clock.forward(seconds=20)
    stop()
    recording = archive(made, 20_000)
    send = {"at": clocks.now(), "broadcast": made.pk}
    vtt = b"WEBVTT\n\nSTYLE\n::cue{background:url(//x.example)}\n\n00:01.000 --> 00:02.000\n<i>Sin errata.</i>\n"
    for bad in (b"hola", b"WEBVTT\n\n00:02.000 --> 00:01.000\nx", vtt + b"\xff"):
        with pytest.raises(Refused, match="captions"):
            commands.publish_captions(w[Role.OFFICER], process.ocid, upload=ContentFile(bad, "v.vtt"), **send)
    commands.publish_captions(w[Role.OFFICER], process.ocid, upload=ContentFile(vtt, "v.vtt"), **send)

    served = Client().get(f"/grabaciones/{recording.sha256}.subtitulos.vtt").content.decode()
    assert served == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nSin errata.\n"
    event = Entry.objects.get(kind="captions.published").event
    assert Client().get(f"/documentos/{event.documents[0].sha256}")["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "status", "told", "length"),
    [
        ("", 200, None, 1024),
        ("bytes=0-0", 206, "bytes 0-0/1024", 1),
        ("bytes=1000-", 206, "bytes 1000-1023/1024", 24),
        ("bytes=-10", 206, "bytes 1014-1023/1024", 10),
        ("bytes=1020-9999", 206, "bytes 1020-1023/1024", 4),
        ("bytes=1024-", 416, "bytes */1024", 0),
        ("bytes=5-2", 416, "bytes */1024", 0),
        ("bytes=-0", 416, "bytes */1024", 0),
        ("bytes=0-1,5-6", 200, None, 1024),
        ("bytes=-", 200, None, 1024),
        ("items=0-5", 200, None, 1024),
    ],
)
def test_a_recording_is_served_in_the_parts_that_are_asked_for(w, process, clock, asked, status, told, length):
    made, stop = on_air(w, process)
    clock.forward(seconds=5)
    stop()
    archive(made, 5000)
    answer = Client().get(f"/grabaciones/{'a' * 64}.mp4", headers={"Range": asked} if asked else {})
    assert (answer.status_code, answer.get("Content-Range")) == (status, told)
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert len(data) == length
    if status == 206:
        first = int(re.search(r"\d+", told)[0])
        assert data == (bytes(range(256)) * 4)[first : first + length]


def test_addresses_that_are_none_open_nothing(w, process, tmp_path):
    (tmp_path / "secret.ts").write_text("x")
    (places.live() / "N-1").mkdir()
    (places.live() / "N-1" / "index.m3u8").write_text("#EXTM3U")
    (places.sound() / "N-1-sonido.m3u8").write_text("#EXTM3U")
    client = Client()
    assert client.get("/emision/N-1/index.m3u8")["Cache-Control"] == "no-cache"
    (places.sound() / "N-1-sonido-7.ts").write_text("x")
    assert client.get("/emision/N-1/sonido.m3u8").status_code == 200
    assert client.get("/emision/N-1/N-1-sonido-7.ts").status_code == 200
    for path in ("..%2F/secret.ts", "N-1/..%2F..%2Fsecret.ts", "N-1/1.ts", "N-1/index.m3u8.bak", ".../index.m3u8",
                 "N-1/sonido-x.ts", "N-2/N-1-sonido-7.ts", "N-1/sonido-7.ts", "N-2/index.m3u8", "N-1/.htaccess"):  # fmt: skip
        assert client.get(f"/emision/{path}").status_code == 404, path
    assert client.get(f"/grabaciones/{'d' * 64}.mp4").status_code == 404
    assert client.get("/p/ocds-none/emision.json").status_code == 404
