# SPDX-License-Identifier: Apache-2.0
"""OCDS as a format: releases, records and their packages, whole documents or JSON Lines, merged by process."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from .batch import Batch, Builder, Record
from .earlier import Earlier
from .gather import Repeated, gathered
from .reading import File

if TYPE_CHECKING:
    from .formats import Input

BATCH_RECORDS = 2_000
BATCH_BYTES = 8 << 20
ALONE = 48 << 20  # bytes of sources below which one process is faster than several
SUFFIXES = {".json", ".jsonl", ".ndjson"}

_builder: Builder | None = None


class Ocds:
    """The reader of OCDS."""

    name = "ocds"

    def __init__(self, earlier: Earlier) -> None:
        self._repeated = Repeated()
        self._earlier = earlier

    def claims(self, path: Path, head: bytes) -> bool:
        """By its name, or by a line that opens an object or an array."""
        if {s.lower() for s in path.suffixes} & SUFFIXES:
            return True
        return any(line.lstrip(b"\xef\xbb\xbf \t\r")[:1] in {b"{", b"["} for line in head.split(b"\n"))

    def survey(self, path: Path, step: Callable[[int], None]) -> str:
        """Find which processes are told more than once; the SHA-256 of the file."""
        file = File(0, path)
        self._repeated.mark()
        self._earlier.begin()
        for record in _watched(file, step):
            if not record.fault:
                self._repeated.see(record.data)
                self._earlier.see(record.data)
        return file.raw.sha256

    def forget(self) -> None:
        """Take back the file last surveyed."""
        self._repeated.forget()
        self._earlier.forget()

    def batches(
        self, inputs: Sequence[Input], zone: str, workers: int | None, step: Callable[[int], None]
    ) -> Iterator[Batch]:
        """The batches, in the order of the files."""
        for ocid in self._earlier.find():
            self._repeated.add(ocid)
        self._repeated.close()
        size = sum(i.size for i in inputs)
        pieces = chunks(gathered(self._records(inputs, step), self._repeated, size))
        n = workers or min(4, os.cpu_count() or 1)
        if n == 1 or (workers is None and size < ALONE):
            builder = Builder(zone)
            yield from map(builder.build, pieces)
        else:
            yield from _together(pieces, zone, n)

    def _records(self, inputs: Sequence[Input], step: Callable[[int], None]) -> Iterator[Record]:
        """The records of earlier runs that are wanted again, then those of these files."""
        yield from self._earlier.records(self.name, lambda path, number: File(number, path, hashed=False).records())
        for i in inputs:
            yield from map(self._earlier.told, _watched(File(i.number, i.path, hashed=False), step))


def _watched(file: File, step: Callable[[int], None]) -> Iterator[Record]:
    """The records of a file, telling the bytes as they are read."""
    told = 0
    for record in file.records():
        yield record
        if file.raw.done > told:
            step(file.raw.done - told)
            told = file.raw.done
    step(file.raw.done - told)


def chunks(groups: Iterable[list[Record]]) -> Iterator[list[list[Record]]]:
    """Groups by the batch."""
    chunk: list[list[Record]] = []
    n = size = 0
    for group in groups:
        chunk.append(group)
        n += len(group)
        size += sum(len(record.data) for record in group)
        if n >= BATCH_RECORDS or size >= BATCH_BYTES:
            yield chunk
            chunk, n, size = [], 0, 0
    if chunk:
        yield chunk


def _together(chunks: Iterable[list[list[Record]]], zone: str, workers: int) -> Iterator[Batch]:
    """Batches built by several processes, in order, with few in flight."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(zone,)) as pool:
        flying: deque[Future[Batch]] = deque()
        try:
            for chunk in chunks:
                flying.append(pool.submit(_build, chunk))
                if len(flying) > workers:
                    yield flying.popleft().result()
            while flying:
                yield flying.popleft().result()
        finally:
            for future in flying:
                future.cancel()


def _begin(zone: str) -> None:
    global _builder  # noqa: PLW0603 - one builder for the life of a worker
    _builder = Builder(zone)


def _build(chunk: list[list[Record]]) -> Batch:
    assert _builder is not None
    return _builder.build(chunk)
