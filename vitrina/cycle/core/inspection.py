# SPDX-License-Identifier: Apache-2.0
"""What an uploaded file is, by its bytes: never by its name alone, and never by unpacking or drawing it.

Each check reads a bounded part of the file, whatever the file says of itself. Source of the limits: OWASP ASVS 5.0,
5.2.1 to 5.2.6.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

MAX_ENTRIES, MAX_DIRECTORY = 2_000, 1 << 20  # of an Office file, which is a zip archive
MAX_RATIO, ALWAYS_FINE = 100, 20 << 20  # unpacked to packed, for what unpacks to more than 20 MB
MAX_PIXELS = 50_000_000
HEAD = 1 << 16
DISGUISED = _("%(name)s is not what its name says. Save it again in its format.")
SWOLLEN = _("%(name)s unpacks to far more than it weighs. Save it again in its format.")
ACTIVE = _("%(name)s holds macros or odd paths inside. Save it again without macros.")
NOT_PLAIN = _("%(name)s is a web page, a drawing, or declares a document type. Send plain XML.")
VAST = _("%(name)s has more than 50 million pixels. Save it smaller.")
_BINARY = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"#!")
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"<body", b"<iframe")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Fault(Exception):
    """The file is not accepted; the message, with `%(name)s`, says why."""


def inspect(file: BinaryIO, extension: str) -> None:
    """Raise `Fault` when the bytes are not a harmless file of this kind (".pdf", ".xlsx"...)."""
    file.seek(0)
    CHECKS[extension](file)


def _pdf(file: BinaryIO) -> None:
    if not file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"%PDF-"):
        raise Fault(DISGUISED)


def _text(file: BinaryIO) -> None:
    head = file.read(HEAD)
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(_BINARY) or start.startswith(_MARKUP) or (b"\x00" in head and not head.startswith(_UTF16)):
        raise Fault(DISGUISED)


def _xml(file: BinaryIO) -> None:
    """Reads as far as the root element: a document type can only stand before it."""
    parser = expat.ParserCreate(namespace_separator=" ")
    root = ""

    def refuse(*_arguments: object) -> None:
        raise Fault(NOT_PLAIN)

    def start(name: str, _attributes: object) -> None:
        nonlocal root
        root = root or name

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    try:
        for _piece in range(4):  # a root element with more than 256 KB of attributes is none
            if root or not (piece := file.read(HEAD)):
                break
            parser.Parse(piece)
    except expat.ExpatError as error:
        if not root:
            raise Fault(DISGUISED) from error
    if not root:
        raise Fault(DISGUISED)
    if root.rpartition(" ")[2].lower() in {"html", "svg", "script"} or "xhtml" in root or "svg" in root:
        raise Fault(NOT_PLAIN)


def _office(folder: str) -> Callable[[BinaryIO], None]:
    def check(file: BinaryIO) -> None:
        if file.read(4) != b"PK\x03\x04" or not _has_small_directory(file):
            raise Fault(DISGUISED)
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Fault(DISGUISED) from error
        names = [entry.filename for entry in entries]
        if "[Content_Types].xml" not in names or not any(name.startswith(folder) for name in names):
            raise Fault(DISGUISED)
        if any(map(_is_active, entries)):
            raise Fault(ACTIVE)
        unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
        if unpacked > max(ALWAYS_FINE, MAX_RATIO * packed):
            raise Fault(SWOLLEN)

    return check


def _has_small_directory(file: BinaryIO) -> bool:
    """Whether the archive's own list of contents is short: reading a long one would cost memory before any check."""
    size = file.seek(0, 2)
    file.seek(max(0, size - HEAD - 22))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return False
    count, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    return bool(count <= MAX_ENTRIES and length <= MAX_DIRECTORY)


def _is_active(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    has_macros = name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs"))
    return is_link or has_macros or name.startswith("/") or ".." in PurePosixPath(name).parts


def _png(file: BinaryIO) -> None:
    head = file.read(26)
    if len(head) < 26 or not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR":  # noqa: PLR2004
        raise Fault(DISGUISED)
    width, height = struct.unpack(">II", head[16:24])
    _check_pixels(width, height)


def _jpeg(file: BinaryIO) -> None:
    """Walks the segments as far as the frame header, which holds the size."""
    if file.read(2) != b"\xff\xd8":
        raise Fault(DISGUISED)
    for _segment in range(500):
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:  # noqa: PLR2004
            break
        marker, length = head[1], struct.unpack(">H", head[2:])[0]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004
            frame = file.read(5)
            if len(frame) < 5:  # noqa: PLR2004
                break
            height, width = struct.unpack(">HH", frame[1:])
            return _check_pixels(width, height)
        file.seek(max(0, length - 2), 1)
    raise Fault(DISGUISED)


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Fault(VAST)


CHECKS: dict[str, Callable[[BinaryIO], None]] = {
    ".pdf": _pdf,
    ".xml": _xml,
    ".png": _png,
    ".jpg": _jpeg,
    ".docx": _office("word/"),
    ".xlsx": _office("xl/"),
    ".csv": _text,
    ".txt": _text,
    ".vtt": _text,
}
