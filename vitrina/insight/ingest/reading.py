# SPDX-License-Identifier: Apache-2.0
"""Files as records: JSON Lines by line, JSON documents by member, gzip or plain, in bounded memory.

Nothing here parses a record; a file that is cut off or damaged gives what came before and one record that tells it.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from .batch import Record
from .members import Splitter
from .shape_parts import UNREADABLE

CHUNK = 1 << 20
LARGEST = 32 << 20  # bytes of a record
SAMPLE = 50  # lines by which JSON Lines is told from a document
GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"
KEYS = (b'"releases"', b'"records"', b'"results"', b'"data"', b'"arrayReleasePackage"')
RELEASE = (b'{"ocid":', b'{"ocid" :', b'{ "ocid":')  # a release or a record, which is no package: seen at once
WRAPPED = re.compile(rb'"(?:releases|records|results|data|arrayReleasePackage)"\s*:\s*\[')


class Raw:
    """The bytes of a file, unpacked. After they are read: `sha256` and `size` of the file, `fault` if damaged."""

    def __init__(self, path: Path, *, hashed: bool = True) -> None:
        self.path = path
        self.fault = ""
        self.done = 0  # bytes of the file that were read
        self._sha, self._hashed = hashlib.sha256(), hashed

    @property
    def sha256(self) -> str:
        """Of the file as it lies there."""
        return self._sha.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            head = file.read(CHUNK)
            unpack = _unpacked if head.startswith(GZIP) else _plain
            yield from unpack(self, self._chunks(head, file))

    def _chunks(self, head: bytes, file: Iterable[bytes]) -> Iterator[bytes]:
        chunk = head
        while chunk:
            if self._hashed:
                self._sha.update(chunk)
            self.done += len(chunk)
            yield chunk
            chunk = file.read(CHUNK)  # type: ignore[attr-defined]


def _plain(_: Raw, chunks: Iterator[bytes]) -> Iterator[bytes]:
    return chunks


def _unpacked(raw: Raw, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Members of a gzip file one after the other."""
    unpacker = zlib.decompressobj(wbits=31)
    is_fresh = True
    for chunk in chunks:
        rest = chunk
        while rest and not raw.fault:
            if unpacker.eof:
                rest = rest.lstrip(b"\0")  # padding between members
                unpacker, is_fresh = zlib.decompressobj(wbits=31), True
                continue
            try:
                data = unpacker.decompress(rest, 16 * CHUNK)
            except zlib.error as error:
                raw.fault = f"gzip: {error}"
                break
            is_fresh = False
            if data:
                yield data
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not raw.fault and not unpacker.eof and not is_fresh:
        raw.fault = "gzip: the file is cut off"


class File:
    """A source being read: `records()` once or more. `hashed`: whether its SHA-256 is wanted."""

    def __init__(self, number: int, path: Path, *, hashed: bool = True) -> None:
        self.number, self.path, self.hashed = number, path, hashed
        self.raw = Raw(path, hashed=hashed)

    def records(self) -> Iterator[Record]:
        """Every record of the file, and one for the fault of a damaged file."""
        self.raw = Raw(self.path, hashed=self.hashed)
        chunks = _without_mark(iter(self.raw))
        head = _head(chunks)
        rest = _chained(head, chunks)
        yield from self._lines(rest) if is_lines(head) else self._document(rest)
        if self.raw.fault:
            yield Record(self.number, 0, self.raw.done, b"", f"not_json|{self.raw.fault}")

    def _lines(self, chunks: Iterable[bytes]) -> Iterator[Record]:
        no = offset = 0
        carry: list[bytes] = []  # the beginning of a line that has not ended
        held = 0
        for chunk in chunks:
            lines = chunk.split(b"\n")
            if len(lines) == 1:
                carry.append(chunk if held <= LARGEST else b"")
                held += len(chunk)
                continue
            size = held + len(lines[0])
            lines[0] = b"".join(carry) + lines[0]
            carry, held = [lines.pop()], 0
            held = len(carry[0])
            for n, line in enumerate(lines):
                no += 1
                true_size = size if n == 0 else len(line)
                yield from self._line(no, offset, line, true_size)
                offset += true_size + 1
        if held:
            yield from self._line(no + 1, offset, b"".join(carry), held)

    def _line(self, no: int, offset: int, line: bytes, size: int) -> Iterator[Record]:
        if size > LARGEST:
            yield Record(self.number, no, offset, line[:CHUNK], f"too_large|{size} bytes")
            return
        data = line.removesuffix(b"\r")
        if data.startswith(RELEASE) or not any(key in data for key in KEYS) or WRAPPED.search(data) is None:
            yield Record(self.number, no, offset, data)
            return
        splitter = Splitter(LARGEST)
        found = [*splitter.feed(data), *splitter.end()]
        if splitter.fault or splitter.is_record or not splitter.has_members:
            yield Record(self.number, no, offset, data)
            return
        for at, member in found:
            yield Record(self.number, no, offset + at, member, "", splitter.publisher)

    def _document(self, chunks: Iterable[bytes]) -> Iterator[Record]:
        splitter = Splitter(LARGEST)
        no = 0
        for chunk in chunks:
            for at, member in splitter.feed(chunk):
                no += 1
                yield Record(self.number, no, at, member, "", splitter.publisher)
            if splitter.fault:
                break
        for at, member in splitter.end():
            no += 1
            yield Record(self.number, no, at, member, "", splitter.publisher)
        if splitter.fault:
            yield Record(self.number, no + 1, splitter.offset, splitter.rest, splitter.fault)


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    yield first.removeprefix(BOM)
    yield from chunks


def _head(chunks: Iterator[bytes]) -> list[bytes]:
    """The first chunks: enough lines to tell what the file is."""
    head: list[bytes] = []
    for chunk in chunks:
        head.append(chunk)
        if sum(len(c) for c in head) >= CHUNK or sum(c.count(b"\n") for c in head) > SAMPLE:
            break
    return head


def _chained(head: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from head
    yield from rest


def is_lines(head: list[bytes]) -> bool:
    """Whether a file is JSON Lines: among its first lines one is a whole object, and it does not open a document."""
    lines = [line.strip() for line in b"".join(head).split(b"\n")[: SAMPLE + 1]]
    filled = [line for line in lines if line]
    if not filled:
        return True
    if filled[0] in {b"[", b"{"}:
        return False
    if len(filled) == 1 and WRAPPED.search(filled[0][:CHUNK]):
        return False
    if any(_is_object(line) for line in filled):
        return True
    return filled[0][:1] not in b"[{"


def _is_object(line: bytes) -> bool:
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except UNREADABLE:
        return False
    return True
