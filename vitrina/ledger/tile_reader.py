# SPDX-License-Identifier: Apache-2.0
"""The tiles of the public log: where hashes and entries lie, and proofs read from them (C2SP tlog-tiles).

A tile holds 256 consecutive hashes of level 8L of the tree; a bundle the 256 entries under a tile of level 0. The
last one of each level is partial and its path names its width. Public log specification, section 4.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from .merkle import EMPTY_ROOT, HASH_BYTES, MAX_BITS, node_hash, root

WIDTH = 256
_LEVEL_BITS = 8
MAX_ENTRY = 65_535
_PLACE = re.compile(r"tile/(entries|\d{1,2})((?:/x\d{3})*)/(\d{3})(?:\.p/(\d{1,3}))?", re.ASCII)
_LENGTH = struct.Struct(">H")
Read = Callable[[str], bytes]


class TileError(ValueError):
    """A tile or bundle that does not have the shape its path promises; `path` names it."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path, self.problem = path, problem


def _name(n: int, width: int) -> str:
    groups = [f"{n % 1000:03}"]
    while n := n // 1000:
        groups.append(f"x{n % 1000:03}")
    return "/".join(reversed(groups)) + (f".p/{width}" if width < WIDTH else "")


def path(level: int, n: int, width: int = WIDTH) -> str:
    """The path of tile `n` of a level under the log's prefix: `tile/0/x001/x234/067`, `tile/1/000.p/17`."""
    return f"tile/{level}/{_name(n, width)}"


def entries_path(n: int, width: int = WIDTH) -> str:
    """The path of bundle `n` under the log's prefix: `tile/entries/000.p/88`."""
    return f"tile/entries/{_name(n, width)}"


def place_of(name: str) -> tuple[int | None, int, int] | None:
    """(level, number, width) of the tile at a path, the level `None` for a bundle; nothing for any other path."""
    found = _PLACE.fullmatch(name)
    if not found:
        return None
    level = None if found[1] == "entries" else int(found[1])
    return level, int(found[2].replace("/x", "") + found[3]), int(found[4] or WIDTH)


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, full tiles, width of the partial one or 0) of every level that a tree of `size` leaves has."""
    level = 0
    while count := size >> _LEVEL_BITS * level:
        yield level, count // WIDTH, count % WIDTH
        level += 1


def names(size: int) -> Iterator[str]:
    """The paths of every bundle and tile that a tree of `size` leaves has."""
    for level, full, width in widths(size):
        for n in range(full + bool(width)):
            wide = WIDTH if n < full else width
            if level == 0:
                yield entries_path(n, wide)
            yield path(level, n, wide)


def pack(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry after its length in two bytes, big end first. `ValueError` above 65,535 bytes."""
    if entries and max(map(len, entries)) > MAX_ENTRY:
        raise ValueError(f"an entry of the log has at most {MAX_ENTRY} bytes")
    return b"".join(chain.from_iterable(zip(map(_LENGTH.pack, map(len, entries)), entries, strict=True)))


def unpack(name: str, bundle: bytes) -> list[bytes]:
    """The entries of a bundle; `TileError` when its lengths do not end where the bundle does."""
    entries, at, end = [], 0, len(bundle)
    while at < end:
        start = at + _LENGTH.size
        if start > end:
            raise TileError(name, "it breaks off within a length")
        at = start + _LENGTH.unpack_from(bundle, start - _LENGTH.size)[0]
        entries.append(bundle[start:at])
    if at != end:
        raise TileError(name, "it breaks off within an entry")
    return entries


class TileReader:
    """Roots, proofs and entries of a log, from its tiles alone.

    `read` gives the bytes at a path under the log's prefix and raises `FileNotFoundError` when there are none. Sizes
    come from a verified checkpoint: the tiles say nothing of how much of them is published. What is read is not
    verified here, so a proof made of false tiles is false. Errors: `TileError`, `ValueError` for impossible sizes.
    """

    def __init__(self, read: Read) -> None:
        self.read = read

    def root(self, size: int) -> bytes:
        """The 32-byte root over the first `size` leaves."""
        return _Tree(self, size).hash(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """The hashes from the sibling of leaf `index` up to the root over `size` leaves (RFC 6962, 2.1.1)."""
        if not 0 <= index < size:
            raise ValueError(f"no leaf {index} among {size}")
        tree, proof, start, end = _Tree(self, size), [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(tree.hash(middle, end))
                end = middle
            else:
                proof.append(tree.hash(start, middle))
                start = middle
        return proof[::-1]

    def consistency_proof(self, size1: int, size2: int) -> list[bytes]:
        """The hashes that lead from the root over `size1` leaves to that over `size2` (RFC 6962, 2.1.2)."""
        if not 0 < size1 <= size2:
            raise ValueError(f"no consistency from {size1} to {size2}")
        tree, proof, start, end = _Tree(self, size2), [], 0, size2
        is_old_root = True
        while size1 != end:
            middle = start + _split(end - start)
            if size1 <= middle:
                proof.append(tree.hash(middle, end))
                end = middle
            else:
                proof.append(tree.hash(start, middle))
                start, is_old_root = middle, False
        if not is_old_root:
            proof.append(tree.hash(start, end))
        return proof[::-1]

    def entries(self, start: int, stop: int, size: int | None = None) -> Iterator[bytes]:
        """The entries from index `start` to before `stop`, in order; `size` is that of the published tree."""
        size = stop if size is None else size
        if not 0 <= start <= stop <= size:
            raise ValueError(f"no entries {start} to {stop} among {size}")
        for n in range(start // WIDTH, -(-stop // WIDTH)):
            yield from self.bundle(n, size)[max(0, start - n * WIDTH) : stop - n * WIDTH]

    def bundle(self, n: int, size: int) -> list[bytes]:
        """The entries of bundle `n` in a tree of `size` leaves."""
        width = min(WIDTH, size - n * WIDTH)
        name, held, data = self._find(entries_path(n, width), width, entries_path(n))
        found = unpack(name, data)
        if len(found) != held:
            raise TileError(name, f"{len(found)} entries, not {held}")
        return found[:width]

    def tile(self, level: int, n: int, size: int) -> list[bytes]:
        """The hashes of tile `n` of a level in a tree of `size` leaves."""
        width = min(WIDTH, (size >> _LEVEL_BITS * level) - n * WIDTH)
        name, held, data = self._find(path(level, n, width), width, path(level, n))
        if len(data) != held * HASH_BYTES:
            raise TileError(name, f"{len(data)} bytes, not {held * HASH_BYTES}")
        return [data[i : i + HASH_BYTES] for i in range(0, width * HASH_BYTES, HASH_BYTES)]

    def _find(self, name: str, width: int, full: str) -> tuple[str, int, bytes]:
        """A file, or the full one that took its place: its path, how many hashes or entries it holds, its bytes."""
        try:
            return name, width, self.read(name)
        except FileNotFoundError:
            if name == full:
                raise
            return full, WIDTH, self.read(full)


class _Tree:
    """The hashes of subtrees of one tree; each tile is read once."""

    def __init__(self, reader: TileReader, size: int) -> None:
        self.reader, self.size = reader, size
        self.tiles: dict[tuple[int, int], list[bytes]] = {}

    def hash(self, start: int, end: int) -> bytes:
        """The hash over leaves `start` to before `end`: a whole subtree, or the unfinished one at the right edge."""
        subtrees = []
        while start < end:
            # The largest whole subtree that begins here and ends in time.
            bits = min((end - start).bit_length() - 1, (start & -start).bit_length() - 1 if start else MAX_BITS)
            subtrees.append(self._whole(start >> bits, bits))
            start += 1 << bits
        return fold(subtrees)

    def _whole(self, i: int, bits: int) -> bytes:
        """The hash of subtree `i` among those of 2^bits leaves."""
        level, height = divmod(bits, _LEVEL_BITS)
        n, first = divmod(i << height, WIDTH)
        tile = self.tiles.get((level, n))
        if tile is None:
            tile = self.tiles[level, n] = self.reader.tile(level, n, self.size)
        return root(tile[first : first + (1 << height)])


def fold(subtrees: Sequence[bytes]) -> bytes:
    """The root over whole subtrees of falling size, from left to right; not none."""
    found = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        found = node_hash(left, found)
    return found


def edge_root(levels: Sequence[Sequence[bytes]]) -> bytes:
    """The root of a tree from the hashes of its partial tiles, lowest level first."""
    subtrees = []
    for tile in reversed(levels):
        at = 0
        while at < len(tile):
            count = 1 << (len(tile) - at).bit_length() - 1
            subtrees.append(root(tile[at : at + count]))
            at += count
    return fold(subtrees) if subtrees else EMPTY_ROOT


def _split(count: int) -> int:
    """The largest power of two below the number of leaves."""
    return 1 << (count - 1).bit_length() - 1
