# SPDX-License-Identifier: Apache-2.0
"""Who wins among equal prices: the smaller company, then a draw that anybody can repeat."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.kernel.ties import DRAW, Tied, decide, ticket

ORDER = ["micro", "small", "medium", DRAW]
SIZES = st.sampled_from(["micro", "small", "medium", "large", ""])
TIES = st.lists(SIZES, min_size=2, max_size=7).map(lambda sizes: [Tied(f"B{n}", s) for n, s in enumerate(sizes)])
SEED = "ab" * 32


@pytest.mark.parametrize(
    ("sizes", "winner", "step"),
    [(["large", "micro"], "B1", "micro"), (["medium", "small", "large"], "B1", "small"),
     (["large", "medium", ""], "B1", "medium"), (["small", "micro", "small"], "B1", "micro")],
)  # fmt: skip
def test_the_smaller_company_wins(sizes, winner, step):
    broken = decide([Tied(f"B{n}", s) for n, s in enumerate(sizes)], ORDER, seed=SEED, lot=1)
    assert (broken.winner, broken.step, broken.tickets) == (winner, step, ())


def test_the_draw_is_the_lowest_sha256_of_seed_lot_and_bid():
    tied = [Tied("A", "large"), Tied("B", "large"), Tied("C", "")]
    broken = decide(tied, ORDER, seed=SEED, lot=3)
    tickets = {b: hashlib.sha256(f"{SEED}:3:{b}".encode()).hexdigest() for b in "ABC"}
    assert {t.bid_id: t.ticket for t in broken.tickets} == tickets
    assert broken.winner == min(tickets, key=tickets.get)
    assert (broken.step, broken.seed) == (DRAW, SEED)


def test_equal_small_companies_draw_among_themselves():
    broken = decide([Tied("A", "large"), Tied("B", "small"), Tied("C", "small")], ORDER, seed=SEED, lot=1)
    assert {t.bid_id for t in broken.tickets} == {"B", "C"}
    assert broken.bids == ("A", "B", "C")


@given(TIES, st.randoms(use_true_random=False), st.integers(1, 200))
def test_the_winner_is_one_of_the_tied_whatever_their_order(tied, random, lot):
    shuffled = list(tied)
    random.shuffle(shuffled)
    broken = decide(tied, ORDER, seed=SEED, lot=lot)
    assert broken == decide(shuffled, ORDER, seed=SEED, lot=lot)
    assert broken.winner in {t.bid_id for t in tied}


def test_each_bid_wins_about_as_often():
    wins = [decide([Tied("A", ""), Tied("B", "")], ORDER, seed=str(n), lot=1).winner for n in range(2000)]
    assert 850 < wins.count("A") < 1150


def test_another_lot_is_another_draw():
    assert ticket(SEED, 1, "A") != ticket(SEED, 2, "A")


@pytest.mark.parametrize("order", [[], ["micro", "small"]])
def test_an_order_that_decides_nothing_is_an_error(order):
    with pytest.raises(ValueError, match="decides nothing"):
        decide([Tied("A", ""), Tied("B", "")], order, seed=SEED, lot=1)


def test_one_bid_is_not_tied():
    with pytest.raises(ValueError, match="between two"):
        decide([Tied("A", "micro")], ORDER, seed=SEED, lot=1)
