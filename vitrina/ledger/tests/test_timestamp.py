# SPDX-License-Identifier: Apache-2.0
"""RFC 3161 time stamps from a real authority made with openssl: good ones hold, every other is refused."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from vitrina.ledger.timestamp import TimestampError, stamp, verify

from .tsa import Authority, Tsa, name, served

DIGEST = hashlib.sha256(b"a checkpoint").digest()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Autoridad de prueba")


@pytest.fixture(scope="module")
def tsa(authority, tmp_path_factory) -> Tsa:
    key = ec.generate_private_key(ec.SECP256R1())
    return Tsa(tmp_path_factory.mktemp("tsa") / "good", authority.issue(key), key)


@pytest.fixture(scope="module")
def token(tsa) -> bytes:
    with served(tsa.reply) as url:
        return stamp(url, DIGEST)


def refused(token: bytes, authority: Authority, digest: bytes = DIGEST) -> str:
    with pytest.raises(TimestampError) as error:
        verify(token, digest, [authority.root])
    return str(error.value)


def test_a_stamp_says_when(token, authority):
    at = verify(token, DIGEST, [authority.root])

    assert at.tzinfo is UTC
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=2)


@pytest.mark.parametrize("ess", ["sha1", "sha256", "sha384"])
def test_every_way_of_naming_the_certificate(authority, tmp_path, ess):
    key = ec.generate_private_key(ec.SECP256R1())
    with served(Tsa(tmp_path / "tsa", authority.issue(key), key, ess).reply) as url:
        assert verify(stamp(url, DIGEST), DIGEST, [authority.root])


def test_openssl_reads_what_we_keep(token, authority, tmp_path):
    (tmp_path / "root.pem").write_bytes(authority.root.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "token.tsr").write_bytes(token)
    command = ["openssl", "ts", "-verify", "-in", tmp_path / "token.tsr", "-CAfile", tmp_path / "root.pem"]

    found = subprocess.run([*command, "-digest", DIGEST.hex()], check=False, capture_output=True, text=True)

    assert "Verification: OK" in found.stdout


def test_another_digest_is_refused(token, authority):
    assert "another digest" in refused(token, authority, hashlib.sha256(b"another").digest())


def test_an_unknown_root_is_refused(token):
    refused(token, Authority("Autoridad de prueba"))
    with pytest.raises(TimestampError, match="no root"):
        verify(token, DIGEST, [])


def test_a_certificate_that_had_expired_is_refused(authority, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    with served(Tsa(tmp_path / "tsa", authority.issue(key, days=(-300, -2)), key).reply) as url:
        token = stamp(url, DIGEST)

    assert "expired" in refused(token, authority)


def test_a_certificate_that_was_not_valid_yet_is_refused(authority, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    with served(Tsa(tmp_path / "tsa", authority.issue(key, days=(2, 300)), key).reply) as url:
        token = stamp(url, DIGEST)

    assert "not yet valid" in refused(token, authority)


def test_a_stranger_with_the_good_certificate_put_in_is_refused(tsa, authority, tmp_path):
    rogue, key = Authority("Otra"), ec.generate_private_key(ec.SECP256R1())
    token = Tsa(tmp_path / "tsa", rogue.issue(key), key).reply(query())
    good = x509.load_pem_x509_certificate((tsa.folder / "signer.pem").read_bytes())

    assert verify(token, DIGEST, [rogue.root])
    for certificates in ([good], [good, authority.root]):
        refused(put_in(token, certificates), authority)
    # Also when the stranger's certificate has the name and the number of the good one.
    same_name = Authority("Autoridad de prueba").issue(key)
    same = Tsa(tmp_path / "same", same_name, key).reply(query())
    assert "clearly" in refused(put_in(same, [good]), authority)
    assert "the signature names" in refused(put_in(same, [good], keep=False), authority)


def test_a_certificate_for_another_purpose_cannot_hide_behind_an_injected_one(authority, tmp_path):
    """A mail certificate of the same authority signs; a made-up one of its name and number claims the purpose."""
    key, forged_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    mail = authority.issue(key, purpose=ExtendedKeyUsageOID.EMAIL_PROTECTION, serial=5)
    token = signed_by(mail, key, tmp_path)
    forged = (
        x509.CertificateBuilder(authority.root.subject, name("stamps"), forged_key.public_key(), 5)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=30))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(forged_key, hashes.SHA256())
    )

    refused(token, authority)
    assert "clearly" in refused(put_in(token, [forged]), authority)
    assert "clearly" in refused(put_in(token, [forged], first=True), authority)


def query() -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    return tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True}).dump()


def put_in(token: bytes, certificates, *, keep: bool = True, first: bool = False) -> bytes:
    response = tsp.TimeStampResp.load(token)
    content = response["time_stamp_token"]["content"]
    own = [c.chosen for c in content["certificates"]] if keep else []
    added = [asn1_x509.Certificate.load(c.public_bytes(serialization.Encoding.DER)) for c in certificates]
    chosen = [*added, *own] if first else [*own, *added]
    content["certificates"] = cms.CertificateSet([cms.CertificateChoices("certificate", c) for c in chosen])
    return response.dump(force=True)


def signed_by(certificate, key, folder) -> bytes:
    """A token by a certificate that `openssl ts` would not use, as it lacks the purpose: signed by hand."""
    holder = Authority("x")
    template = Tsa(folder / "template", holder.issue(key), key).reply(query())
    response = tsp.TimeStampResp.load(template)
    content = response["time_stamp_token"]["content"]
    leaf = asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    content["certificates"] = cms.CertificateSet([cms.CertificateChoices("certificate", leaf)])
    signer = content["signer_infos"][0]
    signer["sid"] = cms.SignerIdentifier(
        "issuer_and_serial_number",
        {"issuer": leaf.issuer, "serial_number": leaf.serial_number},
    )
    attributes = cms.CMSAttributes()
    named = {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": hashlib.sha256(leaf.dump()).digest()}
    value = tsp.SigningCertificateV2({"certs": [named]})
    for attribute in signer["signed_attrs"]:
        is_name = attribute["type"].native == "signing_certificate_v2"
        attributes.append(
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [value]}) if is_name else attribute
        )
    signer["signed_attrs"] = attributes
    to_sign = attributes.untag().dump(force=True)
    signer["signature"] = key.sign(to_sign, ec.ECDSA(hashes.SHA256()))
    return response.dump(force=True)


def test_the_hand_made_token_is_sound_but_for_its_purpose(authority, tmp_path):
    """Otherwise the refusals above could have another reason."""
    key = ec.generate_private_key(ec.SECP256R1())

    assert verify(signed_by(authority.issue(key, serial=5), key, tmp_path), DIGEST, [authority.root])


def test_every_altered_byte_is_refused(token, authority):
    for place in range(0, len(token), 7):
        altered = bytearray(token)
        altered[place] ^= 0x55
        try:
            at = verify(bytes(altered), DIGEST, [authority.root])
        except TimestampError:
            continue
        # What no signature covers: the wording of the answer, and unused certificates' own signatures.
        assert at == verify(token, DIGEST, [authority.root]), place


@pytest.mark.parametrize(
    "junk", [b"", b"\x00", b"not a stamp", b"\x30\x03\x02\x01\x00", b"\x30\x05\x30\x03\x02\x01\x02"]
)
def test_what_is_no_stamp_is_refused(junk, authority):
    refused(junk, authority)


def test_the_answer_must_be_to_this_request(tsa):
    with served(lambda _: tsa.reply(query())) as url, pytest.raises(TimestampError, match="another request"):
        stamp(url, DIGEST)


def test_the_answer_must_stamp_this_digest(tsa):
    def other(request: bytes) -> bytes:
        parsed = tsp.TimeStampReq.load(request)
        parsed["message_imprint"]["hashed_message"] = bytes(32)
        return tsa.reply(parsed.dump(force=True))

    with served(other) as url, pytest.raises(TimestampError, match="another digest"):
        stamp(url, DIGEST)


def test_a_provider_that_refuses(tsa):
    def unknown_digest(_: bytes) -> bytes:
        imprint = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": bytes(64)}
        return tsa.reply(tsp.TimeStampReq({"version": 1, "message_imprint": imprint}).dump())

    with served(unknown_digest) as url, pytest.raises(TimestampError):
        stamp(url, DIGEST)
    with served(lambda _: (503, b"later")) as url, pytest.raises(TimestampError, match="answers 503"):
        stamp(url, DIGEST)
    with served(lambda _: b"x" * 100_000) as url, pytest.raises(TimestampError, match="100000 bytes"):
        stamp(url, DIGEST)


def test_nobody_there():
    with pytest.raises(TimestampError, match="does not answer"):
        stamp("http://127.0.0.1:9/", DIGEST, timeout=2)
    with pytest.raises(TimestampError, match="does not answer"):
        stamp("file:///etc/hosts", DIGEST)
    with pytest.raises(TimestampError, match="32 bytes"):
        stamp("http://127.0.0.1:9/", b"short")
