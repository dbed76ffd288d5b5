# SPDX-License-Identifier: Apache-2.0
"""The folder of a store: `manifest.json` and `tables/<name>/<part>.parquet`. A part is written once and never changed.

A reader sees the parts that the manifest names and no others, so a run that was cut off leaves the store as it was.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from vitrina.kernel import ids

from . import schema

if TYPE_CHECKING:
    from vitrina.insight.engines import Engine
    from vitrina.insight.tables import Tables

MANIFEST = "manifest.json"
ROW_GROUP = 128 * 1024


class BadStore(ValueError):
    """The folder is no store of ours, or one of another version."""


class Source(msgspec.Struct, frozen=True):
    """A file that was read: its number in the tables, its name, SHA-256 and size, and what became of its records:
    read = stored + quarantined + duplicates (the same again) + merged (into a release of the same process).
    """

    number: int
    name: str
    sha256: str
    size: int
    format: str
    n_read: int = 0
    n_stored: int = 0
    n_quarantined: int = 0
    n_duplicates: int = 0
    n_merged: int = 0


class Count(msgspec.Struct):
    """How many units a flag found flagged and clear, and why others could not be judged (missing paths -> units)."""

    flagged: int = 0
    clear: int = 0
    missing: dict[str, int] = {}


class Judged(msgspec.Struct):
    """What the table `result` comes of. `script`: digest of the rules; `next_rid`: releases from it on are not judged;
    `lists`: parts of the tables that are no releases'; `newer`: releases since flags that compare were judged.
    """

    script: str
    next_rid: int
    lists: list[str] = []
    newer: int = 0
    counts: dict[str, Count] = {}


class Manifest(msgspec.Struct):
    """What the store holds. `parts`: table -> file names. `next_rid`, `next_oid`: the numbers that come next.
    `hidden`: releases (`rid`) that a newer one replaced; readers do not see their rows.
    """

    version: int = schema.VERSION
    parts: dict[str, list[str]] = {}
    sources: list[Source] = []
    next_rid: int = 0
    next_oid: int = 0
    currency: str = "MXN"
    zone: str = "America/Mexico_City"
    place: str = ""
    hidden: list[int] = []
    is_synthetic: bool = False
    judged: Judged | None = None


class Store:
    """A store on disk. `Store(path)` opens one; `Store.create(path)` makes one or opens what is there."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.heard: Callable[[str, pa.Table], None] | None = None  # told of each part that is written
        file = self.path / MANIFEST
        if not file.is_file():
            raise BadStore(f"{self.path} is no store: it has no {MANIFEST}")
        try:
            self.manifest = msgspec.json.decode(file.read_bytes(), type=Manifest)
        except msgspec.DecodeError as error:
            raise BadStore(f"{file}: {error}") from error
        if self.manifest.version != schema.VERSION:
            raise BadStore(f"{self.path} is of version {self.manifest.version}, this program reads {schema.VERSION}")

    @classmethod
    def create(cls, path: Path | str) -> Store:
        """A new, empty store, or the one that is there. Refuses a folder that holds something else."""
        folder = Path(path)
        if not (folder / MANIFEST).exists():
            if folder.exists() and any(folder.iterdir()):
                raise BadStore(f"{folder} is not empty and is no store")
            folder.mkdir(parents=True, exist_ok=True)
            _replace(folder / MANIFEST, msgspec.json.encode(Manifest()))
        return cls(folder)

    def save(self) -> None:
        """Make what the manifest says now the state of the store, in one step."""
        _replace(self.path / MANIFEST, msgspec.json.format(msgspec.json.encode(self.manifest), indent=1))

    def write(self, tables: Mapping[str, pa.Table], *, mark: str | None = None) -> None:
        """Add a part to each of these tables. Not seen by readers before `save`. `mark`: ends the names of the parts
        instead of a random token, for a writer that makes the same store twice.
        """
        for name, table in tables.items():
            if not table.num_rows:
                continue
            part = f"{len(self.manifest.parts.get(name, [])):05d}-{mark or ids.token(4)}.parquet"
            folder = self.path / "tables" / name
            folder.mkdir(parents=True, exist_ok=True)
            pq.write_table(
                table.cast(schema.SCHEMAS[name]), folder / part, compression="zstd", row_group_size=ROW_GROUP
            )
            self.manifest.parts.setdefault(name, []).append(part)
            if self.heard:
                self.heard(name, table)

    def file(self, name: str, part: str) -> Path:
        """The file of a part."""
        return self.path / "tables" / name / part

    def files(self, name: str) -> list[Path]:
        """The parts of a table, in the order in which they were written."""
        return [self.file(name, part) for part in self.manifest.parts.get(name, [])]

    @contextlib.contextmanager
    def tables(self, engine: Engine | None = None) -> Iterator[Tables]:
        """The tables as Ibis tables of an engine (DuckDB in this process unless told)."""
        from vitrina.insight.engines import DuckDB  # noqa: PLC0415 - the engine imports for a second
        from vitrina.insight.tables import Tables  # noqa: PLC0415

        with engine or DuckDB() as running:
            yield Tables(running, {name: self.files(name) for name in schema.SCHEMAS}, self.manifest)


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.{ids.token(4)}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
