# SPDX-License-Identifier: Apache-2.0
"""The forms of a contract: what they fill in by themselves, and bad input in every shape."""

import pytest

from tests.worlds.awarding import RULED, reach_awarding
from tests.worlds.base import world
from tests.worlds.contracting import DRAFTED, GUARANTEED, SIGNED, draft, sign
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import ARABIC, HUGE, errors_of, form_of
from vitrina.cycle.contracting import queries
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.steps import FORMS
from vitrina.parties.roles import Role

ROW = {"item_number": "1", "unit_key": "050GYR101", "quantity": "412,000", "due_on": "2020-12-04"}
DRAFT = {"starts_on": "2020-11-05", "ends_on": "2020-12-31", "terms": "", "schedule": [ROW]}
BOND = {
    "kind": "suretyBond",
    "obligation": "fulfillment",
    "policy": "F-1",
    "guarantor": "Afianzadora Peñón Blanco",
    "amount": "2,113,560.00",
    "issued_on": "2020-11-10",
    "ends_on": "2021-03-31",
}


def build():
    w = world()
    process = reach_awarding(w)
    return w, process.ocid, draft(w, process, queries.without_contract(process)[0].key).id


whole = built_once(build)


@pytest.fixture
def story(whole):
    with rolled_back():
        w, ocid, contract_id = whole
        yield w, Process.objects.select_related("unit", "buyer").get(ocid=ocid), contract_id


def blank(command, actor, process, key, at=DRAFTED):
    return FORMS[command](actor=actor, process=process, at=at, key=key)


def test_the_draft_proposes_days_places_and_quantities_of_call_and_ruling(story):
    w, process, _contract_id = story
    Contract.objects.all().delete()
    form = blank("contracting.draft", w[Role.OFFICER], process, "", at=RULED)

    [row] = form.formsets["schedule"].initial
    assert (row["item_number"], row["quantity"], row["unit_key"], str(row["due_on"])) == (
        1,
        412000,
        w.unit.key,
        "2020-12-03",
    )
    assert (str(form.initial["starts_on"]), str(form.initial["ends_on"])) == ("2020-11-03", "2020-12-31")
    assert "$51.30" in form.facts()[0][1]
    assert [key for key, _name in form.formsets["schedule"].forms[0].fields["unit_key"].choices] == [
        "",
        "050GYR047",
        "050GYR101",
    ]


def test_a_filled_draft_is_sent_and_shown_again_to_be_corrected(story):
    w, process, contract_id = story
    form = form_of("contracting.draft", w[Role.OFFICER], process, DRAFT, at=DRAFTED, key=w.suppliers[1].supplier_key)
    assert not errors_of(form)
    assert form.run().event.contract == contract_id

    again = blank("contracting.draft", w[Role.OFFICER], process, w.suppliers[1].supplier_key)
    assert [row["unit_key"] for row in again.formsets["schedule"].initial] == ["050GYR101"]


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        *[("starts_on", v, "starts_on") for v in ("", "soon", "2020-13-01", "1e309", HUGE)],
        *[("ends_on", v, "ends_on") for v in ("", "31/31/2020")],
        *[("terms", v, "terms") for v in (HUGE, "a\u202eb")],
        *[("quantity", v, "schedule.0.quantity") for v in ("0", "-1", "1e309", ARABIC, "1.00001", "NaN", HUGE)],
        *[("item_number", v, "schedule.0.item_number") for v in ("0", "x", "1e309", "99999")],
        *[("unit_key", v, "schedule.0.unit_key") for v in ("", "nowhere", HUGE)],
        *[("due_on", v, "schedule.0.due_on") for v in ("", "mañana")],
    ],
)
def test_a_draft_with_bad_input_names_its_field(story, field, value, where):
    w, process, _contract_id = story
    data = DRAFT | {field: value} if field in DRAFT else DRAFT | {"schedule": [ROW | {field: value}]}

    form = form_of("contracting.draft", w[Role.OFFICER], process, data, at=DRAFTED, key=w.suppliers[1].supplier_key)
    assert errors_of(form) == {where}


def test_a_page_of_a_contract_opens_only_to_its_own_supplier(story):
    w, process, contract_id = story

    for actor, key in ((w.suppliers[0], contract_id), (w.suppliers[1], "C-1999-000001")):
        with pytest.raises(Refused):
            blank("contracting.sign_supplier", actor, process, key)
    with pytest.raises(Refused):
        blank("contracting.draft", w[Role.OFFICER], process, w.suppliers[0].supplier_key)


def test_a_signature_carries_the_digest_that_the_page_showed(story):
    w, process, contract_id = story
    page = blank("contracting.sign_supplier", w.suppliers[1], process, contract_id)
    data = {"digest": page.initial["digest"]}
    assert data["digest"] in [value for _label, value in page.facts()]

    form = form_of("contracting.sign_supplier", w.suppliers[1], process, data, at=SIGNED, key=contract_id)
    assert not errors_of(form)
    form.run()
    buyer = form_of("contracting.sign_buyer", w[Role.APPROVER], process, data, at=SIGNED, key=contract_id)
    assert not errors_of(buyer)
    assert buyer.run().kind == "contract.signed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "1e309"),
        ("amount", ARABIC),
        ("amount", "0"),
        ("amount", HUGE),
        ("amount", "1.001"),
        ("kind", "promise"),
        ("obligation", "x"),
        ("policy", ""),
        ("policy", HUGE),
        ("guarantor", "a\x00b"),
        ("issued_on", "ayer"),
        ("ends_on", ""),
    ],
)
def test_a_guarantee_with_bad_input_names_its_field(story, field, value):
    w, process, contract_id = story
    sign(w, Contract.objects.select_related("process", "supplier").get(id=contract_id))
    form = form_of(
        "contracting.register_guarantee",
        w[Role.OFFICER],
        process,
        BOND | {field: value},
        at=GUARANTEED,
        key=contract_id,
    )

    assert errors_of(form) == {field}
    good = form_of("contracting.register_guarantee", w[Role.OFFICER], process, BOND, at=GUARANTEED, key=contract_id)
    assert not errors_of(good)
    assert good.run().kind == "guarantee.registered"


def test_amendment_and_end_are_sent_from_their_forms(story):
    w, process, contract_id = story
    sign(w, Contract.objects.select_related("process", "supplier").get(id=contract_id))
    approver, at = w[Role.APPROVER], GUARANTEED
    data = {
        "reason": "Más pacientes",
        "added": [ROW | {"quantity": "10"}],
        "dates": [{"number": "2", "due_on": "2020-12-10"}],
    }
    form = form_of("contracting.amend", approver, process, data, at=at, key=contract_id)
    assert not errors_of(form)
    event = form.run().event
    assert (event.quantities[0].after, len(event.dates)) == (412010, 1)
    bad = data | {"reason": HUGE, "dates": [{"number": ARABIC + "٤٥", "due_on": "x"}]}
    assert errors_of(form_of("contracting.amend", approver, process, bad, at=at, key=contract_id)) == {
        "reason",
        "dates.0.number",
        "dates.0.due_on",
    }

    end = {"ground": "agreed", "reason": "Acuerdo", "notified_on": "", "opinion": ""}
    assert errors_of(
        form_of("contracting.terminate", approver, process, end | {"ground": "x"}, at=at, key=contract_id)
    ) == {"ground"}
    form = form_of("contracting.terminate", approver, process, end, at=at, key=contract_id)
    assert not errors_of(form)
    assert form.run().kind == "contract.terminated"
