# SPDX-License-Identifier: Apache-2.0
"""Bytes to rows of cells: encoding, compression, separator, quoted line breaks. One pass to look, one to read."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, cast

from .refusals import UnreadableFileError

LONGEST_LINE = 1 << 18
MOST_LINES = 400  # physical lines of one row: real descriptions run to 45
_CHUNK = 1 << 20
_BAD, _GOOD = re.compile("[\udc80-\udcff]"), re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")


class Probe(NamedTuple):
    """What a first look at a file finds: encoding by trial, SHA-256 of the (decompressed) content.

    `encoding` is `utf-8-sig`, `utf-8`, `latin-1`, or `utf-8-damaged` (mostly UTF-8, some bytes are not).
    """

    encoding: str
    sha256: str

    @property
    def codec(self) -> str:
        """The codec to decode with."""
        return "utf-8" if self.encoding == "utf-8-damaged" else self.encoding


class Row(NamedTuple):
    """One logical row: its first physical line (1-based), its cells, a reason code if it could not be split."""

    line: int
    cells: list[str]
    problem: str | None = None
    text: str = ""


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, decompressed when it is gzip (by content, not by name)."""
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not zipped:
            yield raw
            return
        with gzip.open(raw) as unzipped:
            yield cast("IO[bytes]", unzipped)


def probe(path: Path) -> Probe:
    """Read the whole file once and decide its encoding. Errors: `UnreadableFileError` when it holds no text at all."""
    sha, damage = hashlib.sha256(), _Damage()
    first = b""
    try:
        with opened(path) as stream:
            while chunk := stream.read(_CHUNK):
                first = first or chunk
                sha.update(chunk)
                damage.feed(chunk)
    except (EOFError, OSError, zlib.error) as error:
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise
        raise UnreadableFileError("damaged_gzip") from error
    if first.startswith(_ARCHIVES):
        raise UnreadableFileError("not_text")
    if not first.strip():
        raise UnreadableFileError("empty_file")
    encoding = damage.verdict()
    if encoding == "latin-1" and _is_utf8_word(first.split(b"\n", 1)[0]):
        encoding = "utf-8-damaged"  # the header tells: whatever happened to the rows below it
    if encoding == "utf-8" and first.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    return Probe(encoding, sha.hexdigest())


def _is_utf8_word(header: bytes) -> bool:
    """Whether a header has letters beyond ASCII and all of them are UTF-8."""
    try:
        return not header.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


class _Damage:
    """Counts letters that are UTF-8 and bytes that are not: a latin-1 file has hardly any of the former."""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.good = self.bad = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        text = self.decoder.decode(chunk, final)
        if text.isascii():
            return
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            self.bad += len(_BAD.findall(text))
            self.good += len(_GOOD.findall(text))
        else:
            self.good += 1

    def verdict(self) -> str:
        """The encoding after the last byte."""
        self.feed(b"", final=True)
        if not self.bad:
            return "utf-8"
        return "utf-8-damaged" if self.good > self.bad else "latin-1"


class _OverrunError(Exception):
    """A row took more lines or characters than a row may."""


class _Lines:
    """Physical lines with their numbers, some of which can be given back; a line beyond the limit is cut."""

    def __init__(self, stream: io.TextIOWrapper, comma_tab: bool) -> None:
        self.stream, self.comma_tab = stream, comma_tab
        self.number = 0
        self.waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.size = 0

    def begin(self) -> None:
        """A new row begins."""
        self.taken, self.size = [], 0

    def give_back(self) -> None:
        """Keep only the first line of the row as read; the others will be read again."""
        back = self.taken[1:]
        self.waiting.extendleft(reversed(back))
        self.number -= len(back)
        self.taken = self.taken[:1]

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        self.size += len(line)
        if len(self.taken) > MOST_LINES or self.size > LONGEST_LINE:
            raise _OverrunError
        return line

    def _read(self) -> str:
        line = self.stream.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            rest = line
            while rest and not rest.endswith(("\n", "\r")):
                rest = self.stream.readline(LONGEST_LINE + 1)
        elif self.comma_tab:
            line = line.replace(",\t", ",")
        return line


def _dialect(header: str) -> tuple[str, bool]:
    """The separator of a header line, and whether it is comma plus tab."""
    if header.count(",\t") > 1:
        return ",", True
    return max(",;\t|", key=header.count), False


def rows(path: Path, codec: str) -> Iterator[Row]:
    """The logical rows of a file, header first, blank lines left out. Linear in the file, memory of one row.

    A row that opens a quote and never closes it costs that row only: reading resumes at its second physical line.
    """
    with opened(path) as binary:
        stream = io.TextIOWrapper(binary, encoding=codec, errors="replace", newline="")
        first = stream.readline(LONGEST_LINE)
        separator, comma_tab = _dialect(first)
        lines = _Lines(stream, comma_tab)
        lines.waiting.append(first.replace(",\t", ",") if comma_tab else first)
        yield from _split(lines, separator)


def _swallowed(taken: list[str], separator: str, width: int) -> bool:
    """Whether a row of several lines holds a whole row: a stray quote paired with a later one."""
    return any(len(next(csv.reader([line], delimiter=separator), [])) == width for line in taken[1:])


def _split(lines: _Lines, separator: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator)
    width = 0
    while True:
        lines.begin()
        start = lines.number + 1
        problem = None
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            if not lines.taken:
                return
            problem = "unbalanced_quote"
        except (_OverrunError, csv.Error):
            problem = "line_too_long" if len(lines.taken) == 1 else "unbalanced_quote"
        if not problem and width and len(lines.taken) > 1:
            short = len(cells) < width or _swallowed(lines.taken, separator, width)
            problem = "unbalanced_quote" if short else None
        if problem:
            text = "".join(lines.taken[:1])
            lines.give_back()
            yield Row(start, [], problem, text)
        elif any(cells):
            width = width or len(cells)
            yield Row(start, cells)
