# SPDX-License-Identifier: Apache-2.0
"""What a certificate of the SAT says: its kind, whose it is, who represents them, how long it holds.

Source: efirma, section 1 (measured on 63 certificates of the SAT's own tests). The subject is read with asn1crypto,
because `cryptography` cannot read names with an Ñ in a T61String; everything else with `cryptography`.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from vitrina.sealed.signature import MAX_RSA_BITS, MIN_RSA_BITS

from .asn1_sat import remap
from .verdicts import Code, Fault

remap()

MAX_BYTES = 16 * 1024  # the SAT's are of about 1.6 kB
UNIQUE_ID, SERIAL, NAME, COMMON_NAME, UNIT = "2.5.4.45", "2.5.4.5", "2.5.4.41", "2.5.4.3", "2.5.4.11"
_DIGITS = re.compile(rb"[0-9]{20}")
COMPANY_LENGTH = 12  # characters of a company's RFC; a person's has 13


class Kind(StrEnum):
    """What a certificate is for: to sign as a person or company, to seal invoices, or neither."""

    FIEL = "FIEL"
    CSD = "CSD"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate read. `rfc` is the holder's; `rep_rfc` and `rep_curp` are a company's representative's, or ""."""

    der: bytes
    x509: x509.Certificate
    kind: Kind
    number: str
    name: str
    rfc: str
    rep_rfc: str
    curp: str
    rep_curp: str

    @property
    def is_company(self) -> bool:
        return len(self.rfc) == COMPANY_LENGTH

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    @property
    def not_before(self) -> datetime:
        return self.x509.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        return self.x509.not_valid_after_utc


def parse(der: bytes) -> Certificate:
    """The certificate that the bytes hold. Errors: `Fault` CERT_UNREADABLE when they are no X.509 v3 in DER."""
    if len(der) > MAX_BYTES:
        raise Fault(Code.CERT_UNREADABLE)
    try:
        found = x509.load_der_x509_certificate(der)
        version, subject = found.version, subject_of(der)
        kind = _kind(found, subject)
        _read_whole(found)
    except Exception as error:  # two libraries, each with errors of its own, over a stranger's bytes
        raise Fault(Code.CERT_UNREADABLE) from error
    if version is not x509.Version.v3:
        raise Fault(Code.CERT_UNREADABLE)
    rfc, rep_rfc = holder_and_representative(subject.get(UNIQUE_ID, ""))
    curp, rep_curp = curps(subject.get(SERIAL, ""), has_representative=bool(rep_rfc))
    return Certificate(
        der=der,
        x509=found,
        kind=kind,
        number=number_of(found.serial_number),
        name=subject.get(NAME) or subject.get(COMMON_NAME, ""),
        rfc=rfc,
        rep_rfc=rep_rfc,
        curp=curp,
        rep_curp=rep_curp,
    )


def check(certificate: Certificate, at: datetime) -> None:
    """Refuse by what the certificate itself says: strength, kind, dates. Errors: `Fault`."""
    found = certificate.x509
    try:
        key, made_with = found.public_key(), found.signature_hash_algorithm
    except UnsupportedAlgorithm as error:
        raise Fault(Code.CERT_WEAK) from error
    if not isinstance(key, rsa.RSAPublicKey) or not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise Fault(Code.CERT_WEAK)
    if not isinstance(made_with, SHA256 | SHA384 | SHA512) or is_authority(found):
        raise Fault(Code.CERT_WEAK)
    if certificate.kind is Kind.CSD:
        raise Fault(Code.CERT_KIND_CSD)
    if certificate.kind is Kind.UNKNOWN:
        raise Fault(Code.CERT_KIND_UNKNOWN)
    if at < certificate.not_before:
        raise Fault(Code.CERT_NOT_YET, since=certificate.not_before)
    if at > certificate.not_after:
        raise Fault(Code.CERT_EXPIRED, until=certificate.not_after)


def subject_of(der: bytes) -> dict[str, str]:
    """The subject by dotted attribute number; of a repeated one, the first. Errors: whatever asn1crypto raises."""
    subject: dict[str, str] = {}
    for relative in asn1.Certificate.load(der, strict=True).subject.chosen:
        for pair in relative:
            subject.setdefault(pair["type"].dotted, str(pair["value"].native))
    return subject


def holder_and_representative(text: str) -> tuple[str, str]:
    """RFC of the holder and of the representative from attribute 2.5.4.45.

    >>> holder_and_representative("aaa010101aaa /  HEGT7610034S2"), holder_and_representative("ÑUÑA800101AB1")
    (('AAA010101AAA', 'HEGT7610034S2'), ('ÑUÑA800101AB1', ''))
    """
    parts = [part for part in (unicodedata.normalize("NFC", p).strip().upper() for p in text.split("/")) if part]
    return (parts[0] if parts else ""), (parts[1] if len(parts) > 1 else "")


def curps(text: str, *, has_representative: bool) -> tuple[str, str]:
    """CURP of the holder and of the representative from attribute 2.5.4.5, where a slash leads the latter's.

    >>> curps(" / HEGT761003MDFRNN05", has_representative=True), curps("heot800101hdfrnn05", has_representative=False)
    (('', 'HEGT761003MDFRNN05'), ('HEOT800101HDFRNN05', ''))
    """
    parts = [part for part in (p.strip().upper() for p in text.split("/")) if part]
    if not parts:
        return "", ""
    if text.strip().startswith("/"):
        return "", parts[0]
    if len(parts) > 1:
        return parts[0], parts[1]
    return ("", parts[0]) if has_representative else (parts[0], "")


def number_of(serial: int) -> str:
    """The number as the SAT shows it: the serial's bytes are twenty digits in ASCII; any other serial in hexadecimal.

    >>> number_of(int.from_bytes(b"30001000000400002436"))
    '30001000000400002436'
    """
    raw = serial.to_bytes(max(1, (serial.bit_length() + 7) // 8)) if serial >= 0 else b""
    return raw.decode() if _DIGITS.fullmatch(raw) else f"{serial:x}"


def is_authority(found: x509.Certificate) -> bool:
    """Whether the certificate may issue others (basicConstraints CA)."""
    try:
        return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _read_whole(found: x509.Certificate) -> None:
    """Read now what is asked of a certificate later, so that whatever cannot be read is found out here."""
    _ = found.serial_number, found.not_valid_before_utc, found.not_valid_after_utc
    with contextlib.suppress(UnsupportedAlgorithm):
        found.public_key()


def _kind(found: x509.Certificate, subject: dict[str, str]) -> Kind:
    """Counted on the SAT's 63: purposes and dataEncipherment without a branch, or a branch with neither."""
    extensions = found.extensions
    try:
        enciphers = extensions.get_extension_for_class(x509.KeyUsage).value.data_encipherment
    except x509.ExtensionNotFound:
        enciphers = False
    try:
        has_purposes = bool(list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value))
    except x509.ExtensionNotFound:
        has_purposes = False
    branch = UNIT in subject
    if has_purposes and enciphers and not branch:
        return Kind.FIEL
    if branch and not has_purposes and not enciphers:
        return Kind.CSD
    return Kind.UNKNOWN
