# SPDX-License-Identifier: Apache-2.0
"""From the CFDI to the transfer: matched to the centavo, paid in time, the purchase over."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from tests.worlds.base import local, world
from tests.worlds.delivery import LATE, accept, arrive, reach_delivery
from tests.worlds.once import built_once, rolled_back
from tests.worlds.payment import APPROVED, INVOICED, PAID, approve, invoice, pay, supplier_of, xml
from tests.worlds.sending import entries_of, published
from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.core.files import path_of
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.delivery.models import Receipt
from vitrina.cycle.payment import commands as payment
from vitrina.cycle.payment import queries
from vitrina.cycle.payment.models import Invoice
from vitrina.cycle.payment.sample import sample_for
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role


def build():
    w = world()
    return w, reach_delivery(w, late=True).ocid


whole = built_once(build)


@pytest.fixture
def story(whole):
    with rolled_back():
        w, ocid = whole
        yield w, Contract.objects.select_related("process__unit", "process__buyer", "supplier").get(process=ocid)


def codes(run, *args, **changes):
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        run(*args, **changes)
    assert Entry.objects.count() == before
    return refused.value.codes


def submit(w, contract, data, *, actor=None, receipts=None, at=INVOICED):
    who = actor or supplier_of(w, contract)
    return payment.submit_invoice(
        who, contract.process_id, at=at, contract_id=contract.id, cfdi=xml(data), receipts=receipts
    )


def waiting(contract, at):
    return [t.command for t in queries.tasks(contract.process, at) if not t.is_optional]


def test_an_invoice_is_matched_approved_and_paid_less_its_penalty_and_the_purchase_is_over(story):
    w, contract = story
    assert waiting(contract, INVOICED) == ["payment.submit_invoice"]

    found = invoice(w, contract)
    assert (str(found.subtotal), str(found.total), str(found.penalty)) == ("21135600.00", "24517296.00", "1056780.00")
    assert waiting(contract, INVOICED) == ["payment.approve_invoice"]
    found = approve(w, found)
    assert found.due_on == date(2021, 1, 5)  # 20 natural days of the verification, LAASSP 2000 art. 51
    assert waiting(contract, APPROVED) == ["payment.pay"]
    last = pay(w, found)

    assert last.kind == "purchase.completed"
    assert (str(last.event.paid), str(last.event.penalties)) == ("23460516.00", "1056780.00")
    process = Process.objects.get(ocid=contract.process_id)
    assert (process.halt, process.stage, queries.tasks(process, PAID)) == ("complete", "payment", [])
    paid = entries_of(process)[-2].event
    assert [(r.key, r.value, r.had) for r in paid.rules] == [("term.invoice_to_payment.max", "20", "5")]


def test_the_payment_is_an_ocds_transaction_and_the_file_stays_private(story):
    w, contract = story
    found = invoice(w, contract)
    pay(w, approve(w, found))

    compiled = published(contract.process)
    [whole] = compiled["contracts"]
    [transaction] = whole["implementation"]["transactions"]
    assert transaction["value"] == {"amount": 23460516, "currency": "MXN"}
    assert (transaction["paymentMethod"], transaction["payee"]["id"]) == ("wireTransfe", contract.supplier_id)
    assert {transaction["payer"]["id"], transaction["payee"]["id"]} <= {p["id"] for p in compiled["parties"]}
    assert whole["status"] == "terminated"
    assert not StoredFile.objects.get(sha256=found.sha256).is_public
    assert path_of(found.sha256).read_bytes().startswith(b"<?xml")
    assert str(settings.FILES_DIR) in str(path_of(found.sha256))


def test_under_the_2025_law_the_term_is_seventeen_working_days(story):
    w, contract = story
    Process.objects.filter(ocid=contract.process_id).update(law="LAASSP-2025", rulebook="mx/LAASSP-2025@2025-04-17")

    # Wednesday 16 December 2020 and 17 working days, without Christmas and New Year's Day
    assert approve(w, invoice(w, contract)).due_on == date(2021, 1, 12)


def test_one_wrong_centavo_is_refused_and_nothing_is_kept(story):
    w, contract = story
    good = sample_for(contract, at=INVOICED)

    assert codes(submit, w, contract, good.replace(b"51.30", b"51.31")) == ["price"]
    assert codes(submit, w, contract, good.replace(b'Total="24517296.00"', b'Total="24517296.01"')) == ["sum"]
    assert (Invoice.objects.count(), StoredFile.objects.filter(media_type="application/xml").count()) == (0, 0)
    submit(w, contract, good)


def test_every_difference_is_said_at_once(story):
    w, contract = story
    data = sample_for(
        contract, at=INVOICED, issuer=("OTR010203AB1", "Otra"), receiver=("OTR010203AB2", "Otro"), vat=Decimal("0.5")
    )

    assert sorted(codes(submit, w, contract, data)) == ["issuer", "receiver", "tax"]


def test_a_folio_is_taken_once_even_after_it_was_returned(story):
    w, contract = story
    data = sample_for(contract, at=INVOICED)
    submit(w, contract, data)
    assert codes(submit, w, contract, data) == ["receipts"]  # nothing waits any more
    found = Invoice.objects.get()

    payment.return_invoice(
        w[Role.TREASURY], contract.process_id, at=APPROVED, invoice_id=found.id, reason="Cancelado en el SAT."
    )
    assert codes(submit, w, contract, data) == ["twice"]
    published(contract.process)
    again = invoice(w, contract, at=APPROVED)
    assert (again.id, again.penalty) == (f"{contract.id}-F2", found.penalty)


def test_receipts_are_invoiced_once_each_in_as_many_invoices_as_the_supplier_likes(story):
    w, contract = story
    first, second = [r.id for r in Receipt.objects.filter(contract=contract)]
    one = invoice(w, contract, receipts=[first])
    assert (str(one.subtotal), one.penalty) == ("10567800.00", Money(0))

    assert codes(submit, w, contract, sample_for(contract, at=INVOICED), receipts=[first]) == ["receipts"]
    assert codes(submit, w, contract, sample_for(contract, at=INVOICED), receipts=["C-1-R1"]) == ["receipts"]
    two = invoice(w, contract, receipts=[second])
    assert str(two.penalty) == "1056780.00"
    assert pay(w, approve(w, two)).kind == "payment.made"
    assert pay(w, approve(w, one)).kind == "purchase.completed"


def test_a_penalty_larger_than_an_invoice_is_kept_from_the_next(story):
    w, contract = story
    receipts = list(Receipt.objects.filter(contract=contract))
    line = receipts[0].lines.get()
    line.penalty_centavos = 2_000_000_000
    line.save()

    one = invoice(w, contract, receipts=[receipts[0].id])
    assert (str(one.penalty), str(one.payable)) == ("12258648.00", "0.00")
    two = invoice(w, contract, receipts=[receipts[1].id])
    assert str(two.penalty) == "8798132.00"  # 20,000,000.00 - 12,258,648.00 + its own 1,056,780.00
    pay(w, approve(w, one), amount=None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": Money.parse("23460516.01")}, "amount"),
        ({"amount": Money.parse("24517296.00")}, "amount"),
        ({"amount": None}, "amount"),
        ({"paid_on": date(2020, 12, 15)}, "day"),
        ({"paid_on": date(2020, 12, 22)}, "day"),
        ({"invoice_id": "x"}, "invoice"),
    ],
)
def test_what_is_paid_is_what_is_owed_on_a_day_that_was(story, change, code):
    w, contract = story
    found = invoice(w, contract)
    assert codes(pay, w, found) == ["state"]
    found = approve(w, found)

    assert codes(pay, w, found, **change) == [code]


def test_a_late_payment_needs_a_public_reason_and_counts_its_days(story):
    w, contract = story
    found = approve(w, invoice(w, contract))
    late = local(2021, 1, 6, 9)

    assert codes(pay, w, found, at=late) == ["late"]
    assert (
        pay(w, found, at=late, paid_on=date(2021, 1, 5)).kind == "purchase.completed"
    )  # paid in time, recorded after


def test_the_treasury_has_three_working_days_to_verify_or_return(story):
    w, contract = story
    found = invoice(w, contract)  # Tuesday 15 December
    late = local(2020, 12, 21, 9)

    assert codes(approve, w, found, at=late) == ["late"]
    arguments = {"at": late, "invoice_id": found.id, "reason": "Falta el complemento."}
    assert codes(payment.return_invoice, w[Role.TREASURY], contract.process_id, **arguments) == ["late"]
    entry = payment.return_invoice(w[Role.TREASURY], contract.process_id, late_reason="Vacaciones.", **arguments)
    assert [(r.value, r.had) for r in entry.event.rules] == [("3", "4")]


def test_only_the_contracts_supplier_invoices_and_only_the_treasury_pays(story):
    w, contract = story
    data = sample_for(contract, at=INVOICED)

    assert codes(submit, w, contract, data, actor=w.suppliers[0]) == ["supplier"]
    assert codes(submit, w, contract, data, actor=w[Role.TREASURY]) == ["role"]
    found = invoice(w, contract)
    arguments = {"at": APPROVED, "invoice_id": found.id}
    assert codes(payment.approve_invoice, w[Role.APPROVER], contract.process_id, **arguments) == ["role"]
    other = replace(w[Role.TREASURY], unit_key="elsewhere")
    assert codes(payment.approve_invoice, other, contract.process_id, **arguments) == ["unit"]


def test_hostile_files_are_refused_by_the_command_as_by_the_reader(story):
    w, contract = story

    assert codes(submit, w, contract, b"<!DOCTYPE a><a/>") == ["cfdi-dtd"]
    assert codes(submit, w, contract, b"<a>" * 10_000_000) == ["cfdi-size"]
    bad = {"at": INVOICED, "contract_id": contract.id, "cfdi": xml(sample_for(contract, at=INVOICED), "factura.exe")}
    assert codes(payment.submit_invoice, supplier_of(w, contract), contract.process_id, **bad) == ["file-type"]


def test_what_was_accepted_before_a_contract_ended_early_is_still_paid(story):
    w, contract = story
    contract.schedule.filter(number=2).update(quantity=300000)  # part of it never came
    terms = {"contract_id": contract.id, "ground": "agreed", "reason": "Acuerdo."}
    assert not queries.is_complete(contract.process)
    contracting.terminate(w[Role.APPROVER], contract.process_id, at=INVOICED, **terms)

    assert pay(w, approve(w, invoice(w, contract))).kind == "purchase.completed"


def test_nothing_is_invoiced_before_it_is_accepted(story):
    w, contract = story
    contract.schedule.filter(number=1).update(quantity=206001)
    invoice(w, contract)
    receipt = arrive(w, contract, {1: 1}, on=LATE)

    assert codes(submit, w, contract, sample_for(contract, at=INVOICED), receipts=[receipt.id]) == ["receipts"]
    accept(w, receipt)
    assert waiting(contract, INVOICED)[0] == "payment.submit_invoice"
