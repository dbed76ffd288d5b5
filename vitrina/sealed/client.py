# SPDX-License-Identifier: Apache-2.0
"""Sealing without a browser or a network: the same plaintext, the same format. Source: sealed-bids, sections 3 to 5.

What is signed is `dsse.pae(PAYLOAD_TYPES[type], bytes)`; signing is the caller's.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from vitrina.kernel.canonical import canonical

from . import index, keys
from .agefile import Measured, encrypt_stream
from .custody import deal
from .dsse import pae
from .errors import SealedError
from .index import IndexFile, Offer
from .objects import (
    PAYLOAD_TYPES,
    Manifest,
    Redeal,
    ShareRef,
    Withdrawal,
    check,
    check_redeal,
    parse,
    reveal_digest,
    to_jcs,
)
from .shares import key_commit

Document = tuple[str, str, bytes | Path]
ANSWERS: Final = "respuestas.json"  # file 1 of every envelope of this platform


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed envelope: what is posted (`manifest_bytes`), what the supplier keeps (`identity`), the ciphertexts."""

    manifest: Manifest
    manifest_bytes: bytes
    secret: bytes
    identity: str
    c: str
    files: tuple[Path, ...]

    @property
    def signed(self) -> bytes:
        """The bytes that the supplier signs."""
        return pae(PAYLOAD_TYPES[self.manifest.type], self.manifest_bytes)


def answers(responses: dict[str, str], statement: str) -> Document:
    """The document `respuestas.json`: what the bidder answers to each criterion, by its number, and its statement."""
    return ANSWERS, "application/json", canonical({"v": 1, "responses": responses, "statement": statement})


def seal(
    documents: Sequence[Document],
    offer: Offer | dict[str, Any] | None,
    *,
    ocid: str,
    lot: str | None,
    envelope: str,
    supplier: str,
    panel: Sequence[dict[str, str]],
    k: int,
    reveal_by: str,
    replaces: str | None = None,
    out: Path,
    demo: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Sealed:
    """Seal documents (name, media type, bytes or path) and an offer to a panel `[{id, recipient}, ...]`.

    Writes one ciphertext `<sha256>.age` per file into `out`, the index first; memory stays flat. `progress` gets the
    bytes read so far. Errors: `SealedError` as `index.parse` and `objects.parse`; `OSError`.
    """
    out.mkdir(parents=True, exist_ok=True)
    secret = keys.new_secret()
    recipient = keys.recipient(secret)
    plain, sealed, done = [], [], 0
    for name, media_type, source in documents:
        with _opened(source) as stream:
            measured, path = _encrypt(_Told(stream, progress, done), out, recipient)
        done += measured.plain_size
        plain.append(IndexFile(name, media_type, measured.plain_sha256, measured.plain_size))
        sealed.append((measured, path))
    sealed.insert(0, _encrypt(io.BytesIO(index.build(plain, offer)), out, recipient))
    ctx = f"{ocid}/{recipient}"
    body = {
        "type": "sobre/v1",
        "ocid": ocid,
        "lot": lot,
        "envelope": envelope,
        "supplier": supplier,
        "k": k,
        "recipient": recipient,
        "key_commit": key_commit(ctx, secret),
        "files": [{"sha256": m.sha256, "size": m.size, "parts": list(m.parts)} for m, _ in sealed],
        "shares": deal(secret, ctx, panel, k),
        "replaces": replaces,
        "reveal_by": reveal_by,
        "salt": secrets.token_hex(32),
    }
    data = canonical(body)
    manifest = cast("Manifest", parse(data, demo=demo))
    files = tuple(path for _, path in sealed)
    return Sealed(manifest, data, secret, keys.identity(secret), reveal_digest(data), files)


def withdraw(manifest: Manifest, reveal_by: str | None = None) -> bytes:
    """The withdrawal of a bid, to be signed and posted; `reveal_by` is the bid's unless another is given."""
    found = Withdrawal(
        "sobre/v1/retiro",
        manifest.ocid,
        manifest.supplier,
        reveal_digest(to_jcs(manifest)),
        reveal_by or manifest.reveal_by,
        secrets.token_hex(32),
    )
    check(found)
    return to_jcs(found)


def redeal(manifest: Manifest, identity: str, x: int, opener: dict[str, str], reveal_by: str | None = None) -> bytes:
    """Share x of a bid for another opener `{id, recipient}`, from the supplier's backup; to be signed and posted.

    Errors: `SealedError` "backup_differs" when the backup is of another envelope, "share_x" when it has no share x.
    """
    secret = keys.secret_of(identity)
    if key_commit(manifest.ctx, secret) != manifest.key_commit:
        raise SealedError("backup_differs", "this backup is not the key of this envelope")
    if not 1 <= x <= len(manifest.shares):
        raise SealedError("share_x", f"the bid has no share {x}")
    receivers = [opener] * len(manifest.shares)
    share = deal(secret, manifest.ctx, receivers, manifest.k)[x - 1]
    found = Redeal(
        "sobre/v1/reparto",
        manifest.ocid,
        manifest.supplier,
        reveal_digest(to_jcs(manifest)),
        ShareRef(**share),
        reveal_by or manifest.reveal_by,
        secrets.token_hex(32),
    )
    check(found)
    check_redeal(manifest, found)
    return to_jcs(found)


class _Told:
    """A stream that tells how far it was read."""

    def __init__(self, stream: BinaryIO, progress: Callable[[int], None], before: int) -> None:
        self.stream, self.progress, self.done = stream, progress, before

    def read(self, n: int = -1) -> bytes:
        data = self.stream.read(n)
        self.done += len(data)
        self.progress(self.done)
        return data


def _opened(source: bytes | Path) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _encrypt(stream: Any, out: Path, recipient: str) -> tuple[Measured, Path]:
    """One ciphertext under its own digest; a cut leaves no file under that name."""
    partial = out / f".{secrets.token_hex(8)}.part"
    try:
        with partial.open("wb") as target:
            measured = encrypt_stream(stream, target, recipient)
        path = out / f"{measured.sha256}.age"
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return measured, path
