# SPDX-License-Identifier: Apache-2.0
"""Sealing from a folder of files, for the command line: what the site exported in, what the site accepts out.

Source: sealed-bids, sections 5 and 12 (offline client), acceptance test 11.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from . import client
from .errors import SealedError
from .keyfiles import write_identity
from .objects import PAYLOAD_TYPES, Manifest, parse, reveal_digest
from .signature import sign_efirma

_MOST_JSON: Final = 16 * 1024 * 1024


class Opener(msgspec.Struct, frozen=True):
    """One of the panel, as the site tells it."""

    id: str
    recipient: str
    name: str = ""
    body: str = ""


class Supplier(msgspec.Struct, frozen=True):
    """Who bids."""

    rfc: str
    name: str = ""


class Context(msgspec.Struct, frozen=True):
    """What the site exports for sealing; what else it tells is for people."""

    ocid: str
    lot: str | None
    envelope: str
    supplier: Supplier
    k: int
    panel: tuple[Opener, ...]
    reveal_by: str


class Bid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bidder writes: the offer as in `index.Offer`, answers by number of criterion, a statement."""

    offer: dict[str, Any] | None
    responses: dict[str, str] = {}
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What lies in the folder afterwards."""

    c: str
    manifest: Path
    identity: Path
    submission: Path
    to_sign: Path
    files: tuple[Path, ...]
    signed: bool


def read_json(path: Path, kind: type[Any]) -> Any:
    """A struct from a file. Errors: `SealedError` "context_malformed" naming the file; `OSError`."""
    if path.stat().st_size > _MOST_JSON:
        raise SealedError("context_malformed", f"{path}: it is too long")
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SealedError("context_malformed", f"{path}: {error}") from error


def documents_of(paths: Sequence[Path], bid: Bid) -> list[client.Document]:
    """The answers first, then the files under their own names. Errors: `SealedError` "file_name"."""
    found: list[client.Document] = [client.answers(bid.responses, bid.statement)]
    for path in paths:
        if path.name in {name for name, _, _ in found}:
            raise SealedError("file_name", f"{path.name}: another file of the envelope has this name")
        found.append((path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", path))
    return found


def seal_into(
    out: Path,
    context: Context,
    bid: Bid,
    paths: Sequence[Path],
    *,
    previous: bytes | None = None,
    sign: Callable[[str, bytes], dict[str, str]] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Written:
    """Seal into a new or empty folder: manifest, ciphertexts, the supplier's backup, what to sign, what to submit.

    `previous` are the bytes of the manifest that this bid replaces; `sign(payload type, bytes)` gives the claim of a
    signature. Errors: `SealedError`, `OSError`.
    """
    if out.exists() and any(out.iterdir()):
        raise SealedError("out_not_empty", f"{out}: choose a new folder, so that no key is overwritten")
    replaced = parse(previous) if previous is not None else None
    if replaced is not None and not isinstance(replaced, Manifest):
        raise SealedError("replaces_malformed", "what is replaced must be the manifest of a bid")
    sealed = client.seal(
        documents_of(paths, bid),
        bid.offer,
        ocid=context.ocid,
        lot=context.lot,
        envelope=context.envelope,
        supplier=context.supplier.rfc,
        panel=[{"id": o.id, "recipient": o.recipient} for o in context.panel],
        k=context.k,
        reveal_by=context.reveal_by,
        replaces=reveal_digest(previous) if previous is not None else None,
        out=out / "files",
        progress=progress,
    )
    names = ("manifest.json", "identity.key", "submission.json", "to-sign.bin")
    manifest, identity, submission, to_sign = (out / name for name in names)
    write_identity(identity, sealed.identity, f"Vitrina: backup key of the envelope {sealed.c}")
    manifest.write_bytes(sealed.manifest_bytes)
    to_sign.write_bytes(sealed.signed)
    claim = sign(PAYLOAD_TYPES[sealed.manifest.type], sealed.manifest_bytes) if sign else None
    told = {
        "object": sealed.manifest_bytes.decode(),
        "signature": claim,
        "previous": previous.decode() if previous is not None else None,
    }
    submission.write_bytes(msgspec.json.encode(told))
    return Written(sealed.c, manifest, identity, submission, to_sign, sealed.files, claim is not None)


def signer(cer: Path, key: Path, password: bytes, at: datetime) -> Callable[[str, bytes], dict[str, str]]:
    """What signs with an e.firma's two files; nothing of them is kept. Errors: `SealedError` "efirma", `OSError`.

    Whether the certificate may sign a bid (kind, validity, RFC) the site says when it receives it.
    """
    der = cer.read_bytes()
    try:
        public = x509.load_der_x509_certificate(der).public_key()
    except ValueError as error:
        raise SealedError("efirma", f"{cer}: it is not a certificate (.cer)") from error
    try:
        private = load_der_private_key(key.read_bytes(), password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SealedError("efirma", f"{key}: the password is wrong, or it is not a private key (.key)") from error
    if not isinstance(private, RSAPrivateKey) or private.public_key() != public:
        raise SealedError("efirma", f"{key} is not the key of {cer}")
    return lambda payload_type, body: sign_efirma(private, der, payload_type, body, at)
