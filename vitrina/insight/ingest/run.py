# SPDX-License-Identifier: Apache-2.0
"""An ingest from beginning to end: which sources are new, their records in batches, the store saved at the end.

A store that is being written is not changed for its readers before `save`; a run that fails leaves it as it was.
"""

from __future__ import annotations

import fcntl
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vitrina.insight.store import BadStore, Store
from vitrina.insight.store.folder import Source

from .batch import Batch
from .formats import Formats, NoSource, Progress
from .writer import Writer, compact

STDIN = "-"
HIDDEN = (".", "_")


class BadRecord(ValueError):
    """A bad record in a strict run: where, and why."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the sources; `skipped`: those that the store holds already."""

    sources: tuple[Source, ...]
    skipped: tuple[str, ...] = ()
    reasons: dict[str, int] = field(default_factory=dict)
    repairs: int = 0

    def total(self, name: str) -> int:
        """The sum of a count over the sources: n_read, n_stored, n_quarantined, n_duplicates, n_merged."""
        return sum(getattr(source, name) for source in self.sources)


def ingest(
    store: Store,
    sources: Iterable[str | Path],
    *,
    format: str = "auto",  # noqa: A002 - the name of the option
    strict: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Read sources (files, folders, `-` for standard input) into a store. `NoSource` for one that is not there,
    `BadRecord` for a bad record where `strict`: the store is then as it was.
    """
    with changing(store):
        formats = Formats(format, progress or Progress(), store)
        report = read_in(Writer(store), sources, formats, strict=strict, workers=workers)
        compact(store)
        store.save()
        return report


@contextmanager
def changing(store: Store) -> Iterator[None]:
    """A change of a store by one writer: whole once it is saved, undone where an error comes before that."""
    with writing(store):
        try:
            yield
        except BaseException:
            store.manifest = Store(store.path).manifest
            raise
        finally:
            _sweep(store)


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """One writer at a time; `BadStore` where another one is at it. What it wrote is read first."""
    with (store.path / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadStore(f"{store.path} is being written by another process") from None
        store.manifest = Store(store.path).manifest
        yield


def read_in(
    writer: Writer,
    sources: Iterable[str | Path],
    formats: Formats,
    *,
    strict: bool = False,
    workers: int | None = None,
) -> Report:
    """Read sources through a writer, within `changing`. The caller saves."""
    with ExitStack() as stack:
        named = [(name, path) for source in sources for name, path in _files(source, stack)]
        return _read_in(writer, named, formats, strict=strict, workers=workers)


def _read_in(
    writer: Writer, named: Sequence[tuple[str, Path]], formats: Formats, *, strict: bool, workers: int | None
) -> Report:
    store = writer.store
    inputs = formats.prepare(named, store.manifest.sources)
    found = Tally()
    for batch in formats.batches(inputs, store.manifest.zone, workers):
        if strict:
            _refuse_bad(batch, {i.number: i.name for i in inputs})
        found.add(batch)
        writer.add(batch)
    writer.close()
    counts = writer.counts
    told = [
        Source(
            number=i.number,
            name=i.name,
            sha256=i.sha256,
            size=i.size,
            format=i.format,
            **{f"n_{name}": counts[name][i.number] for name in counts},
        )
        for i in inputs
    ]
    store.manifest.sources.extend(told)
    return Report(tuple(told), tuple(formats.skipped), dict(sorted(found.reasons.items())), found.repairs)


class Tally:
    """Reasons of the quarantine and repairs, counted as batches pass."""

    def __init__(self) -> None:
        self.reasons: dict[str, int] = {}
        self.repairs = 0

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        if "quarantine" in batch.tables:
            for reason in batch.tables["quarantine"]["reason"].to_pylist():
                self.reasons[reason] = self.reasons.get(reason, 0) + 1
        if "repair" in batch.tables:
            self.repairs += batch.tables["repair"].num_rows


def _refuse_bad(batch: Batch, names: dict[int, str]) -> None:
    table = batch.tables.get("quarantine")
    if table is None:
        return
    row = table.slice(0, 1).to_pylist()[0]
    raise BadRecord(f"{names[row['source']]}, record {row['line']}: {row['reason']} {row['detail'] or ''}".rstrip())


def _files(source: str | Path, stack: ExitStack) -> Iterator[tuple[str, Path]]:
    """The files of a source: itself, those of a folder in order of name, or standard input laid aside."""
    if str(source) == STDIN:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrina-stdin-")))
        with (folder / "stdin").open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield STDIN, folder / "stdin"
        return
    path = Path(source)
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not _is_hidden(p.relative_to(path)))
        if not inside:
            raise NoSource(f"{path} holds no file")
        yield from ((str(p), p) for p in inside)
    elif path.is_file():
        yield str(path), path
    else:
        raise NoSource(f"{path} is not there")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(HIDDEN) for part in path.parts)


def _sweep(store: Store) -> None:
    """Remove the files that no part of the store names: those of runs that were cut off, and those written anew."""
    for folder in (store.path / "tables").glob("*"):
        named = set(store.manifest.parts.get(folder.name, []))
        for file in folder.glob("*.parquet"):
            if file.name not in named:
                file.unlink()
