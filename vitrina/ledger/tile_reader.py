# SPDX-License-Identifier: Apache-2.0
"""The tiles of the public log: where hashes and entries lie, and proofs read from them (C2SP tlog-tiles).

A tile holds 256 consecutive hashes of level 8L of the tree; a bundle the 256 entries under a tile of level 0. The
last one of each level is partial and its path names its width. Public log specification, section 4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence

from .merkle import EMPTY_ROOT, HASH_BYTES, MAX_BITS, node_hash, root

WIDTH = 256
_LEVEL_BITS = 8
MAX_ENTRY = 65_535
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


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, full tiles, width of the partial one or 0) of every level that a tree of `size` leaves has."""
    level = 0
    while count := size >> _LEVEL_BITS * level:
        yield level, count // WIDTH, count % WIDTH
        level += 1


def pack(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry after its length in two bytes, big end first. `ValueError` above 65,535 bytes."""
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise ValueError(f"an entry of the log has at most {MAX_ENTRY} bytes")
    return b"".join(_LENGTH.pack(len(entry)) + entry for entry in entries)


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
        name = entries_path(n, width)
        found = unpack(name, self._partial(name, entries_path(n)))[:width]
        if len(found) != width:
            raise TileError(name, f"{len(found)} entries, not {width}")
        return found

    def tile(self, level: int, n: int, size: int) -> list[bytes]:
        """The hashes of tile `n` of a level in a tree of `size` leaves."""
        width = min(WIDTH, (size >> _LEVEL_BITS * level) - n * WIDTH)
        name = path(level, n, width)
        data = self._partial(name, path(level, n))[: width * HASH_BYTES]
        if len(data) != width * HASH_BYTES:
            raise TileError(name, f"{len(data)} bytes, not {width * HASH_BYTES}")
        return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]

    def _partial(self, name: str, full: str) -> bytes:
        """A partial file, or the full one that took its place."""
        try:
            return self.read(name)
        except FileNotFoundError:
            if name == full:
                raise
            return self.read(full)


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


def fold(subtrees: list[bytes]) -> bytes:
    """The root over whole subtrees of falling size, from left to right: the right edge of a tree; not none."""
    found = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        found = node_hash(left, found)
    return found


def _split(count: int) -> int:
    """The largest power of two below the number of leaves."""
    return 1 << (count - 1).bit_length() - 1
