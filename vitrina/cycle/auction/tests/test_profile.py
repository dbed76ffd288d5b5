# SPDX-License-Identifier: Apache-2.0
"""Profiles are data, and a profile that cannot run is refused with what is wrong in it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from vitrina.cycle.auction.profile import BadProfile, Extension, Turns, named, read, step_of
from vitrina.cycle.auction.tests.auctions import clock
from vitrina.law import LawError, rule

DAY = date(2026, 11, 30)
PROZORRO = {"mode": "turns", "beat": "own", "turns": {"rounds": 3, "pause_s": [300, 120, 120], "turn_s": 120}}


@pytest.mark.parametrize("law", ["LAASSP-2000", "LAASSP-2025"])
@pytest.mark.parametrize("name", ["open_clock", "turns", "sealed_final"])
def test_every_profile_of_the_rulebook_can_run(name, law):
    profile = named(name, at=DAY, law=law)
    assert profile.min_bidders == 2
    assert step_of(profile, 100_000_01) == 50_001  # half a percent, up to the centavo


def test_the_numbers_are_those_of_the_proposal():
    profile = named("open_clock", at=DAY)
    assert profile.extension == Extension(window_s=120, extend_s=120, max_extensions=20)
    assert (profile.duration_s, profile.beat, profile.proxy, profile.late_tolerance_ms) == (1800, "leader", True, 0)
    turns = named("turns", at=DAY)
    assert turns.turns == Turns(rounds=3, pause_s=(300, 120, 120), turn_s=120, first_round="drawn")
    assert (turns.beat, turns.withdraw) == ("own", True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "dutch"}, "mode"),
        ({"colour": "red"}, "colour"),
        ({"duration_s": 5, "extension": None}, "duration_s"),
        ({"duration_s": "ten"}, "duration_s"),
        ({"min_step_share": "0.0001"}, "min_step_share"),
        ({"min_step_share": "0.04"}, "min_step_share"),
        ({"min_step_share": "a lot"}, "exact number"),
        ({"confirm_drop_share": "1"}, "confirm_drop_share"),
        ({"turns": PROZORRO["turns"]}, "turns"),
        ({"extension": {"window_s": 601, "extend_s": 1, "max_extensions": 1}}, "extension.window_s"),
        ({"extension": {"window_s": 1, "extend_s": 1, "max_extensions": 0}}, "extension.max_extensions"),
        ({"criterion": "points", "price_weight": "60", "proxy": False}, "beat"),
        ({"criterion": "points", "beat": "own", "price_weight": "60"}, "proxy"),
        ({"criterion": "points", "beat": "own", "proxy": False}, "price_weight"),
        ({"price_weight": "60"}, "price_weight"),
        ({"criterion": "npv", "proxy": False}, "beat"),
        ({"withdraw": True}, "withdraw"),
        ({"tie_break": ["public_draw", "micro"]}, "tie_break"),
        ({"tie_break": ["huge", "public_draw"]}, "tie_break"),
        ({"tie_break": []}, "tie_break"),
        ({"min_bidders": 1}, "min_bidders"),
        ({"max_gap_s": 0}, "max_gap_s"),
        ({"final_round_s": 3}, "final_round_s"),
        ({"mode": "sealed_round", "final_round_s": 30, "proxy": False, "extension": None}, "final_round_s"),
    ],
)
def test_a_profile_that_cannot_run_is_refused(changes, field):
    with pytest.raises(BadProfile, match=re.escape(field)) as refused:
        clock(**changes)
    assert len(refused.value.faults) == 1


def test_a_profile_that_the_rulebook_lacks_is_a_gap_in_the_law():
    with pytest.raises(LawError):
        named("dutch", at=DAY)
    with pytest.raises(LawError):
        named("turns", at=DAY, jurisdiction="coah")
    assert {rule(f"auction.profile.{n}", at=DAY).certainty for n in ("open_clock", "turns", "sealed_final")} == {"P"}


def test_a_profile_has_the_rules_that_every_auction_has():
    for key in ("auction.room", "auction.low_price"):
        row = rule(key, at=DAY).value
        assert row
        for name in ("open_clock", "turns", "sealed_final"):
            assert {field: getattr(named(name, at=DAY), field) for field in row} == row


def test_turns_are_checked_and_every_fault_is_told():
    assert read(PROZORRO).turns.first_round == "worst_first"
    with pytest.raises(BadProfile) as refused:
        read(PROZORRO | {"turns": {"rounds": 2, "pause_s": [1, 2, 3], "turn_s": 1}, "proxy": True, "duration_s": 60})
    assert [fault.partition(":")[0] for fault in refused.value.faults] == [
        "duration_s", "turns.turn_s", "turns.pause_s", "proxy",
    ]  # fmt: skip
    with pytest.raises(BadProfile, match="needs them"):
        read({"mode": "turns"})


FLOATS = re.compile(
    r"(?<![\w.\"'])\d+\.\d+|\bfloat\b|\bmath\.(?!ceil|floor)|total_seconds|\bround\(|(?<![/:\"'])/ *\d"
)


def test_no_arithmetic_in_binary_fractions():
    package = Path(__file__).parents[1]
    pages = [
        *package.glob("*.py"),
        package.parents[1] / "kernel" / "ranking.py",
        package.parents[1] / "kernel" / "ties.py",
    ]
    found = []
    for page in pages:
        code = re.sub(r'"""[\s\S]*?"""|#.*|"[^"\n]*"', '""', page.read_text(encoding="utf-8"))
        found += [f"{page.name}: {line.strip()}" for line in code.splitlines() if FLOATS.search(line)]

    assert len(pages) > 12
    assert found == []
    assert FLOATS.search("x = 0.5") and FLOATS.search("float(x)") and FLOATS.search("d.total_seconds()")
