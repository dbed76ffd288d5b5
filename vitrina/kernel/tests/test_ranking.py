# SPDX-License-Identifier: Apache-2.0
"""The ranking is total, stable, scale-invariant, and breaks no tie by itself."""

from __future__ import annotations

import dataclasses
import itertools

from hypothesis import given
from hypothesis import strategies as st

from vitrina.kernel.ranking import Offer, rank

# Few distinct prices make ties common; the large ones would not survive a float.
PRICES = st.sampled_from([1, 2, 3, 5225, 5226, 10**16, 10**16 + 1])


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    """Offers of different bidders, each with its own place in the ledger."""
    prices = draw(st.lists(PRICES, max_size=9))
    orders = draw(st.permutations(range(len(prices))))
    return [Offer(f"B{n}", price, order) for n, (price, order) in enumerate(zip(prices, orders, strict=True))]


def test_lowest_price_first_and_equal_prices_share_their_place() -> None:
    a, b, c, d = Offer("A", 5225, 1), Offer("B", 5195, 2), Offer("C", 5225, 0), Offer("D", 6000, 3)
    assert rank([a, b, c, d]) == [(1, b), (2, c), (2, a), (4, d)]


def test_nobody_is_ranked_when_nobody_bids() -> None:
    assert rank([]) == []


@given(offers())
def test_total_every_offer_has_one_place_and_the_place_counts_the_cheaper_ones(given_offers: list[Offer]) -> None:
    ranked = rank(given_offers)
    assert sorted(o.bidder for _, o in ranked) == sorted(o.bidder for o in given_offers)
    for place, offer in ranked:
        assert place == 1 + sum(other.score < offer.score for other in given_offers)


@given(offers(), st.randoms(use_true_random=False))
def test_stable_the_order_in_which_offers_are_passed_changes_nothing(given_offers: list[Offer], random) -> None:
    shuffled = list(given_offers)
    random.shuffle(shuffled)
    ranked = rank(shuffled)
    assert ranked == rank(given_offers)
    for (place, offer), (next_place, following) in itertools.pairwise(ranked):
        assert (place == next_place) == (offer.score == following.score)
        if place == next_place:
            assert offer.order < following.order


@given(offers(), st.integers(1, 10**6))
def test_scale_invariant_another_unit_of_money_ranks_the_same(given_offers: list[Offer], factor: int) -> None:
    scaled = [dataclasses.replace(o, score=o.score * factor) for o in given_offers]
    assert [(p, o.bidder) for p, o in rank(scaled)] == [(p, o.bidder) for p, o in rank(given_offers)]


@given(offers())
def test_without_the_dearest_the_others_keep_their_places(given_offers: list[Offer]) -> None:
    ranked = rank(given_offers)
    assert rank([o for _, o in ranked[:-1]]) == ranked[:-1]
