# SPDX-License-Identifier: Apache-2.0
"""A document (an evidence card, an explanation) signed so that anybody checks it offline, years later.

The envelope holds the document, its SHA-256 over canonical JSON (RFC 8785) and an Ed25519 signature (RFC 8032) over
two lines: the name of this form, and that digest. The first line keeps the signature from being taken for one of
another kind, a checkpoint of the log say, so an installation may sign with the key of its log.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from vitrina.kernel.canonical import canonical, digest

FORM = "vitrina.insight.signed/1"
ALGORITHM = "Ed25519"
KEY_BYTES = 32
VKEY_PARTS = 3


class BadKey(ValueError):
    """There is no Ed25519 key there; the text says what is."""


class NotSound(ValueError):
    """The document is not what was signed, or not by whom it should be; the text says which."""


class Signature(msgspec.Struct, frozen=True):
    """`key`: the 32 bytes of the public key; `value`: the 64 of the signature; both in base64."""

    algorithm: str
    key: str
    value: str


class Signed(msgspec.Struct, frozen=True):
    """The envelope. `sha256`: of the canonical JSON of `document`, lower-case hex."""

    form: str
    document: dict[str, Any]
    sha256: str
    signature: Signature


def sign(document: dict[str, Any], key: Ed25519PrivateKey) -> Signed:
    """The document in its envelope. Errors: `ValueError` for what JSON cannot say (NaN, integers over 2^53)."""
    sha256 = digest(canonical(document))
    public = key.public_key().public_bytes_raw()
    return Signed(FORM, document, sha256, Signature(ALGORITHM, _text(public), _text(key.sign(_statement(sha256)))))


def encode(signed: Signed) -> bytes:
    """The envelope as canonical JSON, with a newline at its end."""
    return canonical(msgspec.to_builtins(signed)) + b"\n"


def check(data: bytes, signer: bytes | None = None) -> Signed:
    """The envelope of these bytes, when document, digest and signature agree and the key is `signer` (32 bytes), where
    one is expected. Errors: `NotSound`.
    """
    try:
        signed = msgspec.json.decode(data, type=Signed)
        key, value = (_bytes(text) for text in (signed.signature.key, signed.signature.value))
        sha256 = digest(canonical(signed.document))
    except (msgspec.DecodeError, ValueError) as error:
        raise NotSound(f"this is no signed document: {error}") from error
    if signed.form != FORM or signed.signature.algorithm != ALGORITHM:
        raise NotSound(f"{signed.form} with {signed.signature.algorithm} is a form that this program does not know")
    if sha256 != signed.sha256:
        raise NotSound("the document was changed after it was signed")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(value, _statement(sha256))
    except (InvalidSignature, ValueError) as error:
        raise NotSound("the signature is not of this document") from error
    if signer is not None and signer != key:
        raise NotSound(f"it was signed by another key: {fingerprint(key)}")
    return signed


def fingerprint(key: bytes) -> str:
    """SHA-256 of a public key, its first 16 hex digits in fours, to be read aloud."""
    found = hashlib.sha256(key).hexdigest()[:16]
    return " ".join(found[at : at + 4] for at in range(0, 16, 4))


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key of a PEM file that its owner alone may read. Errors: `BadKey`, `OSError`."""
    if path.stat().st_mode & 0o077:
        raise BadKey(f"others may read {path}: set its mode to 0600, and change the key if they did")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{path} holds no private key that can be read without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path} holds another kind of key than Ed25519")
    return key


def public_key(given: str) -> bytes:
    """The 32 bytes of a public key: a PEM file, base64, or the verifier key of a public log (`name+id+base64`).
    Errors: `BadKey`, `OSError`.
    """
    if Path(given).is_file():
        try:
            key = load_pem_public_key(Path(given).read_bytes())
        except ValueError as error:
            raise BadKey(f"{given} holds no public key") from error
        if not isinstance(key, Ed25519PublicKey):
            raise BadKey(f"{given} holds another kind of key than Ed25519")
        return key.public_bytes_raw()
    parts = given.split("+", VKEY_PARTS - 1)
    try:
        is_vkey = len(parts) == VKEY_PARTS
        found = _bytes(parts[-1] if is_vkey else given)[1 if is_vkey else 0 :]
    except ValueError:
        found = b""
    if len(found) != KEY_BYTES:
        raise BadKey(f"{given} is neither a file nor a public key")
    return found


def _statement(sha256: str) -> bytes:
    """What is signed."""
    return f"{FORM}\n{sha256}\n".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode(), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
