# SPDX-License-Identifier: Apache-2.0
"""What the room shows: the same to a page that is loaded and to one that follows, and nobody's name before the end."""

from __future__ import annotations

import json

import pytest

from vitrina.cycle.auction import acting, acts, shown
from vitrina.cycle.auction.room import Room, apply
from vitrina.cycle.auction.tests.auctions import AUCTION, NOON, SECOND, Auction, clock, entrants
from vitrina.cycle.auction.tests.test_verifying import find, held, in_secret, in_turns
from vitrina.kernel.money import Money

THREE = (100_00, 99_00, 101_00)
RUNS = (held, in_turns, in_secret)


def steps(a: Auction):
    room = Room(a.secrets)
    for told in a.told:
        after = apply(room, told)
        yield room, after, told
        room = after


@pytest.mark.parametrize("run", RUNS)
def test_a_page_that_follows_shows_what_a_page_that_is_loaded_shows(run):
    page = None
    for before, after, told in steps(run()):
        fresh = shown.snapshot(after, now=told.at)
        event = shown.change(before, after, told)
        if page is None:
            page = fresh
        elif event:
            page |= {k: v for k, v in event[1].items() if k in page}
        silent = {"seq", "server_now"} if event else {"seq", "server_now", "ends_at"}
        assert {k: v for k, v in page.items() if k not in silent} == {
            k: v for k, v in fresh.items() if k not in silent
        }, (event, told)


@pytest.mark.parametrize("run", RUNS)
def test_nothing_that_is_shown_before_the_names_are_laid_open_tells_who_is_who(run):
    a = run()
    secrets = {x for e in a.entrants for x in (e.name, f'"{e.key}"', f'"{e.bid}"', e.salt)}
    opened = {str(e.amount) for e in a.entrants} - {str(Money(a.room.start))}
    for before, after, told in steps(a):
        if isinstance(told.act, acts.Revealed):
            assert "Proveedora 1" in str(shown.change(before, after, told))
            break
        seen = json.dumps([shown.snapshot(after, now=told.at), shown.change(before, after, told)])
        assert not [text for text in secrets if text in seen]
        if after.phase not in shown.OVER:
            assert not [amount for amount in opened if f'"{amount}"' in seen]
    entries = a.entries()
    public = json.dumps(entries[: find(entries, "auction.revealed")])
    assert not [text for text in secrets if text in public]


def test_the_order_of_the_announced_aliases_is_not_that_of_the_bids():
    told = acting.announced(AUCTION, 1, clock(), entrants(THREE)[::-1], starts_at=NOON)
    assert [ref.alias for ref in told.aliases] == ["Ceiba", "Jade", "Nopal"]


def test_until_somebody_offers_the_best_opened_price_leads_without_a_name():
    a = Auction(clock(), THREE).begin()
    assert shown.leader(a.room) == {"alias": "", "amount": "99.00"}
    assert shown.rows(a.room) == []
    a.offer("Ceiba", 98_01)
    before = a.room
    a.offer("Jade", 97_02)

    kind, told = shown.change(before, a.room, a.told[-1])
    assert (kind, told["leader"]) == ("offer", {"alias": "Jade", "amount": "97.02"})
    assert (told["rank_before"], told["rank_after"]) == (None, 1), "where it stood before would tell which bid it is"
    assert [(row["alias"], row["rank"], row["amount"], row["score"]) for row in told["rows"]] == [
        ("Jade", 1, "97.02", "97.02"), ("Ceiba", 2, "98.01", "98.01"),
    ]  # fmt: skip


def test_amounts_of_others_are_hidden_where_the_profile_says_so():
    a = Auction(clock(show_all_amounts=False), THREE).begin()
    a.offer("Ceiba", 98_01)
    a.offer("Jade", 97_02)
    assert [row.get("amount") for row in shown.rows(a.room)] == ["97.02", None]


def test_a_bidder_sees_its_own_place_limit_and_distance():
    a = Auction(clock(), THREE).begin()
    assert shown.own(a.room, "Ceiba") == {
        "seq": a.room.seq, "alias": "Ceiba", "amount": "100.00", "rank": 2, "leads": False, "limit": "98.01",
        "may_offer": True, "has_floor": False, "gap": "1.00",
    }  # fmt: skip
    a.leave("Ceiba", 90_00)
    mine = shown.own(a.room, "Ceiba")
    assert (mine["leads"], mine["has_floor"], mine["gap"], mine["limit"]) == (True, True, "0.00", "97.02")
    a.pause()
    assert shown.own(a.room, "Ceiba")["may_offer"] is False
    points = Auction(clock(criterion="points", beat="own", proxy=False, price_weight="60"), THREE).begin()
    assert "gap" not in shown.own(points.room, "Ceiba")


def test_an_amount_far_below_what_would_do_is_asked_for_twice():
    a = Auction(clock(), THREE).begin()
    assert [shown.asks_twice(a.room, "Ceiba", n) for n in (98_01, 88_21, 88_20, 9_80)] == [False, False, True, True]


def test_a_pause_tells_how_much_is_left():
    a = Auction(clock(), THREE).begin()
    before = a.room
    a.pause(after=100 * SECOND)
    kind, told = shown.change(before, a.room, a.told[-1])
    assert (kind, told["remaining_ms"], told["ends_at"], told["reason"]) == ("pause", 500_000, None, "se pidió")


def test_an_auction_is_announced_begun_and_certified_only_when_it_can_be():
    few = acting.announced(AUCTION, 1, clock(), entrants(THREE[:1]), starts_at=NOON)
    assert few == acts.Skipped(lot=1, n_bidders=1)
    twice = (entrants(THREE)[0], entrants(THREE)[0])
    with pytest.raises(acting.NotYet, match="one alias"):
        acting.announced(AUCTION, 1, clock(), twice, starts_at=NOON)

    a = Auction(clock(), THREE).schedule()
    with pytest.raises(acting.NotYet, match="has not come"):
        acting.started(a.room, at=NOON - SECOND)
    with pytest.raises(acting.NotYet, match="who the bidders are"):
        acting.revealed(Room(), [])
    with pytest.raises(acting.NotYet, match="scheduled"):
        acting.certified(a.entries(), lot=1)


def test_what_does_not_hold_is_not_certified_and_the_ruling_gets_amounts_by_bid():
    a = held()
    entries = a.entries()[:-1]
    assert acting.amounts_of(acting.verify(entries, lot=1)) == {
        "B1": Money(96_00),
        "B2": Money(94_02),
        "B3": Money(93_03),
    }
    del entries[find(entries, "offer.made", 1)]
    with pytest.raises(acting.DoesNotHold) as refused:
        acting.certified(entries, lot=1)
    assert "missing" in {f.code for f in refused.value.findings}
