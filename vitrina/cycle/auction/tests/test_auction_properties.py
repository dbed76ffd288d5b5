# SPDX-License-Identifier: Apache-2.0
"""What holds of every auction: better never hurts, the room's first is whom the award takes, death changes nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.cycle.auction import engine
from vitrina.cycle.auction.criteria import Bid, Merits, ranking, rational, scores
from vitrina.cycle.auction.npv import Energy, contract_amount
from vitrina.cycle.auction.profile import read
from vitrina.cycle.auction.room import Secrets, apply, fold
from vitrina.cycle.auction.tests.auctions import ALIASES, Auction, clock
from vitrina.cycle.auction.verifying import verify
from vitrina.kernel.money import Money

AT = datetime(2026, 1, 1, tzinfo=UTC)
RATIOS = st.sampled_from(["1", "50/43", "1.05", "3/2", "2"])
COSTS = st.sampled_from(["0", "100", "99.5", "1/3", "250"])
POINTS = st.sampled_from(["0", "35", "42", "41.5"])
MERITS = st.builds(lambda c, a, t: Merits(coefficient=c, addition=a, technical=t), RATIOS, COSTS, POINTS)
CRITERIA = st.sampled_from(["price", "weighted_divisor", "added_cost", "mixed", "points"])
WEIGHT = Fraction(60)
# the first example of a strategy pays for reading it, which a machine with other work takes long for
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def bids(draw, least=2):
    n = draw(st.integers(least, 7))
    orders = draw(st.permutations(range(n)))
    return [
        Bid(ALIASES[k], draw(st.sampled_from([1, 99, 100, 101, 200, 10**15, 10**15 + 1])),
            AT + timedelta(microseconds=draw(st.integers(0, 2))), orders[k], draw(MERITS))
        for k in range(n)
    ]  # fmt: skip


def place_of(bidder: str, criterion: str, found: list[Bid]) -> int:
    return next(n for n, (_, o) in enumerate(ranking(criterion, found, WEIGHT)) if o.bidder == bidder)


@CALM
@given(bids(), CRITERIA, st.integers(0, 6), st.integers(1, 10**15))
def test_a_better_bid_never_lowers_its_bidder(found, criterion, which, less):
    mine = found[which % len(found)]
    better = replace(mine, amount=max(1, mine.amount - less), at=AT + timedelta(seconds=1), order=99)
    if better.amount == mine.amount:
        return
    others = [b for b in found if b is not mine]
    assert place_of(mine.bidder, criterion, [*others, better]) <= place_of(mine.bidder, criterion, found)


@CALM
@given(bids(), CRITERIA, st.randoms(use_true_random=False))
def test_another_order_of_arrival_of_what_came_at_once_changes_only_ties(found, criterion, rng):
    orders = [b.order for b in found]
    rng.shuffle(orders)
    same = [replace(b, at=AT) for b in found]
    moved = [replace(b, order=n) for b, n in zip(same, orders, strict=True)]
    first, second = (ranking(criterion, rows, WEIGHT) for rows in (same, moved))

    assert [(place, o.score) for place, o in first] == [(place, o.score) for place, o in second]
    for (_, a), (_, b) in zip(first, second, strict=True):
        assert a.bidder == b.bidder or a.score == b.score
    rng.shuffle(moved)
    assert [o.bidder for _, o in ranking(criterion, moved, WEIGHT)] == [o.bidder for _, o in second]


def energy(rng: random.Random) -> Energy:
    return Energy(
        rate="0.125", savings=("100",) * 21, share=f"0.{rng.randint(80, 99)}", years=rng.randint(1, 3),
        days=rng.choice([0, 0, 91]), announced=date(2026, 8, 18),
    )  # fmt: skip


def award(criterion: str, found: list[Bid]) -> str:
    """Whom the award takes, written down again without the ranking: the best score, then the first to say so."""
    if criterion == "npv":
        worth = scores(criterion, found)
    else:
        worth = {b.bidder: b.amount / rational(b.merits.coefficient) + rational(b.merits.addition) for b in found}
    best = min(worth.values())
    return min((b for b in found if worth[b.bidder] == best), key=lambda b: (b.at, b.order)).bidder


def test_in_ten_thousand_random_auctions_the_rooms_first_is_whom_the_award_takes():
    rng = random.Random(20261128)
    ties = 0
    for n in range(10_000):
        criterion = "npv" if n % 20 == 0 else "mixed"
        found = []
        for k in range(rng.randint(2, 5)):
            merits = (
                Merits(energy=energy(rng))
                if criterion == "npv"
                else Merits(coefficient=rng.choice(["1", "1.05", "50/43"]), addition=rng.choice(["0", "500", "1/3"]))
            )
            amount = rng.randrange(9_000, 10_000, 250)
            found.append(Bid(ALIASES[k], amount, AT + timedelta(microseconds=rng.randint(0, 1)), k, merits))
        ranked = ranking(criterion, found)
        ties += ranked[0][1].score == ranked[1][1].score
        assert ranked[0][1].bidder == award(criterion, found)
    assert ties > 100


STEPS = st.lists(
    st.tuples(st.sampled_from(["offer", "offer", "offer", "floor", "pause", "tick"]), st.integers(0, 3), st.integers(-50, 900)),
    max_size=14,
)  # fmt: skip
PROFILES = [
    clock(),
    clock(criterion="mixed"),
    clock(beat="own", proxy=False, final_round_s=60, withdraw=True, tie_break=["micro", "public_draw"]),
    clock(criterion="points", price_weight="60", beat="own", proxy=False),
    read(
        {"mode": "turns", "beat": "own", "min_step_share": "0.01", "turns": {"rounds": 1, "pause_s": [5], "turn_s": 5}}
    ),
    read({"mode": "sealed_round", "beat": "own", "min_step_share": "0.01", "duration_s": 60}),
]


def run(profile, amounts, merits, steps) -> Auction:
    a = Auction(profile, amounts, merits).begin()
    for what, who, number in steps:
        alias = ALIASES[who % len(amounts)]
        if what == "offer":
            a.offer(alias, (engine.limit(a.room, alias) or 0) - number, after=timedelta(seconds=7 * (who + 1)))
        elif what == "floor":
            a.leave(alias, a.amount(alias) - abs(number))
        elif what == "pause" and a.now < a.end - timedelta(seconds=1):
            a.pause()
            a.resume(after=timedelta(hours=1))
        elif what == "tick" and a.room.segment.part != "open":
            a.tick()
        first = fold(a.told, a.secrets).leader  # from the acts alone, after every prefix of them
        assert first == a.room.leader == ranking(profile.criterion, a.room.bids.values(), profile.weight)[0][1].bidder
    return a.finish()


@settings(CALM, max_examples=120)
@given(st.sampled_from(PROFILES), st.lists(st.integers(9_000, 10_000), min_size=2, max_size=4), st.data())
def test_whoever_the_room_shows_as_first_is_whom_the_rule_awards_and_the_verifier_finds(profile, amounts, data):
    merits = data.draw(st.lists(MERITS, min_size=len(amounts), max_size=len(amounts)))
    if profile.criterion == "price":
        merits = []
    a = run(profile, amounts, merits, data.draw(STEPS))

    report = verify(a.entries(), lot=1)
    assert [f.code for f in report.findings] == (["not_asked"] if report.award.marks else [])  # nobody asks here
    assert report.winner == report.award.winner == a.told[-1].act.winner
    shown = next(t.act for t in a.told if type(t.act).__name__ == "Closed").ranking
    assert report.order == tuple(line.alias for line in shown)
    assert report.winner in {line.alias for line in shown if line.place == 1}
    if profile.tie_break == ("earliest",):
        assert report.winner == shown[0].alias


@settings(CALM, max_examples=60)
@given(st.sampled_from(PROFILES), STEPS, st.integers(0, 40))
def test_killed_at_any_point_the_fold_is_the_uninterrupted_one(profile, steps, cut):
    a = run(profile, [9_500, 9_000, 9_700, 9_100], [], steps)
    secrets = Secrets(a.entrants, dict(a.secrets.floors))
    again = fold(a.told[:cut], secrets)
    for told in a.told[cut:]:
        again = apply(again, told)
    assert again == fold(a.told, secrets) == a.room


def test_an_energy_contract_is_offered_by_its_value():
    old = Energy(rate="0.1", savings=("1000",) * 21, share="0.9", years=5, days=0, announced=date(2026, 8, 18))
    new = Energy(rate="0.1", savings=("1000",) * 21, share="0.85", years=5, days=0, announced=date(2026, 8, 18))
    amounts = [Money.of(contract_amount(e)).centavos for e in (old, new)]
    profile = read(
        {"mode": "open_clock", "criterion": "npv", "beat": "own", "duration_s": 600, "min_step_share": "0.01"}
    )
    a = Auction(profile, [amounts[0]] * 2, [Merits(energy=old)] * 2).begin()

    assert a.offer("Jade", amounts[0], energy=old) == "too_high"
    assert a.offer("Jade", amounts[1] - 1, energy=new) == "not_positive"
    assert a.offer("Jade", amounts[1]) == "unreadable"
    assert a.offer("Jade", amounts[1], energy=new) == ""
    assert a.room.leader == "Jade"
    assert verify(a.finish().entries(), lot=1).findings == ()
