# SPDX-License-Identifier: Apache-2.0
"""How often one address may ask: a bucket for each, in a file that all web processes of a machine have in memory.

The generic cell rate algorithm (ITU-T I.371) keeps one instant for each address: when its bucket will be full again.
So a table of a megabyte is enough, and nothing is ever swept. The file holds keyed hashes, no addresses. Two processes
that write one bucket at once may count one request too few; nobody is refused because of it.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

SLOTS = 1 << 16
PROBES = 8
SECOND = 1_000_000_000
SALT = 32  # bytes at the beginning of the file
_ROW = struct.Struct("<QQ")  # key of an address, instant at which its bucket is full again
SIZE = SALT + SLOTS * _ROW.size


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then so many a second; no burst: no limit."""

    per_second: float
    burst: int

    @property
    def interval(self) -> int:
        """Nanoseconds that one request costs."""
        return round(SECOND / self.per_second)


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a request may go on, how many more may at once; seconds to wait, or until the bucket is full again."""

    is_allowed: bool
    left: int
    seconds: int


class Buckets:
    """The table, in a file. Where it cannot be written it is this process's own."""

    def __init__(self, path: Path | None) -> None:
        self._map = _opened(path) if path else mmap.mmap(-1, SIZE)
        if self._map[:SALT] == bytes(SALT):  # the first process; of two that begin at once the last one's salt stays
            self._map[:SALT] = secrets.token_bytes(SALT)

    def take(self, who: str, rate: Rate, now: int) -> Taken:
        """Take one from the bucket of an address. `now`: nanoseconds of a clock that all processes share."""
        full, interval = rate.burst * rate.interval, rate.interval
        key, slot = self._find(who, now)
        holder, until = self._row(slot)
        if holder != key:
            until = 0
        if until > now + full + interval:
            until = 0  # of another run of the machine, whose clock began elsewhere
        after = max(until, now) + interval
        if after - now > full:
            return Taken(is_allowed=False, left=0, seconds=_seconds(after - now - full))
        _ROW.pack_into(self._map, SALT + slot * _ROW.size, key, after)
        return Taken(is_allowed=True, left=(full - (after - now)) // interval, seconds=_seconds(after - now))

    def _find(self, who: str, now: int) -> tuple[int, int]:
        """(key, slot) of an address: its own, else one that is free or full again, else the one that is nearest to."""
        digest = hashlib.blake2b(who.encode(), key=self._map[:SALT], digest_size=16).digest()
        key = int.from_bytes(digest[:8], "little") | 1
        first = int.from_bytes(digest[8:12], "little")
        slots = [(first + n) % SLOTS for n in range(PROBES)]
        for slot in slots:
            if self._row(slot)[0] == key:
                return key, slot
        return key, min(slots, key=lambda slot: max(self._row(slot)[1], now))

    def _row(self, slot: int) -> tuple[int, int]:
        key, until = _ROW.unpack_from(self._map, SALT + slot * _ROW.size)
        return key, until


def _opened(path: Path) -> mmap.mmap:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return mmap.mmap(-1, SIZE)
    try:
        if os.fstat(number).st_size != SIZE:
            os.ftruncate(number, SIZE)
        return mmap.mmap(number, SIZE)
    finally:
        os.close(number)


def _seconds(nanoseconds: int) -> int:
    return -(-nanoseconds // SECOND)
