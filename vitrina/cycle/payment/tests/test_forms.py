# SPDX-License-Identifier: Apache-2.0
"""The forms of invoice and payment, with bad input in every shape."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from tests.worlds.base import world
from tests.worlds.delivery import reach_delivery
from tests.worlds.once import built_once, rolled_back
from tests.worlds.payment import APPROVED, INVOICED, PAID, approve, invoice, supplier_of, xml
from tests.worlds.sending import ARABIC, HUGE, errors_of, form_of
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.steps import FORMS
from vitrina.cycle.delivery.models import Receipt
from vitrina.cycle.payment.sample import sample_for
from vitrina.parties.roles import Role

PAY = {"paid_on": "2020-12-21", "amount": "24,517,296.00", "reference": "CLC-1"}


def build():
    w = world()
    return w, reach_delivery(w).ocid


whole = built_once(build)


@pytest.fixture
def story(whole):
    with rolled_back():
        w, ocid = whole
        yield w, Contract.objects.select_related("process__unit", "process__buyer", "supplier").get(process=ocid)


def send(w, contract, upload, receipts):
    data, files = MultiValueDict({"receipts": receipts}), {"cfdi": upload} if upload else {}
    who = supplier_of(w, contract)
    return FORMS["payment.submit_invoice"](
        data, files, actor=who, process=contract.process, at=INVOICED, key=contract.id
    )


def test_an_invoice_is_sent_for_the_receipts_ticked_with_the_lines_to_bill_shown(story):
    w, contract = story
    ids = [r.id for r in Receipt.objects.filter(contract=contract)]
    page = FORMS["payment.submit_invoice"](
        actor=supplier_of(w, contract), process=contract.process, at=INVOICED, key=contract.id
    )
    assert page.initial["receipts"] == ids
    assert ("NoIdentificacion 1", "412,000 × $51.30 = $21,135,600.00") in page.facts()

    sent = send(w, contract, xml(sample_for(contract, ids[:1], at=INVOICED)), ids[:1])
    assert not errors_of(sent)
    assert sent.run().event.receipts == tuple(ids[:1])


def test_an_invoice_without_file_or_receipts_or_with_those_of_others_is_refused(story):
    w, contract = story
    good = xml(sample_for(contract, at=INVOICED))

    assert errors_of(send(w, contract, None, ["x"])) == {"cfdi", "receipts"}
    assert errors_of(send(w, contract, good, [])) == {"receipts"}
    assert errors_of(send(w, contract, SimpleUploadedFile("a.xml", b""), [f"{contract.id}-R1"])) == {"cfdi"}
    sent = send(w, contract, xml(b"1" * 10_000_000), [f"{contract.id}-R1"])
    assert not errors_of(sent)
    with pytest.raises(Refused) as refused:
        sent.run()
    assert refused.value.refusals[0].field == "cfdi"


def test_another_suppliers_invoice_page_does_not_open(story):
    w, contract = story

    with pytest.raises(Refused):
        FORMS["payment.submit_invoice"](actor=w.suppliers[0], process=contract.process, at=INVOICED, key=contract.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("amount", v) for v in ("", "0", "1e309", ARABIC, "1.001", "-5", HUGE)],
        *[("paid_on", v) for v in ("", "٢٠٢٠-١٢-٢١", "2020-12-32")],
        *[("reference", v) for v in ("", HUGE, "\x00")],
        ("late_reason", HUGE),
    ],
)
def test_a_payment_with_bad_input_names_its_field(story, field, value):
    w, contract = story
    found = approve(w, invoice(w, contract))
    form = form_of("payment.pay", w[Role.TREASURY], contract.process, PAY | {field: value}, at=PAID, key=found.id)

    assert errors_of(form) == {field}


def test_invoices_are_verified_returned_and_paid_from_their_forms(story):
    w, contract = story
    process, treasury = Process.objects.get(ocid=contract.process_id), w[Role.TREASURY]
    found = invoice(w, contract)
    page = FORMS["payment.approve_invoice"](actor=treasury, process=process, at=APPROVED, key=found.id)
    assert found.uuid in dict(page.facts()).values()

    with rolled_back():
        back = form_of("payment.return_invoice", treasury, process, {"reason": "Cancelado"}, at=APPROVED, key=found.id)
        assert not errors_of(back)
        assert back.run().kind == "invoice.returned"
    yes = form_of("payment.approve_invoice", treasury, process, {}, at=APPROVED, key=found.id)
    assert not errors_of(yes)
    yes.run()
    paid = form_of("payment.pay", treasury, process, PAY, at=PAID, key=found.id)
    assert not errors_of(paid)
    assert paid.run().kind == "purchase.completed"


@pytest.mark.parametrize("command", ["payment.approve_invoice", "payment.return_invoice", "payment.pay"])
def test_a_key_of_nothing_opens_no_form(story, command):
    w, contract = story

    with pytest.raises(Refused):
        form_of(command, w[Role.TREASURY], contract.process, {}, at=PAID, key="C-1-F1")
