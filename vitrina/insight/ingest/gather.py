# SPDX-License-Identifier: Apache-2.0
"""Brings the releases of one process together, in bounded memory: a first reading finds which processes are told more
than once; in the second those records are laid aside in buckets on disk, and each bucket is grouped.
"""

from __future__ import annotations

import hashlib
import pickle
import re
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from .batch import Record
from .shape_parts import UNREADABLE

OCID = re.compile(rb'\s*\{\s*"ocid"\s*:\s*"([^"\\]*)"')
BUCKET = 64 << 20  # bytes of records in memory at once
BUCKETS = 128


class _Peek(msgspec.Struct, rename="camel"):
    ocid: Any = None
    compiled_release: dict[str, Any] | None = None


_PEEK = msgspec.json.Decoder(_Peek)


def process(data: bytes) -> bytes | None:
    """The ocid that a record names, None where none can be read quickly."""
    found = OCID.match(data)
    if found is not None and data.count(b'"ocid"') == 1:
        return found[1]
    try:
        peek = _PEEK.decode(data)
    except UNREADABLE:
        return found[1] if found else None
    ocid = peek.ocid if peek.ocid is not None else (peek.compiled_release or {}).get("ocid")
    return ocid.encode("utf-8", "replace") if isinstance(ocid, str) else None


def _digest(ocid: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(ocid, digest_size=8).digest(), "big")


class Repeated:
    """The processes that are told more than once. `see` in the first reading, `__contains__` in the second."""

    def __init__(self) -> None:
        self._seen = array("Q")
        self._repeated: frozenset[int] = frozenset()
        self._mark = 0

    def mark(self) -> None:
        """A file begins."""
        self._mark = len(self._seen)

    def forget(self) -> None:
        """The file that began last does not count."""
        del self._seen[self._mark :]

    def see(self, data: bytes) -> None:
        """Count a record."""
        ocid = process(data)
        if ocid is not None:
            self._seen.append(_digest(ocid))

    def add(self, ocid: str) -> None:
        """Count a record that will come from elsewhere."""
        self._seen.append(_digest(ocid.encode("utf-8", "replace")))

    def close(self) -> None:
        """End the first reading."""
        counts = pc.value_counts(pa.Array.from_buffers(pa.uint64(), len(self._seen), [None, pa.py_buffer(self._seen)]))
        many = counts.filter(pc.greater(counts.field("counts"), 1))
        self._repeated = frozenset(many.field("values").to_pylist())
        self._seen = array("Q")

    def digest(self, data: bytes) -> int | None:
        """A number for the process of a record that is told more than once; None for others."""
        if not self._repeated:
            return None
        ocid = process(data)
        if ocid is None:
            return None
        found = _digest(ocid)
        return found if found in self._repeated else None


def gathered(records: Iterable[Record], repeated: Repeated, size: int) -> Iterator[list[Record]]:
    """Groups of records: those told once as they come, then the others, all of a process together. `size`: bytes
    that may be expected, by which the number of buckets is chosen.
    """
    with tempfile.TemporaryDirectory(prefix="vitrina-ingest-") as folder:
        n_buckets = min(BUCKETS, 1 + size // BUCKET)
        buckets: dict[int, Any] = {}
        try:
            for record in records:
                number = repeated.digest(record.data) if not record.fault else None
                if number is None:
                    yield [record]
                    continue
                bucket = number % n_buckets
                if bucket not in buckets:
                    buckets[bucket] = (Path(folder) / str(bucket)).open("wb")
                pickle.dump((number, tuple(record)), buckets[bucket], protocol=5)
        finally:
            for file in buckets.values():
                file.close()
        for bucket in sorted(buckets):
            yield from _groups(Path(folder) / str(bucket))


def _groups(path: Path) -> Iterator[list[Record]]:
    groups: dict[int, list[Record]] = {}
    with path.open("rb") as file:
        while True:
            try:
                number, record = pickle.load(file)  # noqa: S301 - written by us a moment ago, in a folder of ours
            except EOFError:
                break
            groups.setdefault(number, []).append(Record(*record))
    yield from groups.values()
