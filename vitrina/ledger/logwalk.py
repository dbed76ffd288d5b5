# SPDX-License-Identifier: Apache-2.0
"""A walk over a whole public log: every entry against its leaf, every tile against those below, the root over all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from .fetch import Unreachable
from .merkle import leaf_hash, root
from .tile_reader import WIDTH, TileError, TileReader, edge_root, entries_path, path, widths

AHEAD = 16  # pairs of files that are fetched while others are checked
_LEVEL_BITS = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which file of the log, what is wrong with it, and of which sort that is.

    `code`: `fork`, `rollback`, `signature`, `witnesses`, or `broken` for files that do not agree with each other.
    """

    where: str
    problem: str
    code: str = field(default="broken", compare=False)


class Broken(Exception):
    """The first thing that does not hold."""

    def __init__(self, where: str, problem: str, code: str = "broken") -> None:
        super().__init__(f"{where}: {problem}")
        self.finding = Finding(where, problem, code)


class Walk:
    """One pass over the tiles of a tree of `size` leaves. `files` and `entries` count what was checked.

    `look(index, entries)` sees the verified entries of each bundle. What lies whole before leaf `start` is not read:
    the tiles above speak for it, and the root for them. Errors of `run`: `Broken`, `Unreachable`.
    """

    def __init__(
        self, tiles: TileReader, size: int, look: Callable[[int, list[bytes]], None], *, start: int = 0
    ) -> None:
        self.tiles, self.size, self.look, self.first = tiles, size, look, start // WIDTH
        self.files = self.entries = 0

    def run(self) -> bytes:
        """The root that the entries have, once every tile was found to agree with them."""
        levels: list[list[bytes]] = []
        row: list[bytes] = []
        first = self.first  # the number of the first tile of a level that is read
        for n, (entries, tile) in enumerate(self._bundles(), start=first):
            self._compare_entries(n, entries, tile)
            self.look(n * WIDTH, entries)
            row = self._up(levels, 0, row, tile)
        for level, full, width in list(widths(self.size))[1:]:
            below, row, known = row, [], first
            first //= WIDTH
            for n in range(first, full + bool(width)):
                tile = _tile(self.tiles, level, n, self.size)
                self._compare_tiles(level, n, tile, below, known)
                row = self._up(levels, level, row, tile)
        return edge_root(levels)

    def _up(self, levels: list[list[bytes]], level: int, row: list[bytes], tile: list[bytes]) -> list[bytes]:
        """The hashes of a level from the full tiles below it; a partial tile is the edge of its own level."""
        self.files += 1
        levels.extend([] for _ in range(len(levels), level + 1))
        if len(tile) == WIDTH:
            row.append(root(tile))
        else:
            levels[level] = tile
        return row

    def _compare_entries(self, n: int, entries: list[bytes], tile: list[bytes]) -> None:
        self.files += 1
        for i, entry in enumerate(entries):
            if leaf_hash(entry) != tile[i]:
                bundle = entries_path(n, len(tile))
                raise Broken(path(0, n, len(tile)), f"leaf {n * WIDTH + i} is not the hash of its entry in {bundle}")
        self.entries += len(entries)

    @staticmethod
    def _compare_tiles(level: int, n: int, tile: list[bytes], below: list[bytes], known: int) -> None:
        """`below`: the roots of the tiles one level down that were read, the first of them that of tile `known`."""
        for i, there in enumerate(tile, start=n * WIDTH):
            if i >= known and there != below[i - known]:
                name = path(level, n, len(tile))
                raise Broken(path(level - 1, i), f"its root is not the hash that {name} has for it")

    def _bundles(self) -> Iterator[tuple[list[bytes], list[bytes]]]:
        """Every bundle with its tile of hashes, in order, the next ones on their way."""
        with ThreadPoolExecutor(AHEAD // 2) as pool:
            waiting: deque[Future[tuple[list[bytes], list[bytes]]]] = deque()
            try:
                for n in range(self.first, -(-self.size // WIDTH)):
                    waiting.append(pool.submit(self._fetch, n))
                    if len(waiting) == AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _fetch(self, n: int) -> tuple[list[bytes], list[bytes]]:
        width = min(WIDTH, self.size - n * WIDTH)
        entries = _read(self.tiles.bundle, n, self.size, name=entries_path(n, width))
        return entries, _tile(self.tiles, 0, n, self.size)


def first_difference(one: TileReader, size1: int, other: TileReader, size2: int) -> int | None:
    """The first leaf in which two logs differ, as far as both go; found by descent, without reading either whole.

    Both must have been verified: a tile that lies about those below leads astray. Errors: `Broken`, `Unreachable`.
    """
    common = min(size1, size2)
    start, end = 0, common  # up to the first all leaves are the same; between the two one may differ
    for level, _, _ in reversed(list(widths(common))):
        span = 1 << _LEVEL_BITS * level
        for n in range(start // span // WIDTH, -(-(end // span) // WIDTH)):
            first, last = max(start // span - n * WIDTH, 0), min(end // span - n * WIDTH, WIDTH)
            rows = [_tile(tiles, level, n, size) for tiles, size in ((one, size1), (other, size2))]
            i = next((i for i in range(first, last) if rows[0][i] != rows[1][i]), None)
            if i is not None:
                start, end = (n * WIDTH + i) * span, (n * WIDTH + i + 1) * span
                break
            start = (n * WIDTH + last) * span
    return start if start < end else None


def _tile(tiles: TileReader, level: int, n: int, size: int) -> list[bytes]:
    width = min(WIDTH, (size >> _LEVEL_BITS * level) - n * WIDTH)
    return _read(tiles.tile, level, n, size, name=path(level, n, width))


def _read(get: Callable[..., list[bytes]], *arguments: int, name: str) -> list[bytes]:
    """What is read from a log, or why not: what it promised and does not have is a fault of the log."""
    try:
        return get(*arguments)
    except FileNotFoundError as error:
        raise Broken(name, "it is missing") from error
    except TileError as error:
        raise Broken(error.path, error.problem) from error
    except OSError as error:
        raise error if isinstance(error, Unreachable) else Unreachable(str(error)) from error
