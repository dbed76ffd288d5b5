# SPDX-License-Identifier: Apache-2.0
"""A contract from the ruling to the guarantee, and what cannot be done on the way."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.worlds.awarding import RULED, reach_awarding
from tests.worlds.base import local, world
from tests.worlds.bidding import pdf
from tests.worlds.contracting import (
    DRAFTED,
    ENDS,
    GUARANTEED,
    SIGNED,
    STARTS,
    bond,
    draft,
    halves,
    sign,
)
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import entries_of, published
from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting import queries
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.core.command import once
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.cycle.core.refusal import Refused
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.ledger.verify import verify
from vitrina.parties.roles import Role

LATE = local(2020, 11, 11, 9)  # the 16th natural day after the ruling


def build():
    w = world()
    return w, reach_awarding(w).ocid


whole = built_once(build)


@pytest.fixture
def story(whole):
    with rolled_back():
        w, ocid = whole
        yield w, Process.objects.select_related("unit", "buyer").get(ocid=ocid)


def codes(run, *args, **changes):
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        run(*args, **changes)
    assert Entry.objects.count() == before
    return refused.value.codes


def winner(process):
    return queries.without_contract(process)[0].key


def commands_waiting(process, at):
    return [t.command for t in queries.tasks(process, at) if not t.is_optional]


def test_the_contract_fills_itself_from_the_ruling_and_is_in_force_when_both_have_signed(story):
    w, process = story
    assert commands_waiting(process, RULED) == ["contracting.draft"]

    contract = draft(w, process, winner(process))
    assert contract.supplier_id == w.suppliers[1].supplier_key
    assert [(line.item_number, line.unit, line.quantity) for line in contract.lines.all()] == [
        (1, Money.parse("51.30"), Decimal(412000))
    ]
    assert (str(contract.value), contract.guarantee_share, contract.penalty_rate) == (
        "21135600.00",
        Decimal("0.10"),
        Decimal("0.01"),
    )
    assert commands_waiting(process, DRAFTED) == ["contracting.sign_supplier"]
    sign(w, contract)
    assert commands_waiting(process, SIGNED) == ["contracting.register_guarantee"]
    contracting.register_guarantee(w[Role.OFFICER], process.ocid, at=GUARANTEED, **bond(contract))

    assert commands_waiting(process, GUARANTEED) == []
    assert queries.are_all_contracted(process)
    kinds = [e.kind for e in entries_of(process)][-4:]
    assert kinds == ["contract.drafted", "contract.signed_by_supplier", "contract.signed", "guarantee.registered"]
    assert verify().finding is None


def test_the_public_reads_the_whole_contract_from_the_signature_on_as_valid_ocds(story):
    w, process = story
    contract = draft(w, process, winner(process))
    [early] = published(process)["contracts"]
    assert (early["status"], "items" in early, early["value"]["amount"]) == ("pending", False, 21135600)

    sign(w, contract)
    contracting.register_guarantee(w[Role.OFFICER], process.ocid, at=GUARANTEED, **bond(contract))

    compiled = published(process)
    [whole] = compiled["contracts"]
    assert (whole["status"], whole["awardID"]) == ("active", compiled["awards"][0]["id"])
    assert whole["items"][0]["unit"]["value"] == {"amount": 51.3, "currency": "MXN"}
    assert [m["dueDate"][:10] for m in whole["milestones"]] == ["2020-11-20", "2020-12-04"]
    assert whole["guarantees"][0]["value"]["amount"] == 2113560
    assert {"guarantor"} == {r for p in compiled["parties"] if p["id"].startswith("guarantor") for r in p["roles"]}


def test_signature_and_guarantee_say_how_long_they_took_against_the_law(story):
    w, process = story
    contract = draft(w, process, winner(process))
    signed = sign(w, contract).event
    guarantee = contracting.register_guarantee(w[Role.OFFICER], process.ocid, at=GUARANTEED, **bond(contract)).event

    [rule] = signed.rules
    assert (rule.key, rule.value, rule.had, rule.unit) == ("term.award_to_signature.max", "15", "10", "natural_days")
    assert {(r.key, r.had) for r in guarantee.rules} == {
        ("guarantee.performance.share", "0.1"),
        ("term.signature_to_guarantee.max", "7"),
    }


def test_the_last_day_of_the_term_is_in_time_and_the_next_needs_a_public_reason(story):
    w, process = story
    last = local(2020, 11, 10, 23, 59)
    with rolled_back():
        assert sign(w, draft(w, process, winner(process)), at=last).event.rules[0].had == "15"
    contract = draft(w, process, winner(process))

    arguments = {"contract_id": contract.id, "digest": queries.digest_of_contract(contract)}
    contracting.sign_supplier(w.suppliers[1], process.ocid, at=LATE, **arguments)
    assert codes(contracting.sign_buyer, w[Role.APPROVER], process.ocid, at=LATE, **arguments) == ["late"]
    entry = contracting.sign_buyer(
        w[Role.APPROVER], process.ocid, at=LATE, late_reason="La fianza tardó.", **arguments
    )
    assert (entry.event.rules[0].had, entry.event.late_reason) == ("16", "La fianza tardó.")


def test_a_text_that_changed_after_a_side_read_it_is_not_signed(story):
    w, process = story
    contract = draft(w, process, winner(process))
    digest = queries.digest_of_contract(contract)
    supplier = w.suppliers[1]
    same = {"contract_id": contract.id, "digest": digest}
    contracting.sign_supplier(supplier, process.ocid, at=DRAFTED, **same)

    draft(w, process, contract.supplier_id, terms="Otra cláusula.")

    assert codes(contracting.sign_buyer, w[Role.APPROVER], process.ocid, at=SIGNED, **same) == ["state"]
    assert codes(contracting.sign_supplier, supplier, process.ocid, at=SIGNED, **same) == ["changed"]
    assert Contract.objects.get(id=contract.id).supplier_signed_at is None


def test_only_the_winner_signs_and_only_for_itself(story):
    w, process = story
    contract = draft(w, process, winner(process))
    same = {"contract_id": contract.id, "digest": queries.digest_of_contract(contract), "at": SIGNED}

    assert codes(contracting.sign_supplier, w.suppliers[0], process.ocid, **same) == ["supplier"]
    assert codes(contracting.sign_supplier, w[Role.APPROVER], process.ocid, **same) == ["role"]
    assert codes(contracting.sign_buyer, w[Role.OFFICER], process.ocid, **same) == ["role"]
    other = replace(w[Role.APPROVER], unit_key="999")
    assert codes(contracting.sign_buyer, other, process.ocid, **same) == ["unit"]
    assert codes(contracting.sign_buyer, w[Role.APPROVER], process.ocid, **same) == ["state"]
    assert codes(draft, w, process, w.suppliers[0].supplier_key) == ["supplier"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": Decimal(205999)}, "schedule"),
        ({"quantity": Decimal(206001)}, "schedule"),
        ({"quantity": Decimal("206000.0001")}, "schedule"),
        ({"quantity": Decimal(0)}, "schedule"),
        ({"quantity": Decimal(-206000)}, "schedule"),
        ({"item_number": 9}, "schedule"),
        ({"unit_key": "nowhere"}, "schedule"),
        ({"due_on": STARTS - timedelta(days=1)}, "schedule"),
        ({"due_on": ENDS + timedelta(days=1)}, "schedule"),
    ],
)
def test_the_schedule_adds_up_to_what_was_awarded_at_places_and_days_of_the_contract(story, change, code):
    w, process = story
    rows = halves(w, process, winner(process))
    rows[0] |= change

    assert codes(draft, w, process, winner(process), schedule=rows) == [code]
    assert codes(draft, w, process, winner(process), schedule=[]) == ["schedule"]
    assert codes(draft, w, process, winner(process), ends_on=STARTS - timedelta(days=1)) == ["period"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": Money.parse("2113559.99")}, "short"),
        ({"ends_on": ENDS - timedelta(days=1)}, "period"),
        ({"issued_on": date(2020, 11, 13)}, "future"),
        ({"kind": "promise"}, "code"),
        ({"contract_id": "C-1999-000001"}, "contract"),
    ],
)
def test_a_guarantee_covers_the_share_for_the_whole_contract(story, change, code):
    w, process = story
    contract = draft(w, process, winner(process))
    early = codes(contracting.register_guarantee, w[Role.OFFICER], process.ocid, at=GUARANTEED, **bond(contract))
    assert early == ["state"]
    sign(w, contract)

    arguments = bond(contract, **change)
    assert codes(contracting.register_guarantee, w[Role.OFFICER], process.ocid, at=GUARANTEED, **arguments) == [code]


def test_a_late_guarantee_needs_a_reason_and_a_policy_counts_once(story):
    w, process = story
    contract = draft(w, process, winner(process))
    sign(w, contract)
    late = local(2020, 11, 16, 9)
    register = contracting.register_guarantee

    assert codes(register, w[Role.OFFICER], process.ocid, at=late, **bond(contract)) == ["late"]
    register(w[Role.OFFICER], process.ocid, at=late, late_reason="La afianzadora tardó.", **bond(contract))
    assert codes(register, w[Role.OFFICER], process.ocid, at=late, **bond(contract)) == ["twice"]


def test_the_policy_is_published_with_its_act(story):
    w, process = story
    contract = draft(w, process, winner(process))
    sign(w, contract)
    contracting.register_guarantee(w[Role.OFFICER], process.ocid, at=GUARANTEED, document=pdf(), **bond(contract))

    [found] = published(process)["contracts"][0]["documents"]
    assert (found["documentType"], found["title"]) == ("contractGuarantees", "Garantía")
    assert StoredFile.objects.get(sha256=found["url"].rsplit("/", 1)[1]).is_public


def test_a_draft_that_is_sent_twice_is_written_once(story):
    w, process = story
    arguments = {"supplier_key": winner(process), "starts_on": STARTS, "ends_on": ENDS,
                 "schedule": halves(w, process, winner(process))}  # fmt: skip

    def run():
        return contracting.draft(w[Role.OFFICER], process.ocid, at=DRAFTED, **arguments)

    first, is_new = once("token-1", w[Role.OFFICER], "contracting.draft", run)
    again, is_new_again = once("token-1", w[Role.OFFICER], "contracting.draft", run)

    assert (is_new, is_new_again, again.id) == (True, False, first.id)
    assert Contract.objects.filter(process=process).count() == 1
