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

from tests.worlds.tendering import PUBLISHED, reach_tendering
from vitrina.cycle.core import signed
from vitrina.cycle.core.models import ActSignature, Process, Submission
from vitrina.desk import parked, signing
from vitrina.kernel.canonical import canonical, digest_of, parse
from vitrina.ledger.models import Entry
from vitrina.ledger.sequencer import catch_up
from vitrina.parties.roles import Role
from vitrina.parties.signing import in_words, policy, short
from vitrina.parties.signing.verdicts import Code, sentence
from vitrina.sealed.signature import verify_record
from vitrina.site.demo.authority import demo_claim
from vitrina.site.demo.people import world

NOW = PUBLISHED.replace(day=24)
FORM = {"authority": "Secretaría Anticorrupción", "reason": "Se revisa una denuncia.\r\nDos líneas."}
TOKEN = "a" * 26
WORDS = "Firmado con inicio de sesión"


def in_spanish(words):
    with translation.override("es"):
        return str(words())


def said(code: Code, **values) -> str:
    return in_spanish(lambda: sentence(code, **values))


class Desk:
    """The internal control body at the review of a suspension."""

    def __init__(self, w, process: Process, client: Client) -> None:
        self.w, self.process, self.client = w, process, client
        self.person = w.people[Role.OIC]
        client.force_login(self.person.user)

    @property
    def url(self) -> str:
        return f"/mi-espacio/compra/{self.process.ocid}/tendering.suspend/"

    def post(self, **data):
        return self.client.post(self.url, {"token": TOKEN, **FORM, **data})

    def payload(self, page: str) -> dict:
        """What the browser builds from the review: read off the page, as a person would."""

        def shown(name: str) -> str:
            return unescape(re.search(rf'data-shows="{name}">(.*?)</', page, re.DOTALL)[1])

        rows = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page, re.DOTALL)
        kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)" data-kept>', page)
        return {
            "type": "vitrina/acto/v1",
            "ocid": self.process.ocid,
            "purchase": shown("purchase"),
            "command": "tendering.suspend",
            "act": shown("act"),
            "consequence": shown("consequence"),
            "signer": shown("signer"),
            "fields": [{"label": unescape(a), "value": unescape(b.replace("<br>", "\n"))} for a, b in rows],
            "form_sha256": digest_of([[n, unescape(v).replace("\r\n", "\n")] for n, v in kept]),
            "token": TOKEN,
        }

    def claim(self, text: bytes, who=None) -> str:
        return json.dumps(demo_claim(who or self.person, signed.PAYLOAD_TYPE, text, NOW))

    def sign(self, *, change=None, **data):
        """Review, sign and confirm; `change` gets the payload before it is signed."""
        payload = self.payload(self.post().content.decode())
        text = canonical(change(payload) if change else payload)
        return self.post(**{"confirm": "1", "signed": text.decode(), "signature": self.claim(text), **data})


@pytest.fixture
def desk(db, client, clock):
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


@pytest.mark.django_db(transaction=True)
def test_the_public_page_and_the_receipt_tell_who_signed_and_give_the_evidence(desk, client):
    receipt = desk.client.get(desk.sign().url).content.decode()
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
    assert f"Firmado con {way}" in Client().get(f"/p/{desk.process.ocid}/").content.decode()
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


@pytest.mark.django_db(transaction=True)
def test_in_a_demonstration_one_may_go_on_signed_in_only_and_the_act_says_so(desk):
    answer = desk.post(confirm="1")

    assert WORDS in desk.client.get(answer.url).content.decode()
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


@pytest.mark.django_db(transaction=True)
def test_the_signature_of_a_blinded_act_is_blinded_too(desk):
    supplier = desk.w.suppliers[0]
    url = f"/mi-espacio/compra/{desk.process.ocid}/clarifying.ask/"
    desk.client.force_login(desk.w.supplier_rows[0].appointment_set.get().person.user)
    form = {"token": TOKEN, "topic": "legal", "text": "¿Basta una copia simple?"}
    page = desk.client.post(url, form).content.decode()
    payload = desk.payload(page) | {"command": "clarifying.ask"}
    text = canonical(payload)
    claim = json.dumps(demo_claim(desk.w.supplier_rows[0], signed.PAYLOAD_TYPE, text, NOW))

    answer = desk.client.post(url, {**form, "confirm": "1", "signed": text.decode(), "signature": claim})

    assert answer.status_code == 302, answer.content.decode()
    said = Entry.objects.get(kind="sealed_act.signed")
    assert not said.is_public
    assert said.event.signature["rfc"] == desk.w.supplier_rows[0].rfc
    catch_up()
    public = Client().get(f"/actos/{said.placed.position}/").content.decode()
    assert supplier.supplier_name not in public
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
