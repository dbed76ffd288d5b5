# SPDX-License-Identifier: Apache-2.0
"""A supplier hands in, replaces and withdraws a bid; what cannot be received is refused with its reason."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.worlds.base import reach_planning, world
from tests.worlds.bidding import RECEIVED, bid, offer, pdf
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import queries
from vitrina.cycle.bidding.models import Bid, Envelope
from vitrina.cycle.core.command import once
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.ledger.verify import verify
from vitrina.parties.roles import Role

pytestmark = pytest.mark.django_db
LAST = OPENING - timedelta(microseconds=1)


@pytest.fixture
def w():
    return world()


@pytest.fixture
def process(w):
    return reach_clarifying(w, lots=2)


def states(process):
    return list(Bid.objects.filter(process=process).order_by("entry_id").values_list("state", flat=True))


def test_a_bid_is_received_with_a_receipt_and_the_purchase_does_not_move(w, process):
    before = Process.objects.filter(pk=process.pk).values().get()
    entry = bid(w, process, 0, "54.90", at=RECEIVED, documents=[("Ficha técnica", pdf())])

    [receipt] = queries.bids_of_supplier(w.suppliers[0].supplier_key)
    assert (receipt.state, receipt.received_at, receipt.deadline_at) == ("received", RECEIVED, OPENING)
    assert receipt.digest == entry.event.digest
    assert receipt.entry_digest == entry.digest
    assert not entry.is_public
    assert entry.stream == f"bid:{receipt.bid_id}"
    assert Process.objects.filter(pk=process.pk).values().get() == before
    assert StoredFile.objects.values_list("name", "is_public").get() == ("documento-1.pdf", False)
    assert queries.bids_of_supplier(w.suppliers[1].supplier_key) == []
    assert verify().finding is None


def test_another_bid_replaces_the_former_and_destroys_what_it_held(w, process):
    first = bid(w, process, 0, "54.90", at=RECEIVED)
    second = bid(w, process, 0, "53.00", at=LAST)

    assert states(process) == ["replaced", "received"]
    assert second.event.replaces == first.event.bid
    assert [e.bid_id for e in Envelope.objects.all()] == [second.event.bid]


def test_a_bid_is_withdrawn_and_another_may_follow(w, process):
    bid(w, process, 0, "54.90", at=RECEIVED)
    bidding.withdraw(w.suppliers[0], process.ocid, at=RECEIVED)
    assert states(process) == ["withdrawn"]
    assert not Envelope.objects.exists()

    bid(w, process, 0, "53.00", at=LAST)
    assert states(process) == ["withdrawn", "received"]


def test_a_supplier_may_bid_for_one_lot(w, process):
    bidding.submit(w.suppliers[0], process.ocid, at=RECEIVED, **offer(process, "54.90", lots=[2]))
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENING)

    [opened] = queries.opened_bids(process)
    assert (opened.lots, opened.prices, opened.totals) == ((2,), {2: Money(5490)}, {2: Money(5490 * 2000)})


def test_a_late_bid_leaves_a_receipt_with_both_instants_and_nothing_else(w, process):
    entry = bid(w, process, 0, "54.90", at=OPENING, documents=[("Ficha", pdf())])

    assert entry.kind == "bid.refused_late"
    assert (entry.event.arrived_at, entry.event.deadline) == (OPENING, OPENING)
    assert "2020-10-13 11:00:00.000" in entry.event.detail()
    [receipt] = queries.bids_of_supplier(w.suppliers[0].supplier_key)
    assert receipt.is_late
    assert not Envelope.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_late_bid_leaves_the_one_in_time_alone(w, process):
    bid(w, process, 0, "54.90", at=LAST)
    bid(w, process, 0, "40.00", at=OPENING)
    assert states(process) == ["received", "refused"]
    assert Envelope.objects.count() == 1


def test_the_same_form_sent_twice_makes_one_bid(w, process):
    def send():
        return bid(w, process, 0, "54.90", at=RECEIVED)

    first = once("a" * 32, w.suppliers[0], "bidding.submit", send)
    again = once("a" * 32, w.suppliers[0], "bidding.submit", send)
    assert first == (again[0], True)
    assert again[1] is False
    assert states(process) == ["received"]


def test_a_bidder_learns_that_the_call_changed_after_the_bid(w, process):
    at = OPENING - timedelta(days=9)
    bid(w, process, 0, "54.90", at=at - timedelta(hours=1))
    assert not queries.bids_of_supplier(w.suppliers[0].supplier_key)[0].is_call_changed

    tendering.amend_call(w[Role.OFFICER], process.ocid, at=at, reason="Otra dirección", delivery_place="Almacén norte")
    assert queries.bids_of_supplier(w.suppliers[0].supplier_key)[0].is_call_changed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prices": {}}, "prices"),
        ({"prices": {1: Money(100), 9: Money(100)}}, "item"),
        ({"prices": {1: Money(0)}}, "price"),
        ({"prices": {1: Money(-5)}}, "price"),
        ({"prices": {1: Money(100, "USD")}}, "price"),
        ({"prices": {1: Money(10**14)}}, "total"),
        ({"responses": {1: "Sí", 2: "Sí"}}, "response"),
        ({"responses": {1: "Sí", 2: " ", 3: "Sí"}}, "response"),
        ({"responses": {1: "Sí", 2: "Sí", 3: "Sí", 9: "Sí"}}, "criterion"),
        ({"responses": {1: "Sí", 2: "Sí", 3: "x" * 4001}}, "response-text"),
        ({"responses": {1: "Sí", 2: "Sí", 3: "al rev\u202ees"}}, "response-text"),
        ({"statement": False}, "statement"),
        ({"documents": [("Ficha", pdf())] * 21}, "documents"),
        ({"documents": [("Virus", SimpleUploadedFile("x.exe", b"MZ"))]}, "file-type"),
        ({"documents": [("Falso", SimpleUploadedFile("x.pdf", b"<html>"))]}, "file-content"),
    ],
)
def test_what_is_no_bid_is_refused_and_the_former_one_stands(w, process, changes, code):
    kept = bid(w, process, 0, "54.90", at=RECEIVED)
    n = Entry.objects.count()

    with pytest.raises(Refused) as refused:
        bidding.submit(w.suppliers[0], process.ocid, at=RECEIVED, **(offer(process, "50.00") | changes))

    assert code in refused.value.codes
    assert Entry.objects.count() == n
    assert Envelope.objects.get().bid_id == kept.event.bid


def test_a_lot_priced_in_part_is_refused_with_the_items_that_lack_a_price(w):
    process = reach_clarifying(w)
    process.items.create(number=2, lot=1, cucop="25401-0099", description="Control", quantity=5, unit_name="caja")
    with pytest.raises(Refused) as refused:
        bidding.submit(w.suppliers[0], process.ocid, at=RECEIVED, **offer(process, {1: "50.00"}))
    assert [(r.code, r.field) for r in refused.value.refusals] == [("part-of-lot", "price_2")]


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SUPPLIER and r is not Role.OPERATOR])
def test_only_suppliers_bid(w, process, role):
    for act in (lambda: bidding.submit(w[role], process.ocid, at=RECEIVED, **offer(process, "50.00")),
                lambda: bidding.withdraw(w[role], process.ocid, at=RECEIVED)):  # fmt: skip
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == ["role"]


def test_there_is_nothing_to_bid_for_before_the_call(w):
    process = reach_planning(w)
    with pytest.raises(Refused) as refused:
        bidding.submit(w.suppliers[0], process.ocid, at=RECEIVED, prices={1: Money(5000)}, statement=True)
    assert refused.value.codes == ["not-called"]


def test_a_suspended_purchase_receives_no_bid(w, process):
    tendering.suspend(w[Role.OIC], process.ocid, at=RECEIVED, authority="OIC", reason="Denuncia")
    with pytest.raises(Refused) as refused:
        bid(w, process, 0, "54.90", at=RECEIVED)
    assert refused.value.codes == ["suspended"]


@pytest.mark.parametrize(("at", "has_bid", "code"), [(RECEIVED, False, "no-bid"), (OPENING, True, "late")])
def test_what_cannot_be_withdrawn(w, process, at, has_bid, code):
    if has_bid:
        bid(w, process, 0, "54.90", at=RECEIVED)
    bid(w, process, 1, "51.30", at=RECEIVED)
    with pytest.raises(Refused) as refused:
        bidding.withdraw(w.suppliers[0], process.ocid, at=at)
    assert refused.value.codes == [code]


def test_the_tasks_are_the_same_for_all_whoever_has_bid(w, process):
    before = queries.tasks(process, RECEIVED)
    bid(w, process, 0, "54.90", at=RECEIVED)
    assert queries.tasks(process, RECEIVED) == before
    assert [t.command for t in before] == ["bidding.submit", "bidding.withdraw"]
    assert queries.tasks(process, OPENING) == []
