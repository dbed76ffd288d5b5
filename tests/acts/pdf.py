# SPDX-License-Identifier: Apache-2.0
"""Enough of a PDF reader for papers of ours: it follows the cross-reference table and reads the text of each page."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass

_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\)\s*Tj", re.DOTALL)


@dataclass(frozen=True)
class Paper:
    """Number of pages, and their text with single spaces."""

    pages: int
    text: str


def flat(text: str) -> str:
    """Text with single spaces."""
    return " ".join(text.split())


def read(data: bytes) -> Paper:
    """The paper; `AssertionError` when its parts are not where its table says."""
    assert data.startswith(b"%PDF-1.")
    assert data.rstrip().endswith(b"%%EOF")
    objects = {n: _object(data, offset) for n, offset in _table(data).items()}
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b(?!s)", body)]
    count = [
        int(m[1]) for body in objects.values() if b"/Type /Pages" in body and (m := re.search(rb"/Count (\d+)", body))
    ]
    assert count == [len(pages)]
    texts = [_text(objects[int(re.search(rb"/Contents (\d+) 0 R", page)[1])]) for page in pages]
    return Paper(len(pages), flat(" ".join(texts)))


def _table(data: bytes) -> dict[int, int]:
    """Where each object is: of the last revision, then of those before it (a seal is a revision of its own)."""
    offsets: dict[int, int] = {}
    start: int | None = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    while start is not None:
        assert data[start : start + 4] == b"xref"
        table = data[start : data.index(b"trailer", start)]
        for section in re.finditer(rb"\n(\d+) (\d+)\s*\n((?:\d{10} \d{5} [fn]\s*)+)", table):
            rows = re.findall(rb"(\d{10}) \d{5} ([fn])", section[3])
            assert len(rows) == int(section[2])
            for n, (offset, used) in enumerate(rows, start=int(section[1])):
                if used == b"n":
                    offsets.setdefault(n, int(offset))
        trailer = data[start : data.index(b"startxref", start)]
        former = re.search(rb"/Prev (\d+)", trailer)
        start = int(former[1]) if former else None
    return offsets


def _object(data: bytes, offset: int) -> bytes:
    assert re.match(rb"\d+ \d+ obj", data[offset:]), f"no object at {offset}"
    return data[offset : data.index(b"endobj", offset)]


def _text(body: bytes) -> str:
    raw = body[body.index(b"stream") + 6 : body.rindex(b"endstream")].strip()
    content = zlib.decompress(base64.a85decode(raw, adobe=False) if not raw.endswith(b"~>") else _a85(raw))
    return " ".join(_ESCAPED.sub(_character, m[1]).decode("cp1252") for m in _SHOWN.finditer(content))


def _a85(raw: bytes) -> bytes:
    return base64.a85decode(b"<~" + raw, adobe=True)


def _character(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if len(code) == 3 else {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(code, code)
