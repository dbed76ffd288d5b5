# SPDX-License-Identifier: Apache-2.0
"""The mathematics alone: the shared vector, every byte of a record changed, and records made to confuse."""

from __future__ import annotations

import base64
import hashlib
import json
import random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.fixtures.authority import AT, authority, make_cert
from tests.fixtures.passkeys import Passkey
from tests.shared import shared
from vitrina.sealed.dsse import pae
from vitrina.sealed.signature import decode, sign_efirma, spki, verify_assertion, verify_record
from vitrina.site.demo.issuing import Holder

TYPE, BODY = "vitrina/sobre/v1", b'{"type":"sobre/v1"}'


@pytest.fixture(scope="module")
def record():
    efirma = make_cert(authority(), Holder("PRUEBA Ñ", "PRÑ010101AB1"))
    return sign_efirma(efirma.key, efirma.cer, TYPE, BODY, AT)


@pytest.fixture(scope="module")
def passkey():
    device = Passkey()
    claim = device.claim(TYPE, BODY, AT)
    return claim | {"alg": "ES256", "public_key": spki(device.secret.public_key()), "rp_id": "vitrina.example"}


def test_the_shared_vector():
    vector = json.loads(shared("data/sealed-bids/envelope.json").read_text())
    told = vector["signature"]
    key = spki(load_pem_public_key(told["public_key_spki_pem"].encode()))
    record = {"kind": "efirma", "value": told["value"], "alg": told["alg"], "public_key": key}
    body = vector["manifest_jcs"].encode()

    assert hashlib.sha256(pae(vector["payload_type"], body)).hexdigest() == vector["pae_sha256"]
    assert verify_record(record, vector["payload_type"], body)
    assert not verify_record(record, "vitrina/retiro/v1", body)


def test_with_the_certificate_or_with_its_key_alone(record):
    from cryptography import x509

    key = spki(x509.load_der_x509_certificate(decode(record["cert"])).public_key())
    public = {k: v for k, v in record.items() if k != "cert"} | {"public_key": key}
    assert verify_record(record, TYPE, BODY) and verify_record(public, TYPE, BODY)
    assert verify_record(record | {"public_key": key}, TYPE, BODY)
    other = spki(rsa.generate_private_key(65537, 2048).public_key())
    assert not verify_record(record | {"public_key": other}, TYPE, BODY)


@pytest.mark.parametrize("kind", ["efirma", "passkey"])
def test_no_byte_of_what_is_signed_or_of_the_signature_may_change(record, passkey, kind):
    good = record if kind == "efirma" else passkey
    chance = random.Random(5)
    assert verify_record(good, TYPE, BODY)
    for n in range(len(BODY)):
        assert not verify_record(good, TYPE, BODY[:n] + bytes([BODY[n] ^ 1 << chance.randrange(8)]) + BODY[n + 1 :])
    for name in ("value", *(("authenticator_data", "client_data") if kind == "passkey" else ())):
        data = base64.b64decode(good[name])
        for n in range(len(data)):
            changed = data[:n] + bytes([data[n] ^ 1 << chance.randrange(8)]) + data[n + 1 :]
            assert not verify_record(good | {name: base64.b64encode(changed).decode()}, TYPE, BODY), (name, n)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "otro"}, {"kind": None}, {"value": None}, {"value": ""}, {"value": "A"}, {"value": 5}, {"value": "A" * 70_000},
        {"payload_type": "vitrina/retiro/v1"}, {"payload_sha256": "0" * 64}, {"alg": "none"}, {"alg": None}, {"cert": "AAAA"}, {"cert": None},
        {"public_key": "AAAA"},
    ],
)  # fmt: skip
def test_malformed_records_are_false_and_never_an_error(record, passkey, change):
    assert verify_record(record | change, TYPE, BODY) is False
    if "cert" not in change:
        assert verify_record(passkey | change, TYPE, BODY) is False


def test_what_is_no_record_at_all():
    for each in ({}, {"kind": "efirma"}, {"kind": "passkey"}, {"kind": []}, [], None, "x", 5):
        assert verify_record(each, TYPE, BODY) is False
        assert verify_assertion(each) is False


def test_base64_with_loose_ends_is_another_text(record):
    assert record["value"].endswith("=")
    value = record["value"]
    loose = value[:-3] + chr(ord(value[-3]) + 1) + "=="
    for text in (value.rstrip("="), value + "\n", " " + value, loose, value.replace("+", "-")):
        if text != value:
            assert not verify_record(record | {"value": text}, TYPE, BODY)


def test_only_strong_keys_of_the_named_algorithm(record):
    weak = rsa.generate_private_key(65537, 1024)
    value = base64.b64encode(weak.sign(pae(TYPE, BODY), padding.PKCS1v15(), SHA256())).decode()
    assert not verify_record({"kind": "efirma", "value": value, "public_key": spki(weak.public_key())}, TYPE, BODY)
    curve = ec.generate_private_key(ec.SECP256R1())
    value = base64.b64encode(curve.sign(pae(TYPE, BODY), ec.ECDSA(SHA256()))).decode()
    assert not verify_record({"kind": "efirma", "value": value, "public_key": spki(curve.public_key())}, TYPE, BODY)
    strong = rsa.generate_private_key(65537, 2048)
    pss = strong.sign(pae(TYPE, BODY), padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
    told = {"kind": "efirma", "value": base64.b64encode(pss).decode(), "public_key": spki(strong.public_key())}
    assert not verify_record(told, TYPE, BODY)


def test_a_passkey_s_signature_of_another_ceremony_or_site(passkey):
    device = Passkey()
    proof = {"alg": "ES256", "public_key": spki(device.secret.public_key()), "rp_id": "vitrina.example"}
    assert verify_record(device.claim(TYPE, BODY, AT) | proof, TYPE, BODY)
    for claim in (
        device.claim(TYPE, BODY, AT, ceremony="webauthn.create"), device.claim(TYPE, BODY, AT, verified=False),
        device.claim(TYPE, BODY, AT, cross_origin=True), device.claim(TYPE, BODY, AT, host="evil.example"),
        device.claim(TYPE, BODY, AT, challenge=hashlib.sha256(BODY).digest()),
    ):  # fmt: skip
        assert verify_assertion(claim | proof)
        assert not verify_record(claim | proof, TYPE, BODY)
    for kind in ("EdDSA", "RS256"):
        assert not verify_record(device.claim(TYPE, BODY, AT) | proof | {"alg": kind}, TYPE, BODY)
    curve = ec.generate_private_key(ec.SECP384R1())
    assert not verify_record(passkey | {"public_key": spki(curve.public_key())}, TYPE, BODY)
