# SPDX-License-Identifier: Apache-2.0
"""The folder of the files: what is there, how a new generation takes the place of the former, what goes.

    manifest.json     the generation in force: every file with its rows, bytes, SHA-256 and ledger position
    archivos/         the files; the name of each has the beginning of its SHA-256, so it never changes under a reader
    anteriores/       manifests of former generations, whose files stay for whoever is still reading them

A file is written aside, synced, and named when it is whole; `manifest.json` is replaced last. Whatever stops a run,
a full disk too, leaves the former generation as it was.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

MANIFEST, FILES, FORMER = "manifest.json", "archivos", "anteriores"
SHORT = 16  # hex digits of the SHA-256 in a name
_STAMP = "%Y%m%dT%H%M%S%fZ"


class Busy(RuntimeError):
    """Another run writes this folder."""


class File(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file. `name`: how it is called whatever it holds; `set`: what it is a part of; `position`: of the last act
    that it holds, 0 for what no ledger orders; `mark`: changes when the file must be made anew.
    """

    path: str
    name: str
    set: str
    format: str
    rows: int
    bytes: int
    sha256: str
    position: int
    mark: str
    year: int = 0
    part: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A generation: whole up to `position`; the feed goes on after it. `digest`: of the act there, `erasures`: how
    many contents had been withdrawn, so that what holds one is known; `until`: the instant of the act.
    """

    version: int = 1
    position: int
    digest: str
    until: str
    made_at: str
    erasures: int
    publisher: str
    license: str
    feed: str
    releases: str
    files: list[File]

    def of(self, name: str) -> list[File]:
        """The files of a set, in their order."""
        return [file for file in self.files if file.set == name]


class Folder:
    """A folder of files; made where it is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files, self.former = root / FILES, root / FORMER

    def manifest(self) -> Manifest | None:
        """The generation in force; nothing before the first, or where the file is of another version."""
        try:
            found = msgspec.json.decode((self.root / MANIFEST).read_bytes(), type=Manifest)
        except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
            return None
        return found if found.version == 1 else None

    @contextlib.contextmanager
    def alone(self, *, is_patient: bool = False) -> Iterator[None]:
        """Hold the folder while it is written, and take away what a run that was cut off left. `is_patient`: wait for
        another run. Errors: `Busy`.
        """
        for folder in (self.files, self.former):
            folder.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if is_patient else fcntl.LOCK_NB))
            except BlockingIOError:
                raise Busy(f"another run writes {self.root}") from None
            self._drop_parts()
            try:
                yield
            finally:
                self._drop_parts()

    def _drop_parts(self) -> None:
        for part in (*self.files.glob(".*.part"), *self.root.glob(".*.part")):
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)

    def part(self, name: str) -> Path:
        """Where a file is written until it is whole."""
        return self.files / f".{name}.part"

    def add(self, name: str, **told: Any) -> File:
        """Name the file that was written at `part(name)` by its content. `told`: the rest of its entry."""
        part = self.part(name)
        with part.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        stem, _dot, ending = name.partition(".")
        path = f"{stem}.{sha256[:SHORT]}.{ending}"
        size = part.stat().st_size
        part.replace(self.files / path)
        return File(path=f"{FILES}/{path}", name=name, bytes=size, sha256=sha256, **told)

    def holds(self, file: File) -> bool:
        """Whether the file is there, whole."""
        try:
            return (self.root / file.path).stat().st_size == file.bytes
        except FileNotFoundError:
            return False

    def put(self, name: str, data: bytes) -> None:
        """Write a small file whole or not at all, so that it lasts."""
        part = self.root / f".{name}.part"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.root / name)

    def follow(self, manifest: Manifest, at: datetime, *, keeps_former: bool) -> None:
        """Put a generation in force; the former one's manifest is kept, so that its files stay for a while."""
        former = self.root / MANIFEST
        if keeps_former and former.exists():
            os.link(former, self.former / f"{at.astimezone(UTC).strftime(_STAMP)}.json")
        self.put(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))

    def clean(self, manifest: Manifest, at: datetime, keep: timedelta) -> int:
        """Remove former generations that were replaced longer ago than `keep`, and every file that none names."""
        named = {file.path for file in manifest.files}
        for kept in sorted(self.former.glob("*.json")):
            replaced = datetime.strptime(kept.stem, _STAMP).replace(tzinfo=UTC)
            if at - replaced >= keep:
                kept.unlink()
                continue
            with contextlib.suppress(msgspec.DecodeError):
                named |= {f.path for f in msgspec.json.decode(kept.read_bytes(), type=Manifest).files}
        gone = [path for path in self.files.iterdir() if f"{FILES}/{path.name}" not in named]
        for path in gone:
            path.unlink()
        return len(gone)
