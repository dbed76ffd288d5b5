# SPDX-License-Identifier: Apache-2.0
"""Every verdict on a signature: a stable code and the sentence that a person reads. Source: efirma, section 4."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vitrina.kernel import formats


class Code(StrEnum):
    """Codes never change once published; new ones may be added."""

    OK = "OK"
    CLAIM_MALFORMED = "CLAIM_MALFORMED"
    SIGNATURE_NEEDED = "SIGNATURE_NEEDED"
    KIND_NOT_ACCEPTED = "KIND_NOT_ACCEPTED"
    CERT_UNREADABLE = "CERT_UNREADABLE"
    CERT_KIND_CSD = "CERT_KIND_CSD"
    CERT_KIND_UNKNOWN = "CERT_KIND_UNKNOWN"
    CERT_WEAK = "CERT_WEAK"
    CERT_NOT_YET = "CERT_NOT_YET"
    CERT_EXPIRED = "CERT_EXPIRED"
    CERT_RFC_MISMATCH = "CERT_RFC_MISMATCH"
    CHAIN_NO_ISSUER = "CHAIN_NO_ISSUER"
    CHAIN_BAD_SIGNATURE = "CHAIN_BAD_SIGNATURE"
    CHAIN_NOT_TRUSTED = "CHAIN_NOT_TRUSTED"
    CHAIN_TEST_ROOT = "CHAIN_TEST_ROOT"
    REV_REVOKED = "REV_REVOKED"
    REV_UNKNOWN = "REV_UNKNOWN"
    REV_UNREACHABLE = "REV_UNREACHABLE"
    SIG_BAD = "SIG_BAD"
    SIG_PAYLOAD_MISMATCH = "SIG_PAYLOAD_MISMATCH"
    CLOCK_SKEW = "CLOCK_SKEW"
    PASSKEY_UNKNOWN = "PASSKEY_UNKNOWN"
    PASSKEY_NOT_VERIFIED = "PASSKEY_NOT_VERIFIED"
    PASSKEY_ORIGIN = "PASSKEY_ORIGIN"
    PASSKEY_COUNTER = "PASSKEY_COUNTER"


SENTENCES: dict[Code, Any] = {
    Code.OK: _("The signature is valid."),
    Code.CLAIM_MALFORMED: _("The signature did not arrive whole. Load the page again and sign once more."),
    Code.SIGNATURE_NEEDED: _("This act must be signed. Sign it and send it again."),
    Code.KIND_NOT_ACCEPTED: _("This act is not signed in this way. It takes: %(kinds)s."),
    Code.CERT_UNREADABLE: _("The file is not a certificate that can be read. Choose the .cer file of your e.firma."),
    Code.CERT_KIND_CSD: _(
        "This certificate seals invoices (CSD). Bids and acts are signed with the e.firma: choose its .cer and .key."
    ),
    Code.CERT_KIND_UNKNOWN: _("This certificate is no e.firma. Choose the .cer file that the SAT gave you with it."),
    Code.CERT_WEAK: _("The certificate is too weak to sign with. Renew your e.firma at the SAT."),
    Code.CERT_NOT_YET: _("The certificate is valid only from %(since)s on."),
    Code.CERT_EXPIRED: _("The certificate expired on %(until)s. Renew your e.firma at the SAT."),
    Code.CERT_RFC_MISMATCH: _("The e.firma is of %(found)s and this account of %(expected)s. Use the account's own."),
    Code.CHAIN_NO_ISSUER: _("Nobody that this installation knows issued the certificate."),
    Code.CHAIN_BAD_SIGNATURE: _("The certificate bears an authority's name and not its signature. It is not genuine."),
    Code.CHAIN_NOT_TRUSTED: _("The authority that issued the certificate is not one that this installation trusts."),
    Code.CHAIN_TEST_ROOT: _("The certificate is for tests. It signs nothing here."),
    Code.REV_REVOKED: _("The certificate was revoked on %(when)s. Renew your e.firma at the SAT."),
    Code.REV_UNKNOWN: _("The authority does not know the certificate. Ask the SAT about your e.firma."),
    Code.REV_UNREACHABLE: _("The authority did not say whether the certificate is still valid. Try again shortly."),
    Code.SIG_BAD: _("The signature is not of this certificate. Check that .key and .cer belong together; sign again."),
    Code.SIG_PAYLOAD_MISMATCH: _("What was signed is not what arrived. Nothing was accepted: load the page again."),
    Code.CLOCK_SKEW: _("The clock of the signer's device differs by more than five minutes."),
    Code.PASSKEY_UNKNOWN: _("This passkey is not of your account. Use one that is listed under Security."),
    Code.PASSKEY_NOT_VERIFIED: _("The passkey did not ask for your finger, face or PIN. Sign again and give it."),
    Code.PASSKEY_ORIGIN: _("The passkey signed on another site. Sign from this installation's own address."),
    Code.PASSKEY_COUNTER: _("The passkey may have been copied: its counter went back. Remove it and add another."),
}

EFFECTS: dict[Code, str] = dict.fromkeys(Code, "refuse") | {
    Code.OK: "accept",
    Code.CLOCK_SKEW: "warn",
    Code.REV_UNKNOWN: "policy",
    Code.REV_UNREACHABLE: "policy",
}


class Fault(Exception):
    """One check failed: the code, and the values that its sentence names."""

    def __init__(self, code: Code, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def sentence(code: Code | str, **values: Any) -> str:
    """The sentence of a code in the language in force; instants among the values are written as days."""
    text = str(SENTENCES[Code(code)])
    shown = {k: formats.day(v, lang()) if isinstance(v, datetime) else v for k, v in values.items()}
    return text % shown if shown else text


def lang() -> str:
    """`en` or `es`: the language in force."""
    return "en" if (get_language() or "es").startswith("en") else "es"
