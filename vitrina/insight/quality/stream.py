# SPDX-License-Identifier: Apache-2.0
"""One pass over published files: every field and every record is checked, in bounded memory, on several processes.

What the reader cannot give as an object (damaged files, lines that are no JSON) is counted, with its reason.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from vitrina.insight.ingest.reading import File

from . import coherent, consistent
from .coverage import SHOWN, Coverage
from .declare import Release, State, judge
from .fields import Lists

BATCH = 2_000
ALONE = 32 << 20  # bytes below which one process is faster than several
RECORD_CHECKS = (*coherent.CHECKS, *consistent.CHECKS)
Example = tuple[str, str, str, int]  # check, ocid, path, line


@dataclass(slots=True)
class Found:
    """What a part of the data answered: fields, states of each record check, examples, records that are none."""

    coverage: Coverage = field(default_factory=Coverage)
    releases: int = 0
    states: Counter[tuple[str, State]] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, release: Release, line: int = 0) -> None:
        """Check a release."""
        self.releases += 1
        self.coverage.add(release)
        for check in RECORD_CHECKS:
            state, paths = judge(check.run, release)
            self.states[check.code, state] += 1
            kept = self.examples.setdefault(check.code, []) if paths else []
            if paths and len(kept) < SHOWN:
                kept.append((check.code, str(release.get("ocid")), paths[0], line))

    def merge(self, other: Found) -> None:
        """Take in another part."""
        self.coverage.merge(other.coverage)
        self.releases += other.releases
        self.states.update(other.states)
        self.refused.update(other.refused)
        for code, each in other.examples.items():
            self.examples[code] = (self.examples.get(code, []) + each)[:SHOWN]


def check_files(
    files: Iterable[Path],
    lists: Lists | None = None,
    *,
    rates: dict[str, float] | None = None,
    workers: int | None = None,
) -> Found:
    """Check every release of OCDS files (JSON, JSON Lines, packages, gzip). `rates`: USD for one of a currency."""
    named, lists = list(files), lists or Lists()
    n = workers or min(4, os.cpu_count() or 1)
    batches = _batches(named)
    total = Found(Coverage(lists))
    if n == 1 or (workers is None and sum(path.stat().st_size for path in named) < ALONE):
        _prepare(lists, rates)
        parts: Iterable[Found] = map(_check, batches)
    else:
        parts = _together(batches, n, lists, rates)
    for part in parts:
        total.merge(part)
    return total


def _batches(files: Sequence[Path]) -> Iterator[list[tuple[int, bytes, str]]]:
    batch: list[tuple[int, bytes, str]] = []
    for number, path in enumerate(files):
        for record in File(number, path).records():
            batch.append((record.line, record.data, record.fault))
            if len(batch) >= BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _together(
    batches: Iterator[list[tuple[int, bytes, str]]], n: int, lists: Lists, rates: dict[str, float] | None
) -> Iterator[Found]:
    """The batches on n processes, in order, few of them waiting."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(n, mp_context=context, initializer=_prepare, initargs=(lists, rates)) as pool:
        waiting: deque[Future[Found]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_check, batch))
            if len(waiting) > 2 * n:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_lists = Lists()


def _prepare(lists: Lists, rates: dict[str, float] | None) -> None:
    global _lists  # noqa: PLW0603 - one for each process of the pool
    _lists = lists
    coherent.RATES.clear()
    coherent.RATES.update({"USD": 1.0, **(rates or {})})


def _check(batch: list[tuple[int, bytes, str]]) -> Found:
    found = Found(Coverage(_lists))
    for line, data, fault in batch:
        if fault:
            found.refused[fault.partition("|")[0]] += 1
            continue
        release, reason = _release(data)
        if release is None:
            found.refused[reason] += 1
        else:
            found.add(release, line)
    return found


def _release(data: bytes) -> tuple[Release | None, str]:
    """The release of a record: itself, or its compiled release; else why there is none."""
    if not data.strip():
        return None, "blank"
    try:
        found: Any = msgspec.json.decode(data)
    except UnicodeDecodeError:
        return None, "not_utf8"
    except (msgspec.DecodeError, RecursionError):
        return None, "not_json"
    if not isinstance(found, dict):
        return None, "not_object"
    inner = found.get("compiledRelease")
    return (inner if isinstance(inner, dict) else found), ""
