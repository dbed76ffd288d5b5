# SPDX-License-Identifier: Apache-2.0
"""Keys of cameras: made at random, shown once, kept as their SHA-256. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets

KEY_BYTES = 24
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]+", re.ASCII)
MOST_OF_A_NAME = 80


def mint() -> str:
    """A new key: 32 signs that an address takes as they are, 192 random bits."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest_of(key: str) -> str:
    """What is kept of a key. It needs no salt: nobody guesses 192 bits."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_digest(text: str) -> bool:
    """Whether the text has the form of `digest_of`."""
    return bool(re.fullmatch(r"[0-9a-f]{64}", text))


def stream_name(number: str, ocid: str) -> str:
    """The name under which a purchase is broadcast: its procedure number, as a folder can be called.

    >>> stream_name("LA-050GYR047-E12-2020", "ocds-xs7k2n-1"), stream_name("LO 12/../2020", "x")
    ('LA-050GYR047-E12-2020', 'LO-12-2020')
    """
    return _NOT_IN_NAMES.sub("-", number or ocid).strip("-")[:MOST_OF_A_NAME]
