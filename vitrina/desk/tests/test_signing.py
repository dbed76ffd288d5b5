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

from tests.worlds.awarding import RULED, reach_awarding
from tests.worlds.bidding import pdf, reach_bidding
from tests.worlds.contracting import GUARANTEED, SIGNED, draft, reach_contracting
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.opening import CLOSED, hold_act
from tests.worlds.tendering import PUBLISHED, reach_tendering
from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import digest_of_contract, without_contract
from vitrina.cycle.core import signed
from vitrina.cycle.core.models import ActSignature, Process, Submission
from vitrina.cycle.core.steps import FORMS
from vitrina.desk import parked, signing
from vitrina.kernel.canonical import canonical, digest, digest_of, parse
from vitrina.ledger.models import Entry
from vitrina.ledger.sequencer import catch_up
from vitrina.parties.models import Person
from vitrina.parties.roles import Role
from vitrina.parties.signing import certificate as certificates
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
    """Somebody at the review of a step: by default the internal control body, who suspends the purchase."""

    prefix = ""  # of the address: that of a language

    def __init__(
        self, w, process: Process, client: Client, now=NOW, command="tendering.suspend", form=None, key=""
    ) -> None:
        self.w, self.process, self.client, self.now = w, process, client, now
        self.command, self.form, self.key = command, form or FORM, key
        self.sits(w.people[Role.OIC])

    def sits(self, person: Person, holder=None) -> None:
        """Sign in as a person; `holder` is the supplier whose e.firma they use."""
        self.person, self.holder = person, holder or person
        self.client.force_login(person.user)

    @property
    def url(self) -> str:
        return f"{self.prefix}/mi-espacio/compra/{self.process.ocid}/{self.command}/" + (
            f"?key={self.key}" if self.key else ""
        )

    def post(self, **data):
        return self.client.post(self.url, {"token": TOKEN, **self.form, **data})

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
            "command": self.command,
            "act": shown("act"),
            "consequence": shown("consequence"),
            "signer": shown("signer"),
            "fields": [{"label": unescape(a), "value": unescape(b.replace("<br>", "\n"))} for a, b in rows],
            "form_sha256": digest_of([[n, unescape(v).replace("\r\n", "\n")] for n, v in kept]),
            "token": TOKEN,
        }

    def claim(self, text: bytes, who=None) -> str:
        return json.dumps(demo_claim(who or self.holder, signed.PAYLOAD_TYPE, text, self.now))

    def sign(self, *, change=None, **data):
        """Review, sign and confirm; `change` gets the payload before it is signed."""
        payload = self.payload(self.post().content.decode())
        text = canonical(change(payload) if change else payload)
        self.form = {name: value for name, value in self.form.items() if not hasattr(value, "read")}
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
    company = desk.w.supplier_rows[0]
    desk.sits(company.appointment_set.get().person, company)
    desk.command, desk.form = "clarifying.ask", {"topic": "legal", "text": "¿Basta una copia simple?"}

    answer = desk.sign()

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


@pytest.fixture
def contract(client, clock):
    """A contract that waits for its supplier, and the supplier's person at their desk."""
    w = world()
    process = reach_awarding(w)
    found = draft(w, process, without_contract(process)[0].key)
    clock.set(SIGNED)
    desk = Desk(
        w, process, client, SIGNED, "contracting.sign_supplier", {"digest": digest_of_contract(found)}, found.id
    )
    company = found.supplier
    desk.sits(company.appointment_set.get().person, company)
    return desk, found


@pytest.mark.django_db(transaction=True)
def test_what_a_supplier_signed_is_published_with_the_contract_in_force(contract):
    desk, found = contract

    page = desk.post().content.decode()
    labels = [row["label"] for row in desk.payload(page)["fields"]]
    assert {"Contrato", "Proveedor", "Total sin IVA", "Huella del texto"} <= set(labels)
    assert desk.sign().status_code == 302
    catch_up()

    n = Entry.objects.get(kind="contract.signed_by_supplier").placed.position
    evidence = Client().get(f"/actos/{n}/firma.json").json()
    assert (evidence["signature"]["rfc"], evidence["signed_text"]) == (found.supplier.rfc, None)
    assert Client().get(f"/actos/{n}/firmado.json").status_code == 404
    page = Client().get(f"/actos/{n}/").content.decode()
    assert evidence["signature"]["cert_number"] in page
    assert "se publica con el acto que lo completa" in page

    contracting.sign_buyer(
        desk.w[Role.APPROVER], desk.process.ocid, at=SIGNED, contract_id=found.id, digest=desk.form["digest"]
    )
    catch_up()
    text = Client().get(f"/actos/{n}/firmado.json").content
    assert verify_record(evidence["signature"], "vitrina/acto/v1", text)


def test_a_form_with_a_file_is_read_once_more_and_the_signature_covers_the_file(db, client, clock, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    w = world()
    process = reach_contracting(w)
    clock.set(GUARANTEED)
    found = Contract.objects.filter(process=process).first()
    content = pdf("Convenio modificatorio").read()
    form = {
        "reason": "Se mueve la segunda entrega.",
        "document": SimpleUploadedFile("convenio.pdf", content, "application/pdf"),
        "added-TOTAL_FORMS": "0", "added-INITIAL_FORMS": "0",
        "dates-TOTAL_FORMS": "1", "dates-INITIAL_FORMS": "0", "dates-0-number": "2", "dates-0-due_on": "2020-12-10",
    }  # fmt: skip
    desk = Desk(w, process, client, GUARANTEED, "contracting.amend", form, found.id)
    desk.sits(w.people[Role.APPROVER])

    answer = desk.sign()

    assert answer.status_code == 302, answer.content.decode()
    act = Entry.objects.get(kind="contract.amended")
    [document] = act.event.documents
    body = parse(signed.payload_of(signed.entry_of(act).event))
    assert document.sha256 == digest(content)
    assert f"SHA-256 {document.sha256}" in next(f["value"] for f in body["fields"] if "convenio.pdf" in f["value"])
    assert not list((tmp_path / "parked").glob("*"))


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


def test_whoever_signs_the_ruling_signs_who_wins_and_how_every_bid_was_ranked(db, client, clock):
    w = world()
    process = reach_evaluation(w)
    clock.set(RULED)
    with translation.override("es"):
        form = FORMS["awarding.issue_ruling"](actor=w[Role.APPROVER], process=process, at=RULED)
    desk = Desk(w, process, client, RULED, "awarding.issue_ruling", {n: f.initial for n, f in form.fields.items()})
    desk.sits(w.people[Role.APPROVER])

    fields = {f["label"]: f["value"] for f in desk.payload(desk.post().content.decode())["fields"]}

    decided = next(value for label, value in fields.items() if label.startswith("Partida 1:"))
    assert "Reactivos Valle Hondo, S.A. de C.V." in decided.splitlines()[0]
    assert [line[:3] for line in decided.splitlines()[1:]] == ["1. ", "2. ", "3. "]
    assert desk.sign().status_code == 302
    assert signed.entry_of(Entry.objects.get(kind="ruling.issued"))


def test_whoever_signs_the_minutes_signs_who_was_there_and_every_price(db, client, clock):
    w = world()
    process = reach_bidding(w)
    hold_act(w, process, close=False)
    clock.set(CLOSED)
    desk = Desk(w, process, client, CLOSED, "opening.close", {"observations": "Ninguna."})
    desk.sits(w.people[Role.OFFICER])

    fields = desk.payload(desk.post().content.decode())["fields"]

    told = {f["label"]: f["value"] for f in fields}
    assert {f["label"] for f in fields} >= {row.name for row in w.supplier_rows}
    assert all(told[row.name].startswith("$") for row in w.supplier_rows)
    assert "Inés Olaiz" in told["Asisten"]
    assert desk.sign().status_code == 302
