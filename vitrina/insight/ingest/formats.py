# SPDX-License-Identifier: Apache-2.0
"""The formats that are read. A format is a class with the methods of `Format`, named in `READERS`.

Every source is read twice: `survey` for its hash and for what the format must know beforehand, then `batches`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vitrina.insight.store import Store
from vitrina.insight.store.folder import Source

from .batch import Batch
from .compranet import CompraNet
from .earlier import Earlier
from .ocds import Ocds
from .reading import GZIP

HEAD = 1 << 16

Step = Callable[[int], None]  # told how many bytes of the files were read since it was last told


class NoSource(ValueError):
    """A source is not there, or no format knows it."""


class Progress:
    """Told how it goes; this one keeps silent."""

    def start(self, size: int) -> None:
        """The work is known: bytes to read, over both readings."""

    def step(self, n_bytes: int) -> None:
        """So many bytes more are read."""

    def records(self, n_records: int) -> None:
        """So many records more are read."""


@dataclass(frozen=True, slots=True)
class Input:
    """A source that will be read."""

    number: int
    name: str
    path: Path
    sha256: str
    size: int
    format: str


class Format(Protocol):
    """A format. One object serves one run."""

    name: str

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether a file is of this format, by its first bytes (unpacked)."""

    def survey(self, path: Path, step: Step) -> str:
        """Read a file a first time; its SHA-256."""

    def forget(self) -> None:
        """The file last surveyed will not be read: the store holds it."""

    def batches(self, inputs: Sequence[Input], zone: str, workers: int | None, step: Step) -> Iterator[Batch]:
        """The batches of files, told by the number of their source. `zone`: where times without offset are."""


READERS: tuple[Callable[[Earlier], Format], ...] = (Ocds, CompraNet)


class Formats:
    """The formats of one run. `wanted`: the name of one, or `auto`. `skipped`: what the store holds already."""

    def __init__(self, wanted: str, progress: Progress, store: Store) -> None:
        readers = [make(Earlier(store)) for make in READERS]
        if wanted != "auto":
            readers = [reader for reader in readers if reader.name == wanted]
            if not readers:
                raise NoSource(f"there is no format {wanted}")
        self.readers, self.is_asked, self.progress = readers, wanted != "auto", progress
        self.skipped: list[str] = []

    def prepare(self, named: Sequence[tuple[str, Path]], held: Sequence[Source]) -> list[Input]:
        """The sources that will be read, in their order."""
        known = {source.sha256 for source in held}
        self.progress.start(2 * sum(path.stat().st_size for _, path in named))
        found: list[Input] = []
        for name, path in named:
            reader = self._reader(name, path)
            sha256 = reader.survey(path, self.progress.step)
            if sha256 in known:
                reader.forget()
                self.skipped.append(name)
                self.progress.step(path.stat().st_size)
                continue
            known.add(sha256)
            found.append(Input(len(held) + len(found), name, path, sha256, path.stat().st_size, reader.name))
        return found

    def batches(self, inputs: Sequence[Input], zone: str, workers: int | None) -> Iterator[Batch]:
        """All batches, format by format."""
        for reader in self.readers:
            own = [i for i in inputs if i.format == reader.name]
            for batch in reader.batches(own, zone, workers, self.progress.step) if own else ():
                self.progress.records(sum(batch.read.values()))
                yield batch

    def _reader(self, name: str, path: Path) -> Format:
        if self.is_asked:
            return self.readers[0]
        head = _head(path)
        for reader in self.readers:
            if reader.claims(path, head):
                return reader
        raise NoSource(f"{name} is of no format that is known; say which with --format")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.startswith(GZIP):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD)
    except zlib.error:
        return b""
