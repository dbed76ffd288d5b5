# SPDX-License-Identifier: Apache-2.0
"""What is signed of a contract, a ruling, the minutes, a form with a file."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from tests.worlds.awarding import RULED, reach_awarding
from tests.worlds.bidding import pdf, reach_bidding
from tests.worlds.contracting import GUARANTEED, SIGNED, draft, reach_contracting
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.opening import CLOSED, hold_act
from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import digest_of_contract, without_contract
from vitrina.cycle.core import signed
from vitrina.cycle.core.steps import FORMS
from vitrina.kernel.canonical import digest, parse
from vitrina.ledger.models import Entry
from vitrina.ledger.sequencer import catch_up
from vitrina.parties.roles import Role
from vitrina.sealed.signature import verify_record
from vitrina.site.demo.people import world

from .review import Desk


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
