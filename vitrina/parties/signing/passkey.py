# SPDX-License-Identifier: Apache-2.0
"""Signatures with a passkey of the account: the device signs the digest of the act as its challenge.

Source: WebAuthn Level 2, section 7.2, without extensions; efirma, section 8 (user verification always).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from django.conf import settings
from django.db import transaction
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.utils import websafe_decode
from fido2.webauthn import AuthenticatorData, CollectedClientData

from vitrina.sealed.dsse import pae
from vitrina.sealed.signature import decode, spki, verify_assertion, verify_record

from .verdicts import Code, Fault

COUNTER = "sign_count"  # beside allauth's own fields of an authenticator


def verify(claim: dict[str, Any], payload_type: str, body: bytes, person_id: int) -> dict[str, Any]:
    """What the claim proves, as fields of its record. Errors: `Fault`; nothing is written.

    `{"alg", "public_key", "rp_id", "credential_id", "sign_count", "verified": "user"}`
    """
    authenticator = _authenticator(claim["credential_id"], person_id)
    registered = authenticator.wrap().authenticator_data
    alg, key = public_key_of(registered.credential_data.public_key)
    data, client = _read(claim)
    if not (data.is_user_present() and data.is_user_verified()):
        raise Fault(Code.PASSKEY_NOT_VERIFIED)
    site = _site(client, data, registered)
    proof = {"alg": alg, "public_key": spki(key), "rp_id": site}
    if not verify_record({**claim, **proof}, payload_type, body):
        raise Fault(_why(claim, proof, client, payload_type, body))
    if _went_back(data.counter, _counter(authenticator, registered)):
        raise Fault(Code.PASSKEY_COUNTER)
    return {**proof, "credential_id": claim["credential_id"], "sign_count": data.counter, "verified": "user"}


def remember(record: dict[str, Any], person_id: int) -> None:
    """Keep the device's counter, so that a copy of it is noticed. Errors: `Fault` when another went past it."""
    if not record["sign_count"]:
        return  # passkeys that are kept in several devices do not count
    with transaction.atomic():
        authenticator = _authenticator(record["credential_id"], person_id, lock=True)
        if _went_back(record["sign_count"], _counter(authenticator, authenticator.wrap().authenticator_data)):
            raise Fault(Code.PASSKEY_COUNTER)
        authenticator.data = authenticator.data | {COUNTER: record["sign_count"]}
        authenticator.save(update_fields=["data"])


def public_key_of(key: CoseKey) -> tuple[str, PublicKeyTypes]:
    """Name of the algorithm, and key, of a registered device. Errors: `Fault` for kinds that do not sign acts."""
    if isinstance(key, ES256):
        x, y = int.from_bytes(key[-2]), int.from_bytes(key[-3])
        return "ES256", ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    if isinstance(key, EdDSA):
        return "EdDSA", ed25519.Ed25519PublicKey.from_public_bytes(key[-2])
    if isinstance(key, RS256):
        return "RS256", rsa.RSAPublicNumbers(int.from_bytes(key[-2]), int.from_bytes(key[-1])).public_key()
    raise Fault(Code.PASSKEY_UNKNOWN)


def _authenticator(credential_id: str, person_id: int, *, lock: bool = False) -> Authenticator:
    rows = Authenticator.objects.filter(user__person=person_id, type=Authenticator.Type.WEBAUTHN)
    try:
        wanted = websafe_decode(credential_id)
    except ValueError as error:
        raise Fault(Code.CLAIM_MALFORMED) from error
    for row in rows.select_for_update(of=("self",)) if lock else rows:
        found = row.wrap().authenticator_data.credential_data
        if found and hmac.compare_digest(found.credential_id, wanted):
            return row
    raise Fault(Code.PASSKEY_UNKNOWN)


def _read(claim: dict[str, Any]) -> tuple[AuthenticatorData, CollectedClientData]:
    try:
        client = CollectedClientData(decode(claim["client_data"]))
        return AuthenticatorData(decode(claim["authenticator_data"])), client
    except Exception as error:  # a stranger's bytes
        raise Fault(Code.CLAIM_MALFORMED) from error


def _site(client: CollectedClientData, data: AuthenticatorData, registered: AuthenticatorData) -> str:
    """The host on which it was signed: the one where the passkey was made, over https (or on this machine)."""
    try:
        origin = urlsplit(client.origin)
        host = origin.hostname or ""
        named = host.encode()
    except (ValueError, TypeError, AttributeError) as error:  # a stranger's text, or none
        raise Fault(Code.PASSKEY_ORIGIN) from error
    secure = origin.scheme == "https" or (origin.scheme == "http" and _insecure_is_allowed())
    same = hmac.compare_digest(hashlib.sha256(named).digest(), registered.rp_id_hash)
    if not (secure and same and data.rp_id_hash == registered.rp_id_hash) or client.cross_origin:
        raise Fault(Code.PASSKEY_ORIGIN)
    return host


def _insecure_is_allowed() -> bool:
    return bool(getattr(settings, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False))


def _why(
    claim: dict[str, Any], proof: dict[str, Any], client: CollectedClientData, payload_type: str, body: bytes
) -> Code:
    """A good signature of another act, or no good signature."""
    expected = hashlib.sha256(pae(payload_type, body)).digest()
    other = client.type == CollectedClientData.TYPE.GET and client.challenge != expected
    return Code.SIG_PAYLOAD_MISMATCH if other and verify_assertion({**claim, **proof}) else Code.SIG_BAD


def _counter(authenticator: Authenticator, registered: AuthenticatorData) -> int:
    return max(int(authenticator.data.get(COUNTER, 0)), registered.counter)


def _went_back(told: int, known: int) -> bool:
    return bool(told or known) and told <= known
