# SPDX-License-Identifier: Apache-2.0
"""Certificates and key files shaped like the SAT's, of people who do not exist. Source: efirma, sections 1 and 9.

Written attribute by attribute with asn1crypto: `cryptography` cannot write the string types that the SAT uses.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, core, keys, x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from vitrina.parties.signing.asn1_sat import remap

remap()

CN, NAME, ORGANISATION, BRANCH, COUNTRY = "2.5.4.3", "2.5.4.41", "2.5.4.10", "2.5.4.11", "2.5.4.6"
EMAIL, UNIQUE_ID, SERIAL = "1.2.840.113549.1.9.1", "2.5.4.45", "2.5.4.5"
STREET, POSTCODE = "2.5.4.9", "2.5.4.17"
PBKDF2_ROUNDS = 2048
NS_CERT_TYPE = "2.16.840.1.113730.1.1"
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")
_TAGS = {"printable": 0x13, "t61": 0x14, "ia5": 0x16, "utf8": 0x0C}

Attribute = tuple[str, str, str]  # number, string type, text


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate: a company when `rep_rfc` or `rep_curp` is given, or its RFC has twelve characters."""

    name: str
    rfc: str
    curp: str = ""
    rep_rfc: str = ""
    rep_curp: str = ""
    email: str = "nadie@vitrina.example"


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority that issues: its name in DER and its key."""

    name: bytes
    key: rsa.RSAPrivateKey


def sat_name(holder: Holder, *, branch: str = "") -> x509.Name:
    """The subject in the SAT's order; a branch (OU) makes it that of a seal for invoices."""
    unique = f"{holder.rfc} / {holder.rep_rfc}" if holder.rep_rfc else holder.rfc
    serial = f" / {holder.rep_curp}" if holder.rep_curp else holder.curp
    attributes = [(number, _plain(holder.name), holder.name) for number in (CN, NAME, ORGANISATION)]
    if not branch:
        attributes += [(COUNTRY, "printable", "MX"), (EMAIL, "ia5", holder.email)]
    attributes += [(UNIQUE_ID, _plain(unique), unique), (SERIAL, _plain(serial), serial)]
    if branch:
        attributes.append((BRANCH, "t61", branch))
    return name_of(attributes)


def authority_name(common: str, organisation: str, rfc: str) -> x509.Name:
    """The name of an authority as the SAT writes its own."""
    return name_of(
        [
            (CN, "utf8", common), (ORGANISATION, "utf8", organisation), (STREET, "utf8", "Calle Inexistente 1"),
            (POSTCODE, "utf8", "00000"), (COUNTRY, "printable", "MX"), (UNIQUE_ID, "printable", rfc),
        ]
    )  # fmt: skip


def name_of(attributes: Sequence[Attribute]) -> x509.Name:
    """A name with exactly these string types; T61Strings hold Latin-1, as the SAT's do."""
    sets = []
    for number, kind, text in attributes:
        raw = text.encode("latin-1" if kind == "t61" else "utf-8")
        pair = core.ObjectIdentifier(number).dump() + _tlv(_TAGS[kind], raw)
        sets.append(_tlv(0x31, _tlv(0x30, pair)))
    return x509.Name.load(_tlv(0x30, b"".join(sets)))


def efirma_extensions() -> list[dict[str, object]]:
    """As section 1 counted them on a FIEL."""
    return [
        _extension("basic_constraints", {"ca": False}, critical=True),
        _extension("key_usage", {"digital_signature", "non_repudiation", "data_encipherment", "key_agreement"}),
        {"extn_id": NS_CERT_TYPE, "critical": False, "extn_value": core.ParsableOctetString(b"\x03\x02\x05\xa0")},
        _extension("extended_key_usage", ["email_protection", "client_auth"]),
    ]


def seal_extensions() -> list[dict[str, object]]:
    """As on a CSD: two extensions."""
    return [
        _extension("basic_constraints", {"ca": False}, critical=True),
        _extension("key_usage", {"digital_signature", "non_repudiation"}),
    ]


def authority_extensions() -> list[dict[str, object]]:
    """Of a root or of an authority between."""
    return [
        _extension("basic_constraints", {"ca": True}, critical=True),
        _extension("key_usage", {"key_cert_sign", "crl_sign"}, critical=True),
    ]


def certificate(
    *, subject: x509.Name, key: rsa.RSAPublicKey, issuer: Issuer, number: str, since: datetime, until: datetime,
    extensions: Sequence[dict[str, object]], weak_hash: bool = False,
) -> bytes:  # fmt: skip
    """A certificate in DER. `number` is the twenty digits, which become the serial; `weak_hash` signs with SHA-1."""
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha1_rsa" if weak_hash else "sha256_rsa"})
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(number.encode()),
            "signature": algorithm,
            "issuer": x509.Name.load(issuer.name),
            "validity": {"not_before": _time(since), "not_after": _time(until)},
            "subject": subject,
            "subject_public_key_info": keys.PublicKeyInfo.load(spki),
            "extensions": list(extensions),
        }
    )
    digest = SHA1() if weak_hash else SHA256()  # noqa: S303 - to be refused by whoever reads it
    value = issuer.key.sign(body.dump(), padding.PKCS1v15(), digest)
    return x509.Certificate(
        {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": value}
    ).dump()  # fmt: skip


def key_file(key: rsa.RSAPrivateKey, password: str) -> bytes:
    """A `.key` as the SAT gives it: PKCS#8 in DER, PBES2, PBKDF2 of 2,048 rounds with HMAC-SHA1, 3DES in CBC."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, start = secrets.token_bytes(8), secrets.token_bytes(8)
    secret = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, PBKDF2_ROUNDS, 24)
    padder, cipher = PKCS7(64).padder(), Cipher(TripleDES(secret), modes.CBC(start)).encryptor()
    locked = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
    parameters = {
        "key_derivation_func": {
            "algorithm": "pbkdf2",
            "parameters": {"salt": core.OctetString(salt), "iteration_count": PBKDF2_ROUNDS},
        },
        "encryption_scheme": {"algorithm": "tripledes_3key", "parameters": start},
    }
    return keys.EncryptedPrivateKeyInfo(
        {"encryption_algorithm": {"algorithm": "pbes2", "parameters": parameters}, "encrypted_data": locked}
    ).dump()


def number_for(*words: object) -> str:
    """A certificate number that is always the same for the same words: twenty digits."""
    n = int.from_bytes(hashlib.sha256("\n".join(map(str, words)).encode()).digest()[:8])
    return f"30001000{n % 10**12:012d}"


def _plain(text: str) -> str:
    return "printable" if _PRINTABLE.fullmatch(text) else "t61"


def _extension(name: str, value: object, *, critical: bool = False) -> dict[str, object]:
    return {"extn_id": name, "critical": critical, "extn_value": value}


def _time(at: datetime) -> x509.Time:
    """UTCTime until 2049, as RFC 5280 asks."""
    return x509.Time({"utc_time" if at.year < 2050 else "general_time": at})  # noqa: PLR2004


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    head = bytes([length]) if length < 128 else bytes([0x80 | (length.bit_length() + 7) // 8])  # noqa: PLR2004
    if length >= 128:  # noqa: PLR2004
        head += length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag]) + head + content
