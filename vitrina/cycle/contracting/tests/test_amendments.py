# SPDX-License-Identifier: Apache-2.0
"""A contract in force changes within the cap, or ends early, heard and with reasons."""

from datetime import date
from decimal import Decimal

import pytest

from tests.worlds.base import local, world
from tests.worlds.contracting import FIRST_DUE, SECOND_DUE, bond, reach_contracting
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import published
from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting import queries
from vitrina.cycle.contracting.caps import amendment_room
from vitrina.cycle.contracting.models import Contract, Guarantee
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.parties.roles import Role

AT = local(2020, 11, 18, 12)


def build():
    w = world()
    return w, reach_contracting(w).ocid


whole = built_once(build)


@pytest.fixture
def story(whole):
    with rolled_back():
        w, ocid = whole
        yield w, Contract.objects.select_related("process__unit", "process__buyer", "supplier").get(process=ocid)


def more(w, quantity, **changes):
    return [
        {"item_number": 1, "unit_key": w.hospital.key, "quantity": Decimal(quantity), "due_on": date(2020, 12, 20)}
        | changes
    ]


def amend(w, contract, *, at=AT, **arguments):
    arguments = {"contract_id": contract.id, "reason": "Más pacientes."} | arguments
    return contracting.amend(w[Role.APPROVER], contract.process_id, at=at, **arguments)


def terminate(w, contract, *, at=AT, **arguments):
    arguments = {"contract_id": contract.id, "reason": "Hechos y razones."} | arguments
    return contracting.terminate(w[Role.APPROVER], contract.process_id, at=at, **arguments)


def codes(run, *args, **changes):
    with pytest.raises(Refused) as refused:
        run(*args, **changes)
    return refused.value.codes


def test_an_amendment_to_the_cap_raises_the_value_and_asks_for_more_guarantee(story):
    w, contract = story
    event = amend(w, contract, added=more(w, 82400)).event

    contract.refresh_from_db()
    assert str(contract.value) == "25362720.00"
    [change] = event.quantities
    assert (change.before, change.after) == (412000, 494400)
    assert [(r.key, r.value, r.had) for r in event.rules] == [("amendment.line.max", "0.20", "0.2")]
    assert str(queries.guarantee_missing(contract)) == "422712.00"
    [whole] = published(contract.process)["contracts"]
    assert (whole["value"]["amount"], len(whole["amendments"]), len(whole["milestones"])) == (25362720, 1, 3)


def test_one_ten_thousandth_above_the_cap_is_refused(story):
    w, contract = story

    assert codes(amend, w, contract, added=more(w, "82400.0001")) == ["cap"]


def test_several_amendments_together_keep_the_cap_of_what_was_first_signed(story):
    w, contract = story
    amend(w, contract, added=more(w, 82000))

    assert codes(amend, w, contract, added=more(w, 401)) == ["cap"]
    amend(w, contract, added=more(w, 400))
    assert [a.number for a in contract.amendments.all()] == [1, 2]


def test_room_is_rounded_down_and_never_negative():
    assert amendment_room(Decimal(7), Decimal(7), Decimal("0.2")) == Decimal("1.4000")
    assert amendment_room(Decimal("0.0003"), Decimal("0.0003"), Decimal("0.2")) == 0
    assert amendment_room(Decimal(10), Decimal(13), Decimal("0.2")) == 0


def test_a_day_moves_only_forward_before_it_has_passed_and_within_the_contract(story):
    w, contract = story
    move = {"number": 1, "due_on": date(2020, 11, 30)}
    event = amend(w, contract, dates=[move]).event

    assert [(d.delivery, d.before, d.after) for d in event.dates] == [(1, FIRST_DUE, date(2020, 11, 30))]
    assert codes(amend, w, contract, dates=[move]) == ["day"]
    assert codes(amend, w, contract, dates=[{"number": 2, "due_on": date(2021, 1, 1)}]) == ["day"]
    assert codes(amend, w, contract, dates=[{"number": 9, "due_on": SECOND_DUE}]) == ["delivery"]
    assert codes(amend, w, contract, dates=[{"number": 2, "due_on": date(2020, 12, 9)}], at=local(2020, 12, 5)) == [
        "passed"
    ]


def test_a_later_end_lets_days_move_past_the_former_one(story):
    w, contract = story
    amend(w, contract, ends_on=date(2021, 1, 31), dates=[{"number": 2, "due_on": date(2021, 1, 15)}])

    contract.refresh_from_db()
    assert contract.ends_on == date(2021, 1, 31)
    assert codes(amend, w, contract, ends_on=date(2021, 1, 31)) == ["period"]


@pytest.mark.parametrize(
    "change", [{"item_number": 2}, {"unit_key": "x"}, {"due_on": date(2020, 11, 17)}, {"due_on": date(2021, 1, 1)}]
)
def test_an_added_delivery_is_of_the_contract(story, change):
    w, contract = story

    assert codes(amend, w, contract, added=more(w, 1, **change)) == ["schedule"]
    assert codes(amend, w, contract) == ["same"]


def test_a_guarantee_that_grew_is_only_the_difference_and_needs_no_haste(story):
    w, contract = story
    amend(w, contract, added=more(w, 82400))
    contract.refresh_from_db()
    again = bond(contract, policy="F-2", amount=queries.guarantee_missing(contract), issued_on=date(2020, 12, 1))

    entry = contracting.register_guarantee(w[Role.OFFICER], contract.process_id, at=local(2020, 12, 2), **again)
    assert [r.key for r in entry.event.rules] == ["guarantee.performance.share"]
    assert Guarantee.objects.filter(contract=contract).count() == 2


def test_a_supplier_is_heard_before_its_contract_is_rescinded(story):
    w, contract = story
    heard = {"ground": "rescission", "notified_on": date(2020, 11, 9)}
    assert codes(terminate, w, contract, ground="rescission") == ["notified"]
    assert codes(terminate, w, contract, ground="rescission", notified_on=date(2020, 11, 4)) == ["notified"]
    # five working days after Monday 9 November end on Tuesday 17: Monday 16 is the holiday of the 20th
    assert codes(terminate, w, contract, **heard, at=local(2020, 11, 17, 12)) == ["unheard"]

    assert terminate(w, contract, **heard).event.rules[0].had == "6"
    assert published(contract.process)["contracts"][0]["status"] == "terminated"
    assert codes(amend, w, contract, added=more(w, 1)) == ["state"]
    assert queries.tasks(Process.objects.get(ocid=contract.process_id), AT) == []


def test_grounds_are_those_of_the_law_and_of_the_right_office(story):
    w, contract = story

    assert codes(terminate, w, contract, ground="whim") == ["ground"]
    arguments = {"contract_id": contract.id, "reason": "x", "ground": "agreed", "at": AT}
    assert codes(contracting.terminate, w[Role.OFFICER], contract.process_id, **arguments) == ["role"]
    terminate(w, contract, ground="early_termination")  # the former law asks no opinion


def test_under_the_2025_law_ending_a_large_contract_early_needs_an_opinion(story):
    w, contract = story
    Process.objects.filter(ocid=contract.process_id).update(law="LAASSP-2025", rulebook="mx/LAASSP-2025@2025-04-17")

    # 250 monthly UMA of 2020 are 250 x 30.4 x 86.88 = 660,288.00
    assert codes(terminate, w, contract, ground="early_termination") == ["opinion"]
    Contract.objects.filter(id=contract.id).update(centavos=66_028_800)
    terminate(w, contract, ground="early_termination")
