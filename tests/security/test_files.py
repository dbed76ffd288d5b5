# SPDX-License-Identifier: Apache-2.0
"""Files that are not what they say, that swell, that carry odd names, and how a file is served."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from vitrina.cycle.core import files
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.payment import cfdi
from vitrina.cycle.research.models import Source

from .attacker import step_path

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
OUTSIDE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'


def png(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def jpeg(width: int, height: int) -> bytes:
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF"
        + b"\0" * 10
        + b"\xff\xc0\x00\x11\x08"
        + struct.pack(">HH", height, width)
        + b"\0" * 12
    )


def office(folder: str = "xl", *, bomb: int = 0, extra: str = "", link: bool = False) -> bytes:
    """An Office file; `bomb` bytes of nothing packed in, one more entry of any name, or a symbolic link."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/workbook.xml", b"\0" * bomb or "<x/>")
        if extra:
            info = zipfile.ZipInfo(extra)
            info.external_attr = (0o120777 << 16) if link else 0
            archive.writestr(info, "/etc/passwd")
    return held.getvalue()


def crowded(n: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for k in range(n):
            archive.writestr(f"xl/{k}", "")
    return held.getvalue()


def endless(length: int) -> bytes:
    """An archive whose list of contents says that it is `length` bytes long, and is."""
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    many = entry * (length // len(entry))
    return b"PK\x03\x04" + many + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(many), 4, 0)


GOOD = {
    "a.pdf": PDF, "b.xml": b'\xef\xbb\xbf<?xml version="1.0"?><!-- x --><cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4"/>',
    "c.png": png(100, 100), "d.jpg": jpeg(100, 100), "e.docx": office("word"), "f.xlsx": office("xl", bomb=1000),
    "g.csv": "clave,año\n1,ñ\n".encode("latin-1"), "h.txt": "texto".encode("utf-16"), "I.PDF": PDF,
}  # fmt: skip
BAD = {
    "page.pdf": HTML, "drawing.svg": SVG, "drawing.xml": SVG, "page.xml": b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "page.html": HTML,
    "laughs.xml": LAUGHS, "outside.xml": OUTSIDE, "prefixed.xml": b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>', "empty.xml": b"<", "none.pdf": b"",
    "program.txt": b"MZ\x90\0" + b"\0" * 99, "script.csv": b"  <script>alert(1)</script>", "nul.txt": b"abc\0def", "pdf.txt": PDF, "svg.txt": SVG,
    "gif.png": b"GIF89a/*<svg/onload=alert(1)>*/", "late.png": b" \n" + png(1, 1), "vast.png": png(30_000, 30_000), "vast.jpg": jpeg(30_000, 30_000),
    "short.png": b"\x89PNG\r\n\x1a\n", "short.jpg": b"\xff\xd8\xff", "notzip.xlsx": b"PK\x03\x04" + b"x" * 99, "word.xlsx": office("word"),
    "bomb.xlsx": office(bomb=60 << 20), "macros.xlsx": office(extra="xl/vbaProject.bin"), "slip.docx": office("word", extra="../../etc/cron.d/x"),
    "absolute.docx": office("word", extra="/etc/passwd"), "link.docx": office("word", extra="word/l", link=True), "exe.docx": office("word", extra="word/a.exe"),
    "crowd.xlsx": crowded(2500), "endless.xlsx": endless(8 << 20), "jar.pdf.jar": office(), "a.pdf.exe": PDF, "noextension": PDF, ".pdf": HTML,
    "a.php": b"<?php", "a.htaccess": b"x", "a.xlsm": office(), "double.html.txt": HTML, "a.pdf ": PDF, "a.pdf\x00.html": HTML,
}  # fmt: skip


def store(name: str, data: bytes, *, public: bool = False) -> StoredFile:
    upload = SimpleUploadedFile("x", data)
    upload._name = name  # past Django's own cleaning
    with transaction.atomic():
        return files.store(upload, public=public)


@pytest.mark.parametrize("name", GOOD)
def test_what_it_says_it_is(site, name):
    assert store(name, GOOD[name] + b" " * (not name.endswith(("x", "g")))).media_type in files.KNOWN.values()


@pytest.mark.parametrize("name", BAD)
def test_what_it_is_not(site, name):
    if name == "a.pdf ":
        return  # a space at the end is cut, and what is left is a PDF
    kept = StoredFile.objects.count()
    with pytest.raises(Refused) as refused:
        store(name, BAD[name])
    assert refused.value.codes[0] in {"file-type", "file-size", "file-content"}
    assert "\x00" not in str(refused.value)
    assert StoredFile.objects.count() == kept


def test_looking_at_a_bomb_costs_nothing(site):
    bombs = {n: BAD[n] for n in ("bomb.xlsx", "endless.xlsx", "crowd.xlsx", "laughs.xml", "vast.png")}
    bombs["deep.xml"] = b"<a>" * 3_000_000
    bombs["wide.xml"] = b"<a " + b" ".join(b'x%d="1"' % n for n in range(400_000)) + b">"
    for name, data in bombs.items():
        upload = SimpleUploadedFile(name, data)
        tracemalloc.start()
        start = time.process_time()
        try:
            files.inspect(upload, f".{name.rpartition('.')[2]}")
        except files.Fault:
            pass
        assert time.process_time() - start < 2, name
        assert tracemalloc.get_traced_memory()[1] < 24 << 20, name
        tracemalloc.stop()
    for data in (
        LAUGHS,
        OUTSIDE,
        b"<a>" * 100_000,
        b"[" * 1_000_000,
        b'<?xml version="1.0"?>' + b"<!--" * 200_000,
        b"<a" + b" x" * 500_000,
    ):
        start = time.process_time()
        with pytest.raises(Refused):
            cfdi.read(data)
        assert time.process_time() - start < 1


def test_odd_names_are_shown_clean_and_served_whole(site, visitor):
    long = "a" * 5000 + ".pdf"
    names = {
        "../../etc/passwd.pdf": "passwd.pdf", "C:\\windows\\win.pdf": "win.pdf", "factura\u202efdp.exe.pdf": "facturafdp.exe.pdf",
        "a\r\nSet-Cookie: x=1\r\n\r\n.pdf": "aSet-Cookie: x=1.pdf", 'q"; filename="evil.html.pdf': 'q"; filename="evil.html.pdf', long: "a" * 110 + ".pdf",
        "CON.pdf": "CON.pdf", "<img src=x onerror=pwn()>.pdf": "<img src=x onerror=pwn()>.pdf", "ñandú €.pdf": "ñandú €.pdf", "\u2028\u200b.pdf": "documento.pdf",
    }  # fmt: skip
    for n, (name, shown) in enumerate(names.items()):
        row = store(name, PDF + bytes([n]), public=True)
        assert row.name == shown, name
        assert len(row.name) <= 160
        answer = visitor.get(f"/documentos/{row.sha256}")
        assert answer.status == 200
        assert answer.body == PDF + bytes([n])
        header = answer.headers["Content-Disposition"]
        assert header == f"attachment; filename*=UTF-8''{quote(row.name)}"
        assert "\n" not in header
        assert "Set-Cookie" not in answer.headers


def test_a_document_is_handed_over_and_never_shown(site, visitor):
    for name, data in GOOD.items():
        row = (
            store(name, data + b"  ", public=True)
            if name.endswith(("df", "DF", "xt", "sv"))
            else store(name, data, public=True)
        )
        answer = visitor.get(f"/documentos/{row.sha256}")
        assert answer.headers["Content-Disposition"].startswith("attachment;"), name
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox", name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert answer.headers.get_content_type() in files.KNOWN.values(), name
        assert answer.headers.get_content_type() not in {"text/html", "image/svg+xml", "application/xhtml+xml"}
    for path in (
        "/documentos/",
        "/documentos/x",
        "/documentos/" + "0" * 64,
        "/documentos/..%2f..%2f..%2fetc%2fpasswd",
        "/documentos/%2e%2e",
    ):
        assert visitor.get(path).status == 404, path
    private = store("secreto.pdf", PDF + b"secret")
    for way in (
        private.sha256,
        private.sha256.upper(),
        f"{private.sha256[:2]}/{private.sha256}",
        private.sha256 + "%20",
        private.sha256 + "?is_public=1",
    ):
        assert visitor.get(f"/documentos/{way}").status == 404, way


def test_a_step_with_a_false_file_is_refused_whole(someone):
    path = step_path(Process.objects.get(title="Suero fisiológico").ocid, "research.record_source")
    kept, sources = StoredFile.objects.count(), Source.objects.count()
    fields = {"item_number": "1", "kind": "quote", "origin": "Cotización de prueba", "price": "60.00"}
    fields |= {"observed_on": "2020-03-20"}
    officer = someone("officer")
    for name in ("bomb.xlsx", "page.pdf", "drawing.xml", "a.php"):
        answer = officer.send(path, fields, [("evidence", name, "application/pdf", BAD[name])])
        assert answer.status == 409, (name, answer.status)
        assert "Cotización de prueba" in answer.text  # nothing typed is lost
    fields_with = [("evidence", "b" * 5000 + ".pdf", "application/pdf", PDF)]
    assert officer.send(path, fields, fields_with).status in {400, 422}
    many = [("evidence", f"{n}.pdf", "application/pdf", PDF + bytes([n, 1])) for n in range(25)]
    assert officer.send(path, fields, many).status in {400, 409, 422}
    assert (StoredFile.objects.count(), Source.objects.count()) == (kept, sources)

    odd = [("evidence", "a\u202e%00..%2f\t'.pdf", "text/html", PDF + b"odd")]
    answer = officer.send(path, fields, odd)
    assert "/recibo/" in answer.location, answer.text[:1500]
    assert "\u202e" not in StoredFile.objects.get(sha256=Source.objects.latest("recorded_at").file).name
