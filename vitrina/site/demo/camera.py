# SPDX-License-Identifier: Apache-2.0
"""The demonstration's camera: a test picture with a burned-in clock, on air while a public act is being held.

It does what a person with OBS does: asks the desk for a key, and sends to nginx with it.
"""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from datetime import datetime

from django.db import connection

from vitrina.broadcast import keys
from vitrina.broadcast.models import Broadcast
from vitrina.broadcast.sittings import Sitting, sittings_of
from vitrina.cycle.core.command import COMMANDS
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.kernel import clock
from vitrina.parties.roles import Role

from .people import people_of

log = logging.getLogger(__name__)
EVERY = 3.0
AT_ONCE = 5.0  # seconds within which a sender that does not understand its arguments has ended
SIZE, RATE = "640x360", 25
ACTS = ("opening", "auction", "clarifying")  # a ruling has no hour: nobody would know when to stop


def picture(world_at: datetime, *, seconds: float = 0, words: bool = True) -> list[str]:
    """Ffmpeg's arguments for the test picture and a tone: bars, and the hour of the world, burned in.

    `words=False`: without the burned-in clock, for an ffmpeg that cannot write.
    """
    start = int(world_at.timestamp())
    draw = (
        rf",drawtext=text='%{{pts\:gmtime\:{start}\:%H\\\:%M\\\:%S}} UTC':x=20:y=h-60:fontsize=34"
        r":fontcolor=white:box=1:boxcolor=black@0.7:boxborderw=8"
        if words
        else ""
    )
    command = ["ffmpeg", "-nostdin", "-v", "error", "-re"]
    command += ["-f", "lavfi", "-i", f"testsrc2=size={SIZE}:rate={RATE}{draw}"]
    command += ["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=44100"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"]
    command += ["-g", str(2 * RATE), "-b:v", "500k", "-maxrate", "600k", "-bufsize", "600k"]
    command += ["-c:a", "aac", "-b:a", "64k"]
    return command + (["-t", str(seconds)] if seconds else [])


def run(port: int, stop: threading.Event) -> None:
    """Follow the world's clock until `stop` is set; `port`: nginx's port of RTMP."""
    sending: subprocess.Popen[bytes] | None = None
    words, began = True, 0.0
    while not stop.wait(EVERY):
        if sending is not None and sending.poll() is None:
            continue
        if sending is not None and time.monotonic() - began < AT_ONCE:
            words = False  # perhaps this ffmpeg cannot write on pictures
        try:
            sending, began = _begin(port, words=words), time.monotonic()
        except Refused as refused:
            log.info("the demonstration's camera was refused: %s", refused)
        finally:
            connection.close()
    if sending is not None:
        sending.terminate()
        sending.wait(5)


def _begin(port: int, *, words: bool) -> subprocess.Popen[bytes] | None:
    now = clock.now()
    found = _act_of_now(now)
    if found is None:
        return None
    process, sitting = found
    secret = keys.mint()
    officer = people_of()[Role.OFFICER]
    COMMANDS["broadcast.issue_key"](officer, process.ocid, at=now, act=sitting.act, digest=keys.digest_of(secret))
    name = keys.stream_name(process.number, process.ocid)
    command = [*picture(now, words=words), "-f", "flv", f"rtmp://127.0.0.1:{port}/live/{name}?key={secret}"]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own


def _act_of_now(now: datetime) -> tuple[Process, Sitting] | None:
    """The act that is held now, with its purchase: the one whose hour is nearest, if nobody else broadcasts it."""
    rows = Process.objects.filter(halt="").exclude(number="").select_related("unit", "buyer")
    held = [(p, s) for p in rows for s in sittings_of(p) if s.act in ACTS and s.takes(now)]
    busy = set(Broadcast.objects.filter(ended_at=None).values_list("key__process", flat=True))
    free = [(p, s) for p, s in held if p.pk not in busy]
    return min(free, key=lambda one: abs(one[1].at - now), default=None)
