# SPDX-License-Identifier: Apache-2.0
"""Putting a PAdES signature on a PDF with pyHanko. Source: ETSI EN 319 142-1, baseline B and T; efirma, section 5.

Imported when the first paper is sealed: the library takes half a second to load.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from vitrina.ledger.timestamp import stamp
from vitrina.parties.signing.asn1_sat import remap

FIELD = "Sello"
MD = "sha256"
ROOM = 24_576  # hexadecimal digits kept for a signature with a time stamp, whose size is known only afterwards
STAMP_SECONDS = 5.0

remap()


def sign(
    pdf: bytes, *, certificate: bytes, key: rsa.RSAPrivateKey, chain: Sequence[bytes], at: datetime, name: str,
    place: str, tsa: str = "",
) -> bytes:  # fmt: skip
    """The PDF with one more revision, which bears the signature; the former bytes stay as they are.

    `certificate` and `chain` (those above it, the root may be left out) are DER; `at` is the instant it claims, `tsa`
    the address of an RFC 3161 provider that says so too. Errors: `TimestampError` when that gives none.
    """
    store = SimpleCertificateStore()
    store.register_multiple(x509.Certificate.load(der) for der in chain)
    about = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=MD, subfilter=fields.SigSeedSubFilter.PADES, name=name, location=place
    )
    stamper = _Stamper(tsa) if tsa else None
    signer = _Signer(at, about, _Key(key, x509.Certificate.load(certificate), store), timestamper=stamper)
    writer, room = IncrementalPdfFileWriter(BytesIO(pdf)), ROOM if tsa else None
    return _apart(lambda: signer.sign_pdf(writer, bytes_reserved=room).getvalue())


class _Key(signers.Signer):
    """Signs with a key that is loaded once; the library's own checks its primes at every paper."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate: x509.Certificate, store: SimpleCertificateStore) -> None:
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
        self.key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != MD:
            raise ValueError(f"no signature with {digest_algorithm}")
        return bytes(self.key.key_size // 8) if dry_run else self.key.sign(data, padding.PKCS1v15(), SHA256())


class _Stamper(TimeStamper):
    """The installation's provider of time stamps, asked within bounds."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        if md_algorithm != MD:
            raise ValueError(f"no time stamp over {md_algorithm}")
        answer = stamp(self.url, message_digest, STAMP_SECONDS)
        return tsp.TimeStampResp.load(answer)["time_stamp_token"]


class _Signer(signers.PdfSigner):
    """Signs at an instant that it is given, not at the machine's."""

    def __init__(self, at: datetime, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.at = at

    def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
        session = super().init_signing_session(*arguments, **named)
        session.system_time = self.at
        return session


def _apart(work: Callable[[], bytes]) -> bytes:
    """The library runs an event loop of its own; in a thread of its own there is none in its way."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
