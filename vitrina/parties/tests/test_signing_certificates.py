# SPDX-License-Identifier: Apache-2.0
"""Every certificate of efirma, section 9, with its exact verdict; claims and signatures that are not what they say."""

from __future__ import annotations

import base64
import random
from datetime import timedelta

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from django.utils import translation

from tests.fixtures.authority import AT, YEAR, make_cert, usage
from vitrina.parties import signing
from vitrina.parties.signing.verdicts import Code
from vitrina.sealed.signature import verify_record
from vitrina.site.demo import issuing

from .signing_world import (
    BODY,
    COMPANY,
    OFFICIAL,
    PLAIN_OFFICIAL,
    TYPE,
    WITH_AMPERSAND,
    WITH_TILDE,
    accept,
    official,
    supplier,
    verdict,
)

NO_KIND = [{"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}}, usage("digital_signature")]
OWN_AUTHORITY = [
    {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": True}}, *issuing.efirma_extensions()[1:]
]  # fmt: skip
CERTIFICATES = {  # name -> (arguments of the certificate, verdict)
    "a company's": ({}, "OK"),
    "expired": ({"since": AT - 5 * YEAR, "until": AT - timedelta(days=1)}, "CERT_EXPIRED"),
    "not yet valid": ({"since": AT + timedelta(days=1)}, "CERT_NOT_YET"),
    "a seal for invoices": ({"kind": "csd"}, "CERT_KIND_CSD"),
    "of neither kind": ({"extensions": NO_KIND}, "CERT_KIND_UNKNOWN"),
    "an e.firma with a branch": ({"branch": "Matriz"}, "CERT_KIND_UNKNOWN"),
    "of 1,024 bits": ({"bits": 1024}, "CERT_WEAK"),
    "signed with SHA-1": ({"weak_hash": True}, "CERT_WEAK"),
    "an authority itself": ({"extensions": OWN_AUTHORITY}, "CERT_WEAK"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_each_certificate_gets_its_own_verdict(db, trust, keys, name):
    arguments, expected = CERTIFICATES[name]
    assert verdict(make_cert(keys["between"], COMPANY, **arguments), supplier(COMPANY, "empresa")) == expected


def test_whose_certificate_it_is(db, trust, keys):
    by = keys["between"]
    actor = supplier(COMPANY, "empresa")
    other = issuing.Holder("OTRA, S.A.", "OTR010101AB1", rep_rfc=COMPANY.rep_rfc)
    representative = issuing.Holder("TERE HERNÁNDEZ GIL", COMPANY.rep_rfc, curp=COMPANY.rep_curp)
    nobody = issuing.Holder("PÚBLICO EN GENERAL", "XAXX010101000")

    assert verdict(make_cert(by, other), actor) == "CERT_RFC_MISMATCH"
    assert verdict(make_cert(by, representative), actor) == "CERT_RFC_MISMATCH"
    assert verdict(make_cert(by, nobody), supplier(nobody, "nadie")) == "CERT_RFC_MISMATCH"
    with translation.override("en"), pytest.raises(signing.SigningRefused, match=r"OTR010101AB1.*AAA010101AAA"):
        accept(make_cert(by, other), actor)


def test_names_with_tilde_and_ampersand_sign(db, trust, keys):
    for n, holder in enumerate((WITH_TILDE, WITH_AMPERSAND)):
        efirma = make_cert(keys["between"], holder)
        if holder is WITH_TILDE:
            with pytest.raises(ValueError):
                str(x509.load_der_x509_certificate(efirma.cer).subject)  # the trap of section 1
        record = accept(efirma, supplier(holder, f"proveedor-{n}"))
        assert (record["rfc"], record["name"], record["verdict"]) == (holder.rfc, holder.name, "OK")
        assert verify_record(record, TYPE, BODY)
        assert signing.reverify(record, payload_type=TYPE, body=BODY) == Code.OK


def test_an_official_signs_with_their_own_by_rfc_or_while_the_register_has_none_by_name(db, trust, keys):
    by = keys["between"]
    known = official(OFFICIAL, "Óscar", "Ibáñez", "Luna", rfc=OFFICIAL.rfc)
    assert verdict(make_cert(by, OFFICIAL), known, act="opener.key") == "OK"
    assert verdict(make_cert(by, PLAIN_OFFICIAL), known, act="opener.key") == "CERT_RFC_MISMATCH"
    namesake = issuing.Holder(OFFICIAL.name, "IALO990102XY3")
    assert verdict(make_cert(by, namesake), known, act="opener.key") == "CERT_RFC_MISMATCH"


def test_an_official_without_rfc_in_the_register(db, trust, keys):
    by = keys["between"]
    actor = official(OFFICIAL, "Oscar", "Ibañez", "Luna")
    assert verdict(make_cert(by, OFFICIAL), actor, act="opener.key") == "OK"
    assert verdict(make_cert(by, PLAIN_OFFICIAL), actor, act="opener.key") == "CERT_RFC_MISMATCH"
    company = issuing.Holder(OFFICIAL.name, "OIL010101AB1", rep_rfc=OFFICIAL.rfc)
    assert verdict(make_cert(by, company), actor, act="opener.key") == "CERT_RFC_MISMATCH"


def test_bytes_that_are_no_certificate(db, trust, keys):
    actor = supplier(COMPANY, "empresa")
    good = make_cert(keys["between"], COMPANY)

    def with_cert(der: bytes) -> str:
        return verdict(good, actor, cert=base64.b64encode(der).decode())

    old = asn1.Certificate.load(good.cer)
    body = old["tbs_certificate"].copy()
    body["version"] = "v1"
    del body["extensions"]
    first = asn1.Certificate(
        {
            "tbs_certificate": body,
            "signature_algorithm": old["signature_algorithm"],
            "signature_value": old["signature_value"],
        }
    )
    for der in (
        b"",
        b"0",
        b"\x30\x80",
        good.cer[:-1],
        good.cer + b"\0",
        first.dump(force=True),
        b"\x30" * 5000,
        bytes(20_000),
    ):
        assert with_cert(der) == "CERT_UNREADABLE", der[:10]
    assert verdict(good, actor, cert="no es base64") == "CERT_UNREADABLE"


def test_a_signature_that_does_not_hold_and_one_of_something_else(db, trust, keys):

    actor = supplier(COMPANY, "empresa")
    good = make_cert(keys["between"], COMPANY)
    value = bytearray(base64.b64decode(good.claim(TYPE, BODY)["value"]))
    value[100] ^= 1

    assert verdict(good, actor, value=base64.b64encode(bytes(value)).decode()) == "SIG_BAD"
    assert verdict(good, actor, value=make_cert(keys["between"], WITH_TILDE).claim(TYPE, BODY)["value"]) == "SIG_BAD"
    assert verdict(good, actor, value="") == "SIG_BAD"
    assert verdict(good, actor, value=good.claim(TYPE, BODY + b" ")["value"]) == "SIG_PAYLOAD_MISMATCH"
    assert verdict(good, actor, value=good.claim("vitrina/retiro/v1", BODY)["value"]) == "SIG_PAYLOAD_MISMATCH"
    assert verdict(good, actor, body=BODY + b" ") == "SIG_PAYLOAD_MISMATCH"
    assert verdict(good, actor, payload_type="vitrina/retiro/v1") == "SIG_PAYLOAD_MISMATCH"


def test_claims_that_are_not_whole(db, trust, keys):
    actor = supplier(COMPANY, "empresa")
    claim = make_cert(keys["between"], COMPANY).claim(TYPE, BODY)
    wrong = [
        None, [], "x", {}, {"kind": "efirma"}, claim | {"kind": "seal"}, claim | {"kind": ["efirma"]}, claim | {"more": "1"},
        claim | {"cert": None}, claim | {"value": 5}, claim | {"value": "*"}, claim | {"cert": "A" * 70_000},
        claim | {"signed_at_client": "ayer"}, claim | {"signed_at_client": "2026-11-21T10:00:00"},
        {k: v for k, v in claim.items() if k != "cert"},
    ]  # fmt: skip
    for each in wrong:
        with pytest.raises(signing.SigningRefused) as refused:
            signing.accept(each, payload_type=TYPE, body=BODY, actor=actor, act="bid", at=AT)
        assert refused.value.code == "CLAIM_MALFORMED", each


def test_a_clock_that_differs_is_told_and_accepted(db, settings, trust, keys):
    actor = supplier(COMPANY, "empresa")
    efirma = make_cert(keys["between"], COMPANY)
    settings.VITRINA_DEMO = False
    for late, expected in (
        (timedelta(minutes=4), []),
        (timedelta(minutes=-6), ["CLOCK_SKEW"]),
        (timedelta(minutes=6), ["CLOCK_SKEW"]),
    ):
        claim = efirma.claim(TYPE, BODY, AT + late)
        record = signing.accept(claim, payload_type=TYPE, body=BODY, actor=actor, act="bid", at=AT)
        assert (record["verdict"], record["warnings"]) == ("OK", expected)


def test_what_expired_since_still_counts_and_signs_nothing_new(db, trust, keys):
    actor = supplier(COMPANY, "empresa")
    efirma = make_cert(keys["between"], COMPANY, until=AT + timedelta(days=2))
    record = accept(efirma, actor)
    trust.at = later = AT + timedelta(days=3)

    assert verdict(efirma, actor, at=later) == "CERT_EXPIRED"
    assert signing.reverify(record, payload_type=TYPE, body=BODY) == Code.OK
    assert signing.reverify(record, payload_type=TYPE, body=BODY + b" ") == Code.SIG_BAD
    assert (
        signing.reverify(record | {"received_at": "2026-11-24T10:00:01Z"}, payload_type=TYPE, body=BODY)
        == Code.CERT_EXPIRED
    )


def test_a_certificate_with_anything_changed_is_refused_and_never_an_error(db, trust, keys):
    actor, chance = supplier(WITH_TILDE, "persona"), random.Random(7)
    good = make_cert(keys["between"], WITH_TILDE)
    codes = set()
    for _ in range(1500):
        der = bytearray(good.cer)
        for _ in range(chance.choice((1, 1, 2, 4))):
            place, way = chance.randrange(len(der)), chance.randrange(3)
            der[place : place + (way != 0)] = b"" if way == 1 else bytes([chance.randrange(256)])
        if bytes(der) != good.cer:
            codes.add(verdict(good, actor, cert=base64.b64encode(der).decode()))
    assert "OK" not in codes and len(codes) > 4, codes


def test_signatures_of_every_length(db, trust, keys):
    actor = supplier(COMPANY, "empresa")
    good = make_cert(keys["between"], COMPANY)
    for value in (
        b"\0" * 256,
        b"\xff" * 256,
        b"\1" * 255,
        b"\1" * 257,
        b"\1" * 5000,
        base64.b64decode(good.claim(TYPE, BODY)["value"]) + b"\0",
    ):
        assert verdict(good, actor, value=base64.b64encode(value).decode()) == "SIG_BAD"
