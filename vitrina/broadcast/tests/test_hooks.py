# SPDX-License-Identifier: Apache-2.0
"""What nginx asks over plain HTTP, with the arguments that it sends, and every rule by which it is answered."""

import threading
import urllib.error
import urllib.request
from datetime import timedelta
from http.server import HTTPServer
from urllib.parse import quote, urlencode

import pytest

from tests.worlds.base import world
from tests.worlds.bidding import reach_bidding
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import hold_act
from tests.worlds.tendering import OPENING
from vitrina.broadcast import archive, commands, keys, listener, places, policy
from vitrina.broadcast.models import Broadcast, Recording
from vitrina.cycle.core.models import Process
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel import clock as clocks
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={})))
MINUTE = timedelta(minutes=1)


class Here(listener.Handler):
    """The handler in the test's own transaction."""

    def let_go(self):
        pass


class Camera:
    """nginx with one camera, as the endpoint sees them."""

    def __init__(self, w, process, clock, folder):
        self.w, self.process, self.clock, self.folder = w, process, clock, folder
        self.server = HTTPServer((listener.LOOPBACK, 0), Here)
        self.name, self.client = keys.stream_name(process.number, process.ocid), "1"
        self.key = self.issue()

    def issue(self, act="opening"):
        secret = keys.mint()
        commands.issue_key(
            self.w[Role.OFFICER], self.process.ocid, at=clocks.now(), act=act, digest=keys.digest_of(secret)
        )
        return secret

    def get(self, path):
        """The status that the endpoint answers: asked in another thread, answered in this one."""
        got = []

        def ask():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.server.server_port}{path}", timeout=10) as answer:
                    got.append(answer.status)
            except urllib.error.HTTPError as error:
                got.append(error.code)

        asking = threading.Thread(target=ask)
        asking.start()
        self.server.handle_request()
        asking.join()
        return got[0]

    def call(self, call, *, client="", more="", **given):
        """As nginx 1.22 with the RTMP module 1.2.2 writes it: its own arguments, then the publisher's own query."""
        said = {
            "app": "live", "flashver": "FMLE/3.0 (compatible; Lavf59.27", "swfurl": "", "pageurl": "",
            "tcurl": "rtmp://127.0.0.1:1935/live", "addr": "127.0.0.1", "clientid": client or self.client,
            "call": call, "name": self.name, "type": "live", **given,
        }  # fmt: skip
        if call != "publish":
            del said["type"]
        own = f"key={quote(self.key)}" if self.key else ""
        return self.get(f"{listener.PATH}?{urlencode(said)}&{more}{own}")

    def record(self, name=""):
        """A file as nginx would have written it."""
        file = places.records() / (name or f"{self.name}-1700000000.flv")
        file.write_bytes(b"FLV\x01")
        return file


@pytest.fixture
def camera(whole, clock, settings, tmp_path):
    settings.BROADCAST_DIR = tmp_path
    places.make()
    with rolled_back():
        clock.set(OPENING - 29 * MINUTE)
        made = Camera(
            whole[0], Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid), clock, tmp_path
        )
        yield made
        made.server.server_close()


def told(camera):
    return [e.kind for e in Entry.objects.filter(stream=camera.process.stream, kind__startswith="broadcast.")]


def test_a_camera_begins_ends_and_leaves_a_recording(camera):
    assert camera.call("publish") == 200
    assert camera.call("update_publish", time="5", timestamp="5000") == 200
    camera.clock.forward(minutes=3)
    assert camera.call("record_done", recorder="", path=str(camera.record())) == 200
    assert camera.call("publish_done") == 200

    assert told(camera) == ["broadcast.started", "broadcast.ended"]
    started = Entry.objects.get(kind="broadcast.started")
    assert (started.actor["name"], started.event.act, started.event.number) == ("Vitrina", "opening", 1)
    recording = Recording.objects.get()
    assert (recording.state, recording.source) == ("waiting", f"{camera.name}-1700000000.flv")
    assert recording.broadcast.ended_at - recording.broadcast.started_at == 3 * MINUTE
    assert Process.objects.get(pk=camera.process.pk).stage == camera.process.stage


def test_a_camera_without_the_right_key_leaves_nothing(camera):
    before = Entry.objects.count()
    good = camera.key
    for camera.key in (good[:-1], good.swapcase(), "", "x" * 5000, "á"):
        assert camera.call("publish") == 403, camera.key
    camera.key = good
    assert camera.call("publish", name="LA-050GYR047-E99-2020") == 403
    assert camera.call("publish", name=f"../{camera.name}") == 403
    camera.key = "\x00"
    assert camera.call("publish") == 400
    assert camera.get(f"{listener.PATH}?call=play&name={camera.name}") == 400
    assert camera.get(f"/otra?call=publish&name={camera.name}&key={good}") == 404
    assert Entry.objects.count() == before
    assert not Broadcast.objects.exists()


def test_the_key_is_good_from_thirty_minutes_before_to_the_end_of_its_act(camera):
    opening = camera.clock.at
    camera.clock.set(OPENING - policy.BEFORE - timedelta(seconds=1))
    assert camera.call("publish") == 403
    camera.clock.set(OPENING - policy.BEFORE)
    with rolled_back():
        assert camera.call("publish") == 200
    with rolled_back():
        tendering.suspend(camera.w[Role.OIC], camera.process.ocid, at=opening, authority="OIC", reason="Se revisa.")
        assert camera.call("publish") == 403
    camera.clock.set(OPENING + policy.LONGEST + MINUTE)
    assert camera.call("publish") == 403
    camera.clock.set(OPENING)
    hold_act(camera.w, camera.process)
    camera.clock.set(OPENING + 90 * MINUTE)
    assert camera.call("publish") == 403


def test_a_second_camera_is_refused_while_the_first_is_heard_of(camera):
    assert camera.call("publish") == 200
    assert camera.call("publish", client="2") == 403
    assert camera.call("publish_done", client="2") == 200  # nginx tells the end of the refused one too
    assert told(camera) == ["broadcast.started"]

    Broadcast.objects.update(seen_at=clocks.system() - policy.LOST - timedelta(seconds=1))  # nginx was killed
    assert camera.call("publish", client="1") == 200
    assert told(camera) == ["broadcast.started", "broadcast.ended", "broadcast.started"]
    assert Entry.objects.get(kind="broadcast.ended").event.cause == "lost"


def test_after_a_cut_the_same_key_goes_on_for_ten_minutes(camera):
    camera.call("publish")
    camera.call("publish_done")
    camera.clock.forward(minutes=10)
    assert camera.call("publish", client="7") == 200
    assert Entry.objects.filter(kind="broadcast.started").last().event.number == 2
    camera.call("publish_done", client="7")
    camera.clock.forward(minutes=10, seconds=1)
    assert camera.call("publish", client="8") == 403
    camera.key = camera.issue()
    assert camera.call("publish", client="9") == 200


def test_a_key_that_is_withdrawn_or_replaced_cuts_its_camera(camera):
    former = camera.key
    camera.key = camera.issue()  # a second key ends the first
    assert camera.call("publish") == 200
    with pytest.raises(Exception, match="on-air"):
        camera.issue()
    now, camera.key = camera.key, former
    assert camera.call("publish", client="2") == 403
    camera.key = now
    commands.revoke_key(
        camera.w[Role.OFFICER], camera.process.ocid, at=clocks.now(), act="opening", reason="Se equivocó de sala."
    )
    assert camera.call("update_publish") == 403  # nginx drops it
    assert camera.call("publish_done") == 200
    assert camera.call("publish") == 403


def test_a_path_is_only_taken_within_the_folder_of_recordings(camera, tmp_path):
    camera.call("publish")
    outside = tmp_path / f"{camera.name}-1.flv"
    outside.write_bytes(b"FLV")
    link = places.records() / f"{camera.name}-2.flv"
    link.symlink_to(outside)
    (places.records() / "sub").mkdir()
    inner = camera.record(f"sub/{camera.name}-3.flv")
    for path in (
        outside, link, inner, places.records(), places.records() / ".." / outside.name, "/etc/passwd", "", "\x00",
        camera.record("otra-1.flv"), camera.record(f"{camera.name}-4.mp4"), places.records() / f"{camera.name}-9.flv",
    ):  # fmt: skip
        assert camera.call("record_done", path=str(path)) in {400, 403}, path
    good = camera.record()
    assert camera.call("record_done", path=str(outside), more=f"path={good}&") == 403  # only the first counts
    assert camera.call("record_done", path=str(good), more=f"path={outside}&call=publish&name=x&") == 200
    assert Recording.objects.get().source == good.name
    assert camera.call("record_done", path=str(camera.record(f"{camera.name}-5.flv"))) == 200  # told twice: the first
    assert Recording.objects.get().source == good.name


def test_what_nginx_left_when_it_was_killed_is_found(camera, monkeypatch):
    camera.call("publish")
    made = Broadcast.objects.get()
    file = camera.record(f"{camera.name}-{made.began_at.timestamp():.0f}.flv")
    camera.record(f"{camera.name}-1600000000.flv")  # of another day
    monkeypatch.setattr(archive, "has_tools", lambda: False)
    later = clocks.system() + policy.LOST + timedelta(seconds=1)
    archive.work(at=clocks.now(), real=later)
    archive.work(at=clocks.now(), real=later)
    assert Recording.objects.get().source == file.name
    assert told(camera) == ["broadcast.started", "broadcast.ended"]


def test_the_key_is_written_nowhere(camera, caplog, capfd):
    with caplog.at_level("DEBUG"):
        camera.call("publish")
        camera.call("publish", client="2")
        camera.call("publish_done")
    texts = [*caplog.messages, *capfd.readouterr(), *Entry.objects.values_list("body", flat=True)]
    texts += [str(row) for model in (Broadcast, type(Broadcast.objects.get().key)) for row in model.objects.values()]
    assert any("busy" in text for text in texts)
    assert not [text for text in texts if camera.key in text]
