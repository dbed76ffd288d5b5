# SPDX-License-Identifier: Apache-2.0
"""The installation's own seal on papers: a signature that any reader of PDF checks. Source: efirma, sections 3 and 5.

It says that the paper came from here as it is; who signed the act itself, and how, is written on the paper. Each paper
is sealed once and kept by what it says, so that a page costs a file that is read.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from vitrina.kernel import clock
from vitrina.kernel.canonical import digest
from vitrina.ledger.timestamp import TimestampError
from vitrina.sealed.signature import spki

log = logging.getLogger(__name__)
VERSION = b"seal/1\n"  # another way of sealing makes other files


@dataclass(frozen=True)
class Seal:
    """What seals: the certificate in DER, its key, and the certificates above it, nearest first."""

    certificate: bytes
    key: rsa.RSAPrivateKey
    chain: Sequence[bytes]


def the_seal() -> Seal | None:
    """The installation's seal, by `settings.PAPER_SEAL`; None where it has none.

    Errors: `ImproperlyConfigured` when its files cannot be read or the key is another certificate's.
    """
    configured = settings.PAPER_SEAL
    if configured.get("maker"):
        return Seal(*import_string(configured["maker"])())
    if not configured.get("certificate"):
        return None
    return _from_files(configured["certificate"], configured["key"], configured.get("password_file", ""))


def sealed(pdf: bytes) -> bytes:
    """The paper with the installation's seal, the same bytes each time; as it is where there is no seal."""
    seal = the_seal()
    if seal is None:
        return pdf
    return kept(digest(VERSION + seal.certificate + pdf), lambda: _put_on(pdf, seal))


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """The paper of this name, made once and kept."""
    file = Path(settings.PAPERS_DIR) / name[:2] / f"{name}.pdf"
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return _keep(file, make())


def _put_on(pdf: bytes, seal: Seal) -> bytes:
    """Sealed, with a time stamp where the installation has a provider and it answers."""
    from .pades import sign  # noqa: PLC0415 - half a second, which not every process has to spend

    make = functools.partial(
        sign, pdf, certificate=seal.certificate, key=seal.key, chain=seal.chain, at=clock.now(),
        name=settings.PUBLISHER_NAME, place=settings.PUBLIC_URL,
    )  # fmt: skip
    if settings.LOG_TSA_URL:
        try:
            return make(tsa=settings.LOG_TSA_URL)
        except TimestampError as error:
            log.warning("a paper is sealed without time stamp: %s", error)
    return make()


def _keep(file: Path, data: bytes) -> bytes:
    """Write the file, or take what another process wrote meanwhile: everybody gets the same bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}-{id(data)}")
    fresh.write_bytes(data)
    try:
        os.link(fresh, file)
    except FileExistsError:
        data = file.read_bytes()
    finally:
        fresh.unlink()
    return data


@functools.lru_cache(maxsize=2)
def _from_files(certificate: str, key: str, password_file: str) -> Seal:
    try:
        found = _ders(Path(certificate).read_bytes())
        password = Path(password_file).read_bytes().rstrip(b"\r\n") if password_file else None
        loaded = load_der_private_key(_ders(Path(key).read_bytes())[0], password)
        public = x509.load_der_x509_certificate(found[0]).public_key()
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"The seal of papers cannot be read: {error}") from error
    if not isinstance(loaded, rsa.RSAPrivateKey) or spki(loaded.public_key()) != spki(public):
        raise ImproperlyConfigured("The key of the seal of papers is not its certificate's, or is not RSA.")
    return Seal(found[0], loaded, found[1:])


def _ders(data: bytes) -> list[bytes]:
    """One thing in DER, or every one of a PEM file, in its order."""
    if not pem.detect(data):
        return [data]
    return [der for _kind, _headers, der in pem.unarmor(data, multiple=True)]
