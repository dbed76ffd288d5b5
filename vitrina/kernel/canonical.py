# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON (RFC 8785) and SHA-256 digests: the bytes that the ledger vouches for."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of a JSON value. Integers above 2^53 and NaN raise `ValueError`."""
    return rfc8785.dumps(value)


def parse(data: bytes | str) -> Any:
    """A JSON value back from its bytes."""
    return json.loads(data)


def digest(data: bytes) -> str:
    """SHA-256 of the bytes, lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 hex of the canonical JSON of a value."""
    return digest(canonical(value))
