# SPDX-License-Identifier: Apache-2.0
"""The mathematics of a signature record: does this key sign this body? No chain, no dates, no database.

Source: efirma, sections 3 and 4; sealed-bids, section 3; WebAuthn Level 2, section 7.2 (assertions).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from .dsse import pae

EFIRMA_ALG = "RSASSA-PKCS1-v1_5-SHA256"
PASSKEY_ALGS = ("ES256", "EdDSA", "RS256")
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
LONGEST = 64 * 1024  # characters of any field: the longest is a certificate, of about 2 kB
AUTHENTICATOR_DATA = 37  # bytes at least: digest of the site, flags, counter
USER_PRESENT, USER_VERIFIED = 0x01, 0x04  # bits of the flags of an authenticator


def verify_record(record: dict[str, Any], payload_type: str, body: bytes) -> bool:
    """Whether a record, or its public view, signs this body as this type; False for anything malformed.

    Reads of an e.firma record `value` and `cert` (or `public_key` where the certificate was left out); of a passkey
    record `value`, `public_key`, `authenticator_data` and `client_data`. `payload_type`, `payload_sha256` (of the
    body) and `alg` must agree where they are present.
    """
    try:
        if record.get("payload_type", payload_type) != payload_type:
            return False
        digest = hashlib.sha256(body).hexdigest()
        if record.get("payload_sha256", digest) != digest:
            return False
        if record["kind"] == "efirma":
            return _efirma(record, pae(payload_type, body))
        return record["kind"] == "passkey" and _passkey(record, pae(payload_type, body))
    except Exception:  # noqa: BLE001 - whatever a stranger's record does, it is no valid signature
        return False


def verify_assertion(record: dict[str, Any]) -> bool:
    """Whether a passkey's signature holds over its own data, whatever act that names; False for anything malformed."""
    try:
        client = decode(record["client_data"])
        return _assertion(record, decode(record["authenticator_data"]) + hashlib.sha256(client).digest())
    except Exception:  # noqa: BLE001 - as in `verify_record`
        return False


def sign_efirma(
    key: rsa.RSAPrivateKey, cert_der: bytes, payload_type: str, body: bytes, at: datetime
) -> dict[str, str]:
    """The claim of a signature with an e.firma, as the browser sends it; `at` is the signer's own clock, aware."""
    value = key.sign(pae(payload_type, body), padding.PKCS1v15(), SHA256())
    return {
        "kind": "efirma",
        "payload_type": payload_type,
        "value": base64.b64encode(value).decode(),
        "cert": base64.b64encode(cert_der).decode(),
        "signed_at_client": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def spki(key: PublicKeyTypes) -> str:
    """A public key as records carry it: base64 of its SubjectPublicKeyInfo."""
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def decode(text: object) -> bytes:
    """The bytes of standard base64 with padding, written in the only way. Errors: `ValueError`."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise ValueError("not a short text")
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64") from error
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 with loose ends")
    return data


def _efirma(record: dict[str, Any], signed: bytes) -> bool:
    if record.get("alg", EFIRMA_ALG) != EFIRMA_ALG:
        return False
    if "cert" in record:
        key: PublicKeyTypes = x509.load_der_x509_certificate(decode(record["cert"])).public_key()
        if "public_key" in record and record["public_key"] != spki(key):
            return False
    else:
        key = load_der_public_key(decode(record["public_key"]))
    return _rsa(key, decode(record["value"]), signed)


def _passkey(record: dict[str, Any], signed: bytes) -> bool:
    data, client = decode(record["authenticator_data"]), decode(record["client_data"])
    told = json.loads(client)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(signed).digest()).rstrip(b"=").decode()
    if told["type"] != "webauthn.get" or not hmac.compare_digest(told["challenge"], challenge):
        return False
    if told.get("crossOrigin", False) is not False or len(data) < AUTHENTICATOR_DATA:
        return False
    if data[32] & (USER_PRESENT | USER_VERIFIED) != USER_PRESENT | USER_VERIFIED:
        return False
    if "rp_id" in record and data[:32] != hashlib.sha256(record["rp_id"].encode()).digest():
        return False
    return _assertion(record, data + hashlib.sha256(client).digest())


def _assertion(record: dict[str, Any], signed: bytes) -> bool:
    """A device's signature; raises when it does not hold, as the library does."""
    key, alg, value = load_der_public_key(decode(record["public_key"])), record.get("alg"), decode(record["value"])
    if isinstance(key, ec.EllipticCurvePublicKey):
        if alg != "ES256" or not isinstance(key.curve, ec.SECP256R1):
            return False
        key.verify(value, signed, ec.ECDSA(SHA256()))
        return True
    if isinstance(key, ed25519.Ed25519PublicKey):
        if alg != "EdDSA":
            return False
        key.verify(value, signed)
        return True
    return alg == "RS256" and _rsa(key, value, signed)


def _rsa(key: PublicKeyTypes, value: bytes, signed: bytes) -> bool:
    if not isinstance(key, rsa.RSAPublicKey) or not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        return False
    key.verify(value, signed, padding.PKCS1v15(), SHA256())
    return True
