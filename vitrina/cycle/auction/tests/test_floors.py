# SPDX-License-Identifier: Apache-2.0
"""Floors act for a bidder who is not there: one, two, equal ones, one above the leader, and against a hand."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.cycle.auction import engine, floors
from vitrina.cycle.auction.acts import OfferMade, Paused
from vitrina.cycle.auction.criteria import Merits
from vitrina.cycle.auction.tests.auctions import SECOND, Auction, clock
from vitrina.cycle.auction.verifying import verify

THREE = (100_00, 99_00, 101_00)  # the step is 0.99


def opened(**changes) -> Auction:
    return Auction(clock(**changes), THREE).begin()


def offers(a: Auction) -> list[tuple[str, int, str]]:
    return [(t.act.alias, t.act.amount.centavos, t.act.answers) for t in a.told if isinstance(t.act, OfferMade)]


def test_a_floor_offers_one_step_below_the_leader():
    a = opened()
    a.leave("Ceiba", 50_00)
    assert offers(a) == [("Ceiba", 98_01, "floor")]


def test_a_floor_that_does_not_reach_a_step_below_the_leader_waits():
    a = opened()
    a.leave("Ceiba", 98_02)
    assert offers(a) == []
    a.leave("Ceiba", 98_01)
    assert offers(a) == [("Ceiba", 98_01, "floor")]


def test_it_answers_a_hand_until_its_floor():
    a = opened()
    a.leave("Ceiba", 96_00)
    assert a.offer("Jade", 97_02) == ""
    assert offers(a)[1:] == [("Jade", 97_02, ""), ("Ceiba", 96_03, "offer")]
    a.offer("Jade", 95_04)
    assert offers(a)[3:] == [("Jade", 95_04, "")]
    assert a.room.leader == "Jade"


def test_of_two_floors_the_lower_one_wins_a_step_below_the_other():
    a = opened()
    a.leave("Ceiba", 90_00)
    a.leave("Nopal", 80_00)
    assert offers(a)[1:] == [("Nopal", 89_01, "floor")]


def test_the_lower_floor_wins_at_its_floor_when_the_other_lies_within_a_step():
    a = opened()
    a.leave("Ceiba", 90_00)
    a.leave("Nopal", 89_50)
    assert offers(a)[1:] == [("Nopal", 89_50, "floor")]


def test_the_leader_with_the_lower_floor_answers_at_once():
    a = opened()
    a.leave("Ceiba", 80_00)
    a.leave("Nopal", 90_00)
    assert offers(a)[1:] == [("Ceiba", 89_01, "floor")]


def test_of_equal_floors_the_earlier_leads_at_the_floor():
    a = opened()
    a.leave("Nopal", 90_00)
    a.leave("Ceiba", 90_00)
    assert offers(a)[1:] == [("Nopal", 90_00, "floor")]
    assert a.room.leader == "Nopal"


def test_floors_left_before_the_auction_settle_when_it_begins():
    a = Auction(clock(), THREE).schedule()
    assert a.leave("Ceiba", 90_00) == ""
    a.convene()
    assert a.leave("Nopal", 80_00) == ""
    a.open()
    assert offers(a) == [("Nopal", 89_01, "start")]


def test_a_floor_may_only_be_lowered_and_only_where_there_are_floors():
    a = opened()
    assert a.leave("Ceiba", 90_00) == ""
    assert a.leave("Ceiba", 90_01) == "raised"
    assert a.leave("Ceiba", 0) == "not_positive"
    assert a.leave("Nadie", 10_00) == "no_floors"
    assert opened(proxy=False).leave("Ceiba", 90_00) == "no_floors"
    a.finish()
    assert a.leave("Ceiba", 80_00) == "closed"


def test_a_floor_left_in_a_pause_acts_when_the_clock_goes_on():
    a = opened()
    a.pause()
    a.leave("Ceiba", 90_00)
    assert offers(a) == []
    a.resume(after=60 * SECOND)
    assert offers(a) == [("Ceiba", 98_01, "resume")]


def test_an_answer_uses_up_no_extension_of_its_own():
    a = opened()
    a.leave("Ceiba", 50_00)
    a.offer("Jade", 97_02, received=a.end - SECOND)
    moved = a.end
    assert (a.room.leader, a.room.extensions) == ("Ceiba", 1)
    a.leave("Nopal", 40_00, after=moved - a.now - SECOND)
    assert (a.room.leader, a.room.extensions, a.end - a.now) == ("Nopal", 2, 60 * SECOND)


def test_floors_that_the_room_lost_do_nothing_until_they_are_left_again():
    a = opened()
    a.leave("Ceiba", 90_00)
    a.write(Paused(lot=1, cause="official", reason="r", since=a.now, remaining_us=60_000_000, floors_lost=True))
    a.resume()
    a.offer("Jade", 97_02)
    assert a.room.leader == "Jade"
    a.leave("Ceiba", 90_00)
    assert a.room.leader == "Ceiba"


def test_with_a_weighted_criterion_the_lower_score_wins_though_its_floor_is_dearer():
    merits = [Merits(coefficient="2"), Merits(), Merits()]
    a = Auction(clock(criterion="weighted_divisor"), (190_00, 99_00, 101_00), merits).begin()
    a.leave("Nopal", 80_00)
    a.leave("Ceiba", 150_00)
    alias, amount, _ = offers(a)[-1]
    assert (alias, amount) == ("Ceiba", 160_00 - a.room.step)
    assert a.room.leader == "Ceiba"


def test_where_a_price_per_piece_is_asked_every_offer_is_a_whole_one():
    a = Auction(clock(), (100_10, 99_40, 101_50), multiple=70).begin()  # seventy pieces
    assert engine.limit(a.room, "Ceiba") == 98_00  # 99.40 less a step of 1.00 is 98.40, which no price per piece makes
    assert [a.offer("Ceiba", n) for n in (98_01, 97_99, 98_00)] == ["not_multiple", "not_multiple", ""]
    assert a.leave("Jade", 90_01) == "not_multiple"
    a.leave("Jade", 90_30)
    a.leave("Nopal", 88_20)
    assert offers(a)[-1] == ("Nopal", 88_90, "floor")  # 90.30 less a step is 89.30
    assert {amount % 70 for _, amount, _ in offers(a)} == {0}
    assert verify(a.finish().entries(), lot=1).findings == ()


FLOORS = st.lists(st.tuples(st.sampled_from(["Ceiba", "Jade", "Nopal"]), st.integers(60_00, 99_00)), max_size=6)
HANDS = st.lists(st.tuples(st.sampled_from(["Ceiba", "Jade", "Nopal"]), st.integers(0, 3_00)), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FLOORS, HANDS, st.sampled_from([1, 1, 7, 30]))
def test_after_an_answer_no_floor_can_act_and_nobody_goes_under_its_floor(left, hands, multiple):
    a = Auction(clock(), THREE, multiple=multiple).begin()
    for n in range(max(len(left), len(hands))):
        for alias, floor in left[n : n + 1]:
            a.leave(alias, floor - floor % multiple)
        for alias, under in hands[n : n + 1]:
            a.offer(alias, engine.limit(a.room, alias) - under * multiple)
        assert floors.answer(a.room) is None
        for alias, amount, answers in offers(a):
            in_force = [f.floor.centavos for f in a.floors if f.alias == alias]
            assert not answers or amount >= min(in_force)
    unbeaten = [f.centavos for alias, f in a.room.floors.items() if alias != a.room.leader]
    assert all(floor > a.room.whole(a.amount(a.room.leader) - a.room.step) for floor in unbeaten)


@pytest.mark.parametrize(("first", "second"), [("Ceiba", "Nopal"), ("Nopal", "Ceiba")])
def test_who_leaves_the_lower_floor_wins_whoever_comes_first(first, second):
    a = opened()
    lower = {"Ceiba": 90_00, "Nopal": 80_00}
    a.leave(first, lower[first])
    a.leave(second, lower[second])
    assert (a.room.leader, a.amount("Nopal")) == ("Nopal", 89_01)
