# SPDX-License-Identifier: Apache-2.0
"""Putting a PAdES signature on a PDF with pyHanko. Source: ETSI EN 319 142-1, baseline B; efirma, section 5.

Imported when the first paper is sealed: the library takes half a second to load.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from vitrina.parties.signing.asn1_sat import remap

FIELD = "Sello"
MD = "sha256"

remap()


def sign(
    pdf: bytes, *, certificate: bytes, key: rsa.RSAPrivateKey, chain: Sequence[bytes], at: datetime, name: str,
    place: str,
) -> bytes:  # fmt: skip
    """The PDF with one more revision, which bears the signature; the former bytes stay as they are.

    `certificate` and `chain` (those above it, the root may be left out) are DER; `at` is the instant it claims.
    """
    store = SimpleCertificateStore()
    store.register_multiple(x509.Certificate.load(der) for der in chain)
    about = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=MD, subfilter=fields.SigSeedSubFilter.PADES, name=name, location=place
    )
    signer = _Signer(at, about, _Key(key, x509.Certificate.load(certificate), store))
    return _apart(lambda: signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf))).getvalue())


class _Key(signers.Signer):
    """Signs with a key that is loaded once; the library's own checks its primes at every paper."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate: x509.Certificate, store: SimpleCertificateStore) -> None:
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
        self.key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != MD:
            raise ValueError(f"no signature with {digest_algorithm}")
        return bytes(self.key.key_size // 8) if dry_run else self.key.sign(data, padding.PKCS1v15(), SHA256())


class _Signer(signers.PdfSigner):
    """Signs at an instant that it is given, not at the machine's."""

    def __init__(self, at: datetime, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.at = at

    def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
        session = super().init_signing_session(*arguments, **named)
        session.system_time = self.at
        return session


def _apart(work: Callable[[], bytes]) -> bytes:
    """The library runs an event loop of its own; in a thread of its own there is none in its way."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
