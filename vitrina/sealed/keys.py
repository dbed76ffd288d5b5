# SPDX-License-Identifier: Apache-2.0
"""Age X25519 keys from raw bytes: Bech32 both ways. Sources: BIP 173; age v1; sealed-bids, section 3."""

from __future__ import annotations

import secrets
from typing import Final

import pyrage
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from .errors import SealedError

SECRET_BYTES: Final = 32
_ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECK: Final = 6  # characters of the checksum
_GROUPS: Final = 52  # characters that hold 256 bits
_SECRET_PART, _PUBLIC_PART = "age-secret-key-", "age"


def new_secret() -> bytes:
    """32 random bytes of the operating system."""
    return secrets.token_bytes(SECRET_BYTES)


def identity(secret: bytes) -> str:
    """The age identity of a 32-byte secret, upper case. Errors: `SealedError` for another length."""
    return _bech32(_SECRET_PART, _exact(secret)).upper()


def recipient(secret: bytes) -> str:
    """The age recipient of a 32-byte secret, lower case. Five bits of the secret do not show in it (clamping)."""
    public = X25519PrivateKey.from_private_bytes(_exact(secret)).public_key().public_bytes_raw()
    return _bech32(_PUBLIC_PART, public)


def secret_of(text: str) -> bytes:
    """The 32 bytes of an identity. Errors: `SealedError` "identity_malformed"."""
    if text != text.upper():
        raise SealedError("identity_malformed", "an age identity is written in upper case: AGE-SECRET-KEY-1...")
    return _unbech32(_SECRET_PART, text.lower(), "identity_malformed")


def public_of(text: str) -> bytes:
    """The 32 bytes of a recipient. Errors: `SealedError` "recipient_malformed"."""
    return _unbech32(_PUBLIC_PART, text, "recipient_malformed")


def opener_key(text: str) -> pyrage.x25519.Identity:
    """The identity as the age library holds it. Errors: `SealedError` "identity_malformed"."""
    return pyrage.x25519.Identity.from_str(identity(secret_of(text)))


def sealing_key(text: str) -> pyrage.x25519.Recipient:
    """The recipient as the age library holds it. Errors: `SealedError` "recipient_malformed"."""
    public_of(text)
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise SealedError("recipient_malformed", f"the age library refuses {text}: {error}") from error


def _exact(secret: bytes) -> bytes:
    if not isinstance(secret, bytes) or len(secret) != SECRET_BYTES:
        raise SealedError("secret_malformed", f"a secret is {SECRET_BYTES} bytes")
    return secret


def _checksum(part: str, groups: list[int]) -> int:
    state = 1
    for value in [*(ord(c) >> 5 for c in part), 0, *(ord(c) & 31 for c in part), *groups]:
        top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            state ^= term if top >> bit & 1 else 0
    return state


def _bech32(part: str, data: bytes) -> str:
    number = int.from_bytes(data) << 4  # 256 bits in 52 groups of five: four bits of padding
    groups = [number >> 5 * i & 31 for i in reversed(range(_GROUPS))]
    sum_ = _checksum(part, [*groups, *[0] * _CHECK]) ^ 1
    groups += [sum_ >> 5 * i & 31 for i in reversed(range(_CHECK))]
    return f"{part}1{''.join(_ALPHABET[g] for g in groups)}"


def _unbech32(part: str, text: str, code: str) -> bytes:
    head, rest = text[: len(part) + 1], text[len(part) + 1 :]
    if head != f"{part}1" or len(rest) != _GROUPS + _CHECK or not set(rest) <= set(_ALPHABET):
        raise SealedError(code, f"not Bech32 of 32 bytes with the human part {part!r}")
    groups = [_ALPHABET.index(c) for c in rest]
    if _checksum(part, groups) != 1:
        raise SealedError(code, "its checksum does not hold: a character was mistyped")
    number = 0
    for group in groups[:_GROUPS]:
        number = number << 5 | group
    if number & 0b1111:
        raise SealedError(code, "its padding bits are not zero")
    return (number >> 4).to_bytes(SECRET_BYTES)
