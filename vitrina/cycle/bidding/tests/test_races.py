# SPDX-License-Identifier: Apache-2.0
"""The last minute: one supplier's fifty acts at once leave one bid; different suppliers never wait for each other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, offer
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.models import Bid, Envelope
from vitrina.cycle.bidding.queries import live_bid, opened_bids
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.ledger.models import Entry
from vitrina.ledger.verify import verify
from vitrina.parties import commands as parties
from vitrina.parties.actors import actor_of
from vitrina.parties.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
LAST = OPENING - timedelta(microseconds=1)


def together(jobs):
    """Run the jobs at once, each on a connection of its own; their results, or the refusals that they met."""
    ready = threading.Barrier(len(jobs))

    def run(job):
        try:
            ready.wait(30)
            return job()
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def fold(supplier_key):
    """(live bid or None, state of each bid) as the ledger alone tells it."""
    live, seen = None, {}
    for entry in Entry.objects.filter(stream__startswith="bid:").order_by("id"):
        event = entry.event
        if event.supplier != supplier_key:
            continue
        if entry.kind == "bid.received":
            assert event.replaces == (live or "")
            if live:
                seen[live] = "replaced"
            live = event.bid
            seen[live] = "received"
        else:
            assert event.bid == live
            seen[live], live = "withdrawn", None
    return live, seen


def test_fifty_parallel_acts_of_one_supplier_leave_one_final_bid():
    w = world()
    process = reach_clarifying(w)
    actor = w.suppliers[0]

    def send(n):
        return lambda: bidding.submit(actor, process.ocid, at=LAST, **offer(process, f"{50 + n}.00"))

    def withdraw():
        return bidding.withdraw(actor, process.ocid, at=LAST)

    results = together([withdraw if n % 5 == 4 else send(n) for n in range(50)])

    refused = [r for r in results if isinstance(r, Refused)]
    assert all(r.codes == ["no-bid"] for r in refused)  # a withdrawal that came when nothing stood
    assert Entry.objects.filter(stream__startswith="bid:").count() == 50 - len(refused)
    live, seen = fold(actor.supplier_key)
    assert dict(Bid.objects.values_list("id", "state")) == seen
    assert list(Envelope.objects.values_list("bid_id", flat=True)) == ([live] if live else [])
    assert verify().finding is None

    final = bidding.submit(actor, process.ocid, at=LAST, **offer(process, "49.00"))
    assert live_bid(process, actor.supplier_key).id == final.event.bid
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENING)
    assert [(b.bid_id, str(b.prices[1])) for b in opened_bids(process)] == [(final.event.bid, "49.00")]


def test_forty_suppliers_in_the_last_microsecond_all_have_their_bid():
    w = world()
    process = reach_clarifying(w)
    actors = []
    for n in range(40):
        row = parties.register_supplier(
            at=RECEIVED, key=f"ultimo-{n}", name=f"Último {n}", rfc=f"ULT1001{n:02}AB{n % 10}"
        )
        person = parties.register_person(email=f"u{n}@vitrina.example", given_name="Úrsula", surname="Último")
        actors.append(actor_of(parties.appoint(at=RECEIVED, person=person, role=Role.SUPPLIER, supplier=row)))

    jobs = [
        lambda a=a, n=n: bidding.submit(a, process.ocid, at=LAST, **offer(process, f"{40 + n}.00"))
        for n, a in enumerate(actors)
    ]
    results = together(jobs)

    assert [r.kind for r in results] == ["bid.received"] * 40
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENING)
    found = {b.supplier_key: str(b.prices[1]) for b in opened_bids(process)}
    assert found == {f"ultimo-{n}": f"{40 + n}.00" for n in range(40)}


def test_a_bid_that_is_being_written_holds_back_nobody_but_the_act():
    w = world()
    process = reach_clarifying(w)
    act_done = threading.Event()

    def hold_act():
        opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
        opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENING)
        act_done.set()

    with transaction.atomic():
        bid(w, process, 0, "54.90", at=LAST)  # written, not yet committed
        [other] = together([lambda: bid(w, process, 1, "51.30", at=LAST)])
        assert other.kind == "bid.received"
        act = threading.Thread(target=lambda: together([hold_act]))
        act.start()
        assert not act_done.wait(0.5)  # the act waits for the bid that came in time
    act.join(20)

    assert act_done.is_set()
    assert {b.supplier_key for b in opened_bids(process)} == {a.supplier_key for a in w.suppliers[:2]}


def test_a_bid_in_time_that_comes_after_the_envelopes_were_opened_is_refused_with_a_receipt():
    w = world()
    process = reach_clarifying(w)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    assert bid(w, process, 0, "54.90", at=LAST).kind == "bid.received"  # it had only waited for its turn

    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENING)
    assert bid(w, process, 1, "51.30", at=LAST).kind == "bid.refused_late"
    assert [b.supplier_key for b in opened_bids(process)] == [w.suppliers[0].supplier_key]
