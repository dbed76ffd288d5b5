# SPDX-License-Identifier: Apache-2.0
"""The forms of an arrival and of the decision on it, with bad input in every shape."""

import pytest

from tests.worlds.base import world
from tests.worlds.contracting import FIRST_DUE, SECOND_DUE, reach_contracting
from tests.worlds.delivery import LATE, arrive, noon
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import ARABIC, HUGE, errors_of, form_of
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.steps import FORMS
from vitrina.cycle.delivery import queries
from vitrina.parties.roles import Role

ARRIVED = noon(FIRST_DUE)
GOOD = {"received_on": "2020-11-20", "note": "REM-77", "d1": "206,000"}


def build():
    w = world()
    return w, reach_contracting(w).ocid


whole = built_once(build)


@pytest.fixture
def story(whole):
    with rolled_back():
        w, ocid = whole
        yield w, Contract.objects.select_related("process__unit", "process__buyer").get(process=ocid)


def form(w, contract, command, data, key, at=ARRIVED):
    return form_of(command, w[Role.WAREHOUSE], Process.objects.get(ocid=contract.process_id), data, at=at, key=key)


def test_the_task_of_a_place_opens_a_form_with_its_deliveries_alone(story):
    w, contract = story
    first, second = queries.tasks(contract.process, noon(FIRST_DUE))
    assert (first.key, second.key) == (f"{contract.id}.{w.unit.key}", f"{contract.id}.{w.hospital.key}")
    assert first.due < second.due

    page = FORMS["delivery.receive"](
        actor=w[Role.WAREHOUSE], process=contract.process, at=noon(FIRST_DUE), key=first.key
    )
    assert [name for name in page.fields if name.startswith("d") and name != "document"] == ["d1"]
    sent = form(w, contract, "delivery.receive", GOOD, first.key)
    assert not errors_of(sent)
    assert sent.run().kind == "goods.received"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("d1", v) for v in ("1e309", ARABIC, "-1", "1.00001", "NaN", HUGE)],
        *[("received_on", v) for v in ("", "hoy", "2020-02-30", HUGE)],
        *[("note", v) for v in ("", HUGE, "a\u202eb")],
    ],
)
def test_an_arrival_with_bad_input_names_its_field(story, field, value):
    w, contract = story

    assert errors_of(form(w, contract, "delivery.receive", GOOD | {field: value}, contract.id)) == {field}


def test_nothing_counted_or_more_than_expected_is_refused_beside_its_field(story):
    w, contract = story
    for value, field in (("", ""), ("0", ""), ("206,001", "d1")):
        sent = form(w, contract, "delivery.receive", GOOD | {"d1": value}, contract.id)
        assert not errors_of(sent)
        with pytest.raises(Refused) as refused:
            sent.run()
        assert refused.value.refusals[0].field == field


def test_the_decision_shows_the_delay_and_is_sent_from_its_form(story):
    w, contract = story
    receipt = arrive(w, contract, {2: 1000}, on=LATE)
    page = FORMS["delivery.accept"](actor=w[Role.WAREHOUSE], process=contract.process, at=noon(LATE), key=receipt.id)
    assert any("$5,130.00" in text for _label, text in page.facts())

    assert errors_of(form(w, contract, "delivery.reject", {"reason": ""}, receipt.id)) == {"reason"}
    assert errors_of(form(w, contract, "delivery.accept", {"late_reason": HUGE}, receipt.id)) == {"late_reason"}
    sent = form(w, contract, "delivery.accept", {}, receipt.id, at=noon(LATE))
    assert not errors_of(sent)
    assert str(sent.run().event.penalty) == "5130.00"


@pytest.mark.parametrize(
    ("command", "key"), [("delivery.receive", "C-1"), ("delivery.accept", "C-1-R1"), ("delivery.reject", "")]
)
def test_a_key_of_nothing_opens_no_form(story, command, key):
    w, contract = story

    with pytest.raises(Refused):
        form(w, contract, command, {}, key, at=noon(SECOND_DUE))
