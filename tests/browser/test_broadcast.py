# SPDX-License-Identifier: Apache-2.0
"""A camera, nginx, the room and the archive, whole: from a wrong key to the act at its moment in the recording."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.fixtures import database
from tests.fixtures.site import Site, end, free_port
from tests.worlds.base import world
from tests.worlds.bidding import reach_bidding
from tests.worlds.tendering import OPENING
from vitrina.broadcast import commands, keys, nginx, places
from vitrina.broadcast.models import Broadcast, Recording
from vitrina.cycle.opening import commands as opening
from vitrina.kernel import clock
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role
from vitrina.portal.models import PurchaseCard
from vitrina.site import embedded_db, paths
from vitrina.site.demo import camera as test_picture
from vitrina.site.demo import clock as demo_clock

LACKS = nginx.what_is_missing()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(LACKS), reason=f"the broadcast needs {', '.join(LACKS)} (Debian's names)"),
]
SECONDS = 12
BITS = 8
PARTS = 4  # of a second: what is read is late by less than one of them
# The machine's clock since an instant, in black and white: a program reads from a frame when it was taken.
CLOCK = (
    ",setpts=(RTCTIME-{began})/(TB*1000000),drawbox=x=0:y=0:w=330:h=60:color=black:t=fill"
    + "".join(
        rf",drawbox=x={10 + 40 * n}:y=10:w=30:h=40:color=white:t=fill:enable='gte(mod(floor(t*{PARTS}/{2**n})\,2)\,1)'"
        for n in range(BITS)
    )
    + ",setpts=N/(25*TB)"
)
READ = f"""() => {{
  const video = document.querySelector("[data-cast-stage] video");
  const canvas = Object.assign(document.createElement("canvas"), {{ width: 640, height: 360 }});
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 640, 360);
  let seconds = 0;
  for (let n = 0; n < {BITS}; n += 1) if (context.getImageData(25 + 40 * n, 30, 1, 1).data[0] > 128) seconds += 2 ** n;
  return [seconds / {PARTS}, video.currentTime];
}}"""
VIDEO = 'document.querySelector("[data-cast-stage] video")'
QUALITY = f"(q => [q.droppedVideoFrames, q.totalVideoFrames])({VIDEO}.getVideoPlaybackQuality())"


class Studio:
    """nginx and the process beside it, over the database of a site."""

    def __init__(self, site: Site, stack: ExitStack) -> None:
        self.rtmp, hooks = free_port(), free_port()
        self.stack = stack
        shutil.rmtree(places.root(), ignore_errors=True)
        places.make()
        (places.root() / "nginx.conf").write_text(nginx.config("alone", rtmp_port=self.rtmp, hook_port=hooks))
        self.log = Path(stack.enter_context((places.root() / "test.log").open("w+b")).name)
        environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.test", "VITRINA_TEST_DATABASE": site.database,
            "DATABASE_URL": embedded_db.external_url() or database.CLUSTER.url(site.database),
        }  # fmt: skip
        from vitrina.site.up_broadcast import server

        python = [sys.executable, "-m", "vitrina", "broadcast", "serve", "--port", str(hooks)]
        for command in (python, server()):
            with self.log.open("ab") as log:
                started = subprocess.Popen(command, env=environment, cwd=paths.ROOT, stdout=log, stderr=log)
            stack.callback(end, started)
        for port in (hooks, self.rtmp):
            until(lambda port=port: _listens(port), "nobody listens")

    def send(self, name: str, key: str, seconds: float, began: datetime) -> subprocess.Popen[bytes]:
        command = test_picture.picture(clock.now(), seconds=seconds)
        command[command.index("-i") + 1] += CLOCK.replace("{began}", f"{began.timestamp() * 1_000_000:.0f}")
        address = f"rtmp://127.0.0.1:{self.rtmp}/live/{name}?key={key}"
        sending = subprocess.Popen([*command, "-f", "flv", address], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.stack.callback(end, sending)
        return sending


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(found: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """The first truth that a question gives."""
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        if answer := found():
            return answer
        time.sleep(0.1)
    pytest.fail(what)


@pytest.fixture
def studio(live_site: Site) -> Iterator[Studio]:
    with ExitStack() as stack:
        yield Studio(live_site, stack)


def test_an_act_is_watched_recorded_and_found_again_at_its_moment(live_site, studio, page, watch, axe) -> None:
    watch.allow("/emision/")  # a player that comes before the first piece asks again
    with transaction.atomic():  # told in the past: a sequencer at work would close what is long due
        w = world()
        process = reach_bidding(w, offers={0: "54.90"})
        demo_clock.set_to(OPENING - timedelta(seconds=1))
    name, secret = keys.stream_name(process.number, process.ocid), keys.mint()
    digest = keys.digest_of(secret)
    commands.issue_key(w[Role.OFFICER], process.ocid, at=clock.now(), act="opening", digest=digest)

    wrong = studio.send(name, keys.mint(), 3, clock.system())
    until(
        PurchaseCard.objects.filter(ocid=process.ocid, stage="bidding").exists, "the site does not know the purchase"
    )
    page.goto(f"{live_site.url}/live/{process.ocid}")
    assert wrong.wait(60) != 0
    assert not Broadcast.objects.exists()
    assert not [*places.records().glob(f"{name}*"), *places.live().glob(f"{name}/*")]

    # on the air: the open page says so by itself, and plays when it is asked
    began = clock.now()
    right = studio.send(name, secret, SECONDS, clock.system())
    page.get_by_text("Al aire").wait_for()
    axe(page)
    until(lambda: list(places.live().glob(f"{name}/*.ts")), "no piece of HLS")
    page.get_by_role("link", name="Ver la transmisión").click()
    until(lambda: page.evaluate(f"{VIDEO}?.readyState >= 3 && {VIDEO}.currentTime > 0.5"), "the player does not")
    first = page.evaluate(QUALITY)
    opening.start(w[Role.OFFICER], process.ocid, at=clock.now())
    act = Entry.objects.get(kind="opening.started").at
    commands.type_caption(w[Role.OFFICER], process.ocid, at=clock.now(), text="Se abre el acto de apertura.")
    until(lambda: page.evaluate(f"{VIDEO}.textTracks[0]?.activeCues?.length === 1"), "the player does not")
    until(lambda: page.evaluate(f"{VIDEO}.dataset.lag"), "the player does not")
    shown, _at = page.evaluate(READ)
    really = (clock.now() - began).total_seconds() - shown
    assert abs(float(page.evaluate(f"{VIDEO}.dataset.lag")) - really) < 2.5
    assert page.get_by_text("segundos detrás de los actos").last.is_visible()

    sound = f"{live_site.url}/emision/{name}/"
    with urllib.request.urlopen(f"{sound}sonido.m3u8") as answer:
        pieces = [line for line in answer.read().decode().split() if line.endswith(".ts")]
    with urllib.request.urlopen(sound + pieces[-1]) as answer:
        assert len(answer.read()) > 1000

    assert right.wait(SECONDS + 60) == 0, right.stderr.read().decode()[-500:]
    dropped, total = (now - then for now, then in zip(page.evaluate(QUALITY), first, strict=True))
    is_crowded = os.getloadavg()[0] > 2 * (os.cpu_count() or 1)  # then the browser shares its processor with strangers
    assert total > 50 and dropped / total < (0.2 if is_crowded else 0.02), (dropped, total)
    assert page.evaluate(f"[{VIDEO}.videoWidth, {VIDEO}.videoHeight]") == [640, 360]

    # the archive: whole, told, and served in parts
    recording = until(lambda: Recording.objects.filter(state="kept").first(), "no recording")
    told = Entry.objects.get(kind="broadcast.recorded").event
    assert abs(told.milliseconds - SECONDS * 1000) < 500
    url = f"{live_site.url}/grabaciones/{recording.sha256}.mp4"
    with urllib.request.urlopen(url) as answer:
        data = answer.read()
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (told.sha256, told.size)
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Range": "bytes=100-199"})) as answer:
        assert (answer.status, answer.read()) == (206, data[100:200])

    # the act at its moment: the frame that is shown was taken within two seconds of the act
    page.locator(".cast-kept summary").click()
    sentence = Entry.objects.get(kind="opening.started").event.sentence()
    page.locator(".cast-moments a").filter(has_text=sentence).wait_for()
    page.locator("#acts-live li").filter(has_text=sentence).get_by_role("link", name="Verlo").click()
    until(
        lambda: page.evaluate(f"{VIDEO}.readyState >= 2 && !{VIDEO}.seeking && {VIDEO}.src.includes('grabaciones')"),
        "the player does not",
    )
    page.evaluate(f"{VIDEO}.pause()")
    seen, at = page.evaluate(READ)
    assert abs((act - began).total_seconds() - seen) < 2, (seen, at)
    axe(page)

    # no key in what nginx or the process beside it wrote
    logs = [studio.log, places.root() / "nginx.log"]
    assert not [log for log in logs if log.exists() and secret in log.read_text(errors="replace")]
