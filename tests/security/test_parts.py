# SPDX-License-Identifier: Apache-2.0
"""Files of an envelope on their way: slow, cut off, too large, many at once, others than promised. None is half kept."""

from __future__ import annotations

import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings

from vitrina.cycle.bidding import vault
from vitrina.cycle.core.models import Process
from vitrina.sealed import client
from vitrina.site.demo import clock

from .attacker import HIV, Answer, Visitor, connect
from .hostile import draft, seal
from .sealing import PART, put, send

MB = 1 << 20


@dataclass(repr=False)
class Upload:
    """An envelope whose parts are promised and not sent: its address, and the bytes of each part."""

    supplier: Visitor
    sealed: client.Sealed
    parts: dict[str, bytes]

    @property
    def address(self) -> str:
        return f"/mi-espacio/sobres/{self.sealed.c}/partes/"

    @property
    def missing(self) -> list[str]:
        return self.supplier.get(self.address).json["missing"]

    def put(self, part: str, data: bytes | None = None) -> Answer:
        return put(self.supplier, f"{self.address}{part}/", self.parts[part] if data is None else data)

    def begun(self, part: str, sent: int, *, length: int | None = None) -> socket.socket:
        """A part that says how long it is and of which only the beginning came."""
        line = connect(self.supplier.url)
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.supplier.cookies)
        length = len(self.parts[part]) if length is None else length
        head = f"PUT {self.address}{part}/ HTTP/1.1\r\nHost: {urlsplit(self.supplier.url).netloc}\r\nCookie: {cookies}\r\n"
        head += f"X-CSRFToken: {self.supplier.cookie('csrftoken')}\r\nContent-Type: application/octet-stream\r\n"
        line.sendall((head + f"Content-Length: {length}\r\n\r\n").encode() + self.parts[part][:sent])
        return line


@pytest.fixture(scope="module")
def upload(site, tmp_path_factory) -> Upload:
    """Twenty documents, one of them in three parts; nothing of it was sent."""
    process = Process.objects.get(title=HIV)
    supplier = Visitor(site.url).enter("supplier3@vitrina.example")
    papers = [(f"{n}.pdf", b"%PDF-1.7\n" + secrets.token_bytes(200_000)) for n in range(19)]
    papers.append(("grande.pdf", b"%PDF-1.7\n" + secrets.token_bytes(20 * MB)))
    sealed = seal(draft(process, "DOC110405EF3", papers), tmp_path_factory.mktemp("own"))
    sent = send(supplier, process.ocid, sealed, clock.now())
    assert sent.answer.status == 201, sent.answer.text
    parts = {}
    for told, path in zip(sealed.manifest.files, sealed.files, strict=True):
        data = path.read_bytes()
        parts |= {part: data[n * PART : (n + 1) * PART] for n, part in enumerate(told.parts)}
    yield Upload(supplier, sealed, parts)
    for part in parts:
        vault.path_of(part).unlink(missing_ok=True)


def kept() -> set[Path]:
    """Every file among the ciphertexts, whole or not."""
    return {path for path in Path(settings.SEALED_DIR).rglob("*") if path.is_file()}


def test_parts_that_were_not_promised_or_are_others_leave_nothing(upload):
    before, part = kept(), next(iter(upload.parts))
    true = upload.parts[part]
    for false in (b"", b"x", true[:-1], true + b"x", true[::-1], b"\0" * PART, b"\0" * (PART + 1)):
        answer = upload.put(part, false)
        assert answer.status == 422, len(false)
        assert answer.json["errors"][0]["code"] == "bytes"
        assert len(answer.json["errors"][0]["message"]) > 10
    for odd in (
        "0" * 64,
        part.upper(),
        part[:-1],
        f"{part}%00",
        f"{part}%0a",
        "..%2f..%2fsecret_key",
        "%2e%2e",
        ".",
        "a" * 5000,
        f"{part[:2]}%2f{part}",
        "tmp",
    ):
        answer = put(upload.supplier, f"{upload.address}{odd}/", true)
        assert answer.status in {301, 404, 405}, (odd, answer.status)
    assert kept() == before
    assert set(upload.missing) == set(upload.parts)


def test_a_part_that_is_too_large_is_refused_and_takes_no_memory(site, upload):
    process, part = psutil.Process(site.web), next(iter(upload.parts))
    before, memory = kept(), process.memory_info().rss
    statuses = [
        upload.put(part, b"\0" * size).status for size in (PART + 1, PART + 65_536, PART + 65_537, 20 * MB, 60 * MB)
    ]
    assert statuses == [422, 422, 413, 413, 413]
    with upload.begun(part, 0, length=10**15) as line:  # it says so, and begins
        line.settimeout(30)
        try:
            for _n in range(2000):
                line.sendall(b"\0" * 65_536)
        except OSError:
            pass  # cut off
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
        answer = upload.supplier.ask(
            f"{upload.address}{part}/",
            method="PUT",
            body=b"\0" * (9 * MB),
            Content_Type=kind,
            X_CSRFToken=upload.supplier.cookie("csrftoken"),
        )
        assert answer.status in {413, 422}, kind
    assert kept() == before
    assert process.memory_info().rss - memory < 60 * MB


def test_a_part_without_a_length_is_no_part(upload):
    before, part = kept(), next(iter(upload.parts))
    line = connect(upload.supplier.url)
    cookies = "; ".join(f"{c.name}={c.value}" for c in upload.supplier.cookies)
    head = f"PUT {upload.address}{part}/ HTTP/1.1\r\nHost: {urlsplit(upload.supplier.url).netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n"
    head += f"X-CSRFToken: {upload.supplier.cookie('csrftoken')}\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    data = upload.parts[part]
    with line:
        line.sendall(head.encode() + b"%x\r\n" % len(data) + data + b"\r\n0\r\n\r\n")
        assert line.recv(65_536)[9:12] in {b"204", b"411", b"422"}
    assert all(vault.path_of(p.name).exists() for p in kept() - before)
    vault.path_of(part).unlink(missing_ok=True)


def test_an_upload_that_is_cut_half_way_leaves_nothing_and_goes_on(upload):
    before, part = kept(), max(upload.parts, key=lambda p: len(upload.parts[p]))
    for sent in (0, 1, 100_000, len(upload.parts[part]) - 1):
        upload.begun(part, sent).close()
    time.sleep(0.5)
    assert kept() == before
    assert part in upload.missing
    assert upload.put(part).status == 204
    assert {p.name for p in kept() - before} == {part}
    assert part not in upload.missing
    assert upload.put(part).status == 204  # again: nothing changes
    assert vault.path_of(part).read_bytes() == upload.parts[part]


def test_slow_senders_hold_up_neither_readers_nor_other_parts(site, upload):
    before = kept()
    waiting = [p for p in upload.parts if p in upload.missing]
    lines = [upload.begun(waiting[n % len(waiting)], 10) for n in range(40)]
    try:
        start = time.monotonic()
        assert Visitor(site.url).get("/buscar").status == 200
        assert upload.put(waiting[0]).status == 204
        assert time.monotonic() - start < 15
        for line in lines:
            line.sendall(b"\0")
    finally:
        for line in lines:
            line.close()
    assert {p.name for p in kept() - before} == {waiting[0]}


def test_many_parts_at_once_each_several_times_are_kept_once_and_whole(site, upload):
    process = psutil.Process(site.web)
    memory, before = process.memory_info().rss, kept()
    many = [*upload.parts] * 4
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda part: upload.put(part).status, many))
    assert set(statuses) == {204}
    assert upload.supplier.get(upload.address).json == {"missing": [], "complete": True}
    assert {p.name for p in kept() - before} <= set(upload.parts)
    for part, data in upload.parts.items():
        assert vault.path_of(part).read_bytes() == data
    assert process.memory_info().rss - memory < 120 * MB


def test_false_bytes_never_take_the_place_of_a_part_that_is_there(upload):
    for part, data in list(upload.parts.items())[:3]:
        with ThreadPoolExecutor(8) as pool:
            statuses = set(pool.map(lambda n, p=part, d=data: upload.put(p, d[:-1] + bytes([n])).status, range(8)))
        assert statuses <= {204, 422}  # what is there already is not read again
        assert vault.path_of(part).read_bytes() == data
