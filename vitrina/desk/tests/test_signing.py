# SPDX-License-Identifier: Apache-2.0
"""Acts signed at the desk: what the browser signed must be what the form says, and the ledger says who signed."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from tests.worlds.once import built_once, rolled_back
from tests.worlds.tendering import reach_tendering
from vitrina.cycle.core import signed
from vitrina.cycle.core.models import ActSignature, Submission
from vitrina.desk import parked, signing
from vitrina.kernel.canonical import canonical, parse
from vitrina.ledger.models import Entry
from vitrina.ledger.sequencer import catch_up
from vitrina.parties.roles import Role
from vitrina.parties.signing import certificate as certificates
from vitrina.parties.signing import in_words, policy, short
from vitrina.parties.signing.verdicts import Code, sentence
from vitrina.sealed.signature import verify_record
from vitrina.site.demo.people import world

from .review import FORM, NOW, TOKEN, Desk

WORDS = "Firmado con inicio de sesión"


def in_spanish(words):
    with translation.override("es"):
        return str(words())


def said(code: Code, **values) -> str:
    return in_spanish(lambda: sentence(code, **values))


whole = built_once(lambda: (w := world(), reach_tendering(w)))


@pytest.fixture
def desk(whole, client, clock):
    clock.set(NOW)
    with rolled_back():
        yield Desk(*whole, client)


@pytest.fixture
def lasting(transactional_db, client, clock):
    """The same where what is written is committed, for the sequencer to place."""
    w = world()
    process = reach_tendering(w)
    clock.set(NOW)
    return Desk(w, process, client)


def test_the_review_says_in_words_what_is_signed_and_no_field_of_a_key_has_a_name(desk):
    page = desk.post().content.decode()

    assert "Inés Olaiz, órgano interno de control, Instituto Mexicano del Seguro Social" in page
    assert desk.payload(page)["fields"] == [
        {"label": "Autoridad que la ordena", "value": FORM["authority"]},
        {"label": "Motivo", "value": FORM["reason"].replace("\r\n", "\n")},
    ]
    secret = re.findall(r"<input[^>]*type=\"(?:file|password)\"[^>]*>", page)
    assert len(secret) == 3
    for tag in secret:
        assert " name=" not in tag
        assert 'autocomplete="off"' in tag


def test_a_signed_act_has_its_evidence_beside_it(desk):
    answer = desk.sign()

    assert answer.status_code == 302
    act, said = Entry.objects.filter(stream=desk.process.stream).order_by("-seq")[:2][::-1]
    assert (act.kind, said.kind, said.event.act, said.seq) == (
        "tender.suspended",
        "act.signed",
        act.digest,
        act.seq + 1,
    )
    record, body = said.event.signature, signed.payload_of(said.event)
    assert verify_record(record, signed.PAYLOAD_TYPE, body)
    assert not verify_record(record, signed.PAYLOAD_TYPE, body.replace(b"denuncia", b"demanda"))
    assert parse(body)["fields"][1]["value"] == FORM["reason"].replace("\r\n", "\n")
    kept = ActSignature.objects.get(entry=act)
    assert parse(kept.record)["cert"]
    assert "cert" not in record
    assert not kept.payload.is_public


def test_the_public_page_and_the_receipt_tell_who_signed_and_give_the_evidence(lasting, client):
    receipt = lasting.client.get(lasting.sign().url).content.decode()
    words = in_spanish(lambda: in_words(Entry.objects.get(kind="act.signed").event.signature))
    assert words in unescape(receipt)
    catch_up()
    act = Entry.objects.get(kind="tender.suspended")
    n = act.placed.position

    page = Client().get(f"/actos/{n}/").content.decode()
    evidence = Client().get(f"/actos/{n}/firma.json").json()
    text = Client().get(evidence["signed_text"]).content

    assert words in unescape(page)
    assert f"/actos/{n}/firma.json" in page
    assert evidence["act"]["digest"] == act.digest
    assert verify_record(evidence["signature"], "vitrina/acto/v1", text)
    way = in_spanish(lambda: short(evidence["signature"]))
    assert f"Firmado con {way}" in Client().get(f"/p/{lasting.process.ocid}/").content.decode()
    assert act.event.sentence() in Client().get(f"/actos/{n + 1}/").content.decode()
    assert "CURP" not in json.dumps(evidence)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p | {"fields": [*p["fields"][:1], {"label": "Motivo", "value": "Otra."}]},
        lambda p: p | {"fields": p["fields"][:1]},
        lambda p: p | {"signer": "Otra persona"},
        lambda p: p | {"token": "b" * 26},
        lambda p: p | {"ocid": "ocds-otra"},
        lambda p: p | {"command": "tendering.cancel"},
        lambda p: p | {"more": "x"},
        lambda p: p | {"form_sha256": "0" * 64},
    ],
)
def test_what_was_signed_must_be_what_arrived(desk, change):
    answer = desk.sign(change=change)

    assert answer.status_code == 422
    assert said(Code.SIG_PAYLOAD_MISMATCH) in answer.content.decode()
    assert not Entry.objects.filter(kind="tender.suspended").exists()
    assert not Submission.objects.exists()


def test_a_form_that_changed_after_it_was_signed_is_refused(desk):
    assert desk.sign(reason="Otra razón.").status_code == 422
    assert not Entry.objects.filter(kind="tender.suspended").exists()


def test_without_the_text_the_signature_alone_tells_that_something_else_was_signed(desk):
    assert desk.sign(signed="", reason="Otra razón.").status_code == 422
    assert not Entry.objects.filter(kind="tender.suspended").exists()
    assert desk.sign(signed="").status_code == 302


def test_who_reads_in_english_signs_in_english(desk):
    desk.prefix = "/en"

    assert desk.sign().status_code == 302
    body = parse(signed.payload_of(Entry.objects.get(kind="act.signed").event))
    assert body["act"] == "Suspend the purchase"
    assert body["fields"][1]["label"] == "Reason"


def test_somebody_else_s_e_firma_is_refused(desk):
    text = canonical(desk.payload(desk.post().content.decode()))

    answer = desk.post(confirm="1", signed=text.decode(), signature=desk.claim(text, desk.w.people[Role.OFFICER]))

    assert answer.status_code == 422
    officer = desk.w.people[Role.OFFICER]
    assert said(Code.CERT_RFC_MISMATCH, found=officer.rfc, expected=desk.person.rfc) in unescape(
        answer.content.decode()
    )
    assert not Entry.objects.filter(kind="tender.suspended").exists()


@pytest.mark.parametrize("claim", ["x", "[]", "{}", '{"kind":"efirma"}', "[" * 100_000, "1" * 2_100_000])
def test_a_claim_that_is_none_is_refused(desk, claim, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
    answer = desk.post(confirm="1", signed="{}", signature=claim)

    assert answer.status_code == 422
    assert not Entry.objects.filter(kind="tender.suspended").exists()


def test_in_a_demonstration_one_may_go_on_signed_in_only_and_the_act_says_so(lasting):
    answer = lasting.post(confirm="1")

    assert WORDS in lasting.client.get(answer.url).content.decode()
    catch_up()
    act = Entry.objects.get(kind="tender.suspended")
    assert WORDS in Client().get(f"/actos/{act.placed.position}/").content.decode()
    assert Client().get(f"/actos/{act.placed.position}/firma.json").status_code == 404
    assert not Entry.objects.filter(kind="act.signed").exists()


def test_where_the_policy_requires_it_the_act_is_refused_without(desk, settings, monkeypatch):
    monkeypatch.setattr(signing, "is_required", lambda command: policy.of(command).required)
    page = desk.post().content.decode()
    assert 'value="none"' not in page

    answer = desk.post(confirm="1")

    assert answer.status_code == 422
    assert "no llegó ninguna firma" in answer.content.decode()
    assert not Entry.objects.filter(kind="tender.suspended").exists()
    assert desk.sign().status_code == 302


def test_outside_a_demonstration_every_named_act_is_required_but_those_that_the_policy_leaves_open(settings):
    settings.VITRINA_DEMO, settings.SIGNING_PROFILE = False, "mexico"
    assert signing.is_required("awarding.issue_ruling")
    assert signing.is_required("contracting.sign_supplier")
    assert not signing.is_required("clarifying.ask")
    assert not signing.is_asked("planning.publish_line")


def test_sending_twice_is_one_act_with_one_signature(desk):
    payload = canonical(desk.payload(desk.post().content.decode()))
    data = {"confirm": "1", "signed": payload.decode(), "signature": desk.claim(payload)}
    first, second = desk.post(**data), desk.post(**data)

    assert first.url == second.url
    assert Entry.objects.filter(kind="tender.suspended").count() == 1
    assert Entry.objects.filter(kind="act.signed").count() == 1


def test_the_signature_of_a_blinded_act_is_blinded_too(lasting):
    company = lasting.w.supplier_rows[0]
    lasting.sits(company.appointment_set.get().person, company)
    lasting.command, lasting.form = "clarifying.ask", {"topic": "legal", "text": "¿Basta una copia simple?"}

    answer = lasting.sign()

    assert answer.status_code == 302, answer.content.decode()
    said = Entry.objects.get(kind="sealed_act.signed")
    assert not said.is_public
    assert said.event.signature["rfc"] == company.rfc
    catch_up()
    public = Client().get(f"/actos/{said.placed.position}/").content.decode()
    assert company.name not in public
    assert Client().get(f"/actos/{said.placed.position - 1}/firma.json").status_code == 404


def test_a_file_is_kept_while_it_is_read_once_more_and_only_for_its_person(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    files = MultiValueDict({"call_file": [SimpleUploadedFile("bases.pdf", b"%PDF-1.7 x", "application/pdf")]})
    parked.keep(TOKEN, 7, files)

    with parked.parked(TOKEN, 7) as found:
        assert found["call_file"].name == "bases.pdf"
        assert found["call_file"].read() == b"%PDF-1.7 x"
    with parked.parked(TOKEN, 8) as found:
        assert not found
    parked.drop(TOKEN)
    with parked.parked(TOKEN, 7) as found:
        assert not found


def test_the_demonstration_gives_out_the_e_firma_of_who_is_signed_in_and_of_nobody_else(desk, settings):
    mine = desk.client.get("/demo/efirma/cer/")
    assert certificates.parse(mine.content).rfc == desk.person.rfc
    assert mine["Cache-Control"] == "no-store"
    company = desk.w.supplier_rows[1]
    desk.sits(company.appointment_set.get().person, company)
    assert certificates.parse(desk.client.get("/demo/efirma/cer/").content).rfc == company.rfc
    assert desk.client.get("/demo/efirma/key/").content[:1] == b"\x30"
    assert desk.client.get("/demo/efirma/otra/").status_code == 404
    assert Client().get("/demo/efirma/key/").status_code == 302

    settings.VITRINA_DEMO = False
    assert desk.client.get("/demo/efirma/key/").status_code == 404
