# SPDX-License-Identifier: Apache-2.0
"""Every certificate of efirma, section 9, with its exact verdict; what names say; and asn1crypto's own fault."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from tests.fixtures.authority import AT, NAME, YEAR, authority, key, make_cert, responder, usage, write_store
from vitrina.parties import commands as parties
from vitrina.parties import signing
from vitrina.parties.actors import actor_of
from vitrina.parties.roles import Role
from vitrina.parties.signing import asn1_sat, certificate, policy, store, verdicts
from vitrina.parties.signing.verdicts import Code, Fault
from vitrina.sealed.signature import verify_record
from vitrina.site.demo import issuing

TYPE, BODY = "vitrina/sobre/v1", b'{"type":"sobre/v1"}'
COMPANY = issuing.Holder(
    "EMPRESA DE PRUEBA, S.A. DE C.V.", "AAA010101AAA", rep_rfc="HEGT7610034S2", rep_curp="HEGT761003MDFRNN05"
)
WITH_AMPERSAND = issuing.Holder(
    "FIERRO & FIERRO, S.C.", "F&F010101AB9", rep_rfc="HEGT7610034S2", rep_curp="HEGT761003MDFRNN05"
)
WITH_TILDE = issuing.Holder("ÑUÑO MUÑOZ PEÑA", "ÑUPÑ800101AB1", curp="NUPX800101HDFXXX05")
OFFICIAL = issuing.Holder("ÓSCAR IBÁÑEZ LUNA", "IALO800102XY3", curp="IALO800102HDFXXX05")
PLAIN_OFFICIAL = issuing.Holder("ROSA ELVIRA DEL MAR", "MAER810203AB4", curp="MAER810203MDFXXX05")


@pytest.fixture(scope="module")
def keys():
    """The authorities of this file: a root, one under it, a namesake with another key, a stranger."""
    root = authority("A.C. raíz de pruebas Vitrina")
    between = authority(NAME, above=root)
    return {
        "root": root,
        "between": between,
        "namesake": authority(NAME, above=root, secret="another"),
        "stranger": authority("Autoridad Ajena"),
    }


@pytest.fixture
def trust(settings, tmp_path, keys):
    """An installation that trusts the root of tests, with somebody to ask about revocation."""
    settings.SIGNING_TRUST = [tmp_path / "trust"]
    with responder(keys["between"]) as who:
        write_store(tmp_path / "trust", keys["root"], keys["between"])
        yield who


def supplier(holder: issuing.Holder, key: str):
    row = parties.register_supplier(at=AT - YEAR, key=key, name=holder.name.title(), rfc=holder.rfc)
    person = parties.register_person(email=f"{key}@vitrina.example", given_name="Rita", surname="Gálvez")
    return actor_of(parties.appoint(at=AT - YEAR, person=person, role=Role.SUPPLIER, supplier=row))


def official(holder: issuing.Holder, *names: str, rfc: str = ""):
    unit = parties.register_unit(at=AT - YEAR, key=f"U{len(holder.name)}", name="Unidad", kind="office")
    person = parties.register_person(
        email="official@vitrina.example", given_name=names[0], surname=names[1], second_surname=names[2], rfc=rfc
    )
    return actor_of(parties.appoint(at=AT - YEAR, person=person, role=Role.OFFICER, unit=unit))


def accept(efirma, actor, *, at=AT, act="bid", body=BODY, **claimed):
    claim = efirma.claim(TYPE, BODY, at) | claimed
    return signing.accept(claim, payload_type=TYPE, body=body, actor=actor, act=act, at=at)


def verdict(efirma, actor, **more) -> str:
    try:
        return accept(efirma, actor, **more)["verdict"]
    except signing.SigningRefused as refused:
        assert "%(" not in refused.message and refused.message, refused.message
        return refused.code


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


def test_four_ways_of_not_reaching_a_trusted_root(db, settings, tmp_path, trust, keys):
    actor = supplier(COMPANY, "empresa")
    root, between = keys["root"], keys["between"]
    good = make_cert(between, COMPANY)

    def under(*authorities, efirma=good, at=AT):
        write_store(tmp_path / "trust", *authorities)
        return verdict(efirma, actor, at=at)

    assert under(root, between) == "OK"
    assert under(root, efirma=make_cert(keys["stranger"], COMPANY)) == "CHAIN_NO_ISSUER"
    assert under(root, between, efirma=make_cert(keys["namesake"], COMPANY)) == "CHAIN_BAD_SIGNATURE"
    assert under(root, keys["namesake"]) == "CHAIN_BAD_SIGNATURE"
    assert under(root, keys["namesake"], between) == "OK"  # two of one name: the one that signed

    not_root = authority("Autoridad Suelta")
    not_root.anchor = False
    assert under(root, not_root, efirma=make_cert(not_root, COMPANY)) == "CHAIN_NOT_TRUSTED"
    tired = authority("Autoridad Cansada", above=root, until_=AT - timedelta(days=1))
    assert under(root, tired, efirma=make_cert(tired, COMPANY)) == "CHAIN_NOT_TRUSTED"
    for extensions in ([issuing.authority_extensions()[0], usage("crl_sign")], NO_KIND, []):
        weak = authority("Autoridad Sin Permiso", above=root, extensions=extensions)
        assert under(root, weak, efirma=make_cert(weak, COMPANY)) == "CHAIN_NOT_TRUSTED"
    closed = authority("Raíz Cerrada", until=AT, ocsp=trust.url)
    trusted_later = authority("Raíz Futura", since=AT + timedelta(seconds=1))
    for each in (closed, trusted_later):
        assert under(each, efirma=make_cert(each, COMPANY)) == "CHAIN_NOT_TRUSTED"


def test_authorities_of_tests_count_only_where_settings_say_so(db, settings, tmp_path, trust, keys):
    actor = supplier(COMPANY, "empresa")
    good = make_cert(keys["between"], COMPANY)
    assert verdict(good, actor) == "OK"

    settings.SIGNING_ALLOW_TEST_ROOTS = False
    assert verdict(good, actor) == "CHAIN_TEST_ROOT"
    write_store(tmp_path / "trust")
    assert verdict(good, actor) == "CHAIN_TEST_ROOT"  # not in the store, and known by its name
    assert verdict(make_cert(keys["stranger"], COMPANY), actor) == "CHAIN_NO_ISSUER"


def test_a_production_that_trusts_a_root_of_tests_does_not_start(settings, tmp_path, keys):
    settings.SIGNING_TRUST, settings.SIGNING_ALLOW_TEST_ROOTS = [write_store(tmp_path / "a", keys["root"])], False
    with pytest.raises(ImproperlyConfigured, match="one of tests"):
        store.refuse_test_roots()
    settings.SIGNING_TRUST = [write_store(tmp_path / "b", keys["stranger"]), tmp_path / "absent"]
    store.refuse_test_roots()


@pytest.mark.parametrize("change", ["sha256", "file", "text", "missing"])
def test_a_damaged_store_of_authorities_is_refused(settings, tmp_path, keys, change):
    folder = write_store(tmp_path / "trust", keys["root"])
    toml = folder / "store.toml"
    if change == "sha256":
        (folder / "0.cer").write_bytes(keys["stranger"].certificate)
    elif change == "file":
        toml.write_text(toml.read_text().replace('"0.cer"', '"../trust/0.cer"'))
    elif change == "text":
        toml.write_text(toml.read_text() + "[[authority")
    else:
        toml.write_text(toml.read_text().replace("source", "sauce"))
    with pytest.raises(ImproperlyConfigured, match=r"store.toml"):
        store.load([folder])


def test_bytes_that_are_no_certificate(db, trust, keys):
    actor = supplier(COMPANY, "empresa")
    good = make_cert(keys["between"], COMPANY)
    import base64

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
    import base64

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
