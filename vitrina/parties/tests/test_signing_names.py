# SPDX-License-Identifier: Apache-2.0
"""What certificates say of their holders, and how the rest is told: kinds, sentences, policy, key files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.utils import translation

from tests.fixtures.authority import AT, key, make_cert
from vitrina.parties import signing
from vitrina.parties.signing import asn1_sat, certificate, policy, verdicts
from vitrina.parties.signing.verdicts import Code, Fault
from vitrina.site import paths
from vitrina.site.demo import issuing

from .signing_world import (
    BODY,
    COMPANY,
    OFFICIAL,
    TYPE,
    WITH_AMPERSAND,
    WITH_TILDE,
    supplier,
)


def test_kinds_are_told_by_three_signs_and_not_by_the_count(keys):
    for holder in (COMPANY, WITH_TILDE, WITH_AMPERSAND, OFFICIAL):
        assert certificate.parse(make_cert(keys["between"], holder).cer).kind == "FIEL"
        assert certificate.parse(make_cert(keys["between"], holder, kind="csd").cer).kind == "CSD"
    found = certificate.parse(make_cert(keys["between"], COMPANY).cer)
    assert (found.rfc, found.rep_rfc, found.curp, found.rep_curp) == (
        COMPANY.rfc,
        COMPANY.rep_rfc,
        "",
        COMPANY.rep_curp,
    )
    assert found.is_company and len(found.number) == 20 and found.number.isdigit()
    person = certificate.parse(make_cert(keys["between"], WITH_TILDE).cer)
    assert (person.rfc, person.rep_rfc, person.curp, person.rep_curp) == (WITH_TILDE.rfc, "", WITH_TILDE.curp, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AAA010101AAA", ("AAA010101AAA", "")), (" aaa010101aaa ", ("AAA010101AAA", "")),
        ("AAA010101AAA / HEGT7610034S2", ("AAA010101AAA", "HEGT7610034S2")), ("AAA010101AAA/hegt7610034s2/", ("AAA010101AAA", "HEGT7610034S2")),
        ("N\u0303UPX800101AB1", ("ÑUPX800101AB1", "")), ("F&F010101AB9 /  ", ("F&F010101AB9", "")), ("", ("", "")), (" / ", ("", "")),
    ],
)  # fmt: skip
def test_rfc_of_the_holder_and_of_the_representative(text, expected):
    assert certificate.holder_and_representative(text) == expected


@pytest.mark.parametrize(
    ("text", "company", "expected"),
    [
        ("HEGT761003MDFRNN05", False, ("HEGT761003MDFRNN05", "")), (" / hegt761003mdfrnn05", True, ("", "HEGT761003MDFRNN05")),
        ("/HEGT761003MDFRNN05", True, ("", "HEGT761003MDFRNN05")), ("HEGT761003MDFRNN05", True, ("", "HEGT761003MDFRNN05")),
        ("A / B", True, ("A", "B")), ("", True, ("", "")), (" / ", False, ("", "")),
    ],
)  # fmt: skip
def test_curp_of_the_holder_and_of_the_representative(text, company, expected):
    assert certificate.curps(text, has_representative=company) == expected


def test_asn1crypto_reads_the_names_only_after_the_remap(keys):
    efirma = make_cert(keys["between"], WITH_TILDE)
    assert asn1_sat.is_active()
    assert certificate.subject_of(efirma.cer)["2.5.4.45"] == WITH_TILDE.rfc
    program = (
        "import sys; from asn1crypto import x509; print(x509.Certificate.load(sys.stdin.buffer.read()).subject.native)"
    )
    without = subprocess.run([sys.executable, "-c", program], input=efirma.cer, capture_output=True, check=False)
    assert without.returncode, "asn1crypto reads the SAT's names by itself now: take asn1_sat.py out"
    assert b"unique_identifier" in without.stderr or b"ValueError" in without.stderr


def test_every_verdict_has_a_sentence_in_both_languages():
    values = {
        "since": AT,
        "until": AT,
        "when": AT,
        "found": "AAA010101AAA",
        "expected": "BBB010101BBB",
        "kinds": "e.firma",
    }
    said = {}
    for language in ("es", "en"):
        with translation.override(language):
            said[language] = {code: verdicts.sentence(code, **values) for code in Code}
    assert set(verdicts.EFFECTS) == set(verdicts.SENTENCES) == set(Code)
    assert all(said["es"][code] != said["en"][code] and "%(" not in said["es"][code] for code in Code)
    assert len(set(said["es"].values())) == len(Code)
    assert "noviembre de" in said["es"][Code.CERT_EXPIRED]


def test_the_policy_is_data_and_each_profile_takes_its_kinds(db, settings, trust, keys):
    assert policy.of("bid", "mexico").kinds == ("efirma",)
    assert not policy.of("bid").trace and policy.of("opening.close").accepts_pending
    with pytest.raises(KeyError):
        policy.of("bid", "atlantis")
    actor = supplier(COMPANY, "empresa")
    claim = {
        "kind": "passkey",
        "payload_type": TYPE,
        "value": "AA==",
        "credential_id": "x",
        "authenticator_data": "AA==",
        "client_data": "AA==",
        "signed_at_client": AT.isoformat(),
    }
    settings.SIGNING_PROFILE = "mexico"
    with pytest.raises(signing.SigningRefused) as refused:
        signing.accept(claim, payload_type=TYPE, body=BODY, actor=actor, act="bid", at=AT)
    assert refused.value.code == "KIND_NOT_ACCEPTED"
    for needed, act in ((True, "bid"), (False, "clarifying.ask")):
        if needed:
            with pytest.raises(signing.SigningRefused) as refused:
                signing.accept_for(act, None, payload_type=TYPE, body=BODY, actor=actor, at=AT)
            assert refused.value.code == "SIGNATURE_NEEDED"
        else:
            assert signing.accept_for(act, None, payload_type=TYPE, body=BODY, actor=actor, at=AT) is None


def test_the_key_file_is_3des_and_other_programs_open_it(tmp_path):
    secret, password = key("de archivo"), "clave ñ 1"
    locked = issuing.key_file(secret, password)
    assert b"\x2a\x86\x48\x86\xf7\x0d\x03\x07" in locked  # des-ede3-cbc
    assert load_der_private_key(locked, password.encode()).private_numbers() == secret.private_numbers()
    (tmp_path / "x.key").write_bytes(locked)
    command = ["openssl", "pkcs8", "-inform", "DER", "-in", tmp_path / "x.key", "-passin", f"pass:{password}"]
    assert b"BEGIN PRIVATE KEY" in subprocess.run(command, capture_output=True, check=True).stdout
    with pytest.raises(ValueError, match=r"decrypt|password"):
        load_der_private_key(locked, b"otra")


def test_faults_carry_their_values(keys):
    with pytest.raises(Fault) as fault:
        certificate.check(
            certificate.parse(make_cert(keys["between"], COMPANY, until=AT).cer), AT + timedelta(seconds=1)
        )
    assert fault.value.code is Code.CERT_EXPIRED and fault.value.values["until"] == AT


def test_the_browser_s_library_opens_the_key_file(tmp_path):
    forge, node = paths.ROOT / "build" / "node" / "node_modules" / "node-forge", shutil.which("node")
    if not (node and forge.exists()):
        pytest.skip("needs node and node-forge (make vendor)")
    secret, password = key("de archivo"), "clave ñ 1"
    (tmp_path / "x.key").write_bytes(issuing.key_file(secret, password))
    program = """
      const forge = require(process.argv[1]), fs = require("fs");
      const der = forge.asn1.fromDer(forge.util.createBuffer(fs.readFileSync(process.argv[2])));
      const open = (word) => forge.pki.decryptPrivateKeyInfo(der, forge.util.encodeUtf8(word));
      console.log(forge.pki.privateKeyFromAsn1(open(process.argv[3])).n.toString(16));
    """
    run = subprocess.run(
        [node, "-e", program, forge, tmp_path / "x.key", password], capture_output=True, text=True, check=True
    )
    assert int(run.stdout, 16) == secret.public_key().public_numbers().n
