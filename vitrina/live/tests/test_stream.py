# SPDX-License-Identifier: Apache-2.0
"""`/live/<ocid>/events` over the network, of the running site: what a viewer gets, and when it is told to load the page."""

from __future__ import annotations

import os
import signal
import socket
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.db import transaction

from tests.fixtures.site import serve
from vitrina.ledger.append import append
from vitrina.ledger.models import Position
from vitrina.ledger.tests.kinds import CLERK, Noted

AT = datetime(2020, 10, 13, 16, tzinfo=UTC)
OCID = "ocds-vt0001-2020-000777"


def write(n: int, ocid: str = OCID) -> None:
    for text in range(n):
        with transaction.atomic():
            append(f"ocid:{ocid}", Noted(text=str(text)), actor=CLERK, at=AT)


def watch(url: str, path: str, *headers: str) -> socket.socket:
    place = urlsplit(url)
    line = socket.create_connection((place.hostname, place.port), 6)
    head = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {place.netloc}", *headers, "", ""])
    line.sendall(head.encode())
    return line


def heard(line: socket.socket, *, until: bytes, seconds: float = 6) -> bytes:
    found, end = b"", time.monotonic() + seconds
    while until not in found and time.monotonic() < end:
        try:
            piece = line.recv(65536)
        except TimeoutError:
            break
        if not piece:
            break
        found += piece
    return found


def entered(url: str, path: str) -> socket.socket:
    """In the room, once every projection has read its first act."""
    end = time.monotonic() + 6
    while b" 404" in heard(watch(url, path), until=b"\r\n") and time.monotonic() < end:
        time.sleep(0.05)
    return watch(url, path)


def ids(found: bytes) -> list[int]:
    return [int(line[4:]) for line in found.splitlines() if line.startswith(b"id: ")]


def places() -> list[int]:
    return list(
        Position.objects.filter(entry__stream=f"ocid:{OCID}").order_by("position").values_list("position", flat=True)
    )


def test_a_viewer_gets_every_act_once_and_the_page_when_the_stream_cannot_bridge(live_site):
    url, path = live_site.url, f"/live/{OCID}/events"
    assert heard(watch(url, path), until=b"\r\n\r\n").startswith(b"HTTP/1.1 404")
    write(3)
    write(1, "ocds-vt0001-2020-000778")
    end = time.monotonic() + 6
    while len(places()) < 3 and time.monotonic() < end:
        time.sleep(0.02)
    first = entered(url, path)
    found = heard(first, until=b"id: %d\n" % places()[-1])
    assert b"text/event-stream" in found
    assert b"retry: 3000" in found
    assert ids(found) == places()
    write(4)
    more = heard(first, until=b'"seq":7,')
    assert ids(found + more) == places()
    assert len(places()) == 7

    for headers, after, left in (((), places()[2], 4), ((f"Last-Event-ID: {places()[4]}",), places()[2], 2)):
        line = watch(url, f"{path}?after={after}", *headers)
        assert ids(heard(line, until=b'"seq":7,')) == places()[-left:]
    far = heard(watch(url, f"{path}?after={places()[-1] + 1000}"), until=b"event: reload")
    assert far.startswith(b"HTTP/1.1 409")
    assert b'"page":"/live/ocds-vt0001-2020-000777"' in far
    with transaction.atomic():
        append(f"asked:{OCID}", Noted(text="what the public asks"), actor=CLERK, at=AT)
    assert b'"stream":"asked:' in heard(first, until=b'"stream":"asked:')


def test_a_server_that_stops_says_good_bye_to_a_hundred_viewers_and_is_gone_soon(live_site):
    write(1)
    with serve(live_site.database) as second:
        end = time.monotonic() + 6
        while not places() and time.monotonic() < end:
            time.sleep(0.02)
        entered(second.url, f"/live/{OCID}/events")
        lines = [watch(second.url, f"/live/{OCID}/events") for _n in range(100)]
        for line in lines:
            assert b"id: " in heard(line, until=b"id: ")
        began = time.monotonic()
        os.kill(second.web, signal.SIGTERM)
        assert all(b"event: bye" in heard(line, until=b"event: bye") for line in lines)
        while time.monotonic() - began < 4:
            try:
                socket.create_connection(("127.0.0.1", urlsplit(second.url).port), 0.2).close()
            except OSError:
                break
            time.sleep(0.02)
        assert time.monotonic() - began < 4
