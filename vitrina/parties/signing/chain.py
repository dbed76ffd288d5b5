# SPDX-License-Identifier: Apache-2.0
"""From a certificate up to a root that the installation trusts; each way of failing has a code of its own.

Source: efirma, section 4, step 3; RFC 5280, section 6 (names, signatures, dates, CA and keyCertSign; no more).
"""

from __future__ import annotations

from datetime import datetime

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from .asn1_sat import remap
from .certificate import is_authority
from .store import Authority, TrustStore, is_test_name
from .verdicts import Code, Fault

LONGEST = 4  # authorities between a certificate and its root, root included: the SAT has two

remap()


def chain_of(der: bytes, store: TrustStore, at: datetime, *, allow_test: bool) -> list[Authority]:
    """The authorities above a certificate, its issuer first, the root last. Errors: `Fault` CHAIN_*."""
    found = x509.load_der_x509_certificate(der)
    issuer = issuer_of(der)
    chain: list[Authority] = []
    while True:
        authority = _issuer(found, issuer, store)
        _check_authority(authority, at, allow_test=allow_test)
        chain.append(authority)
        if authority.is_anchor:
            return chain
        if len(chain) == LONGEST or authority.subject == authority.issuer:
            raise Fault(Code.CHAIN_NOT_TRUSTED)
        found, issuer = authority.certificate, authority.issuer


def issuer_of(der: bytes) -> bytes:
    """The issuer's name as it stands in the certificate, in DER, never parsed and written again."""
    return asn1.Certificate.load(der)["tbs_certificate"]["issuer"].dump()


def _issuer(found: x509.Certificate, issuer: bytes, store: TrustStore) -> Authority:
    """The one authority of that name whose key signed the certificate."""
    candidates = store.named(issuer)
    if not candidates:
        raise Fault(Code.CHAIN_TEST_ROOT if is_test_name(issuer) else Code.CHAIN_NO_ISSUER)
    for candidate in candidates:
        try:
            found.verify_directly_issued_by(candidate.certificate)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            continue
        return candidate
    raise Fault(Code.CHAIN_BAD_SIGNATURE)


def _check_authority(authority: Authority, at: datetime, *, allow_test: bool) -> None:
    if authority.is_test and not allow_test:
        raise Fault(Code.CHAIN_TEST_ROOT)
    certificate = authority.certificate
    if not (certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc and authority.is_trusted(at)):
        raise Fault(Code.CHAIN_NOT_TRUSTED)
    try:
        signs = certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        signs = False
    if not (signs and is_authority(certificate)):
        raise Fault(Code.CHAIN_NOT_TRUSTED)
