# SPDX-License-Identifier: Apache-2.0
"""Asking the authority: its answers, its silence, its lies; what was accepted meanwhile; and the alarm afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fixtures.authority import AT, YEAR, authority, make_cert, ocsp_delegate, responder, write_store
from vitrina.ledger.models import Entry
from vitrina.parties import signing
from vitrina.parties.models import RevocationCheck
from vitrina.parties.signing import pending, revocation, watch
from vitrina.parties.signing.store import load
from vitrina.parties.signing.verdicts import Code
from vitrina.site.demo.issuing import number_for

from .signing_world import BODY, COMPANY, TYPE, accept, supplier, verdict


@pytest.fixture
def who(trust):
    """The responder."""
    return trust


@pytest.fixture
def actor(db):
    return supplier(COMPANY, "empresa")


@pytest.fixture
def efirma(keys):
    return make_cert(keys["between"], COMPANY)


def test_the_whole_answer_is_kept_and_verifies_again(who, actor, efirma):
    record = accept(efirma, actor)
    told = record["revocation"]
    assert who.asked == [efirma.serial]
    assert (told["kind"], told["status"], told["this_update"]) == ("ocsp", "good", "2026-11-21T10:00:01Z")
    assert signing.reverify(record, payload_type=TYPE, body=BODY) == Code.OK

    damaged = record | {"revocation": told | {"response": told["response"][:-8] + "AAAAAAA="}}
    assert signing.reverify(damaged, payload_type=TYPE, body=BODY) == Code.REV_UNREACHABLE


def test_a_revoked_certificate_signs_nothing_and_one_revoked_later_is_not_undone(who, actor, efirma):
    who.revoked[efirma.serial] = AT - timedelta(hours=1)
    assert verdict(efirma, actor) == verdict(efirma, actor, act="opening.close") == "REV_REVOKED"
    who.revoked[efirma.serial] = AT + timedelta(minutes=1)
    assert verdict(efirma, actor) == "OK"


@pytest.mark.parametrize(
    "lie",
    ["silent", "old", "future", "nonce", "signer", "another", "delegate without purpose", "not listening", "garbage"],
)
def test_no_usable_answer_refuses_a_bid_and_lets_another_act_wait(
    who, actor, efirma, keys, lie, settings, tmp_path, monkeypatch
):
    if lie == "silent":
        who.silent = True
    elif lie == "old":
        who.at = AT - timedelta(hours=25)
    elif lie == "future":
        who.at = AT + timedelta(minutes=6)
    elif lie == "nonce":
        who.nonce = "other"
    elif lie == "signer":
        who.signer = authority("A.C. de pruebas Vitrina", above=keys["root"], secret="impostor")
    elif lie == "another":
        who.serial = 7
    elif lie == "delegate without purpose":
        who.signer = ocsp_delegate(keys["between"], purpose=False)
        who.delegate = who.signer.cer
    elif lie == "not listening":
        keys["between"].ocsp = "http://127.0.0.1:9/ocsp"
        write_store(tmp_path / "trust", keys["root"], keys["between"])
    else:
        monkeypatch.setattr(who, "answer", lambda _question: b"0\x03\x0a\x01\x06")
    assert verdict(efirma, actor) == "REV_UNREACHABLE"
    assert who.told == (lie not in {"silent", "not listening"}), "the responder itself failed"
    assert not RevocationCheck.objects.exists(), "a bid leaves no trace"

    record = accept(efirma, actor, act="opening.close")
    assert (record["verdict"], record["revocation"]["status"]) == ("REV_UNREACHABLE", "pending")
    assert "autoridad aún no dice" in signing.in_words(record)
    assert RevocationCheck.objects.get().payload_sha256 == record["payload_sha256"]


def test_an_answer_without_nonce_or_by_a_delegate_is_good(who, actor, efirma, keys):
    who.nonce = "none"
    assert verdict(efirma, actor) == "OK"
    who.signer = ocsp_delegate(keys["between"])
    who.delegate = who.signer.cer
    assert verdict(efirma, actor) == "OK"


def test_an_unknown_certificate_is_refused_or_waits_by_the_act(who, actor, efirma):
    who.unknown.add(efirma.serial)
    assert verdict(efirma, actor) == "REV_UNKNOWN"
    assert verdict(efirma, actor, act="opening.close") == "REV_UNKNOWN"
    assert RevocationCheck.objects.count() == 1


def test_an_answer_about_the_same_number_of_another_authority_is_none(who, actor, keys, tmp_path):
    """Two certificates with one serial, of two authorities: what one says is nothing to the other."""
    other = authority("A.C. otra de pruebas", above=keys["root"])
    number = number_for("the same")
    mine, theirs = make_cert(keys["between"], COMPANY, number=number), make_cert(other, COMPANY, number=number)
    assert mine.serial == theirs.serial
    with responder(other) as second:
        second.revoked[theirs.serial] = AT - timedelta(days=1)
        write_store(tmp_path / "trust", keys["root"], keys["between"], other)
        assert (verdict(mine, actor), verdict(theirs, actor)) == ("OK", "REV_REVOKED")
        stored = load([tmp_path / "trust"])
        between = next(a for a in stored.authorities if a.ocsp == who.url)
        another = next(a for a in stored.authorities if a.ocsp == second.url)
        told = revocation.consult(theirs.cer, another, AT)
        import base64

        with pytest.raises(revocation.Unreachable, match="another certificate"):
            revocation.read(base64.b64decode(told["response"]), mine.cer, between, AT)


def test_later_the_authority_says_good_and_the_ledger_says_so(who, actor, efirma):
    who.silent = True
    record = accept(efirma, actor, act="opening.close")
    assert pending.recheck(AT + timedelta(hours=1)) == []

    who.silent, who.at = False, AT + timedelta(hours=2)
    assert pending.recheck(AT + timedelta(hours=2)) == [(record["payload_sha256"], Code.OK)]
    assert pending.recheck(AT + timedelta(hours=3)) == []
    entry = Entry.objects.get(kind="signature.checked")
    assert (entry.event.code, entry.event.payload_sha256) == ("OK", record["payload_sha256"])
    row = RevocationCheck.objects.get()
    assert (row.verdict, row.decided_at) == ("OK", AT + timedelta(hours=2)) and "response" in row.answer


def test_later_the_authority_says_revoked_and_an_alarm_stands_in_the_ledger(who, actor, efirma):
    who.silent = True
    record = accept(efirma, actor, act="opening.close")
    who.silent, who.at = False, AT + timedelta(hours=5)
    who.revoked[efirma.serial] = AT - timedelta(days=3)

    assert pending.recheck(AT + timedelta(hours=5)) == [(record["payload_sha256"], Code.REV_REVOKED)]
    event = Entry.objects.get(kind="signature.checked").event
    assert (event.code, event.act) == ("REV_REVOKED", "opening.close")
    assert event.sentence().startswith("Alarma")


def test_silence_for_a_day_is_told_once_and_asking_goes_on(who, actor, efirma):
    who.silent = True
    accept(efirma, actor, act="opening.close")
    assert [code for _, code in pending.recheck(AT + timedelta(hours=24))] == [Code.REV_UNREACHABLE]
    assert pending.recheck(AT + timedelta(hours=30)) == []
    who.silent, who.at = False, AT + timedelta(hours=40)
    assert [code for _, code in pending.recheck(AT + timedelta(hours=40))] == [Code.OK]
    assert [e.event.code for e in Entry.objects.filter(kind="signature.checked").order_by("seq")] == [
        "REV_UNREACHABLE",
        "OK",
    ]


def test_a_root_of_demonstrations_without_responder_is_not_asked(settings, tmp_path, actor, keys, efirma):
    keys["between"].ocsp = ""
    settings.SIGNING_TRUST = [write_store(tmp_path / "trust", keys["root"], keys["between"])]
    told = accept(efirma, actor)["revocation"]
    assert told == {"kind": "none", "status": "not_consulted", "why": "demonstration_root"}


def test_a_real_root_without_responder_counts_as_silence(settings, tmp_path, actor):
    real = authority("Autoridad Verdadera", since=AT - YEAR)
    settings.SIGNING_TRUST = [write_store(tmp_path / "trust", real)]
    settings.SIGNING_ALLOW_TEST_ROOTS = False
    assert verdict(make_cert(real, COMPANY), actor) == "REV_UNREACHABLE"
    assert verdict(make_cert(real, COMPANY), actor, act="opening.close") == "REV_UNREACHABLE"


@pytest.mark.django_db(transaction=True)
def test_the_platform_asks_by_itself_in_a_thread_of_its_own(who, efirma):
    who.silent = True
    accept(efirma, supplier(COMPANY, "empresa"), act="opening.close")
    who.silent, who.at = False, AT + timedelta(minutes=20)
    assert watch.tend(AT + timedelta(minutes=20)) == 0
    watch._Asking.thread.join(20)
    assert RevocationCheck.objects.get().verdict == "OK"

    asked = len(who.asked)
    watch.tend(AT + timedelta(minutes=40))
    assert len(who.asked) == asked, "nothing waits, and it asked"
