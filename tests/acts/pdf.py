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
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    assert data[start : start + 4] == b"xref"
    offsets = [int(n) for n in re.findall(rb"(\d{10}) \d{5} n", data[start:])]
    objects = {n: _object(data, offset) for n, offset in enumerate(offsets, start=1)}
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b(?!s)", body)]
    count = [
        int(m[1]) for body in objects.values() if b"/Type /Pages" in body and (m := re.search(rb"/Count (\d+)", body))
    ]
    assert count == [len(pages)]
    texts = [_text(objects[int(re.search(rb"/Contents (\d+) 0 R", page)[1])]) for page in pages]
    return Paper(len(pages), flat(" ".join(texts)))


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
