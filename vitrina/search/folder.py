# SPDX-License-Identifier: Apache-2.0
"""An index in a folder: `index/` is the engine's own, `state.json` says what was read into it.

The state is written after the rows, so that a run that was cut off reads them once more; a row that is there already
is replaced. One process writes at a time: the engine's own lock sees to it, and goes with the process that holds it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy

from . import entry
from .opened import Open

STATE = "state.json"
SMALL_HEAP, LARGE_HEAP = 32 << 20, 512 << 20  # bytes that a writer may fill before it writes a segment


def state_of(folder: Path) -> dict[str, Any]:
    """What `Folder.mark` wrote last into a folder, with the version of the fields; empty before."""
    try:
        found: dict[str, Any] = json.loads((folder / STATE).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found


class Busy(RuntimeError):
    """Another process writes this index."""


class Folder:
    """An index on disk; made where it is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        files = path / "index"
        if state_of(path).get("version") not in {None, entry.VERSION}:
            shutil.rmtree(path)
        files.mkdir(parents=True, exist_ok=True)
        self.index = tantivy.Index(entry.schema(), path=str(files))
        self.index.config_reader("manual")
        self.stamp = self._stamp()

    def state(self) -> dict[str, Any]:
        """What `mark` wrote last; empty before."""
        return state_of(self.path)

    def mark(self, **state: Any) -> None:
        """Say what the index holds now."""
        part = self.path / f"{STATE}.{os.getpid()}.part"
        part.write_text(json.dumps({**state, "version": entry.VERSION}))
        part.replace(self.path / STATE)

    def searcher(self) -> tantivy.Searcher:
        """What is committed now, whoever committed it."""
        if (now := self._stamp()) != self.stamp:
            self.index.reload()
            self.stamp = now
        return self.index.searcher()

    def open(self) -> Open:
        """What is committed now, with the mark of what it holds."""
        searcher = self.searcher()
        return Open(searcher, (str(self.path), self.stamp))

    def _stamp(self) -> tuple[int, int]:
        try:
            found = (self.path / "index" / "meta.json").stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)

    @contextmanager
    def writing(self, heap: int = SMALL_HEAP, threads: int = 1) -> Iterator[tantivy.IndexWriter]:
        """A writer; what it was given is there at the end, nothing of it when it fails. Refuses with `Busy`."""
        try:
            writer = self.index.writer(heap, threads)
        except ValueError as why:
            raise Busy(str(why)) from why
        try:
            yield writer
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()

    @staticmethod
    def replace(writer: tantivy.IndexWriter, entries: Iterable[entry.Entry], gone: Iterable[str] = ()) -> None:
        """Keep these entries in place of those with the same ids, and forget `gone`."""
        for key in gone:
            writer.delete_documents_by_term("id", key)
        for one in entries:
            writer.delete_documents_by_term("id", one.id)
            writer.add_document(entry.document(one))
