# SPDX-License-Identifier: Apache-2.0
"""Ciphertexts on disk: parts by their SHA-256 as the manifest names them, and whole files put together from them.

A part is either there whole or not at all; whoever names a digest that no envelope promised writes nothing.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

PART_BYTES = 8 * 1024 * 1024  # sealed bids, section 4.1
_CHUNK = 1 << 20


class BadPart(ValueError):
    """The bytes are not the part that the manifest names; the message says how they differ."""


def path_of(sha256: str) -> Path:
    """Where a part, or a whole ciphertext, lies."""
    return Path(settings.SEALED_DIR) / sha256[:2] / sha256


def has(sha256: str) -> bool:
    """Whether a part has arrived whole."""
    return path_of(sha256).exists()


def missing(files: list[dict[str, Any]]) -> list[str]:
    """Digests of the parts of an envelope that have not arrived, in order."""
    return [part for file in files for part in file["parts"] if not has(part)]


def write_part(sha256: str, source: BinaryIO) -> None:
    """Keep a part under its digest. Error: `BadPart` when the bytes are others, or more than a part may hold."""
    hasher, size = hashlib.sha256(), 0
    with _fresh() as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            hasher.update(chunk)
            if size > PART_BYTES:
                break
            file.write(chunk)
        if size > PART_BYTES or hasher.hexdigest() != sha256:
            raise BadPart(f"{size} bytes of SHA-256 {hasher.hexdigest()} came for the part {sha256}")
        _keep(file, sha256)


def whole(file: dict[str, Any]) -> Path:
    """One ciphertext as one file. Error: `BadPart` when the parts on disk do not make what the manifest names."""
    target = path_of(file["sha256"])
    if file["parts"] == [file["sha256"]]:
        found = _digest(file["parts"])
    else:
        with _fresh() as made:
            found = _digest(file["parts"], made)
            if found == file["sha256"]:
                _keep(made, found)
    if found != file["sha256"]:
        raise BadPart(f"the parts of {file['sha256']} make {found}")
    return target


def put_together(file: dict[str, Any]) -> Path:
    """As `whole`, of a ciphertext that was read before: it is not put together and compared anew for every reader."""
    target = path_of(file["sha256"])
    return target if target.exists() else whole(file)


def _digest(parts: list[str], copy: Any = None) -> str:
    """SHA-256 of parts one after another, which are written to `copy` on the way."""
    hasher = hashlib.sha256()
    for part in parts:
        for chunk in _read(path_of(part)):
            hasher.update(chunk)
            if copy is not None:
                copy.write(chunk)
    return hasher.hexdigest()


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as source:
            while chunk := source.read(_CHUNK):
                yield chunk
    except FileNotFoundError as error:
        raise BadPart(f"the part {path.name} is not there") from error


@contextmanager
def _fresh() -> Iterator[Any]:
    """A file among the ciphertexts that is gone at the end of the block unless it was kept."""
    root = Path(settings.SEALED_DIR)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _keep(file: Any, sha256: str) -> None:
    """Give a written file its name, so that it lasts."""
    file.flush()
    os.fsync(file.fileno())
    target = path_of(sha256)
    target.parent.mkdir(exist_ok=True)
    Path(file.name).replace(target)
