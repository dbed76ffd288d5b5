# SPDX-License-Identifier: Apache-2.0
"""Goods arrive at each place, are accepted or rejected, and owe for what came late."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.worlds.base import local, world
from tests.worlds.contracting import FIRST_DUE, SECOND_DUE, reach_contracting
from tests.worlds.delivery import LATE, accept, arrive, deliver_all, noon
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import entries_of, published
from vitrina.cycle.contracting.models import Contract, Guarantee
from vitrina.cycle.core.command import once
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.delivery import commands as delivery
from vitrina.cycle.delivery import queries
from vitrina.cycle.delivery.models import Receipt
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

HALF = Decimal(206000)


def build():
    w = world()
    return w, reach_contracting(w).ocid


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


def test_goods_in_time_are_received_accepted_and_owe_nothing(story):
    w, contract = story
    deliver_all(w, contract.process)

    assert queries.is_delivered(contract)
    assert queries.accepted_value(contract) == contract.value
    assert queries.penalties_of(contract) == Money(0)
    assert [e.kind for e in entries_of(contract.process)][-4:] == ["goods.received", "goods.accepted"] * 2
    [compiled] = published(contract.process)["contracts"]
    assert [(m["status"], m["dateMet"][:10]) for m in compiled["implementation"]["milestones"]] == [
        ("met", "2020-11-20"),
        ("met", "2020-12-04"),
    ]
    assert queries.tasks(contract.process, noon(LATE)) == []


def test_only_the_late_part_owes_and_the_act_shows_cap_and_rule(story):
    w, contract = story
    accept(w, arrive(w, contract, {1: 206000}))
    accept(w, arrive(w, contract, {2: 6000}, on=SECOND_DUE))
    late = accept(w, arrive(w, contract, {2: 200000}, on=LATE))

    [line] = late.lines.all()
    assert (line.late_quantity, line.late_days, str(line.penalty)) == (200000, 10, "1026000.00")
    assert queries.penalties_of(contract) == line.penalty
    event = entries_of(contract.process)[-1].event
    assert [(r.key, r.had) for r in event.rules] == [("penalty.base", None), ("penalty.cap.of_guarantee", "0.4854")]


def test_penalties_stop_at_the_guarantee(story):
    w, contract = story
    Guarantee.objects.filter(contract=contract).update(centavos=100_000_000)
    accept(w, arrive(w, contract, {2: 206000}, on=LATE))
    accept(w, arrive(w, contract, {1: 206000}, on=LATE))

    assert [str(queries.penalties_of(contract, [r])) for r in contract.receipts.all()] == ["1000000.00", "0.00"]


def test_without_a_guarantee_the_late_part_owes_at_most_its_share(story):
    w, contract = story
    Guarantee.objects.filter(contract=contract).delete()
    receipt = accept(w, arrive(w, contract, {2: 206000}, on=date(2020, 12, 31)))

    # 27 days at 1 % would be 27 %; the law stops at 20 % of the late amount, 10,567,800.00
    assert str(queries.penalties_of(contract, [receipt])) == "2113560.00"


def test_rejected_goods_are_still_due_and_owe_once_they_come(story):
    w, contract = story
    receipt = arrive(w, contract, {2: 206000}, on=SECOND_DUE)
    entry = delivery.reject(
        w[Role.WAREHOUSE],
        contract.process_id,
        at=noon(SECOND_DUE),
        receipt_id=receipt.id,
        reason="Cadena de frío rota.",
    )

    assert (entry.event.detail(), queries.accepted_value(contract)) == ("Cadena de frío rota.", Money(0))
    assert queries.pending(contract)[1][1] == HALF
    published(contract.process)
    again = accept(w, arrive(w, contract, {2: 206000}, on=LATE))
    assert queries.penalties_of(contract, [again]) == Money.parse("1056780.00")


def test_no_more_arrives_than_the_schedule_expects_counting_what_waits_for_acceptance(story):
    w, contract = story
    arrive(w, contract, {1: 200000})

    assert codes(arrive, w, contract, {1: 6001}) == ["quantity"]
    assert codes(arrive, w, contract, {1: "0.00005"}) == ["quantity"]
    arrive(w, contract, {1: 6000})
    assert codes(arrive, w, contract, {1: 1}) == ["delivery"]


@pytest.mark.parametrize(
    ("lines", "change", "code"),
    [
        ({}, {}, "lines"),
        ({1: 0}, {}, "quantity"),
        ({1: -5}, {}, "quantity"),
        ({7: 5}, {}, "delivery"),
        ({1: 5, 2: 5}, {}, "place"),
        ({1: 5}, {"received_on": FIRST_DUE + timedelta(days=1)}, "day"),
        ({1: 5}, {"received_on": date(2020, 11, 4)}, "day"),
        ({1: 5}, {"contract_id": "C-1999-000001"}, "contract"),
    ],
)
def test_an_arrival_is_of_this_contract_one_place_and_a_day_that_was(story, lines, change, code):
    w, contract = story

    assert codes(arrive, w, contract, lines, **change) == [code]


def test_each_place_receives_its_own_goods_and_only_its_office(story):
    w, contract = story
    elsewhere = replace(w[Role.WAREHOUSE], unit_key=w.unit.key)
    rows = [{"delivery": 2, "quantity": Decimal(5)}]
    same = {"at": noon(SECOND_DUE), "contract_id": contract.id, "received_on": SECOND_DUE, "note": "1", "lines": rows}

    assert codes(delivery.receive, elsewhere, contract.process_id, **same) == ["place"]
    assert codes(delivery.receive, w[Role.TREASURY], contract.process_id, **same) == ["role"]
    receipt = arrive(w, contract, {2: 5}, on=SECOND_DUE)
    decide = {"at": noon(SECOND_DUE), "receipt_id": receipt.id}
    assert codes(delivery.accept, elsewhere, contract.process_id, **decide) == ["place"]
    assert codes(delivery.accept, w[Role.WAREHOUSE], contract.process_id, **(decide | {"receipt_id": "x"})) == [
        "receipt"
    ]


def test_a_decision_is_final_and_a_repeated_form_changes_nothing(story):
    w, contract = story
    receipt = arrive(w, contract, {1: 206000})

    def run():
        return delivery.accept(w[Role.WAREHOUSE], contract.process_id, at=noon(FIRST_DUE), receipt_id=receipt.id)

    first, _new = once("token", w[Role.WAREHOUSE], "delivery.accept", run)
    assert once("token", w[Role.WAREHOUSE], "delivery.accept", run) == (first, False)
    assert codes(accept, w, receipt) == ["state"]
    reject = {"at": noon(FIRST_DUE), "receipt_id": receipt.id, "reason": "x"}
    assert codes(delivery.reject, w[Role.WAREHOUSE], contract.process_id, **reject) == ["state"]


def test_the_2025_law_gives_ten_working_days_to_accept_or_a_public_reason(story):
    w, contract = story
    Process.objects.filter(ocid=contract.process_id).update(law="LAASSP-2025", rulebook="mx/LAASSP-2025@2025-04-17")
    contract = Contract.objects.select_related("process__unit", "process__buyer").get(id=contract.id)
    receipt = arrive(w, contract, {1: 206000})
    receipt = Receipt.objects.select_related("contract__process__unit", "contract__process__buyer").get(id=receipt.id)
    # Friday 20 November 2020 plus ten working days
    assert queries.acceptance_term(receipt).deadline.end == date(2020, 12, 4)

    assert codes(accept, w, receipt, at=local(2020, 12, 7, 9)) == ["late"]
    entry = delivery.accept(
        w[Role.WAREHOUSE],
        contract.process_id,
        at=local(2020, 12, 7, 9),
        receipt_id=receipt.id,
        late_reason="Análisis.",
    )
    assert [(r.key, r.had, r.value) for r in entry.event.rules] == [("term.delivery_to_acceptance.max", "11", "10")]
