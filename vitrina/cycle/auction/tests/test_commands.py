# SPDX-License-Identifier: Apache-2.0
"""An auction by the commands that people use: announced, held, certified, and the ruling follows its first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.worlds.auction import (
    ANNOUNCED,
    BEGINS,
    SECOND,
    announce,
    begin,
    certify,
    hold,
    watch,
)  # fmt: skip
from tests.worlds.awarding import rule_on
from tests.worlds.base import world
from tests.worlds.browsing import signed_in
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import built_once, rolled_back
from vitrina.cycle.auction import commands as auction
from vitrina.cycle.auction import folding
from vitrina.cycle.auction.folding import room_of
from vitrina.cycle.auction.models import Auction, FloorRow
from vitrina.cycle.auction.queries import auctions_of, entries_of, multiple_of, tasks
from vitrina.cycle.auction.verifying import verify
from vitrina.cycle.awarding.queries import active_awards
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.kernel import clock
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

PROFILES = ("open_clock", "turns")
whole = built_once(lambda: (w := world(), {p: reach_evaluation(w, terms={"auction": p}) for p in PROFILES}))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def judged(w, whole):
    """A purchase whose bids were judged and whose lot is to be auctioned, by profile."""
    return {p: Process.objects.select_related("unit", "buyer").get(ocid=q.ocid) for p, q in whole[1].items()}


@pytest.fixture
def process(judged):
    return judged["open_clock"]


def lines(process):
    return [e.kind for e in Entry.objects.filter(stream=process.stream, kind__contains="auction").order_by("seq")]


def test_an_auction_is_held_and_its_first_gets_the_award_at_what_it_offered(w, process):
    announce(w, process)
    begin(w, process)
    hold(w, process)
    certify(w, process)
    assert lines(process) == [
        "auction.scheduled", "auction.convened", "auction.started", "auction.closed", "auction.revealed", "auction.certified",
    ]  # fmt: skip
    report = verify(entries_of(process), lot=1)
    assert report.findings == ()
    rule_on(w, process)

    award = active_awards(process)[0]
    assert report.names[report.winner][0] == award.bid_id
    assert award.supplier_id == w.suppliers[0].supplier_key
    ruling = Entry.objects.get(stream=process.stream, kind="ruling.issued").event
    assert str(ruling.lots[0].lines[0].unit_price) == "49.80"
    assert award.centavos == 4980 * int(ruling.lots[0].lines[0].item.quantity)


def test_the_ruling_waits_for_the_auction_that_the_call_announced(w, process):
    with pytest.raises(Refused) as refused:
        rule_on(w, process)
    assert refused.value.codes == ["auction"]
    assert [t.command for t in tasks(process, w.when(ANNOUNCED))] == ["auction.schedule"]


def test_without_an_announcement_in_the_call_there_is_none(w):
    process = reach_evaluation(w)
    with pytest.raises(Refused) as refused:
        announce(w, process)
    assert refused.value.codes == ["not-announced"]
    assert tasks(process, w.when(ANNOUNCED)) == []


def test_a_day_s_notice_is_asked_and_one_auction_of_a_lot(w, process):
    for starts, code in ((ANNOUNCED + timedelta(hours=2), "notice"), (BEGINS, "")):
        if code:
            with pytest.raises(Refused) as refused:
                auction.schedule(w[Role.OFFICER], process.ocid, at=w.when(ANNOUNCED), lot=1, starts_at=w.when(starts))
            assert refused.value.codes == [code]
        else:
            announce(w, process)
    with pytest.raises(Refused) as refused:
        announce(w, process)
    assert refused.value.codes == ["again"]


def test_with_one_solvent_bid_it_is_not_held_and_the_bid_stands(w):
    process = reach_evaluation(w, terms={"auction": "open_clock"}, offers={0: "51.30"})
    announce(w, process)
    assert lines(process) == ["auction.skipped"]
    rule_on(w, process)
    assert active_awards(process)[0].supplier_id == w.suppliers[0].supplier_key


def test_nobody_is_named_before_the_end_and_officials_are_no_exception(w, process):
    announce(w, process)
    begin(w, process)
    auction.offer(w.suppliers[0], process.ocid, at=w.when(BEGINS) + 30 * SECOND, lot=1, centavos=0)
    rows = Entry.objects.filter(stream=process.stream, kind__regex="^(auction|offer)")
    told = "".join(e.body + str(e.actor) for e in rows)
    assert rows.count() == 4
    assert not [s for s in w.suppliers if s.supplier_key in told or s.supplier_name in told]
    refused = rows.last().event
    assert (refused.code, refused.limit.centavos % 100) == ("not_positive", 0)


def test_a_pause_gives_the_time_back_and_a_silence_pauses_by_itself(w, process):
    announce(w, process)
    begin(w, process)
    at = watch(process, w.when(BEGINS), w.when(BEGINS) + 60 * SECOND)
    before = auctions_of(process)[1].ends_at
    auction.pause(w[Role.OFFICER], process.ocid, at=at, lot=1, cause="force_majeure", reason="Sin luz.")
    with pytest.raises(Refused):
        auction.pause(w[Role.OFFICER], process.ocid, at=at, lot=1, cause="official", reason="Otra vez.")
    auction.resume(w[Role.OIC], process.ocid, at=at + timedelta(hours=1), lot=1, reason="Volvió la luz.")
    assert auctions_of(process)[1].ends_at == before + timedelta(hours=1)

    auction.tend(at + timedelta(hours=3))
    row = auctions_of(process)[1]
    assert (row.state, row.ends_at) == ("paused", None)
    assert room_of(row).remaining == before - at
    auction.resume(w[Role.OFFICER], process.ocid, at=at + timedelta(hours=4), lot=1, reason="Se restableció.")
    run_on = w.when(BEGINS) + timedelta(hours=4, seconds=60)
    while auctions_of(process)[1].state == "running":
        run_on += 15 * SECOND
        auction.tend(run_on)
    certify_at = run_on + SECOND
    auction.certify(w[Role.OFFICER], process.ocid, at=certify_at, lot=1)
    assert verify(entries_of(process), lot=1).findings == ()


def test_turns_hide_what_is_offered_until_they_end(w, judged):
    process = judged["turns"]
    announce(w, process)
    begin(w, process)
    at = w.when(BEGINS)
    rounds = []
    while (row := auctions_of(process)[1]).state == "running":
        at += 10 * SECOND
        auction.tend(at)
        room = room_of(row)
        if room.segment.part == "turn" and not room.segment.is_published and room.segment not in rounds:
            rounds.append(room.segment)
            alias = room.segment.aliases[0]
            key = row.entrants.get(alias=alias).supplier_key
            supplier = next(s for s in w.suppliers if s.supplier_key == key)
            entry = auction.offer(
                supplier,
                process.ocid,
                at=at,
                lot=1,
                centavos=room.bids[alias].amount * 98 // 100 // room.multiple * room.multiple,
            )
            assert entry.visibility == "blinded" and process.ocid not in entry.stream
            if len(rounds) == 1:
                taken_back_on_its_page(supplier, process, at)
    assert len(rounds) == 9
    certify(w, process)
    assert verify(entries_of(process), lot=1).findings == ()


def taken_back_on_its_page(supplier, process, at):
    """Without a script: the place leads to a form, which is read once more and sent; a second time there is nothing."""
    with clock.frozen(at):
        browser, base = signed_in(supplier), f"/mi-espacio/compra/{process.ocid}"
        place = browser.get(f"{base}/subasta/1/").content.decode()
        assert "data-held>" in place
        address = re.search(r'href="([^"]*auction\.withdraw_offer[^"]*)"', place)[1]
        review = browser.post(address, {"token": "a" * 32})
        assert "Lo que queda sin ella" in review.content.decode()
        sent = browser.post(address, {"token": "a" * 32, "confirm": "1"})
        assert sent.status_code == 302, sent.content.decode()
        assert "data-held hidden>" in browser.get(f"{base}/subasta/1/").content.decode()
        assert browser.get(address).status_code == 409
    entry = Entry.objects.filter(kind="offer.hidden").latest("id")
    assert (entry.event.amount, entry.event.code) == (None, "")


def test_an_altered_ledger_is_not_certified(w, process):
    announce(w, process)
    begin(w, process)
    hold(w, process)
    row = Auction.objects.get(process=process)
    entrant = row.entrants.first()
    assert row.state == "revealed"
    with pytest.raises(Refused):
        auction.offer(w.suppliers[0], process.ocid, at=w.when(BEGINS) + timedelta(hours=1), lot=1, centavos=1)
    certify(w, process)
    assert entrant.alias in {
        e.alias for e in Entry.objects.get(kind="auction.revealed", stream=process.stream).event.entrants
    }


def test_an_offer_that_arrived_in_time_counts_however_late_it_is_written(w, process):
    announce(w, process)
    begin(w, process)
    pieces, now = multiple_of(process, 1), at(w, 0)
    now = watch(process, now, at(w, 1795))
    end = auctions_of(process)[1].ends_at
    late, price = end + SECOND, 5100
    auction.tend(late)
    for n, received in enumerate((end - SECOND / 1000, end)):
        auction.offer(
            w.suppliers[n], process.ocid, at=late, received_at=received, lot=1, centavos=(price - 50 * n) * pieces
        )
    rows = Entry.objects.filter(stream=process.stream, kind__startswith="offer.").order_by("seq")
    assert [(e.kind, getattr(e.event, "code", "")) for e in rows] == [("offer.made", ""), ("offer.made", "")]
    assert auctions_of(process)[1].ends_at > end  # the first led in the last minutes, so the second was in time too
    offer = {"lot": 1, "centavos": 4500 * pieces, "at": late, "received_at": late + SECOND}  # by another clock
    assert auction.offer(w.suppliers[2], process.ocid, **offer).event.received_at == late

    over = auctions_of(process)[1].ends_at
    watch(process, late, over + SECOND)
    assert auctions_of(process)[1].state == "running"  # who was in time is not shut out by the queue
    auction.offer(w.suppliers[2], process.ocid, at=over + SECOND, received_at=over, lot=1, centavos=4000 * pieces)
    auction.tend(over + 4 * SECOND)
    assert auctions_of(process)[1].state == "revealed"
    report = verify(entries_of(process), lot=1)
    assert report.findings == ()
    assert [d.code for d in report.offers] == ["", "", "", "closed"]


@pytest.fixture
def key_file(settings, tmp_path):
    """The key of the floors, which is made when the first is left."""
    settings.FLOOR_KEY = tmp_path / "floor.key"
    folding._kept.clear()
    return settings.FLOOR_KEY


def at(w, seconds: int):
    return w.when(BEGINS) + seconds * SECOND


def leave(w, process, supplier: int, price: int, when) -> Entry:
    centavos = price * multiple_of(process, 1)
    return auction.leave_floor(w.suppliers[supplier], process.ocid, at=when, lot=1, centavos=centavos)


def offers(process) -> list[tuple[str, int, str]]:
    """(alias, price per piece, what its floor answered) of each accepted offer."""
    pieces = multiple_of(process, 1)
    rows = Entry.objects.filter(stream=process.stream, kind="offer.made").order_by("seq")
    return [(e.event.alias, e.event.amount.centavos // pieces, e.event.answers) for e in rows]


def run_out(process, now) -> None:
    while auctions_of(process)[1].state == "running":
        now += 15 * SECOND
        auction.tend(now)


def test_a_floor_acts_while_its_bidder_is_away_and_is_laid_open_at_the_end(w, process, key_file):
    announce(w, process)
    alias = {s: auctions_of(process)[1].entrants.get(supplier_key=s.supplier_key).alias for s in w.suppliers}
    away, leader, other = (alias[w.suppliers[n]] for n in (0, 1, 2))
    left = leave(w, process, 0, 4950, w.when(BEGINS) - timedelta(hours=1))
    assert "4950" not in left.body
    assert str(Money(4950 * multiple_of(process, 1))) not in left.body
    assert b"4950" not in bytes(FloorRow.objects.get().box)
    begin(w, process)
    assert offers(process) == [(away, 5104, "start")]  # a step below the best envelope, at once

    now = watch(process, at(w, 0), at(w, 30))
    auction.offer(w.suppliers[1], process.ocid, at=now, lot=1, centavos=5000 * multiple_of(process, 1))
    assert offers(process)[1:] == [(leader, 5000, ""), (away, 4974, "offer")]
    leave(w, process, 2, 4900, now + SECOND)
    assert offers(process)[-1] == (other, 4948, "floor")  # the dearer floor cannot answer a step below that
    with pytest.raises(Refused) as refused:
        leave(w, process, 2, 4901, now + 2 * SECOND)
    assert refused.value.codes == ["raised"]
    leave(w, process, 0, 4890, now + 3 * SECOND)
    assert offers(process)[-1] == (away, 4922, "floor")

    run_out(process, now + 3 * SECOND)
    revealed = Entry.objects.get(stream=process.stream, kind="auction.revealed").event
    assert sorted(f.floor.centavos // multiple_of(process, 1) for f in revealed.floors) == [4890, 4900, 4950]
    report = verify(entries_of(process), lot=1)
    assert report.findings == ()
    assert report.winner == away
    auction.certify(w[Role.OFFICER], process.ocid, at=at(w, 7200), lot=1)


def test_a_room_that_lost_its_key_pauses_and_asks_for_the_floors_again(w, process, key_file):
    announce(w, process)
    leave(w, process, 0, 4950, w.when(BEGINS) - timedelta(hours=1))
    begin(w, process)
    now = watch(process, at(w, 0), at(w, 30))
    key_file.unlink()
    folding._kept.clear()  # another process, which never saw the floor

    answer = auction.offer(w.suppliers[1], process.ocid, at=now, lot=1, centavos=5000 * multiple_of(process, 1))
    assert answer.event.code == "paused"
    paused = Entry.objects.get(stream=process.stream, kind="auction.paused").event
    assert (paused.cause, paused.floors_lost) == ("system", True)
    leave(w, process, 0, 4960, now + SECOND)
    auction.resume(
        w[Role.OFFICER], process.ocid, at=now + timedelta(minutes=5), lot=1, reason="Dejaron su piso otra vez."
    )
    auction.offer(
        w.suppliers[1],
        process.ocid,
        at=now + timedelta(minutes=5, seconds=3),
        lot=1,
        centavos=5000 * multiple_of(process, 1),
    )
    assert offers(process)[-1][1:] == (4974, "offer")
    run_out(process, now + timedelta(minutes=5, seconds=3))
    assert verify(entries_of(process), lot=1).findings == ()
    auction.certify(w[Role.OFFICER], process.ocid, at=at(w, 7200), lot=1)
