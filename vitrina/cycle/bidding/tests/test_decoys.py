# SPDX-License-Identifier: Apache-2.0
"""Decoys: leaves of the platform's own that nobody can tell from a bid, laid open when their month is over.

Specification: sealed bids, section 4.4.
"""

import json
from datetime import date, timedelta

import pytest

from tests.worlds.base import local, world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, withdraw
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import hold_act
from tests.worlds.sealing import event_of
from tests.worlds.tendering import OPENING, PUBLISHED
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.models import Decoy, Envelope
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening.auditing import result_of
from vitrina.cycle.tendering import commands as tendering
from vitrina.ledger import feed
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role
from vitrina.sealed import objects

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={})))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def logged():
    return list(Entry.objects.filter(kind="envelope.logged").order_by("pk"))


def tend_through(start, until, step=HOUR):
    at = start
    while at < until:
        bidding.tend(at)
        at += step


def test_one_is_planned_for_a_random_instant_of_the_next_day_and_laid_then(process):
    assert bidding.tend(RECEIVED) == 0
    planned = Decoy.objects.get()
    assert (planned.process_id, planned.entry, planned.is_revealed) == (process.ocid, None, False)
    assert RECEIVED <= planned.due_at < RECEIVED + DAY
    assert logged() == []
    bidding.tend(planned.due_at - timedelta(microseconds=1))
    assert (Decoy.objects.get().due_at, logged()) == (planned.due_at, [])

    assert bidding.tend(planned.due_at) == 1
    (entry,) = logged()
    assert (entry.at, entry.event.c) == (planned.due_at, planned.c)
    laid = Decoy.objects.get(c=planned.c)
    assert laid.entry == entry
    data = objects.to_jcs(objects.Decoy("sobre/v1/senuelo", laid.reveal_by, laid.salt))
    assert objects.reveal_digest(data) == laid.c


def test_every_day_of_an_open_purchase_has_one(process):
    tend_through(PUBLISHED, OPENING)
    days = (OPENING - PUBLISHED).days
    assert len(logged()) >= days // 2  # at random instants: one follows the other after 0 to 24 hours
    gaps = [b.at - a.at for a, b in zip(logged(), logged()[1:], strict=False)]
    assert max(gaps) <= 26 * HOUR and len(set(gaps)) > 3  # of whole hours, by the step of this test
    bidding.tend(OPENING)
    n = Decoy.objects.count()
    bidding.tend(OPENING + DAY)
    assert Decoy.objects.count() == n  # none is planned once the reception is closed


def test_its_leaf_and_its_entry_cannot_be_told_from_a_bids(w, process):
    sealed = bid(w, process, 0, "54.90", at=RECEIVED)
    withdraw(w, process, 0, sealed, at=RECEIVED)
    bidding.tend(RECEIVED)
    bidding.tend(RECEIVED + DAY)
    entries = logged()
    assert len(entries) == 3

    def shape(entry):
        event, body = entry.event, json.loads(entry.body)
        return (
            sorted(event.leaf()), sorted(body), len(entry.body), entry.actor, entry.visibility,
            len(entry.stream), entry.stream.partition(":")[0], entry.seq, entry.previous, entry.ocid,
            sorted(feed.statement(1, entry)),
        )  # fmt: skip

    assert len({str(shape(e)) for e in entries}) == 1
    assert len({e.stream for e in entries}) == 3
    assert {len(objects.leaf(e.event.c, e.event.reveal_by)) for e in entries} == {115}
    assert {e.event.reveal_by for e in entries} == {"2020-11"}


def test_its_month_is_one_of_those_in_use(w, process):
    other = reach_bidding(w, offers={})
    moved = {
        "opening_at": OPENING + timedelta(days=56),
        "award_by": local(2020, 12, 22, 12),
        "contract_start": date(2021, 1, 4),
        "contract_end": date(2021, 3, 31),
    }
    tendering.suspend(w[Role.OIC], other.ocid, at=RECEIVED, authority="OIC", reason="Denuncia")
    tendering.resume(w[Role.OIC], other.ocid, at=RECEIVED, reason="Se levantó.", **moved)
    tend_through(RECEIVED - 12 * DAY, RECEIVED, step=8 * HOUR)
    assert set(Decoy.objects.values_list("reveal_by", flat=True)) == {"2020-11", "2021-01"}


@pytest.mark.parametrize("over", ["suspended", "cancelled", "opened"])
def test_none_is_planned_for_a_purchase_that_receives_nothing(w, process, over):
    if over == "suspended":
        tendering.suspend(w[Role.OIC], process.ocid, at=RECEIVED, authority="OIC", reason="Denuncia")
    elif over == "cancelled":
        tendering.cancel(w[Role.APPROVER], process.ocid, at=RECEIVED, code="need_ended", reason="Ya no hace falta.")
    else:
        hold_act(w, process)
    bidding.tend(RECEIVED if over != "opened" else OPENING + DAY)
    assert not Decoy.objects.exists()


def test_it_is_laid_open_as_soon_as_its_month_is_over_and_once(process):
    tend_through(RECEIVED - 3 * DAY, OPENING, step=6 * HOUR)
    n = len(logged())
    assert n >= 2
    bidding.tend(local(2020, 11, 30, 17))  # the last hour of the month in UTC
    assert not Entry.objects.filter(kind="decoys.revealed").exists()
    month_over = local(2020, 11, 30, 18)
    assert bidding.tend(month_over) == 1
    assert bidding.tend(month_over + DAY) == 0

    entry = Entry.objects.get(kind="decoys.revealed")
    assert entry.is_public and entry.stream == "platform:decoys"
    shown = [objects.reveal_digest(text.encode()) for text in entry.event.objects]
    assert shown == [e.event.c for e in logged()]
    assert all(isinstance(objects.parse(text.encode()), objects.Decoy) for text in entry.event.objects)
    assert set(Decoy.objects.exclude(entry=None).values_list("is_revealed", flat=True)) == {True}


def test_in_the_act_decoys_wait_for_their_month_and_then_the_audit_explains_them(w, process):
    tend_through(RECEIVED - 3 * DAY, OPENING, step=6 * HOUR)
    bid(w, process, 0, "54.90", at=OPENING - HOUR)
    decoys = len(logged()) - 1
    hold_act(w, process)
    told = event_of(process, "envelopes.audited")
    assert (told.n_leaves, told.n_explained, told.n_waiting, told.findings) == (decoys + 1, 1, decoys, ())

    before = result_of(process, "2020-12")
    assert {f.code for f in before.findings} == {"unexplained_leaf"} and len(before.findings) == decoys
    bidding.tend(local(2020, 12, 1))
    after = result_of(process, "2020-12")
    assert (after.findings, after.pending) == ((), ())


def test_no_row_of_an_envelope_is_a_decoys(process):
    tend_through(RECEIVED - 2 * DAY, RECEIVED, step=6 * HOUR)
    assert logged() and not Envelope.objects.exists()
