# SPDX-License-Identifier: Apache-2.0
"""Signed notes, checkpoints and cosignatures (C2SP), as the public log specification has them in sections 5 and 6.

A note is text, an empty line, and signature lines `— name base64(key id || signature)`. Two types of signature are
known: 0x01, Ed25519 of a log over the text, and 0x04, Ed25519 of a witness over a time and the text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .merkle import HASH_BYTES, MAX_BITS

LOG, WITNESS = 0x01, 0x04
KEY_BYTES, ID_BYTES, TIME_BYTES, SIGNATURE_BYTES = 32, 4, 8, 64
MAX_SIGNATURES = 64
MAX_NOTE = 256 * 1024
_DASH = "— "
_VKEY_PARTS = 3
_FIRST_PRINTABLE = 0x20
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteError(ValueError):
    """A note, key or checkpoint that is not well formed."""


class Unverified(NoteError):
    """A well-formed note without a valid signature by a known key, or with a false one by a known key."""


def encode64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode()


def decode64(text: str) -> bytes:
    """Bytes of standard base64; any other spelling of the same bytes is a `NoteError`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise NoteError("not base64") from error
    if encode64(data) != text:
        raise NoteError("base64 in an unusual spelling")
    return data


def number(text: str) -> int:
    """A decimal size or index without leading zeros, below 2^63; else `NoteError`."""
    if not _NUMBER.fullmatch(text) or int(text).bit_length() > MAX_BITS:
        raise NoteError("not a number as sizes are written")
    return int(text)


def check_name(name: str) -> str:
    """The name of a key: not empty, no space of any kind, no plus, nothing unprintable; else `NoteError`."""
    if not name or "+" in name or any(c.isspace() or ord(c) < _FIRST_PRINTABLE for c in name):
        raise NoteError("the name of a key has no spaces and no plus")
    return name


@dataclass(frozen=True, slots=True)
class Vkey:
    """A verifier key: `name`, type byte (`LOG` or `WITNESS`), 32 bytes of Ed25519 public key."""

    name: str
    type: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Vkey:
        """From `name+hex8(key id)+base64(type || key)`; `NoteError` for anything else."""
        parts = text.split("+", 2)  # base64 has pluses of its own
        if len(parts) != _VKEY_PARTS:
            raise NoteError("a verifier key is name+id+key")
        data = decode64(parts[2])
        if data[:1] not in {bytes([LOG]), bytes([WITNESS])} or len(data) != 1 + KEY_BYTES:
            raise NoteError("only Ed25519 keys of logs (type 1) and witnesses (type 4) are known")
        vkey = cls(check_name(parts[0]), data[0], data[1:])
        if parts[1] != vkey.id.hex():
            raise NoteError("the id is not that of the name and key")
        return vkey

    @classmethod
    def of(cls, name: str, key: Ed25519PrivateKey, type_: int = LOG) -> Vkey:
        """The verifier key of a private key."""
        return cls(check_name(name), type_, key.public_key().public_bytes_raw())

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        head = self.name.encode() + b"\n" + bytes([self.type])
        return hashlib.sha256(head + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode64(bytes([self.type]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """A verified signature of a note; `seconds` since 1970 (UTC) when a witness made it; `line` with its newline."""

    vkey: Vkey
    seconds: int | None
    line: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log signs: its origin, how many leaves it has, the 32-byte root over them."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """From the text of a note (with its last newline); extension lines are refused. Errors: `NoteError`."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:  # noqa: PLR2004 - three lines, each with its newline
            raise NoteError("a checkpoint has three lines")
        root = decode64(lines[2])
        if len(root) != HASH_BYTES:
            raise NoteError("a root has 32 bytes")
        return cls(check_name(lines[0]), number(lines[1]), root)

    def text(self) -> str:
        """The text that is signed."""
        return f"{check_name(self.origin)}\n{self.size}\n{encode64(self.root)}\n"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The signature line of a log, with its newline, over the text of a note (which ends with a newline)."""
    return _line(Vkey.of(name, key, LOG), key.sign(_signable(text)))


def cosign(text: str, name: str, key: Ed25519PrivateKey, seconds: int) -> str:
    """The signature line of a witness, with its newline: at `seconds` since 1970 this was the largest tree it knew."""
    signature = key.sign(_cosigned(_signable(text), seconds))
    return _line(Vkey.of(name, key, WITNESS), seconds.to_bytes(TIME_BYTES, "big") + signature)


def join(text: str, *lines: str) -> str:
    """A note from its text and its signature lines, as `sign` and `cosign` give them."""
    return f"{text}\n{''.join(lines)}"


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note and its signatures as (name, key id || signature), none of them verified yet.

    Errors: `NoteError` for a note that is not well formed.
    """
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n") or len(note) > MAX_NOTE:
        raise NoteError("a note is text, an empty line and signatures")
    if any(ord(c) < _FIRST_PRINTABLE and c != "\n" for c in note):
        raise NoteError("a note has no control characters")
    _signable(note)
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"more than {MAX_SIGNATURES} signatures")
    return text + "\n", [_parse_line(line) for line in lines]


def open_note(note: str, vkeys: Iterable[Vkey]) -> list[Signature]:
    """The verified signatures of a note, one per known key, in the order of the note; others are ignored.

    Errors: `NoteError` when it is not well formed; `Unverified` when none is valid or one by a known key is false.
    """
    known: dict[tuple[str, bytes], Vkey] = {}
    for vkey in vkeys:
        if known.setdefault((vkey.name, vkey.id), vkey) != vkey:
            raise NoteError(f"two keys share the name and id of {vkey.name}")
    text, found = split(note)
    signed = text.encode()
    valid: dict[Vkey, Signature] = {}
    for name, data in found:
        if signer := known.get((name, data[:ID_BYTES])):
            seconds = _verify(signer, signed, data[ID_BYTES:])
            valid.setdefault(signer, Signature(signer, seconds, f"{_DASH}{name} {encode64(data)}\n"))
    if not valid:
        raise Unverified("no valid signature by a known key")
    return list(valid.values())


def _verify(vkey: Vkey, text: bytes, signature: bytes) -> int | None:
    seconds = None
    if vkey.type == WITNESS:
        seconds, signature = int.from_bytes(signature[:TIME_BYTES], "big"), signature[TIME_BYTES:]
        text = _cosigned(text, seconds)
    is_sound = len(signature) == SIGNATURE_BYTES and (seconds or 0).bit_length() <= MAX_BITS
    try:
        if is_sound:
            Ed25519PublicKey.from_public_bytes(vkey.public).verify(signature, text)
    except InvalidSignature:
        is_sound = False
    if not is_sound:
        raise Unverified(f"a false signature in the name of {vkey.name}")
    return seconds


def _signable(text: str) -> bytes:
    if not text.endswith("\n"):
        raise NoteError("the text of a note ends with a newline")
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NoteError("not text that UTF-8 can write") from error


def _cosigned(text: bytes, seconds: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % seconds + text


def _line(vkey: Vkey, signature: bytes) -> str:
    return f"{_DASH}{vkey.name} {encode64(vkey.id + signature)}\n"


def _parse_line(line: str) -> tuple[str, bytes]:
    name, space, data = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise NoteError("a signature line is dash, name and base64")
    decoded = decode64(data)
    if len(decoded) <= ID_BYTES:
        raise NoteError("a signature line without signature")
    return check_name(name), decoded
