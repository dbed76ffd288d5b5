# SPDX-License-Identifier: Apache-2.0
"""What of a signature is published, and how it is said. Source: efirma, section 4 (public view)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography import x509
from django.utils.translation import gettext as _

from vitrina.kernel import formats
from vitrina.sealed.signature import decode, spki

from .certificate import COMPANY_LENGTH
from .verdicts import Code, lang, sentence

# Fields that are published of every record; those of a certificate follow whose it is.
ALWAYS = (
    "v", "kind", "act", "policy", "payload_type", "payload_sha256", "alg", "value", "signer", "signed_at_client",
    "received_at", "verdict", "warnings", "test", "chain",
)  # fmt: skip
PASSKEY = ("public_key", "rp_id", "authenticator_data", "client_data", "verified")
CERTIFICATE = ("cert_sha256", "not_before", "not_after")
COMPANY = ("cert_number", "name", "rfc")
REVOCATION = ("kind", "status", "this_update", "asked_at", "revoked_at", "reason", "why", "response_sha256")


def public_view(record: dict[str, Any]) -> dict[str, Any]:
    """What may be published of a record; `verify_record` still holds. The public view of a public view is itself.

    The certificate is replaced by its public key: it bears an e-mail, a CURP and a representative's RFC. Of a company
    its name, RFC and certificate number stay; of a person, the name that `signer` has.
    """
    view = {name: record[name] for name in ALWAYS if name in record}
    if record["kind"] == "passkey":
        return view | {name: record[name] for name in PASSKEY if name in record}
    view |= {name: record[name] for name in CERTIFICATE if name in record}
    view["public_key"] = record.get("public_key") or _key_of(record["cert"])
    view["revocation"] = {k: v for k, v in record["revocation"].items() if k in REVOCATION}
    if len(record.get("rfc") or "") == COMPANY_LENGTH:
        view |= {name: record[name] for name in COMPANY}
    return view


def in_words(record: dict[str, Any]) -> str:
    """Who signed, with what, and what is still open, of a record or its public view, in the language in force."""
    values = {"name": record.get("name") or record["signer"]["name"], "day": _day(record["received_at"])}
    if record["kind"] == "passkey":
        name = record["signer"]["name"]
        text = _("%(name)s signed with a passkey on %(day)s, with finger, face or PIN. It is not an e.firma.")
        return text % (values | {"name": name})
    if len(record.get("rfc") or "") == COMPANY_LENGTH:
        text = _("%(name)s signed with e.firma, RFC %(rfc)s, certificate %(number)s, valid on %(day)s.")
        sentences = [text % (values | {"rfc": record["rfc"], "number": record["cert_number"]})]
    else:
        text = _("%(name)s signed with e.firma, valid on %(day)s.")
        sentences = [text % (values | {"name": record["signer"]["name"]})]
    if record.get("test"):
        sentences.append(_("The e.firma is of the demonstration and names nobody real."))
    if record["revocation"]["status"] == "pending":
        sentences.append(_("The authority has not said yet whether it had been revoked."))
    sentences += [sentence(Code(warning)) for warning in record["warnings"]]
    return " ".join(sentences)


def short(record: dict[str, Any]) -> str:
    """The way of signing in two or three words: for tables."""
    if record["kind"] == "passkey":
        return _("passkey")
    return _("e.firma of the demonstration") if record.get("test") else _("e.firma")


def _key_of(cert: str) -> str:
    return spki(x509.load_der_x509_certificate(decode(cert)).public_key())


def _day(text: str) -> str:
    return formats.day(datetime.fromisoformat(text), lang())
