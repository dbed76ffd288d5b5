# SPDX-License-Identifier: Apache-2.0
"""Time stamps of others (RFC 3161): a provider's signed word that a digest existed at an instant.

The token that is kept is the provider's whole answer (`.tsr`), which `openssl ts -verify` reads too. Public log
specification, section 8.8.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from asn1crypto import cms, tsp
from cryptography import x509
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

from .fetch import Unreachable, post

SHA256_OID = "2.16.840.1.101.3.4.2.1"
DIGEST_BYTES = 32
_QUERY = "application/timestamp-query"
_NONCE_BITS = 63
_MAX_TOKEN = 64 * 1024
_OK = 200
_ESS_V1 = "signing_certificate"
_ESS_V2 = "signing_certificate_v2"


class TimestampError(Exception):
    """No time stamp, or one that does not hold; the message says why."""


def stamp(url: str, digest: bytes, timeout: float = 10.0) -> bytes:
    """Have a provider stamp a SHA-256 digest (32 bytes); its answer, which is for this request and not older.

    The signature is not checked here: `verify` does it with the roots that one trusts. Errors: `TimestampError`.
    """
    nonce = secrets.randbits(_NONCE_BITS)
    try:
        answer = post(url, _request(digest, nonce), _QUERY, timeout)
    except Unreachable as error:
        raise TimestampError(f"the provider does not answer: {error}") from error
    if answer.status != _OK or len(answer.body) > _MAX_TOKEN:
        raise TimestampError(f"the provider answers {answer.status} with {len(answer.body)} bytes")
    response = _decode(answer.body)
    if response.tst_info.nonce != nonce:
        raise TimestampError("the provider answers another request")
    _check_digest(response, digest)
    return answer.body


def verify(
    token: bytes,
    digest: bytes,
    roots: Sequence[x509.Certificate],
    intermediates: Sequence[x509.Certificate] = (),
) -> datetime:
    """When a digest was stamped (UTC), by a provider under one of the roots whose certificate was valid at that time.

    Errors: `TimestampError` for a token that does not hold, for another digest, or without roots.
    """
    if not roots:
        raise TimestampError("no root certificate is trusted")
    response = _decode(token)
    _check_digest(response, digest)
    _check_signer(response)
    verifier = VerifierBuilder(roots=list(roots), intermediates=list(intermediates)).build()
    try:
        verifier.verify(response, digest)
    except (VerificationError, ValueError) as error:
        raise TimestampError(str(error)) from error
    return response.tst_info.gen_time.astimezone(UTC)


def _request(digest: bytes, nonce: int) -> bytes:
    if len(digest) != DIGEST_BYTES:
        raise TimestampError("a digest has 32 bytes")
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    data: bytes = request.dump()
    return data


def _decode(token: bytes) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(token)
        granted = response.status == 0
        response.tst_info  # noqa: B018 - parsed on demand; there is none in a refusal
    except ValueError as error:
        raise TimestampError(f"not a time stamp: {error}") from error
    if not granted:
        raise TimestampError("the provider refused to stamp")
    return response


def _check_digest(response: TimeStampResponse, digest: bytes) -> None:
    imprint = response.tst_info.message_imprint
    if imprint.hash_algorithm.dotted_string != SHA256_OID or imprint.message != digest:
        raise TimestampError("it stamps another digest")


def _check_signer(response: TimeStampResponse) -> None:
    """One signer, whose certificate is the only one of its name and number and is the one that the signature names.

    Otherwise a certificate that was put into the token could stand in for the signer's when its purpose is looked at
    (RFC 3161, 2.4.2; RFC 5816). Errors: `TimestampError`.
    """
    try:
        signed = cms.ContentInfo.load(response.time_stamp_token())["content"]
        (signer,) = signed["signer_infos"]
        wanted = signer["sid"].chosen
        number, certificates = wanted["serial_number"].native, [c.chosen for c in signed["certificates"]]
        (der,) = {c.dump() for c in certificates if c.issuer == wanted["issuer"] and c.serial_number == number}
        named = _named_digests(signer["signed_attrs"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TimestampError("it does not say clearly who signed it") from error
    if not named or any(hashlib.new(algorithm, der).digest() != value for algorithm, value in named):
        raise TimestampError("the certificate is not the one that the signature names")


def _named_digests(attributes: cms.CMSAttributes) -> list[tuple[str, bytes]]:
    """(hash algorithm, digest) of the signer's certificate, the first of each list as the standard has it."""
    found = []
    for attribute in attributes:
        if attribute["type"].native in {_ESS_V1, _ESS_V2}:
            (value,) = attribute["values"]
            first = value["certs"][0]
            is_v2 = attribute["type"].native == _ESS_V2
            algorithm = first["hash_algorithm"]["algorithm"].native if is_v2 else "sha1"
            found.append((algorithm, first["cert_hash"].native))
    return found
