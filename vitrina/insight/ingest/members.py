# SPDX-License-Identifier: Apache-2.0
"""Splits a JSON document into the releases or records it holds, as it comes in, without parsing them.

Members are the elements of an array that is the document itself or lies under `releases`, `records`, `results` or
`data`, also inside the packages of `arrayReleasePackage`. A document with none of these is one record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from .shape_parts import UNREADABLE

TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\[\]{}:,]|[^\s"\[\]{}:,]+', re.DOTALL)
HOLDS = frozenset({b'"releases"', b'"records"', b'"results"', b'"data"'})
RECORD = frozenset({b'"ocid"', b'"compiledRelease"'})  # a document with one of these is itself a release or a record
WRAPS = b'"arrayReleasePackage"'
PUBLISHER = b'"publisher"'

Member = tuple[int, bytes]


class Level(NamedTuple):
    """An open array or object: its bracket, the key it lies under, whether its elements are members."""

    bracket: bytes
    key: bytes
    holds: bool


class Splitter:
    """Feed it bytes; it gives (offset, bytes) of each member as it ends. `fault` ("reason|detail") ends it."""

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.fault = ""
        self.publisher: str | None = None
        self.has_members = self.is_record = False
        self.offset = 0  # of the bytes that are held
        self._held = b""
        self._at = 0  # how far the held bytes were looked at
        self._levels: list[Level] = []
        self._key = self._last = b""
        self._start: int | None = None  # of the member, or of the publisher, that is open
        self._depth = 0
        self._naming = False

    @property
    def rest(self) -> bytes:
        """What was not given out."""
        return self._held

    def feed(self, data: bytes, *, last: bool = False) -> Iterator[Member]:
        """The members that end in these bytes."""
        self._held += data
        at = self._at
        for token in TOKEN.finditer(self._held, self._at):
            word = token[0]
            is_open_text = word[:1] == b'"' and token[1] == b""
            may_go_on = token.end() == len(self._held) and word not in (b"[", b"]", b"{", b"}", b",", b":")
            if not last and (is_open_text or (may_go_on and word[:1] != b'"')):
                break
            at = token.end()
            yield from self._take(word, token.start(), at)
            if self.fault:
                return
        self._at = at
        self._forget()
        if len(self._held) > self.largest:
            self.fault = f"too_large|a member of more than {self.largest} bytes"

    def end(self) -> Iterator[Member]:
        """The end of the document: what is left of it."""
        if self.fault:
            return
        yield from self.feed(b"", last=True)
        if self.fault:
            return
        if not self.has_members:
            yield self.offset, self._held.strip()
        elif self._levels:
            self.fault = "not_json|the document is cut off"

    def _take(self, word: bytes, start: int, end: int) -> Iterator[Member]:
        is_opening, is_closing = word in (b"{", b"["), word in (b"}", b"]")
        if self._start is not None:
            self._depth += is_opening - is_closing
            if self._depth == 0:
                yield from self._close(end)
            return
        if is_opening:
            yield from self._open(word, start)
        elif is_closing:
            if self._levels:
                self._levels.pop()
        elif word == b":":
            self._key = self._last
            self.is_record |= len(self._levels) == 1 and self._key in RECORD
        elif word == b",":
            self._key = b""
        elif self._levels and self._levels[-1].holds:
            self.has_members = True
            yield self.offset + start, word
        self._last = word

    def _open(self, word: bytes, start: int) -> Iterator[Member]:
        top = self._levels[-1] if self._levels else None
        if top is not None and top.holds:
            self._start, self._depth, self.has_members = start, 1, True
            return
        if word == b"{" and self._key == PUBLISHER and len(self._levels) == 1:
            self._start, self._depth, self._naming = start, 1, True
            return
        is_array = word == b"["
        outside = all(level.bracket == b"{" or level.key == WRAPS for level in self._levels)
        shallow = len(self._levels) <= 1 or any(level.key == WRAPS for level in self._levels)
        holds = is_array and (not self._levels or (outside and shallow and self._key in HOLDS and not self.is_record))
        self.has_members |= holds
        self._levels.append(Level(word, self._key, holds))
        self._key = b""
        yield from ()

    def _close(self, end: int) -> Iterator[Member]:
        assert self._start is not None
        data = self._held[self._start : end]
        at, self._start = self.offset + self._start, None
        if self._naming:
            self._naming = False
            self.publisher = _name(data)
        else:
            yield at, data

    def _forget(self) -> None:
        """Let go of what was given out. Until a member is found the whole document may be the record."""
        keep = self._start if self._start is not None else self._at
        if not self.has_members:
            return
        self._held, self.offset = self._held[keep:], self.offset + keep
        self._at -= keep
        if self._start is not None:
            self._start = 0


class _Named(msgspec.Struct):
    name: str | None = None


def _name(data: bytes) -> str | None:
    try:
        return msgspec.json.decode(data, type=_Named).name
    except UNREADABLE:
        return None
