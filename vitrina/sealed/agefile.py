# SPDX-License-Identifier: Apache-2.0
"""Age files as this format allows them: one X25519 stanza, never armour; streamed both ways with flat memory.

Sources: age v1 (C2SP); sealed-bids, sections 6, 11 (traps 2, 3, 11).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

import pyrage

from .errors import SealedError
from .keys import opener_key, sealing_key

PART_BYTES: Final = 8 * 1024 * 1024
CHUNK_BYTES: Final = 64 * 1024
LEAST_BYTES: Final = 200  # an empty file with one X25519 stanza
MOST_HEADER: Final = 8 * 1024
_NONCE, _TAG = 16, 16
_MOST_STANZAS: Final = 8
_INTRO: Final = b"age-encryption.org/v1\n"
_STANZA: Final = re.compile(rb"-> ([!-~]+)((?: [!-~]+)*)\n")
_BODY: Final = re.compile(rb"[A-Za-z0-9+/]{0,64}\n")
_FOOTER: Final = re.compile(rb"--- [A-Za-z0-9+/]{43}\n")
_BODY_COLUMNS: Final = 64
_KEY: Final = re.compile(rb"[A-Za-z0-9+/]{43}")  # 32 bytes without padding


@dataclass(frozen=True, slots=True)
class Measured:
    """What one pass of sealing found out: of the plaintext, and of the ciphertext with its 8 MiB parts."""

    plain_sha256: str
    plain_size: int
    sha256: str
    size: int
    parts: tuple[str, ...]


class _Stream:
    """One side of the age library, which hides the errors of the streams that it is given: the first is kept."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.error = error
            raise


class _Reader(_Stream):
    """What the library reads, counted and, where asked, hashed."""

    def __init__(self, source: BinaryIO, *, hashed: bool) -> None:
        super().__init__()
        self.source, self.hashed, self.sum, self.size = source, hashed, hashlib.sha256(), 0

    def read(self, n: int = -1) -> bytes:
        with self.kept():
            data = self.source.read(n)
        if self.hashed:
            self.sum.update(data)
        self.size += len(data)
        return data


class _Writer(_Stream):
    """What the library writes, counted and hashed; where asked, in parts of 8 MiB too."""

    def __init__(self, target: BinaryIO, *, in_parts: bool = False) -> None:
        super().__init__()
        self.target, self.sum, self.size = target, hashlib.sha256(), 0
        self.in_parts, self.parts, self.part = in_parts, list[str](), hashlib.sha256()

    def write(self, data: bytes) -> int:
        with self.kept():
            self.target.write(data)
        self.sum.update(data)
        view = memoryview(data)
        while self.in_parts and view:
            room = PART_BYTES - self.size % PART_BYTES
            self.part.update(view[:room])
            self.size += len(view[:room])
            if self.size % PART_BYTES == 0:
                self.close_part()
            view = view[room:]
        self.size += len(view)
        return len(data)

    def close_part(self) -> None:
        self.parts.append(self.part.hexdigest())
        self.part = hashlib.sha256()

    def flush(self) -> None:
        with self.kept():
            self.target.flush()


def encrypt_stream(source: BinaryIO, target: BinaryIO, recipient: str) -> Measured:
    """Seal a stream to one recipient. Errors: `SealedError` "recipient_malformed", `OSError` of the streams."""
    reader, writer = _Reader(source, hashed=True), _Writer(target, in_parts=True)
    key = sealing_key(recipient)
    try:
        pyrage.encrypt_io(reader, writer, [key])
    except (pyrage.EncryptError, OSError) as error:
        raise reader.error or writer.error or error from None
    if writer.size % PART_BYTES:
        writer.close_part()
    return Measured(reader.sum.hexdigest(), reader.size, writer.sum.hexdigest(), writer.size, tuple(writer.parts))


def decrypt_stream(source: BinaryIO, target: BinaryIO, identity: str) -> tuple[str, int]:
    """Open a seekable stream; SHA-256 (hex) and size of the plaintext. What was written before an error is no file.

    Errors: `SealedError` "age_header", "age_decrypt", "identity_malformed"; `OSError` of the streams.
    """
    read_header(source)
    source.seek(0)
    key, reader, writer = opener_key(identity), _Reader(source, hashed=False), _Writer(target)
    try:
        pyrage.decrypt_io(reader, writer, [key])
    except (pyrage.DecryptError, OSError, EOFError, ValueError) as error:
        # The library raises a bare OSError for a chunk that is not authentic, and hides an error of our streams.
        if broken := reader.error or writer.error:
            raise broken from None
        raise SealedError("age_decrypt", f"the key does not open it, or it is damaged: {error}") from error
    return writer.sum.hexdigest(), writer.size


def encrypt_bytes(data: bytes, recipient: str) -> bytes:
    """A short text sealed to one recipient. Errors: `SealedError` "recipient_malformed"."""
    out = io.BytesIO()
    encrypt_stream(io.BytesIO(data), out, recipient)
    return out.getvalue()


def decrypt_bytes(data: bytes, identity: str) -> bytes:
    """A short text opened. Errors: as `decrypt_stream`."""
    out = io.BytesIO()
    decrypt_stream(io.BytesIO(data), out, identity)
    return out.getvalue()


def read_header(source: BinaryIO) -> int:
    """Length in bytes of an age header with exactly one X25519 stanza; `-grease` stanzas are tolerated.

    Errors: `SealedError` "age_header": armour, another or a second recipient, a malformed line, more than 8 KiB.
    """
    if source.readline(len(_INTRO)) != _INTRO:
        raise SealedError("age_header", "it does not begin as a binary age v1 file; armour is not allowed")
    size, keys = len(_INTRO), 0
    for _ in range(_MOST_STANZAS + 1):
        line = _line(source)
        size += len(line)
        if _FOOTER.fullmatch(line):
            if keys != 1:
                raise SealedError("age_header", f"it has {keys} X25519 recipients; exactly one is allowed")
            return size
        stanza = _STANZA.fullmatch(line)
        if not stanza:
            raise SealedError("age_header", "a line of its header is neither a stanza nor the end")
        body = _stanza_body(source)
        size += len(body)
        if stanza[1] == b"X25519":
            keys += 1
            if not _KEY.fullmatch(stanza[2][1:]) or not _KEY.fullmatch(body[:-1]):
                raise SealedError("age_header", "its X25519 stanza does not hold two values of 32 bytes")
        elif not stanza[1].endswith(b"-grease"):
            raise SealedError("age_header", f"it has a recipient of the kind {stanza[1][:40].decode('ascii')!r}")
    raise SealedError("age_header", f"it has more than {_MOST_STANZAS} stanzas")


def _line(source: BinaryIO) -> bytes:
    line = source.readline(MOST_HEADER)
    if not line.endswith(b"\n"):
        raise SealedError("age_header", "its header is cut or has an endless line")
    return line


def _stanza_body(source: BinaryIO) -> bytes:
    body = b""
    while len(body) <= MOST_HEADER:
        line = _line(source)
        if not _BODY.fullmatch(line):
            raise SealedError("age_header", "the body of a stanza is not base64 in lines of 64")
        body += line
        if len(line) <= _BODY_COLUMNS:
            return body
    raise SealedError("age_header", f"its header exceeds {MOST_HEADER} bytes")


def payload_size(plain: int) -> int:
    """Bytes that follow the header for so many of plaintext: nonce, then a tag per chunk of 64 KiB, at least one."""
    return _NONCE + plain + _TAG * max(1, -(-plain // CHUNK_BYTES))


def unwrap(text: str, plain: int) -> bytes:
    """The age file in a base64 text, when it is one for a plaintext of that size. Errors: `SealedError` "age_blob".

    The size is known to the byte, so a longer or shorter blob hides something or is damaged.
    """
    if len(text) > 2 * (MOST_HEADER + payload_size(plain)):
        raise SealedError("age_blob", "it is too long")
    data = from_base64(text, "age_blob")
    try:
        header = read_header(io.BytesIO(data))
    except SealedError as error:
        raise SealedError("age_blob", error.detail) from error
    payload = len(data) - header
    if payload != payload_size(plain):
        raise SealedError("age_blob", f"it holds {payload} bytes after its header, not {payload_size(plain)}")
    return data


def from_base64(text: str, code: str) -> bytes:
    """Bytes of standard base64 with padding, only in its one canonical spelling. Errors: `SealedError` with `code`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise SealedError(code, "it is not standard base64 with padding") from error
    if base64.b64encode(data).decode() != text:
        raise SealedError(code, "it is not the canonical spelling of its base64")
    return data
