# SPDX-License-Identifier: Apache-2.0
"""From the evaluators' judgements to one finding: the majority decides, and a tie throws nobody out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.cycle.evaluation.criteria import Verdict, combine

VOTES = st.lists(st.booleans(), min_size=1, max_size=9)


def sheet(passes, reason="Vencido."):
    return Verdict(bid_id="B", criterion=1, passes=passes, reason="" if passes else reason)


def finding(votes):
    return combine(1, "Registro sanitario", [sheet(v) for v in votes])


@pytest.mark.parametrize(
    ("votes", "passes"),
    [([True], True), ([False], False), ([True, False], True), ([True, False, False], False),
     ([True, True, False, False], True)],
)  # fmt: skip
def test_more_than_half_must_be_against(votes, passes):
    assert finding(votes).passes is passes


@given(VOTES)
def test_one_more_vote_in_favour_never_throws_a_bid_out(votes):
    assert finding([*votes, True]).passes or not finding(votes).passes


@given(VOTES, st.randoms(use_true_random=False))
def test_the_order_of_the_evaluators_does_not_matter(votes, random):
    shuffled = list(votes)
    random.shuffle(shuffled)
    assert finding(shuffled) == finding(votes)


def test_each_reason_is_told_once_with_the_count():
    found = combine(
        1, "Registro", [sheet(False, "Vencido."), sheet(False, "Vencido."), sheet(False, "De otra marca.")]
    )
    assert (found.against, found.votes, found.reasons) == (3, 3, ("Vencido.", "De otra marca."))


def test_nothing_is_found_where_nobody_judged():
    with pytest.raises(ValueError, match="no votes"):
        combine(1, "Registro", [])
