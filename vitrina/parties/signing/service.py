# SPDX-License-Identifier: Apache-2.0
"""Accepting a signature: everything that is checked at the moment it arrives, in order, and the record that stays.

Source: efirma, section 4. Nothing about the signature is written here, save a passkey's counter and a question to the
authority that waits for its answer; neither where the policy of the act says that it may leave no trace.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vitrina.kernel import clock
from vitrina.parties.actors import Actor
from vitrina.sealed.dsse import pae
from vitrina.sealed.signature import EFIRMA_ALG, LONGEST, decode, verify_record

from . import certificate as certificates
from . import owners, passkey, pending, policy, revocation
from .chain import chain_of
from .revocation import iso
from .store import the_store
from .verdicts import Code, Fault, sentence

SKEW = timedelta(minutes=5)
KIND_NAMES = {"efirma": _("e.firma"), "passkey": _("passkey")}
FIELDS = {
    "efirma": ("cert",),
    "passkey": ("credential_id", "authenticator_data", "client_data"),
}


class SigningRefused(Exception):
    """A signature that was not accepted: a stable `code` and a `message` for the person who signed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


def accept(
    claim: dict[str, Any], *, payload_type: str, body: bytes, actor: Actor, act: str, at: datetime
) -> dict[str, Any]:
    """The record of a signature by `actor` of this body for an act, received at an instant (aware).

    `claim` is what the browser sent: `{"kind": "efirma", "payload_type", "value", "cert", "signed_at_client"}` or
    `{"kind": "passkey", "payload_type", "credential_id", "authenticator_data", "client_data", "value",
    "signed_at_client"}`. The record is a JSON value without floats; the caller keeps it (in a ledger body, or locked
    until the opening) and publishes only `public_view` of it. Errors: `SigningRefused`.
    """
    rule = policy.of(act)
    try:
        kind = _read(claim, rule, payload_type)
        proof = _efirma if kind == "efirma" else _passkey
        record = _common(claim, body, actor, rule, at) | proof(claim, body, actor, rule, at)
        if rule.trace:
            _leave_trace(record, actor, at)
    except Fault as fault:
        raise SigningRefused(fault.code, sentence(fault.code, **fault.values)) from fault
    return record


def accept_for(
    act: str, claim: dict[str, Any] | None, *, payload_type: str, body: bytes, actor: Actor, at: datetime
) -> dict[str, Any] | None:
    """As `accept`; None where there is no claim and the act may go unsigned. Errors: `SigningRefused`."""
    if claim:
        return accept(claim, payload_type=payload_type, body=body, actor=actor, act=act, at=at)
    if policy.of(act).required:
        raise SigningRefused(Code.SIGNATURE_NEEDED, sentence(Code.SIGNATURE_NEEDED))
    return None


def reverify(record: dict[str, Any], *, payload_type: str, body: bytes) -> Code:
    """The verdict on a stored record as of the instant it was received: what expired since does not undo it."""
    at = datetime.fromisoformat(record["received_at"])
    if not verify_record(record, payload_type, body):
        return Code.SIG_BAD
    if record["kind"] != "efirma":
        return Code.OK
    try:
        found = certificates.parse(decode(record["cert"]))
        certificates.check(found, at)
        issuer = chain_of(found.der, the_store(), at, allow_test=settings.SIGNING_ALLOW_TEST_ROOTS)[0]
        told = record["revocation"]
        if told["kind"] == "ocsp" and told["status"] != "pending":
            revocation.judge(revocation.read(decode(told["response"]), found.der, issuer, at), at)
    except Fault as fault:
        return fault.code
    except revocation.Unreachable:
        return Code.REV_UNREACHABLE
    return Code(record["verdict"])


def _read(claim: dict[str, Any], rule: policy.Policy, payload_type: str) -> str:
    """The kind of a claim whose fields are all there, texts of a fair length, no others."""
    kind = claim.get("kind") if isinstance(claim, dict) else None
    if not isinstance(kind, str) or kind not in FIELDS:
        raise Fault(Code.CLAIM_MALFORMED)
    wanted = {"kind", "payload_type", "value", "signed_at_client", *FIELDS[kind]}
    if set(claim) != wanted or any(not isinstance(v, str) or len(v) > LONGEST for v in claim.values()):
        raise Fault(Code.CLAIM_MALFORMED)
    if kind not in rule.kinds:
        raise Fault(Code.KIND_NOT_ACCEPTED, kinds=", ".join(str(KIND_NAMES[k]) for k in rule.kinds))
    try:
        decode(claim["value"])
        said = datetime.fromisoformat(claim["signed_at_client"])
        iso(said)
    except (ValueError, OverflowError) as error:  # an instant before the first year or after the last
        raise Fault(Code.CLAIM_MALFORMED) from error
    if said.tzinfo is None:
        raise Fault(Code.CLAIM_MALFORMED)
    if claim["payload_type"] != payload_type:
        raise Fault(Code.SIG_PAYLOAD_MISMATCH)
    return kind


def _common(claim: dict[str, Any], body: bytes, actor: Actor, rule: policy.Policy, at: datetime) -> dict[str, Any]:
    signer = actor.signer
    said = datetime.fromisoformat(claim["signed_at_client"])
    return {
        "v": 1,
        "kind": claim["kind"],
        "act": rule.act,
        "policy": rule.id,
        "payload_type": claim["payload_type"],
        "payload_sha256": hashlib.sha256(body).hexdigest(),
        "value": claim["value"],
        "signer": {"role": str(signer.role), "name": signer.name, "party": signer.party},
        "signed_at_client": iso(said),
        "received_at": iso(at),
        "verdict": Code.OK.value,
        "warnings": [Code.CLOCK_SKEW.value] if _is_skewed(said, at) else [],
    }


def _is_skewed(said: datetime, at: datetime) -> bool:
    """Browsers do not know the demonstration's own time: there the machine's is right as well."""
    right = [at, clock.system()] if settings.VITRINA_DEMO else [at]
    return all(abs(said - instant) > SKEW for instant in right)


def _efirma(claim: dict[str, Any], body: bytes, actor: Actor, rule: policy.Policy, at: datetime) -> dict[str, Any]:
    try:
        der = decode(claim["cert"])
    except ValueError as error:
        raise Fault(Code.CERT_UNREADABLE) from error
    found = certificates.parse(der)
    certificates.check(found, at)
    owners.check(found, actor)
    chain = chain_of(der, the_store(), at, allow_test=settings.SIGNING_ALLOW_TEST_ROOTS)
    _check_value(found, decode(claim["value"]), pae(claim["payload_type"], body))
    verdict, told = _ask(der, chain[0], rule, at)
    return {
        "alg": EFIRMA_ALG,
        "cert": base64.b64encode(der).decode(),
        "cert_sha256": found.sha256,
        "cert_number": found.number,
        "name": found.name,
        "rfc": found.rfc,
        "rep_rfc": found.rep_rfc or None,
        "curp": found.curp or found.rep_curp or None,
        "not_before": iso(found.not_before),
        "not_after": iso(found.not_after),
        "chain": [authority.sha256 for authority in chain],
        "test": chain[-1].is_test,
        "revocation": told,
        "verdict": verdict.value,
    }


def _check_value(found: certificates.Certificate, value: bytes, signed: bytes) -> None:
    """Over these bytes; and if over others, say so: what is signed is in the signature."""
    key = found.x509.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        over = key.recover_data_from_signature(value, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError) as error:
        raise Fault(Code.SIG_BAD) from error
    if over != hashlib.sha256(signed).digest():
        raise Fault(Code.SIG_PAYLOAD_MISMATCH)


def _ask(der: bytes, issuer: Any, rule: policy.Policy, at: datetime) -> tuple[Code, dict[str, Any]]:
    """What the authority says, and whether the act goes on without its word."""
    try:
        told = revocation.consult(der, issuer, at)
        revocation.judge(told, at)
        return Code.OK, told
    except revocation.Unreachable as error:
        why = Fault(Code.REV_UNREACHABLE)
        why.__cause__ = error
    except Fault as fault:
        why = fault
    if why.code is Code.REV_REVOKED or not rule.accepts_pending:
        raise why
    return why.code, {"kind": "ocsp", "status": "pending", "asked_at": iso(at)}


def _passkey(claim: dict[str, Any], body: bytes, actor: Actor, *_rest: Any) -> dict[str, Any]:
    proof = passkey.verify(claim, claim["payload_type"], body, actor.person_id)
    return proof | {"authenticator_data": claim["authenticator_data"], "client_data": claim["client_data"]}


def _leave_trace(record: dict[str, Any], actor: Actor, at: datetime) -> None:
    if record["kind"] == "passkey":
        passkey.remember(record, actor.person_id)
    elif record["revocation"]["status"] == "pending":
        pending.ask_again(record, at)
