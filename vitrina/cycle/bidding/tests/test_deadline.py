# SPDX-License-Identifier: Apache-2.0
"""The deadline is an entry of the ledger: what stands before it is on time, whatever the clocks say.

Specification: sealed bids, section 7.
"""

from datetime import date, timedelta

import pytest

from tests.worlds.base import local, world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import hold_act
from tests.worlds.sealing import LAST, events_of, kinds_of, rows_of, states_of
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.queries import closing_entry, is_late, is_receiving, open_tenders
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.tendering import commands as tendering
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_clarifying(w)))
LATER = timedelta(days=28)
TICK = timedelta(microseconds=1)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def closings(process):
    return [e.deadline for e in events_of(process, "reception.closed")]


def suspend(w, process, at):
    tendering.suspend(w[Role.OIC], process.ocid, at=at, authority="Secretaría", reason="Inconformidad.")


def resume(w, process, at, **moved):
    tendering.resume(w[Role.APPROVER], process.ocid, at=at, reason="Se levantó.", **moved)


MOVED = {
    "opening_at": OPENING + LATER,
    "award_by": local(2020, 11, 24, 12),
    "contract_start": date(2020, 12, 1),
    "contract_end": date(2021, 1, 31),
}


def test_it_closes_once_at_its_hour_and_not_before(w, process):
    assert bidding.close_reception(process.ocid, at=LAST) is None
    assert is_receiving(process, LAST)
    entry = bidding.close_reception(process.ocid, at=OPENING)
    assert (entry.kind, entry.event.deadline, entry.event.closes_checkpoint) == ("reception.closed", OPENING, True)
    assert entry.actor == {"role": "operator", "name": "Vitrina", "party": ""}
    for at in (OPENING, OPENING + LATER):
        assert bidding.close_reception(process.ocid, at=at) is None
    assert closings(process) == [OPENING]
    assert not is_receiving(process, LAST)  # a clock that was set back opens nothing again


@pytest.mark.parametrize("who", ["the platform", "a late bidder", "the officer"])
def test_whoever_comes_first_after_the_hour_closes_it(w, process, who):
    if who == "the platform":
        assert bidding.tend(OPENING) >= 1
    elif who == "a late bidder":
        bid(w, process, 0, "54.90", at=OPENING)
    else:
        opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    bidding.tend(OPENING + timedelta(hours=1))
    bid(w, process, 1, "54.90", at=OPENING + TICK)
    assert closings(process) == [OPENING]
    assert kinds_of(process).count("reception.closed") == 1
    assert closing_entry(process).at == OPENING


def test_the_order_of_the_ledger_says_who_is_late_not_the_instant(w, process):
    on_time = bid(w, process, 0, "54.90", at=LAST)
    bidding.close_reception(process.ocid, at=OPENING)
    late = bid(w, process, 1, "51.30", at=LAST)  # it had only waited for its turn: its instant is earlier
    rows = {row.c: row for row in rows_of(process)}
    assert rows[late.c].entry.at == LAST < closing_entry(process).at
    assert [is_late(process, rows[s.c].entry) for s in (on_time, late)] == [False, True]
    hold_act(w, process)
    assert states_of(process) == ["opened", "late"]


def test_a_suspension_that_moved_the_deadline_closes_it_anew(w, process):
    before = bid(w, process, 0, "54.90", at=RECEIVED)
    bidding.tend(OPENING)
    between = bid(w, process, 1, "51.30", at=OPENING + timedelta(hours=1))
    assert is_late(process, rows_of(process)[1].entry)
    suspend(w, process, OPENING + timedelta(days=1))
    assert bidding.close_reception(process.ocid, at=OPENING + LATER) is None  # nothing moves while suspended
    resume(w, process, local(2020, 10, 20), **MOVED)

    assert closing_entry(process) is None
    assert is_receiving(process, local(2020, 10, 21))
    assert not is_late(process, rows_of(process)[1].entry)  # the deadline in force is a later one
    after = bid(w, process, 2, "57.75", at=local(2020, 10, 21))
    assert after.manifest.reveal_by == "2020-12"
    assert bidding.tend(OPENING + LATER) >= 1
    assert closings(process) == [OPENING, OPENING + LATER]
    assert bidding.close_reception(process.ocid, at=OPENING + 2 * LATER) is None
    assert [is_late(process, row.entry) for row in rows_of(process)] == [False] * 3
    assert [row.c for row in rows_of(process)] == [before.c, between.c, after.c]


def test_suspended_before_its_hour_it_is_closed_for_the_new_one_alone(w, process):
    suspend(w, process, RECEIVED)
    assert bidding.tend(OPENING) == 0
    resume(w, process, local(2020, 10, 20), **MOVED)
    bidding.tend(OPENING + LATER - TICK)
    assert closings(process) == []
    bidding.tend(OPENING + LATER)
    assert closings(process) == [OPENING + LATER]


def test_a_suspension_that_ends_before_the_hour_changes_nothing(w, process):
    suspend(w, process, RECEIVED)
    resume(w, process, RECEIVED + timedelta(hours=1))
    bidding.tend(OPENING)
    assert closings(process) == [OPENING]


@pytest.mark.parametrize("end", ["cancelled", "not called"])
def test_what_has_no_reception_is_not_closed(w, process, end):
    from tests.worlds.research import reach_research

    if end == "cancelled":
        tendering.cancel(w[Role.APPROVER], process.ocid, at=RECEIVED, code="need_ended", reason="Ya no hace falta.")
    else:
        process = reach_research(w)
    assert bidding.close_reception(process.ocid, at=OPENING) is None
    assert process.ocid not in {p.ocid for p in open_tenders(until=OPENING)}


def test_each_purchase_has_a_deadline_of_its_own(w, process):
    other = reach_bidding(w, offers={})
    assert {p.ocid for p in open_tenders(until=OPENING)} == {process.ocid, other.ocid}
    assert open_tenders(until=LAST) == []
    bidding.tend(OPENING)
    assert [closings(p) for p in (process, other)] == [[OPENING], [OPENING]]
    assert open_tenders(until=OPENING + LATER) == []
    assert Entry.objects.filter(kind="reception.closed").count() == 2
