# SPDX-License-Identifier: Apache-2.0
"""Sharing a secret k of n over GF(256), and what commits to it. Source: sealed-bids, section 3.

Tables make this faster than safe against side channels: it runs on its owner's own machine (section 11, trap 9).
"""

from __future__ import annotations

import functools
import hashlib
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import SealedError
from .keys import SECRET_BYTES

SHARE_BYTES: Final = SECRET_BYTES + 1  # the value, then x
MOST_OPENERS: Final = 16
_POLYNOMIAL: Final = 0x11B
_FIELD: Final = 256


def check_quorum(k: int, n: int) -> None:
    """Refuse a k of n outside 1 <= k <= n <= 16 and 2k > n. Errors: `SealedError` "quorum"."""
    if type(k) is not int or type(n) is not int:
        raise SealedError("quorum", "k and n are integers")
    if not 1 <= k <= n <= MOST_OPENERS:
        raise SealedError("quorum", f"k = {k} of n = {n}: the rule is 1 <= k <= n <= {MOST_OPENERS}")
    if 2 * k <= n:
        raise SealedError("quorum", f"k = {k} of n = {n}: two separate groups could open it; 2k must exceed n")


def split(secret: bytes, k: int, n: int, ctx: str) -> list[bytes]:
    """The n shares of a 32-byte secret, 33 bytes each (value, then x = 1..n); any k of them give it back.

    Deterministic: the same secret and context give the same shares, so that after the opening anyone recomputes them.
    `ctx` is `ocid/recipient`. Errors: `SealedError` (a `ValueError`) "secret_malformed", "quorum", "context".
    """
    check_quorum(k, n)
    terms = [_secret(secret), *(coefficient(secret, d, ctx) for d in range(1, k))]
    shares = []
    for x in range(1, n + 1):
        row, value = _row(x), bytes(SECRET_BYTES)
        for term in reversed(terms):  # Horner: value = (value + term) * x, the constant last
            value = _add(value.translate(row), term)
        shares.append(value + bytes([x]))
    return shares


def combine(shares: list[bytes]) -> bytes:
    """The secret that the shares given go through (Lagrange at 0): the true one when they are k true shares.

    Decide by `key_commit`, never by the public key. Errors: `SealedError` "share_malformed", "share_x".
    """
    if not shares:
        raise SealedError("share_malformed", "no share was given")
    for share in shares:
        _share(share)
    xs = [share[-1] for share in shares]
    if 0 in xs:
        raise SealedError("share_x", "a share with x = 0 would be the secret itself")
    if len(set(xs)) != len(xs):
        raise SealedError("share_x", f"a share is there twice: x = {sorted(xs)}")
    total = bytes(SECRET_BYTES)
    for share, x in zip(shares, xs, strict=True):
        weight = 1
        for other in xs:
            if other != x:
                weight = multiply(weight, multiply(other, inverse(other ^ x)))
        total = _add(total, share[:-1].translate(_row(weight)))
    return total


def share_commit(ctx: str, share: bytes) -> str:
    """The commitment to a 33-byte share, hex. Errors: `SealedError` "share_malformed", "context"."""
    return hashlib.sha256(b"sobre/v1/share\n" + _context(ctx) + b"\n" + _share(share)).hexdigest()


def key_commit(ctx: str, secret: bytes) -> str:
    """The commitment to a 32-byte secret, hex. Errors: `SealedError` "secret_malformed", "context"."""
    return hashlib.sha256(b"sobre/v1/key\n" + _context(ctx) + b"\n" + _secret(secret)).hexdigest()


def coefficient(secret: bytes, degree: int, ctx: str) -> bytes:
    """32 bytes: the coefficients of x^degree, one for each byte of the secret (HKDF-SHA256)."""
    kdf = HKDF(SHA256(), SECRET_BYTES, salt=_context(ctx), info=f"sobre/v1/coef/{degree}".encode())
    return kdf.derive(_secret(secret))


def multiply(a: int, b: int) -> int:
    """The product of two elements of GF(256), polynomial 0x11B.

    >>> hex(multiply(0x57, 0x83)), hex(multiply(0x02, 0x80))
    ('0xc1', '0x1b')
    """
    return _row(a)[b]


@functools.cache
def inverse(a: int) -> int:
    """The element whose product with `a` is 1; 0 has none: `ValueError`.

    >>> hex(inverse(0x53))
    '0xca'
    """
    return _row(a).index(1)


@functools.cache
def _row(a: int) -> bytes:
    """The multiples of `a`: a table for `bytes.translate`."""
    return bytes(_product(a, b) for b in range(_FIELD))


def _product(a: int, b: int) -> int:
    total = 0
    while b:
        total ^= a if b & 1 else 0
        a, b = a << 1 ^ (_POLYNOMIAL if a & 0x80 else 0), b >> 1
    return total


def _add(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a) ^ int.from_bytes(b)).to_bytes(SECRET_BYTES)


def _secret(secret: bytes) -> bytes:
    if not isinstance(secret, bytes) or len(secret) != SECRET_BYTES:
        raise SealedError("secret_malformed", f"a secret is {SECRET_BYTES} bytes")
    return secret


def _share(share: bytes) -> bytes:
    if not isinstance(share, bytes) or len(share) != SHARE_BYTES:
        raise SealedError("share_malformed", f"a share is {SHARE_BYTES} bytes: 32 of value, then x")
    return share


def _context(ctx: str) -> bytes:
    try:
        return ctx.encode()
    except (AttributeError, UnicodeEncodeError) as error:
        raise SealedError("context", "the context is text: the ocid, a slash, the recipient") from error
