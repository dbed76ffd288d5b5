# SPDX-License-Identifier: Apache-2.0
"""The box of a floor: what the room keeps of it on disk, under a key that the database does not hold.

Honest limit: whoever runs the process with the key can open it, and the room says so. A floor that nobody could read
could not act by itself.
"""

from __future__ import annotations

import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from vitrina.kernel.canonical import canonical

KEY_BYTES, NONCE_BYTES = 32, 12


class Closed(Exception):
    """The box does not open: another key, another place, changed bytes. The auction pauses and asks for the floor."""


def close(key: bytes, *, auction: str, commitment: str, centavos: int, salt: str) -> bytes:
    """A floor and its salt, sealed with `key` (32 bytes) to this commitment in this auction alone."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    text = canonical({"floor": str(centavos), "salt": salt})
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, text, _place(auction, commitment))


def opened(key: bytes, box: bytes, *, auction: str, commitment: str) -> tuple[int, str]:
    """(centavos, salt) again. Errors: `Closed`."""
    try:
        text = ChaCha20Poly1305(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _place(auction, commitment))
    except (InvalidTag, ValueError) as error:
        raise Closed from error
    found = json.loads(text)
    return int(found["floor"]), str(found["salt"])


def _place(auction: str, commitment: str) -> bytes:
    return canonical({"auction": auction, "commitment": commitment})
