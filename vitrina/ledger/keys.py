# SPDX-License-Identifier: Apache-2.0
"""The private key of the public log: one file that its user alone may read, made once, never written again."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from .durable import sync_folder

MODE = 0o600


class KeyRefused(Exception):
    """The key file cannot be used; the message says why and what to do."""


def make(path: Path) -> Ed25519PrivateKey:
    """A fresh Ed25519 key, written to `path` (PKCS #8, PEM, mode 0600) before it is returned.

    Errors: `FileExistsError` when there is a file: a key that has signed is never replaced.
    """
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)  # unlike a rename it refuses to take the place of a file
    finally:
        fresh.unlink()
    sync_folder(path.parent)
    return key


def load(path: Path) -> Ed25519PrivateKey:
    """The key in `path`. Errors: `FileNotFoundError`; `KeyRefused` when others may read it or it is no such key."""
    if path.stat().st_mode & 0o077:
        raise KeyRefused(f"others may read {path}: set its mode to 0600, and change the key if they did")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise KeyRefused(f"{path} holds no key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"{path} holds another kind of key than Ed25519")
    return key
