# SPDX-License-Identifier: Apache-2.0
"""Keys and shares as files on their owner's disk. An identity file is the one that the stock `age` program reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from .agefile import from_base64
from .errors import SealedError
from .keys import recipient, secret_of
from .shares import SHARE_BYTES

_MOST: Final = 64 * 1024
_HEX_LENGTH: Final = 2 * SHARE_BYTES
_OWNER_ONLY: Final = 0o600


def write_identity(path: Path, identity: str, title: str) -> None:
    """A new file that only its owner reads: title, recipient, identity. Errors: `FileExistsError`, `OSError`."""
    text = f"# {title}\n# public key: {recipient(secret_of(identity))}\n{identity}\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w", encoding="utf-8") as file:
        file.write(text)


def read_identity(path: Path) -> str:
    """The one identity of a file; comments and empty lines are skipped. Errors: `SealedError`, `OSError`."""
    data = _small(path)
    try:
        lines = [line.strip() for line in data.decode().splitlines()]
    except UnicodeDecodeError as error:
        raise SealedError("identity_malformed", f"{path}: it is not text") from error
    found = [line for line in lines if line and not line.startswith("#")]
    if len(found) != 1:
        raise SealedError("identity_malformed", f"{path}: it holds {len(found)} keys, not one")
    secret_of(found[0])
    return found[0]


def read_shares(folder: Path) -> tuple[list[bytes], list[str]]:
    """Shares from the files of a folder, and the names of files that hold none. Errors: `OSError`.

    A share is 33 bytes, or their hexadecimal or base64 text.
    """
    shares, others = [], []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            shares.append(_share(_small(path)))
        except SealedError:
            others.append(path.name)
    return shares, others


def _share(data: bytes) -> bytes:
    if len(data) == SHARE_BYTES:
        return data
    text = data.strip().decode("ascii", errors="replace")
    try:
        found = bytes.fromhex(text) if len(text) == _HEX_LENGTH else from_base64(text, "share_malformed")
    except ValueError as error:
        raise SealedError("share_malformed", "it is neither hexadecimal nor base64") from error
    if len(found) != SHARE_BYTES:
        raise SealedError("share_malformed", f"a share is {SHARE_BYTES} bytes")
    return found


def _small(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise SealedError("too_big", f"{path}: it is too long for a key or a share")
    return data
