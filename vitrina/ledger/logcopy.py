# SPDX-License-Identifier: Apache-2.0
"""A copy of a public log in a folder, as any plain file server can serve it: for archives and for mirrors."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from .note import Checkpoint, split
from .tile_reader import Read, TileError, TileReader, names, pack, place_of


class NotCopied(Exception):
    """The copy was not made; the message says why. What lay in the folder before is as good as it was."""


def copy_log(read: Read, out: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Copy checkpoint, policy and tiles of one published size; returns that size. Nothing is verified here.

    Files that the folder has and that never change are not read again. The checkpoint comes last, so the folder is a
    whole log at every moment. Errors: `NotCopied`.
    """
    try:
        note, policy = read("checkpoint"), read("policy")
        size = Checkpoint.parse(split(note.decode())[0]).size
    except (OSError, ValueError) as error:
        raise NotCopied(f"there is no log: {error}") from error
    _not_behind(out, size)
    tiles = TileReader(read)
    for n, name in enumerate(names(size), start=1):
        if not (out / name).exists():
            try:
                _write(out / name, _bytes(tiles, name, size))
            except (OSError, TileError) as error:
                raise NotCopied(f"{name} is not to be had: {error}") from error
        progress(n)
    _write(out / "policy", policy)
    _write(out / "checkpoint", note)
    return size


def _bytes(tiles: TileReader, name: str, size: int) -> bytes:
    place = place_of(name)
    assert place is not None  # the name is one of ours
    level, n, _ = place
    return pack(tiles.bundle(n, size)) if level is None else b"".join(tiles.tile(level, n, size))


def _not_behind(out: Path, size: int) -> None:
    try:
        there = Checkpoint.parse(split((out / "checkpoint").read_bytes().decode())[0]).size
    except FileNotFoundError:
        return
    if there > size:
        raise NotCopied(f"the copy in {out} has {there} leaves, the log only {size}")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(data)
    fresh.replace(path)
