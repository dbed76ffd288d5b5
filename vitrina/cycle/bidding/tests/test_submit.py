# SPDX-License-Identifier: Apache-2.0
"""A supplier hands in, replaces and withdraws sealed bids; in the act it shows what became of each."""

from datetime import timedelta

import pytest

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, pdf, withdraw
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import hold_act
from tests.worlds.sealing import LAST, event_of, events_of, rows_of, sealed_by, states_of, submit
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import queries
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.ledger.verify import verify
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_clarifying(w, lots=2)))
HOUR = timedelta(hours=1)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def test_a_bid_is_logged_by_its_digest_and_the_purchase_does_not_move(w, process):
    before = Process.objects.filter(pk=process.pk).values().get()
    sealed = bid(w, process, 0, "54.90", at=RECEIVED, documents=[("Ficha técnica", pdf())])

    (row,) = rows_of(process)
    assert (row.c, row.state, row.object, row.signature, row.supplier_id) == (sealed.c, "closed", "", None, None)
    assert row.entry.event.leaf() == {"v": 1, "type": "sobre", "c": sealed.c, "reveal_by": "2020-11"}
    assert (row.entry.is_public, row.entry.actor) == (False, {"role": "", "name": "", "party": ""})
    assert process.ocid not in row.entry.stream + row.entry.body
    assert Process.objects.filter(pk=process.pk).values().get() == before
    assert not StoredFile.objects.exists()
    assert verify().finding is None


def test_what_became_of_each_is_known_in_the_act_from_the_order_of_the_log(w, process):
    first = bid(w, process, 0, "54.90", at=RECEIVED)
    second = bid(w, process, 0, "53.00", at=RECEIVED + HOUR, replaces=first)
    gone = bid(w, process, 1, "51.30", at=RECEIVED + HOUR)
    withdraw(w, process, 1, gone, at=LAST)
    silent = bid(w, process, 2, "60.00", at=RECEIVED)
    latest = bid(w, process, 2, "59.00", at=LAST)  # it does not say that it replaces the other
    late = bid(w, process, 1, "10.00", at=OPENING)
    assert set(states_of(process)) == {"closed"}

    hold_act(w, process)
    expected = {
        first.c: "superseded", second.c: "opened", gone.c: "withdrawn", silent.c: "superseded", latest.c: "opened",
        late.c: "late",
    }  # fmt: skip
    found = {row.c: row.state for row in rows_of(process)}
    assert {c: found.pop(c) for c in expected} == expected
    assert list(found.values()) == ["notice"]
    assert [(b.supplier_key, str(b.prices[1])) for b in queries.opened_bids(process)] == [
        (w.suppliers[0].supplier_key, "53.00"),
        (w.suppliers[2].supplier_key, "59.00"),
    ]
    assert {e.c: e.warning for e in events_of(process, "envelope.revealed") if e.warning} == {}


def test_a_bidder_who_withdrew_may_bid_again_and_an_old_withdrawal_takes_nothing_back(w, process):
    first = bid(w, process, 0, "54.90", at=RECEIVED)
    withdraw(w, process, 0, first, at=RECEIVED + HOUR)
    again = bid(w, process, 0, "53.00", at=RECEIVED + 2 * HOUR)
    withdraw(w, process, 0, first, at=LAST)  # of the one that is already withdrawn

    hold_act(w, process)
    assert [b.bid_id for b in queries.opened_bids(process)] == [again.c[:26]]
    warnings = [e.warning for e in events_of(process, "envelope.revealed")]
    assert warnings == ["", "", "", "withdraw_not_live"]
    assert event_of(process, "envelopes.audited").findings == ()
    assert len(event_of(process, "envelopes.audited").warnings) == 1


def test_a_supplier_may_bid_for_one_lot(w, process):
    bid(w, process, 0, "54.90", at=RECEIVED, lots=[2])
    hold_act(w, process)
    [opened] = queries.opened_bids(process)
    assert (opened.lots, opened.prices, opened.totals) == ((2,), {2: Money(5490)}, {2: Money(5490 * 2000)})


@pytest.mark.parametrize("act", ["submit", "withdraw"])
def test_what_comes_late_is_logged_and_changes_nothing(w, process, act):
    kept = bid(w, process, 0, "54.90", at=LAST)
    if act == "submit":
        bid(w, process, 0, "40.00", at=OPENING, replaces=kept)
    else:
        withdraw(w, process, 0, kept, at=OPENING)
    assert states_of(process) == ["closed", "closed"]

    hold_act(w, process)
    assert states_of(process) == ["opened", "late"]
    assert [str(b.prices[1]) for b in queries.opened_bids(process)] == ["54.90"]
    assert event_of(process, "bids.opened").n_late == 1


def test_the_files_of_a_late_bid_are_kept_and_never_opened(w, process):
    late = bid(w, process, 0, "10.00", at=OPENING, documents=[("Ficha", pdf())])
    hold_act(w, process)
    assert (states_of(process), queries.opened_bids(process)) == (["late"], [])
    assert event_of(process, "bids.opened").n_bids == 0
    text = "".join(e.body for e in Entry.objects.filter(stream=process.stream))
    assert late.c in text and late.identity not in text and "10.00" not in text


def test_the_last_of_three_is_the_one_that_counts_though_the_middle_one_is_withdrawn(w, process):
    one = bid(w, process, 0, "54.00", at=RECEIVED)
    two = bid(w, process, 0, "53.00", at=RECEIVED + HOUR, replaces=one)
    withdraw(w, process, 0, two, at=RECEIVED + 2 * HOUR)
    hold_act(w, process)
    assert states_of(process) == ["superseded", "withdrawn", "notice"]  # the first does not come back
    assert queries.opened_bids(process) == []


def test_the_tasks_are_the_same_for_all_whoever_has_bid(w, process):
    before = queries.tasks(process, RECEIVED)
    sealed = bid(w, process, 0, "54.90", at=RECEIVED)
    assert queries.tasks(process, RECEIVED) == before
    withdraw(w, process, 0, sealed, at=RECEIVED)
    assert queries.tasks(process, RECEIVED) == before
    assert [(t.command, t.supplier_key) for t in before] == [("bidding.submit", ""), ("bidding.withdraw", "")]
    assert queries.tasks(process, OPENING) == []


def test_a_bid_sealed_before_the_call_changed_stands(w, process):
    at = OPENING - timedelta(days=9)
    sealed = bid(w, process, 0, "54.90", at=at - HOUR)
    tendering.amend_call(w[Role.OFFICER], process.ocid, at=at, reason="Otra dirección", delivery_place="Almacén norte")
    hold_act(w, process)
    assert [b.bid_id for b in queries.opened_bids(process)] == [sealed.c[:26]]


def test_the_server_forgets_what_it_received(w, process, tmp_path):
    sealed = sealed_by(w, process, 0, "54.90", out=tmp_path)
    submit(w, process, 0, sealed.manifest_bytes)
    row = Envelope.objects.get()
    assert row.c == sealed.c
    assert {s["opener"] for s in row.locked["shares"]} == {s.opener for s in sealed.manifest.shares}
    assert row.locked["recipient"] != sealed.manifest.recipient
    assert row.locked["key_commit"] != sealed.manifest.key_commit
    again = sealed_by(w, process, 0, "54.90", out=tmp_path / "b")
    submit(w, process, 0, again.manifest_bytes)
    one, two = Envelope.objects.order_by("entry_id")
    assert one.locked["recipient"] != two.locked["recipient"]
    lengths = [len(row.locked["blob"]) * 3 // 4 // 4096 for row in (one, two)]
    assert lengths[0] == lengths[1] > 0  # padded; what is over is the library's own grease


def test_nothing_is_opened_by_asking_for_it(w, process):
    bid(w, process, 0, "54.90", at=RECEIVED)
    assert bidding.open_received(w[Role.OFFICER], process, at=RECEIVED) == ([], [])
    with pytest.raises(Refused) as refused:
        bidding.reveal_all(w[Role.OFFICER], process, at=RECEIVED)
    assert refused.value.codes == ["open"]
    bidding.close_reception(process.ocid, at=OPENING)
    assert bidding.reveal_all(w[Role.OFFICER], process, at=OPENING) == []
    assert (states_of(process), queries.opened_bids(process)) == (["closed"], [])
