# SPDX-License-Identifier: Apache-2.0
"""A purchase that is cancelled before its bids are opened: who sent what is told, what they offer never is.

Specification: sealed bids, section 9: every leaf is explained by the end of its month, also of a purchase that is over.
"""

from datetime import timedelta

import pytest
from django.db import connection

from tests.shared import assert_valid_release
from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, withdraw
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, KEYS, OPENED, give_keys, hold_act
from tests.worlds.sealing import LAST, asked, event_of, events_of, flipped, give, kinds_of, rows_of, states_of
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.models import Envelope, PostedShare, Unsealed
from vitrina.cycle.bidding.queries import cancelled_entry, cut_entry, opened_bids
from vitrina.cycle.bidding.unsealing import unseal_ready, unseal_with_backup
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import board as boards
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.opening import queries, shown
from vitrina.cycle.opening.auditing import result_of
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering import commands as tendering
from vitrina.cycle.tendering.queries import openers_of
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import build, compile_releases
from vitrina.ledger.verify import verify
from vitrina.parties.actors import PLATFORM
from vitrina.parties.roles import Role

HOUR = timedelta(hours=1)
MONTH, MONTH_AFTER = "2020-11", "2020-12"  # the envelopes must be explained by November
TWO = (Role.OIC, Role.WITNESS)
whole = built_once(lambda: (w := world(), reach_bidding(w, offers={0: "54.90", 1: "51.30"})))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return again(whole[1])


def again(process):
    return Process.objects.select_related("unit", "buyer").get(ocid=process.ocid)


def cancel(w, process, at=RECEIVED + 2 * HOUR):
    tendering.cancel(w[Role.APPROVER], process.ocid, at=at, code="need_ended", reason="Ya no hace falta.")
    return again(process)


def tell(w, process, at=KEYS):
    """Two of three openers give their first key."""
    for role in TWO:
        give(w, process, role, "custody", at=at)


def refusal(run, *arguments, **more):
    n = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        run(*arguments, **more)
    assert Entry.objects.count() == n
    return refused.value.refusals[0].code


def found_by(process, month=MONTH_AFTER):
    return {(f.code, f.c) for f in result_of(process, month).findings}


def board_of(process):
    """The board from the purchase's entries, as if each were placed already: the test has not committed them."""
    rows = Entry.objects.filter(stream=process.stream, visibility="public").order_by("pk")
    return boards.read([boards.Told(row.pk, row.at, row.event) for row in rows])


# before the act


def test_with_the_first_keys_it_is_told_who_sent_what_and_nothing_of_what_they_offer(w, process):
    first = [row.c for row in rows_of(process)]
    bid(w, process, 2, "57.75", at=RECEIVED + HOUR)
    replaced = bid(w, process, 2, "50.00", at=RECEIVED + HOUR)
    withdraw(w, process, 2, replaced, at=RECEIVED + HOUR)
    process = cancel(w, process)
    n = len(kinds_of(process))
    tell(w, process)

    assert kinds_of(process)[n:] == ["shares.given"] * 2 + ["envelope.revealed"] * 5 + ["envelopes.audited"]
    assert states_of(process) == ["kept_closed", "kept_closed", "superseded", "withdrawn", "notice"]
    told = events_of(process, "envelope.revealed")
    assert [e.c for e in told[:2]] == first
    assert [e.bidder.key for e in told[:2]] == [w.suppliers[0].supplier_key, w.suppliers[1].supplier_key]
    assert told[0].detail()
    assert opened_bids(process) == [] and not Unsealed.objects.filter(envelope__process=process).exists()
    audited = event_of(process, "envelopes.audited")
    assert (audited.n_leaves, audited.n_explained, audited.findings) == (5, 5, ())
    assert queries.act_of(process) is None
    assert (again(process).stage, again(process).halt) == (process.stage, "cancelled")
    assert verify().finding is None


def test_the_audit_of_it_and_of_every_other_purchase_is_clean_afterwards(w, process):
    other = reach_bidding(w, offers={0: "50.00"})
    third = bid(w, process, 2, "57.75", at=RECEIVED + HOUR)  # logged since the other's call: its audit looks at it
    hold_act(w, other)
    process = cancel(w, process)
    assert (found_by(other, MONTH), found_by(process, MONTH)) == (set(), set())  # their month is not over
    assert found_by(other) == {("unexplained_leaf", third.c)}
    assert found_by(process) == {("unexplained_leaf", row.c) for row in rows_of(process)}
    tell(w, process)
    assert (found_by(other), found_by(process)) == (set(), set())


def test_the_second_keys_are_neither_asked_for_nor_taken(w, process):
    process = cancel(w, process)
    tell(w, process)
    for opener in openers_of(process):
        assert envelope.wanted_of(opener, "bids") == []
    shares = {row.c: b"\1" * 33 for row in rows_of(process)}
    for _before_and_after in range(2):
        code = refusal(opening.give_shares, w[Role.OIC], process.ocid, at=KEYS, round="bids", shares=shares)
        assert code == "cancelled"
    assert set(states_of(process)) == {"kept_closed"}


def test_nothing_else_is_possible_and_what_is_suspended_waits(w, process):
    tendering.suspend(w[Role.OIC], process.ocid, at=RECEIVED + HOUR, authority="OIC", reason="Denuncia")
    assert refusal(give, w, process, Role.OIC, "custody") == "suspended"
    process = cancel(w, process)
    for act in (opening.start, opening.open_bids, opening.close):
        assert refusal(act, w[Role.OFFICER], process.ocid, at=OPENING) == "over"
    assert refusal(opening.attend, w[Role.OIC], process.ocid, at=OPENING) == "over"
    assert refusal(bid, w, process, 2, "1.00", at=RECEIVED + 3 * HOUR) == "over"
    tell(w, process)
    assert refusal(give, w, process, Role.OFFICER, "custody", {"0" * 64: b"\1" * 33}) == "nothing"
    assert set(states_of(process)) == {"kept_closed"}


def test_after_the_deadline_what_came_late_is_late(w, process):
    bidding.close_reception(process.ocid, at=OPENING)
    bid(w, process, 2, "1.00", at=OPENING)
    process = cancel(w, process, at=OPENING + HOUR)
    assert cut_entry(process).kind == "reception.closed"
    tell(w, process)
    assert states_of(process) == ["kept_closed", "kept_closed", "late"]
    assert found_by(process) == set()


def test_without_a_deadline_the_cancellation_is_the_cut_and_the_log_closes_with_it(w, process):
    process = cancel(w, process, at=LAST)
    entry = cut_entry(process)
    assert (entry.kind, entry.event.closes_checkpoint) == ("tender.cancelled", True)
    assert cancelled_entry(process) == entry
    assert bidding.close_reception(process.ocid, at=OPENING) is None


def test_a_false_key_is_told_and_another_opener_makes_up_for_it(w, process):
    process = cancel(w, process)
    true = asked(w, process, Role.WITNESS, "custody")
    give(w, process, Role.WITNESS, "custody", {c: flipped(share) for c, share in true.items()})
    give(w, process, Role.OIC, "custody")
    assert set(states_of(process)) == {"closed"}
    assert kinds_of(process).count("share.false") == 2
    give(w, process, Role.OFFICER, "custody")
    assert set(states_of(process)) == {"kept_closed"}


def test_one_that_cannot_be_read_holds_up_no_other_and_is_found_after_its_month(w, process):
    victim = rows_of(process)[0]
    Envelope.objects.filter(pk=victim.pk).update(locked=victim.locked | {"blob": "AAAA"})
    process = cancel(w, process)
    tell(w, process)
    assert states_of(process) == ["closed", "kept_closed"]
    assert event_of(process, "envelopes.audited").findings == ()
    assert found_by(process) == {("unexplained_leaf", victim.c)}


def test_what_one_hides_behind_lost_keys_changes_what_was_told_of_the_other(w):
    process = reach_bidding(w, offers={})
    first = bid(w, process, 0, "40.00", at=RECEIVED)
    later = bid(w, process, 0, "60.00", at=RECEIVED + HOUR, replaces=first)
    process = cancel(w, process)
    for role in TWO:
        shares = asked(w, process, role, "custody")
        give(w, process, role, "custody", {first.c: shares[first.c]})
    assert states_of(process) == ["kept_closed", "closed"]
    tell(w, process)
    assert states_of(process) == ["superseded", "kept_closed"]
    assert [(e.c, e.state) for e in events_of(process, "envelope.revealed")] == [
        (first.c, "kept_closed"), (later.c, "kept_closed"), (first.c, "superseded"),
    ]  # fmt: skip


# in the middle of the act


def test_between_the_two_rounds_what_stood_is_told_to_stay_closed_by_the_platform(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    tell(w, process)
    assert set(states_of(process)) == {"live"}
    for role in TWO:
        give(w, process, role, "bids")
    unseal_ready(process)
    assert Unsealed.objects.filter(envelope__process=process).count() == 2
    process = cancel(w, process, at=OPENED)
    board = board_of(process)
    assert board.phase == "cancelled" and board.were_readable
    assert {board.became(t) for t in board.bids} == {"kept_closed"}  # at once, though nothing more was told

    assert bidding.tend(OPENED) >= 2
    assert set(states_of(process)) == {"kept_closed"}
    assert [e.state for e in events_of(process, "envelope.revealed")] == ["live"] * 2 + ["kept_closed"] * 2
    assert not Unsealed.objects.filter(envelope__process=process).exists()
    assert not PostedShare.objects.filter(envelope__process=process, round="bids").exists()
    n = Entry.objects.count()
    bidding.keep_closed(process.ocid, at=OPENED)
    assert Entry.objects.count() == n
    assert unseal_ready(process) == []
    assert found_by(process) == set()
    assert queries.tasks(process, OPENED) == []


def test_before_the_first_round_was_over_it_goes_on_without_the_act(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    give(w, process, Role.OIC, "custody")
    process = cancel(w, process, at=KEYS)
    give(w, process, Role.WITNESS, "custody", at=KEYS)
    assert set(states_of(process)) == {"kept_closed"}
    assert queries.act_of(process).state == "started"  # it was never closed, and nothing waits for it
    assert queries.tasks(process, KEYS) == []


def test_cancelled_after_the_bids_were_opened_they_are_opened_bids_and_must_all_be(w, process):
    hold_act(w, process)
    process = cancel(w, process, at=CLOSED + HOUR)
    assert cancelled_entry(process) is None
    assert set(states_of(process)) == {"opened"}
    assert found_by(process) == set()
    assert board_of(process).phase == "closed"
    assert {b.bid_id for b in opened_bids(process)} == {row.c[:26] for row in rows_of(process)}


# late envelopes of a purchase that is over


@pytest.mark.parametrize("halt", ["complete", "deserted", "cancelled"])
def test_one_that_came_late_is_told_after_the_purchase_is_over(w, process, halt):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    give_keys(w, process, at=KEYS)
    late = bid(w, process, 2, "1.00", at=KEYS)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)
    asked_of = [(t.command, t.person_id) for t in queries.tasks(again(process), CLOSED)]
    assert asked_of == [("opening.give_shares", o.person_id) for o in openers_of(process)]
    Process.objects.filter(ocid=process.ocid).update(halt=halt)
    process = again(process)
    assert len(queries.tasks(process, CLOSED)) == 3
    assert found_by(process) == {("unexplained_leaf", late.c)}
    tell(w, process, at=CLOSED + HOUR)
    assert event_of(process, "envelope.revealed").state == "late"
    assert queries.tasks(process, CLOSED) == []
    assert (found_by(process), again(process).halt) == (set(), halt)


# who cheats


def test_bids_that_are_opened_all_the_same_are_found(w, process):
    """The server writes down what two openers in league let it read: the entries and the audit show it."""
    process = cancel(w, process)
    tell(w, process)
    told = events_of(process, "envelope.revealed")[0]
    Envelope.objects.filter(c=told.c).update(state="live")
    victim = rows_of(process)[0]
    append(process.stream, bid_as_opened(w, process, victim), actor=PLATFORM.signer, at=OPENED)
    assert found_by(process) == {("opened_not_eligible", told.c)}
    board = board_of(process)
    assert board.phase == "cancelled" and told.c in board.opened  # and there it stands, for everybody


def bid_as_opened(w, process, row):
    """The entry of an opened bid, such as an act writes."""
    return bidding._opened(row, unseal_with_backup(row, w.kept[row.c].identity), 1, items_of(process), {})


def test_a_cancellation_written_after_the_opening_excuses_no_bid_that_was_left_out(w, process):
    """The buyer hides a bid behind a cancellation: the count of the opened bids came before it, in public."""
    hold_act(w, process)
    lost = rows_of(process)[0]
    process = cancel(w, process, at=CLOSED)
    with connection.cursor() as cursor:  # an entry of the ledger taken away, as only who owns the tables could
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_entry SET kind = 'x.y' WHERE stream = %s AND kind = 'bid.opened' AND body LIKE %s",
                       [process.stream, f"%{lost.c}%"])  # fmt: skip
    assert ("bid_not_opened", lost.c) in found_by(process)


# what waits, and what is said of it


def test_the_first_key_waits_for_every_opener_until_the_end_of_the_month(w, process):
    process = cancel(w, process)
    waiting = queries.tasks(process, KEYS)
    assert [(t.command, str(t.role)) for t in waiting] == [
        ("opening.give_shares", r) for r in ("officer", "oic", "witness")
    ]
    assert {t.due.astimezone(process.zone).isoformat()[:19] for t in waiting} == {"2020-11-30T23:59:59"}
    give(w, process, Role.OIC, "custody")
    assert [str(t.role) for t in queries.tasks(process, KEYS)] == ["officer", "witness"]
    give(w, process, Role.WITNESS, "custody", dict.fromkeys(asked(w, process, Role.WITNESS, "custody"), b""))
    assert [str(t.role) for t in queries.tasks(process, KEYS)] == ["officer"]  # the witness said that it cannot
    give(w, process, Role.OFFICER, "custody")
    assert queries.tasks(process, KEYS) == []


def test_without_envelopes_nothing_waits(w):
    process = cancel(w, reach_bidding(w, offers={}))
    assert queries.tasks(process, KEYS) == []
    assert found_by(process) == set()


def test_the_board_says_so_and_never_that_it_will_be_opened(w, process):
    process = cancel(w, process)
    board = board_of(process)
    assert (board.phase, board.cut, board.were_readable) == ("cancelled", board.cancelled, False)
    before = shown.headline(board, "America/Mexico_City"), shown.lead(board)
    tell(w, process)
    board = board_of(process)
    assert shown.headline(board, "America/Mexico_City") == before[0]
    assert shown.lead(board) != before[1]
    rows = shown.envelope_rows(board, "America/Mexico_City")
    assert [row["cells"][0] for row in rows] == [w.supplier_rows[n].name for n in (0, 1)]
    assert {row["cells"][3] for row in rows} == {shown.STATES["kept_closed"]()}


def test_every_release_is_valid_and_the_tender_stays_cancelled(w, process):
    process = cancel(w, process)
    tell(w, process)
    releases = [r for e in Entry.objects.filter(stream=process.stream).order_by("seq") if (r := build(e))]
    for release in releases:
        assert_valid_release(release)
    record = compile_releases(releases)
    assert record["tender"]["status"] == "cancelled"
    assert [(b["status"], "value" in b) for b in record["bids"]["details"]] == [("pending", False)] * 2
