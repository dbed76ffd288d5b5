# SPDX-License-Identifier: Apache-2.0
"""Recorded auctions of another country, run again: every order and winner; turns and decisions where they compare."""

from __future__ import annotations

import json

import pytest

from tests.shared import shared
from vitrina.cycle.auction.rules import replay

ANSWERS = {"turn_order", "initial_order", "final_order", "final_amounts", "winner"}
DECISIONS = {"accepted", "accepted_exact", "reason"}


def cases() -> list[dict]:
    text = shared("data/auction/replays_sample.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def asked(case: dict, *, recorded: bool) -> dict:
    """The case without its answers; with the decisions that were taken then, or without them too."""
    hidden = DECISIONS - {"accepted"} if recorded else DECISIONS
    attempts = [{k: v for k, v in a.items() if k not in hidden} for a in case["attempts"]]
    return {k: v for k, v in case.items() if k not in ANSWERS} | {"attempts": attempts}


def test_every_recorded_order_and_winner_comes_again():
    found = {case["case"]: replay(asked(case, recorded=True)) for case in cases()}

    assert len(found) == 51
    for case in cases():
        told = found[case["case"]]
        assert told["order"] == case["final_order"], case["case"]
        assert told["winner"] == case["winner"]
        assert told["accepted"] == [a["accepted_exact"] for a in case["attempts"]], case["case"]


def test_turns_and_decisions_agree_where_the_other_engine_was_exact():
    exact = [c for c in cases() if all(a["accepted"] == a["accepted_exact"] for a in c["attempts"])]

    assert len(exact) == 39
    for case in exact:
        told = replay(asked(case, recorded=False))
        assert told["turn_order"] == case["turn_order"], case["case"]
        assert told["accepted"] == [a["accepted"] for a in case["attempts"]], case["case"]
        assert (told["order"], told["winner"]) == (case["final_order"], case["winner"])


BIDS = [
    {"id": "A", "at": "2026-01-01T10:00:00+02:00", "amount": "100.00"},
    {"id": "B", "at": "2026-01-01T11:00:00+02:00", "amount": "90.00"},
]
ROUND = [["pause", 0], ["turn", 300], ["turn", 420], ["announcement", 540]]


def one_round(*attempts: tuple) -> dict:
    rows = [
        {"slot": slot, "bidder": bidder, "at": "2026-01-02T10:00:00+02:00", "action": "withdraw" if amount is None else "offer"}
        | ({} if amount is None else {"amount": amount})
        for slot, bidder, amount in attempts
    ]  # fmt: skip
    return {"case": "X", "kind": "price", "min_step": "5.00", "bids": BIDS, "timeline": ROUND, "attempts": rows}


def test_the_last_offer_of_a_turn_counts_and_the_limit_is_that_of_its_beginning():
    told = replay(one_round((1, "A", "80.00"), (1, "A", "95.00"), (1, "A", "95.01")))

    assert told["accepted"] == [True, True, False]
    assert (told["turn_order"], told["order"]) == (["A", "B"], ["A", "B"])


def test_who_speaks_out_of_turn_is_not_heard():
    told = replay(one_round((1, "B", "50.00"), (2, "A", "50.00"), (3, "B", "50.00")))
    assert told["accepted"] == [False, False, False]


def test_an_offer_that_was_taken_back_is_none():
    assert replay(one_round((1, "A", "80.00"), (1, "A", None)))["winner"] == "B"


def test_recorded_decisions_are_followed_though_ours_differ():
    case = one_round((1, "A", "80.00"))
    case["attempts"][0]["accepted"] = False
    told = replay(case)

    assert told["accepted"] == [True]
    assert told["winner"] == "B"


def test_an_instant_without_a_zone_is_refused():
    case = one_round((1, "A", "80.00"))
    case["attempts"][0]["at"] = "2026-01-02T10:00:00"
    with pytest.raises(ValueError, match="without zone"):
        replay(case)
