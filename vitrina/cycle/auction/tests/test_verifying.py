# SPDX-License-Identifier: Apache-2.0
"""Anybody recomputes an auction from the public ledger, and a record that was changed is refused."""

from __future__ import annotations

import copy
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest

from vitrina.cycle.auction import engine
from vitrina.cycle.auction.profile import named, read
from vitrina.cycle.auction.tests.auctions import NOON, SECOND, Auction, clock, forged, resigned
from vitrina.cycle.auction.verifying import verify
from vitrina.kernel.canonical import canonical, digest

THREE = (100_00, 99_00, 101_00)


def held() -> Auction:
    """Hands, floors, a refusal, a pause, an extension: everything that an open clock has."""
    a = Auction(clock(), THREE).schedule()
    a.leave("Nopal", 92_00)
    a.convene()
    a.open()
    a.offer("Ceiba", 96_00)
    a.offer("Jade", 95_50)
    a.pause(after=100 * SECOND)
    a.leave("Nopal", 90_00)
    a.offer("Ceiba", 90_00)
    a.resume(after=3600 * SECOND)
    a.offer("Jade", engine.limit(a.room, "Jade"), received=a.end - SECOND)
    return a.finish()


def in_turns() -> Auction:
    plain = {"mode": "turns", "beat": "own", "withdraw": True, "min_step_share": "0.01"}
    a = Auction(read(plain | {"turns": {"rounds": 2, "pause_s": [30, 20], "turn_s": 40}}), THREE).begin()
    for price in (95_00, 97_00, 94_00, 96_50, 93_00, 90_00):
        while a.room.segment.part != "turn" or a.room.segment.is_published:
            a.tick()
        mine = a.room.segment.aliases[0]
        a.offer(mine, price + 20_00)
        a.offer(mine, price)
        a.tick()
    return a.finish()


def in_secret() -> Auction:
    a = Auction(named("sealed_final", at=NOON), THREE).begin()
    while a.room.segment.part != "sealed":
        a.tick()
    a.offer("Jade", 90_00)
    a.offer("Nopal", 90_00)
    return a.finish()


def find(entries: list[dict], kind: str, n: int = 0) -> int:
    return [k for k, e in enumerate(entries) if e["kind"] == kind][n]


@pytest.mark.parametrize(("run", "rule"), [(held, "score"), (in_turns, "score"), (in_secret, "micro")])
def test_the_log_alone_gives_order_turns_acceptance_winner_and_the_rule(run, rule):
    a = run()
    report = verify(a.entries(), lot=1)

    assert report.findings == ()
    assert report.order == tuple(o.bidder for _, o in a.room.ranking)
    assert (report.winner, report.rule, report.phase) == (a.told[-1].act.winner, rule, "certified")
    assert report.names[report.winner][0] in {"B1", "B2", "B3"}
    assert len(report.turn_order) == (6 if run is in_turns else 0)
    assert {o.code for o in report.offers} >= ({"", "too_high"} if run is in_turns else {""})


def test_entries_of_others_are_left_out_and_a_blinded_one_does_not_hurt():
    entries = held().entries()
    other = {**entries[0], "kind": "call.published", "body": {"x": 1}}
    other.pop("digest")
    mixed = [{"position": 0, "visibility": "blinded", "digest": "ab", "seq": 0}, other, *entries]
    assert verify(mixed, lot=1).findings == ()
    assert verify(entries, lot=2).order == ()


def test_one_altered_amount_is_refused():
    entries = held().entries()
    n = find(entries, "offer.made", 1)
    entries[n] = forged(entries[n], amount={"centavos": 94_00, "currency": "MXN"})
    assert "altered" in {f.code for f in verify(entries, lot=1).findings}


@pytest.mark.parametrize("n", range(5))
def test_even_whoever_signs_anew_cannot_alter_an_amount(n):
    entries = held().entries()
    k = find(entries, "offer.made", n)
    amount = entries[k]["body"]["amount"]["centavos"]
    for changed in (amount - 1, amount + 1, amount - 50_00):
        twisted = [*entries]
        twisted[k] = resigned(entries[k], amount={"centavos": changed, "currency": "MXN"})
        found = {f.code for f in verify(twisted, lot=1).findings}
        assert found - {"missing"} and "altered" not in found


def codes(entries: list[dict]) -> set[str]:
    return {f.code for f in verify(entries, lot=1).findings}


def changed(kind: str, n: int = 0, run=held, **changes) -> set[str]:
    entries = run().entries()
    k = find(entries, kind, n)
    entries[k] = resigned(entries[k], **changes)
    return codes(entries)


def iso(at) -> str:
    return at.isoformat()


@pytest.mark.parametrize(
    ("kind", "n", "changes", "code"),
    [
        ("auction.scheduled", 0, {"step": {"centavos": 1, "currency": "MXN"}}, "step"),
        ("auction.scheduled", 0, {"start": {"centavos": 98_00, "currency": "MXN"}}, "start"),
        ("auction.scheduled", 0, {"starts_at": iso(NOON + SECOND)}, "early"),
        ("auction.started", 0, {"ends_at": iso(NOON + 601 * SECOND)}, "end"),
        ("floor.committed", 0, {"commitment": "00" * 32}, "floor_differs"),
        ("offer.made", 0, {"leads": False}, "leads"),
        ("offer.made", 0, {"answers": ""}, "floor_not_served"),
        ("offer.made", 1, {"answers": "offer"}, "floor"),
        ("offer.made", 1, {"received_at": iso(NOON + timedelta(days=1))}, "received"),
        ("offer.made", 1, {"ends_at": iso(NOON + timedelta(days=1))}, "end"),
        ("offer.refused", 0, {"limit": {"centavos": 1, "currency": "MXN"}}, "limit"),
        ("offer.refused", 1, {"code": "too_high"}, "refusal"),
        ("auction.paused", 0, {"remaining_us": 1}, "remaining"),
        ("auction.paused", 0, {"cause": "system"}, "gap"),
        ("auction.paused", 0, {"since": iso(NOON - SECOND)}, "since"),
        ("auction.resumed", 0, {"ends_at": iso(NOON + timedelta(days=1))}, "remaining"),
        ("auction.closed", 0, {"ranking": []}, "part"),
        ("auction.revealed", 0, {"floors": []}, "floor_hidden"),
        ("auction.revealed", 0, {"entrants": []}, "entrant"),
        ("auction.certified", 0, {"winner": "Ceiba"}, "winner"),
        ("auction.certified", 0, {"ranking": []}, "ranking"),
    ],
)
def test_each_thing_that_does_not_hold_is_found(kind, n, changes, code):
    assert code in changed(kind, n, **changes)


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("round.begun", {"order": ["Jade", "Ceiba", "Nopal"]}, "part"),
        ("turn.begun", {"alias": "Jade"}, "part"),
        ("offers.published", {"attempts": []}, "part"),
    ],
)
def test_turns_are_recomputed_too(kind, changes, code):
    assert code in changed(kind, 0, in_turns, **changes)


def opening_of(a: Auction) -> list[dict]:
    """The entries of the opening that published these bids, as far as they are read here."""
    return [
        {
            "stream": "ocid:ocds-abc123-1", "seq": 0, "kind": "bid.opened",
            "body": {
                "bid": e.bid, "order": e.order, "received_at": str(e.at),
                "bidder": {"key": e.key, "name": e.name, "size": e.size, "rfc": "X"},
                "totals": [{"lot": 2, "amount": {"centavos": 1, "currency": "MXN"}},
                           {"lot": 1, "amount": {"centavos": e.amount.centavos, "currency": "MXN"}}],
            },
        }
        for e in a.entrants
    ]  # fmt: skip


def test_each_bidder_entered_with_the_bid_that_the_opening_published():
    a = held()
    assert verify([*opening_of(a), *a.entries()], lot=1).findings == ()
    for n, (name, other) in enumerate(
        [("order", 7), ("received_at", str(NOON)), ("totals", []), ("bidder", {"key": "S1", "name": "Otra", "size": ""}), ("bid", "B9")]
    ):  # fmt: skip
        opening = opening_of(a)
        opening[n % 3]["body"][name] = other
        found = verify([*opening, *a.entries()], lot=1).findings
        assert [f.code for f in found] == ["entered"], name


def test_a_draw_is_repeated_from_the_digest_of_the_close():
    profile = read(
        {
            "mode": "sealed_round",
            "beat": "own",
            "duration_s": 60,
            "min_step_share": "0.01",
            "tie_break": ["public_draw"],
        }
    )
    a = Auction(profile, THREE).begin()
    for alias in ("Ceiba", "Jade", "Nopal"):
        a.offer(alias, 90_00)
    a.finish()
    entries = a.entries()
    report = verify(entries, lot=1)
    assert (report.findings, report.rule) == ((), "public_draw")
    assert report.result.tie.seed == entries[find(entries, "auction.closed")]["digest"]

    tie = entries[-1]["body"]["tie"]
    entries[-1] = resigned(entries[-1], tie={**tie, "seed": "00" * 32})
    assert codes(entries) == {"winner", "seed"}


def test_an_act_that_was_left_out_is_noticed():
    entries = held().entries()
    for kind in ("auction.resumed", "auction.started", "offer.made", "auction.convened"):
        k = find(entries, kind)
        assert "missing" in codes(entries[:k] + entries[k + 1 :]), kind


def test_a_turn_whose_attempt_was_judged_otherwise_is_found():
    a = in_turns()
    entries = a.entries()
    k = find(entries, "offers.published")
    attempts = [{**row, "code": ""} for row in entries[k]["body"]["attempts"]]
    entries[k] = resigned(entries[k], attempts=attempts)
    assert "acceptance" in codes(entries)


JUNK = [None, 0, -1, 2**70, "", "x", "0", "-1/2", [], {}, True, "Ceiba", {"centavos": -5, "currency": "USD"}, "turns"]


def places(value, where=()):
    """Every place inside a text where something else could stand."""
    if where:
        yield where
    for key, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(inner, (*where, key))


def test_no_text_however_odd_breaks_the_verifier_and_none_passes_for_another():
    rng = random.Random(20261128)
    runs = [run().entries() for run in (held, in_turns, in_secret)]
    seen = Counter()
    for _ in range(400):
        entries = copy.deepcopy(rng.choice(runs))
        entry = rng.choice(entries)
        *way, last = rng.choice(list(places(entry["body"])))
        inside = entry["body"]
        for key in way:
            inside = inside[key]
        former, inside[last] = inside[last], rng.choice(JUNK)
        try:
            report = verify(entries, lot=1)
        except msgspec.ValidationError:
            seen["unreadable"] += 1
            continue
        same = type(former) is type(inside[last]) and former == inside[last]
        assert report.holds == same
        seen["found"] += not same
        with suppress(ValueError):  # a number that no entry holds
            k = entries.index(entry)
            verify([*entries[:k], resigned(entry), *entries[k + 1 :]], lot=1)
    assert min(seen["unreadable"], seen["found"]) > 50


def test_a_text_that_was_withdrawn_is_told_and_nothing_is_computed_with_it():
    entries = held().entries()
    k = find(entries, "offer.made", 1)
    text = canonical(entries[k]["body"])
    entries[k] |= {"body": {"sha256": digest(text), "size": len(text)}, "withdrawn": {"position": 9}}
    assert "withdrawn" in codes(entries) and "altered" not in codes(entries)
    entries[k]["body"]["size"] += 1
    assert "altered" in codes(entries)


def test_an_auction_that_goes_on_is_checked_as_far_as_it_is_known():
    a = Auction(clock(), THREE).begin()
    a.leave("Nopal", 92_00)
    a.offer("Ceiba", 90_00)
    report = verify(a.entries(), lot=1)
    assert (report.phase, report.findings, report.winner) == ("running", (), "")
