# SPDX-License-Identifier: Apache-2.0
"""Asking the authority whether a certificate was revoked, and keeping the whole answer. Source: RFC 6960; efirma, 4.

An answer is good evidence for ever: it is verified again, with the instant at which it was received.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA224, SHA256, SHA384, SHA512, Hash
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from vitrina.ledger import fetch

from .store import Authority
from .verdicts import Code, Fault

SECONDS = 5.0  # to wait for an answer
MAX_BYTES = 64 * 1024
FRESH = timedelta(hours=24)
SKEW = timedelta(minutes=5)
NONCE_BYTES = 16


class Unreachable(Exception):
    """No answer that can be used: nobody listens, too late, not signed by the authority, too old."""


def consult(der: bytes, issuer: Authority, at: datetime) -> dict[str, Any]:
    """What the authority says of a certificate, as records carry it.

    `{"kind": "ocsp", "status": "good" | "revoked" | "unknown", "this_update", "response": base64, ...}`, or
    `{"kind": "none", "status": "not_consulted", "why": "demonstration_root"}` for an authority of demonstrations that
    has nobody to ask. Errors: `Unreachable`.
    """
    if not issuer.ocsp:
        if issuer.is_test:
            return {"kind": "none", "status": "not_consulted", "why": "demonstration_root"}
        raise Unreachable("nobody is named to be asked")
    nonce = secrets.token_bytes(NONCE_BYTES)
    certificate = x509.load_der_x509_certificate(der)
    builder = ocsp.OCSPRequestBuilder()
    builder = builder.add_certificate(certificate, issuer.certificate, SHA1())  # noqa: S303 - a name, no protection
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    answer = _post(issuer.ocsp, request.public_bytes(Encoding.DER))
    return read(answer, der, issuer, at, nonce=nonce)


def read(answer: bytes, der: bytes, issuer: Authority, at: datetime, *, nonce: bytes | None = None) -> dict[str, Any]:
    """An answer verified as of an instant; with `nonce`, it must repeat it if it bears one. Errors: `Unreachable`."""
    try:
        response = ocsp.load_der_ocsp_response(answer)
        _check_subject(response, der, issuer)
        _check_nonce(response, nonce)
        _check_signer(response, issuer.certificate, at)
        return _told(response, answer, at)
    except Unreachable:
        raise
    except Exception as error:  # a stranger's bytes
        raise Unreachable("the answer cannot be read") from error


def judge(told: dict[str, Any], at: datetime) -> None:
    """Refuse what the answer forbids: revoked before the instant, unknown. Errors: `Fault`."""
    if told["status"] == "revoked" and datetime.fromisoformat(told["revoked_at"]) <= at:
        raise Fault(Code.REV_REVOKED, when=datetime.fromisoformat(told["revoked_at"]))
    if told["status"] == "unknown":
        raise Fault(Code.REV_UNKNOWN)


def _post(url: str, body: bytes) -> bytes:
    """The address comes from the store of authorities, never from a certificate."""
    try:
        answer = fetch.post(url, body, "application/ocsp-request", SECONDS)
    except fetch.Unreachable as error:
        raise Unreachable(str(error)) from error
    if answer.status != HTTPStatus.OK or len(answer.body) > MAX_BYTES:
        raise Unreachable(f"the authority answers {answer.status} with {len(answer.body)} bytes")
    return answer.body


def _check_subject(response: ocsp.OCSPResponse, der: bytes, issuer: Authority) -> None:
    """The answer is one, and about this certificate of this authority."""
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise Unreachable(f"the authority answered {response.response_status.name}")
    algorithm = Hash(response.hash_algorithm)
    algorithm.update(issuer.subject)
    serial = x509.load_der_x509_certificate(der).serial_number
    if response.serial_number != serial or response.issuer_name_hash != algorithm.finalize():
        raise Unreachable("the answer is about another certificate")


def _check_nonce(response: ocsp.OCSPResponse, nonce: bytes | None) -> None:
    """Responders that prepare their answers bear no nonce; then the age alone protects from an old one."""
    try:
        told = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return
    if nonce is not None and told != nonce:
        raise Unreachable("the answer belongs to another question")


def _check_signer(response: ocsp.OCSPResponse, issuer: x509.Certificate, at: datetime) -> None:
    """Signed by the authority, or by who it certified for that (RFC 6960, section 4.2.2.2)."""
    for signer in [issuer, *(c for c in response.certificates if _may_answer(c, issuer, at))]:
        if _signed(response, signer):
            return
    raise Unreachable("the answer is not signed by the authority")


def _may_answer(certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    within = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    return within and ExtendedKeyUsageOID.OCSP_SIGNING in purposes


def _signed(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), response.signature_hash_algorithm
    if not isinstance(key, rsa.RSAPublicKey) or not isinstance(algorithm, SHA224 | SHA256 | SHA384 | SHA512):
        return False
    try:
        key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


def _told(response: ocsp.OCSPResponse, answer: bytes, at: datetime) -> dict[str, Any]:
    since, until = response.this_update_utc, response.next_update_utc
    if since > at + SKEW or at - since > FRESH or (until is not None and until + SKEW < at):
        raise Unreachable("the answer is of another time")
    told = {
        "kind": "ocsp",
        "status": response.certificate_status.name.lower(),
        "this_update": iso(since),
        "response": base64.b64encode(answer).decode(),
        "response_sha256": hashlib.sha256(answer).hexdigest(),
    }
    if response.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        reason = response.revocation_reason
        told |= {"revoked_at": iso(response.revocation_time_utc), "reason": reason.value if reason else "unspecified"}
    return told


def iso(at: datetime) -> str:
    """An instant as records write it: whole seconds, UTC, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
