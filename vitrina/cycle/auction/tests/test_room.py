# SPDX-License-Identifier: Apache-2.0
"""The room follows its acts: offers, the end that moves, pauses, turns, hidden rounds, and a process that dies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from vitrina.cycle.auction import acts, engine
from vitrina.cycle.auction.profile import named, read
from vitrina.cycle.auction.room import Secrets, apply, fold
from vitrina.cycle.auction.tests.auctions import NOON, SECOND, US, Auction, clock
from vitrina.kernel.states import NoMove

MS = timedelta(milliseconds=1)
THREE = (100_000_00, 99_000_00, 101_000_00)  # the step is 990.00, a hundredth of the lowest


def opened(**changes) -> Auction:
    return Auction(clock(**changes), THREE).begin()


def test_an_offer_beats_the_leader_by_a_step_or_is_told_the_limit():
    a = opened()
    assert (a.room.step, a.room.leader, engine.limit(a.room, "Ceiba")) == (990_00, "Jade", 98_010_00)

    assert a.offer("Ceiba", 98_010_01) == "too_high"
    assert a.told[-1].act.limit.centavos == 98_010_00
    assert a.offer("Ceiba", 98_010_00) == ""
    assert (a.room.leader, a.told[-1].act.leads) == ("Ceiba", True)
    assert a.offer("Ceiba", 97_020_00) == ""  # a leader lowers its own
    assert [a.offer("Nopal", n) for n in (0, -1)] == ["not_positive"] * 2
    assert a.offer("Nadie", 1) == "not_your_turn"
    assert a.offer("Jade", None) == "binding"


def test_against_the_own_amount_an_offer_need_not_beat_the_leader():
    a = opened(beat="own", proxy=False)
    assert a.offer("Nopal", 100_010_01) == "too_high"
    assert a.offer("Nopal", 100_010_00) == ""
    assert a.told[-1].act.leads is False
    assert [o.bidder for _, o in a.room.ranking] == ["Jade", "Ceiba", "Nopal"]


def test_the_end_is_the_end_to_the_microsecond():
    a = opened(extension=None)
    end = a.end
    a.now = end + 5 * SECOND  # written late: what counts is when the server received it
    assert a.offer("Ceiba", 98_000_00, received=end - MS) == ""
    assert a.offer("Nopal", 90_000_00, received=end) == "closed"
    assert a.offer("Nopal", 90_000_00, received=end + MS) == "closed"
    assert a.end == end

    late = opened(extension=None, late_tolerance_ms=2)
    assert late.offer("Ceiba", 98_000_00, received=late.end + MS) == ""
    assert late.offer("Nopal", 90_000_00, received=late.end + 2 * MS) == "closed"


def test_a_leading_offer_in_the_last_minute_moves_the_end_and_the_chain_stops_after_twenty():
    a, price = opened(extension={"window_s": 60, "extend_s": 60, "max_extensions": 20}), 98_000_00
    assert a.end == NOON + 600 * SECOND
    a.offer("Ceiba", price, received=a.end - 60 * SECOND - US)
    assert (a.end, a.room.extensions) == (NOON + 600 * SECOND, 0)
    for n in range(20):
        price -= 990_00
        before = a.end
        assert a.offer("Jade" if n % 2 else "Nopal", price, received=before - MS) == ""
        assert (a.end, a.room.extensions) == (before - MS + 60 * SECOND, n + 1)
    last = a.end
    assert a.offer("Ceiba", price - 990_00, received=last - MS) == ""
    assert (a.end, a.room.extensions) == (last, 20)


def test_a_trailing_offer_and_a_refused_one_move_nothing():
    a = opened(beat="own", proxy=False)
    end = a.end
    a.offer("Nopal", 100_000_00, received=end - MS)
    a.offer("Ceiba", 1_000_000_00, received=end - MS)
    assert (a.end, a.room.extensions) == (end, 0)


def test_a_pause_gives_back_the_time_that_was_left():
    a = opened()
    a.pause(after=123 * SECOND + 457 * US)
    left = a.told[-1].act.remaining_us
    assert left == 600_000_000 - 123_000_457

    assert a.offer("Ceiba", 98_000_00, after=3600 * SECOND) == "paused"
    a.resume(after=7200 * SECOND)
    assert a.end - a.now == timedelta(microseconds=left)
    assert a.offer("Ceiba", 98_000_00) == ""


def test_a_silent_platform_pauses_and_gives_back_the_silence():
    a = opened()
    a.offer("Ceiba", 98_000_00, after=100 * SECOND)
    alive = a.now + 10 * SECOND
    back = alive + 900 * SECOND  # long after the end
    assert not engine.was_silent(a.room, alive_at=alive, at=alive + 20 * SECOND)
    assert engine.was_silent(a.room, alive_at=alive, at=alive + 20 * SECOND + US)
    a.now = back
    a.pause(cause="system", alive_at=alive)

    assert a.told[-1].act.since == alive
    a.resume(after=60 * SECOND)
    assert a.end - a.now == 490 * SECOND
    assert not engine.was_silent(opened().room, alive_at=NOON - 600 * SECOND, at=NOON + SECOND)  # not before it began


def test_a_part_that_is_over_cannot_be_paused_any_more():
    a = opened()
    with pytest.raises(ValueError, match="is over"):
        engine.paused(a.room, at=a.end, cause="official", reason="tarde")
    assert engine.paused(a.room, at=a.end - US, cause="official", reason="a tiempo").remaining_us == 1


def test_only_what_the_table_allows_can_follow():
    a = opened()
    with pytest.raises(NoMove):
        a.write(acts.Started(lot=1, ends_at=NOON))
    a.pause()
    with pytest.raises(NoMove):
        a.write(acts.Closed(lot=1, ranking=()))
    a.write(acts.Voided(lot=1, reason="orden del órgano interno de control"))
    with pytest.raises(NoMove):
        a.resume()


def test_the_clock_owes_nothing_before_the_hour_and_the_close_after_it():
    a = opened()
    assert engine.due(a.room, a.end - US) is None
    close = engine.due(a.room, a.end)(a.end)
    assert [line.alias for line in close.ranking] == ["Jade", "Ceiba", "Nopal"]
    assert close.ranking[0].score == "9900000"


def turns(**changes) -> Auction:
    plain = {"mode": "turns", "beat": "own", "withdraw": True, "min_step_share": "0.01"}
    rounds = {"rounds": 2, "pause_s": [30, 20], "turn_s": 40} | changes
    return Auction(read(plain | {"turns": rounds}), THREE).begin()


def until(a: Auction, part: str) -> None:
    while a.room.segment.part != part or a.room.segment.is_published:
        assert a.tick()


def test_rounds_give_each_bidder_one_turn_and_the_worst_goes_first():
    a = turns()
    assert a.room.segment.part == "pause"
    until(a, "turn")
    assert (a.room.order, a.room.segment.aliases) == (("Nopal", "Ceiba", "Jade"), ("Nopal",))
    assert a.end - a.now == 40 * SECOND

    assert a.offer("Jade", 90_000_00) == "not_your_turn"
    assert a.offer("Nopal", 95_000_00) == ""
    assert a.room.leader == "Jade", "hidden while the turn lasts"
    assert a.offer("Nopal", 100_010_01) == "too_high"
    a.tick()
    assert a.room.leader == "Nopal"
    assert a.room.bids["Nopal"].at == a.told[-1].act.attempts[1].received_at

    a.tick()
    until(a, "pause")
    assert a.room.order == ("Ceiba", "Jade", "Nopal")
    while a.tick():
        pass
    assert a.room.phase == "closed"
    told = [t.act.alias for t in a.told if isinstance(t.act, acts.TurnBegun)]
    assert told == ["Nopal", "Ceiba", "Jade", "Ceiba", "Jade", "Nopal"]


def test_a_turn_that_was_taken_back_changes_nothing_and_one_cannot_speak_in_a_pause():
    a = turns()
    a.tick()
    assert a.offer("Nopal", 95_000_00) == "not_your_turn"
    until(a, "turn")
    a.offer("Nopal", 95_000_00)
    assert a.offer("Nopal", None) == ""
    a.tick()
    assert (a.room.leader, a.amount("Nopal")) == ("Jade", 101_000_00)


def test_the_first_round_can_be_drawn_so_that_no_price_gives_a_name_away():
    a = turns(first_round="drawn")
    until(a, "turn")
    assert list(a.room.order) == sorted(a.room.commitments, key=a.room.commitments.get)
    assert named("turns", at=NOON).turns.first_round == "drawn"


def test_a_hidden_final_round_is_published_at_once():
    a = Auction(named("sealed_final", at=NOON), THREE).begin()
    a.offer("Ceiba", 99_000_00)
    until(a, "sealed")
    assert a.offer("Jade", 90_000_00) == ""
    assert a.offer("Nopal", 90_000_00) == ""
    assert a.offer("Ceiba", 91_000_00) == ""
    assert a.room.leader == "Jade" and a.amount("Jade") == 99_000_00
    a.finish()

    places = [(place, o.bidder) for place, o in a.room.ranking]
    assert places == [(1, "Jade"), (1, "Nopal"), (3, "Ceiba")]
    certified = a.told[-1].act
    assert (certified.winner, certified.tie.step) == ("Jade", "micro")


def test_killed_at_any_point_the_room_stands_where_it_stood():
    a = opened()
    a.leave("Nopal", 90_000_00)
    for n, alias in enumerate(("Ceiba", "Jade", "Ceiba", "Jade")):
        a.offer(alias, engine.limit(a.room, alias) - n, after=20 * SECOND)
    a.pause(after=SECOND)
    a.resume(after=90 * SECOND)
    a.finish()

    whole = fold(a.told, a.secrets)
    assert whole == a.room
    for cut in range(len(a.told)):
        again = fold(a.told[:cut], Secrets(a.entrants, dict(a.secrets.floors)))
        for told in a.told[cut:]:
            again = apply(again, told)
        assert again == whole


def test_a_reader_without_the_secrets_follows_what_was_offered():
    a = opened()
    a.offer("Ceiba", 98_000_00)
    seen = fold(a.told)
    assert (seen.leader, seen.phase, seen.segment.ends_at) == ("Ceiba", "running", a.end)
    assert set(seen.bids) == {"Ceiba"}
