# SPDX-License-Identifier: Apache-2.0
"""Writing the public log's tiles so that a crash at any point loses nothing and publishes nothing half-done.

Public log specification, section 8: files under temporary names, their bytes on the disk, then renamed, then the
folders on the disk; only afterwards does the caller sign. Files that no signed checkpoint covers may be thrown away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .merkle import root
from .tile_reader import WIDTH, TileError, TileReader, edge_root, entries_path, pack, path, place_of, widths

__all__ = ["WIDTH", "TileError", "TileReader", "TileStore", "entries_path", "path", "widths"]

_TEMPORARY = ".tmp"
_LEVEL_BITS = 8


class _Edge(NamedTuple):
    """The right edge of a tree: per level the hashes of its partial tile, and the entries of the partial bundle."""

    size: int
    levels: list[list[bytes]]
    entries: list[bytes]


class TileStore(TileReader):
    """The tiles of one log in a folder, which any file server may serve as the log's prefix. One process writes.

    `durable=False` leaves out the waiting for the disk: for tests and measurements.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        super().__init__(lambda name: (folder / name).read_bytes())
        self.folder, self.durable = folder, durable
        self._edge: _Edge | None = None
        self._made: set[str] = set()

    def append(self, size: int, leaves: Sequence[bytes]) -> tuple[int, bytes]:
        """Write the tiles of the tree of `size` leaves continued by `leaves` (entries); returns its size and root.

        The tiles of `size` must be there; what lies beyond is overwritten, so an append that a crash cut short is
        simply repeated. Errors: `ValueError` for an entry above 65,535 bytes, before anything is written;
        `FileNotFoundError` or `TileError` when the tiles of `size` are missing or broken; `OSError` of the disk.
        """
        old, self._edge = self._at(size), None
        files, edge = _grown(old, leaves)
        self._write(files)
        self._edge = edge
        return edge.size, edge_root(edge.levels)

    def discard_beyond(self, size: int) -> int:
        """Remove every file that the tree of `size` leaves does not have, as after a crash; returns how many.

        A partial file of that tree whose full one took its place is written anew first.
        """
        self._edge = None
        shutil.rmtree(self.folder / _TEMPORARY, ignore_errors=True)
        self._made.clear()
        self._write(self._right_edge(size))
        surplus = [file for file, end in self._files() if end > size]
        for file in surplus:
            file.unlink()
        for folder in {file.parent for file in surplus}:
            self._sync(str(folder))
        return len(surplus)

    def prune(self, before: int, size: int) -> int:
        """Remove the partial files of the tiles that became full between two published sizes; returns how many.

        A reader who still holds an older checkpoint finds the full file (tlog-tiles, partial tiles).
        """
        removed = 0
        for level, full, _ in widths(size):
            for n in range((before >> _LEVEL_BITS * level) // WIDTH, full):
                names = [path(level, n)] + ([entries_path(n)] if level == 0 else [])
                for folder in (self.folder / f"{name}.p" for name in names):
                    removed += len(list(folder.iterdir())) if folder.is_dir() else 0
                    shutil.rmtree(folder, ignore_errors=True)
                    self._made.discard(str(folder))
        return removed

    def _at(self, size: int) -> _Edge:
        if self._edge is not None and self._edge.size == size:
            return self._edge
        levels = [self.tile(level, n, size) if width else [] for level, n, width in widths(size)]
        return _Edge(size, levels, self.bundle(size // WIDTH, size) if size % WIDTH else [])

    def _right_edge(self, size: int) -> Iterator[tuple[str, bytes]]:
        """The partial files of a tree that are not there though their full ones are."""
        for level, n, width in widths(size):
            name = path(level, n, width)
            if width and not (self.folder / name).exists() and (self.folder / path(level, n)).exists():
                yield name, b"".join(self.tile(level, n, size))
        n, width = divmod(size, WIDTH)
        name = entries_path(n, width)
        if width and not (self.folder / name).exists() and (self.folder / entries_path(n)).exists():
            yield name, pack(self.bundle(n, size))

    def _files(self) -> Iterator[tuple[Path, int]]:
        """Every tile and bundle on the disk with the size of the smallest tree that has it."""
        for folder, _, names in os.walk(self.folder / "tile"):
            for name in names:
                file = Path(folder, name)
                if found := place_of(file.relative_to(self.folder).as_posix()):
                    level, n, width = found
                    yield file, (n * WIDTH + width) << _LEVEL_BITS * (level or 0)

    def _write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files by name: all bytes on the disk, then all names, then the folders."""
        temporary = str(self.folder / _TEMPORARY)
        moves: list[tuple[str, str]] = []
        for i, (name, data) in enumerate(files):
            if not i:
                os.makedirs(temporary, exist_ok=True)  # noqa: PTH103 - strings: thousands of files a second
            moves.append((f"{temporary}/{i}", f"{self.folder}/{name}"))
            fd = os.open(moves[-1][0], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            try:
                left = memoryview(data)
                while left:
                    left = left[os.write(fd, left) :]
                if self.durable:
                    os.fsync(fd)
            finally:
                os.close(fd)
        folders = {target.rpartition("/")[0] for _, target in moves}
        made = {parent for folder in folders for parent in self._make(folder)}
        for source, target in moves:
            os.replace(source, target)  # noqa: PTH105
        for folder in folders | made:
            self._sync(folder)

    def _make(self, folder: str) -> Iterator[str]:
        """Make a folder and those above it; gives the folders that got a new name in them."""
        if folder in self._made:
            return
        if not os.path.isdir(folder):  # noqa: PTH112
            parent = folder.rpartition("/")[0]
            yield from self._make(parent)
            os.mkdir(folder)  # noqa: PTH102
            yield parent
        self._made.add(folder)

    def _sync(self, folder: str) -> None:
        if not self.durable:
            return
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _grown(old: _Edge, leaves: Sequence[bytes]) -> tuple[list[tuple[str, bytes]], _Edge]:
    """The files that leaves add to a tree, and its new right edge."""
    files: list[tuple[str, bytes]] = []
    entries = [*old.entries, *leaves]
    for i in range(0, len(entries) if leaves else 0, WIDTH):
        chunk = entries[i : i + WIDTH]
        files.append((entries_path((old.size + i) // WIDTH, len(chunk)), pack(chunk)))
    levels: list[list[bytes]] = []
    sha256 = hashlib.sha256
    new = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while new or len(levels) < len(old.levels):
        level = len(levels)
        row = (old.levels[level] if level < len(old.levels) else []) + new
        first = (old.size >> _LEVEL_BITS * level) // WIDTH
        rest = len(row) - len(row) % WIDTH
        tiles = [row[i : i + WIDTH] for i in range(0, len(row), WIDTH)] if new else []
        files += [(path(level, first + i, len(tile)), b"".join(tile)) for i, tile in enumerate(tiles)]
        levels.append(row[rest:])
        new = [root(tile) for tile in tiles if len(tile) == WIDTH]
    return files, _Edge(old.size + len(leaves), levels, entries[len(entries) - len(entries) % WIDTH :])
