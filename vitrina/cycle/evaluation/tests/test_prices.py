# SPDX-License-Identifier: Apache-2.0
"""Price tests to the centavo, and the figures that each one keeps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.cycle.evaluation.prices import FAILS, PASSES, UNDEFINED, Margin, at_least, at_most, mean, preponderant
from vitrina.cycle.evaluation.words import price_test
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Applied

RULE = Applied(key="price.x", law="LAASSP-2000", article="2-XI", value="0.10", unit="share", certainty="m")
HIGH = Margin(name="not_acceptable", share=Fraction(1, 10), base_kind="median", rule=RULE, severity="justify")
LOW = Margin(name="not_convenient", share=Fraction(2, 5), base_kind="preponderant", rule=RULE, severity="justify")


@pytest.mark.parametrize(
    ("offered", "result"), [(6435, PASSES), (6436, FAILS), (1, PASSES)]
)  # 58.50 plus 10 % is 64.35 exactly
def test_the_highest_acceptable_price_passes_and_one_centavo_more_fails(offered, result):
    assert at_most(HIGH, Money(offered), Fraction(5850)).result == result


@pytest.mark.parametrize(("offered", "result"), [(3510, PASSES), (3509, FAILS), (10**15, PASSES)])
def test_the_lowest_convenient_price_passes_and_one_centavo_less_fails(offered, result):
    assert at_least(LOW, Money(offered), Fraction(5850)).result == result


def test_without_a_figure_the_test_is_undefined_and_never_passed():
    found = at_most(HIGH, Money(100), None)
    assert (found.result, found.base, found.limit, found.fails) == (UNDEFINED, None, None, False)


PRICE = st.integers(1, 10**15)
BASE = st.fractions(min_value=1, max_value=10**15, max_denominator=10**4)


@given(PRICE, BASE)
def test_the_whole_limit_decides_as_the_exact_one(offered, base):
    assert at_most(HIGH, Money(offered), base).fails == (offered > base * Fraction(11, 10))
    assert at_least(LOW, Money(offered), base).fails == (offered < base * Fraction(3, 5))


def test_one_stray_price_does_not_move_the_mean():
    honest, stray = [10000, 10100, 10200], 1_000_000
    kept = preponderant([*honest, stray], Fraction(2, 5))
    assert kept == honest
    assert mean(kept) == 10100
    assert mean([]) is None


@given(st.lists(PRICE, min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_preponderant_prices_do_not_depend_on_the_order_and_are_never_all_thrown_out(prices, random):
    shuffled = list(prices)
    random.shuffle(shuffled)
    assert preponderant(shuffled, Fraction(2, 5)) == preponderant(prices, Fraction(2, 5))
    if len(prices) % 2:
        assert sorted(prices)[len(prices) // 2] in preponderant(prices, Fraction(2, 5))


def test_a_rejection_by_price_says_its_figures():
    said = price_test(at_most(HIGH, Money(7000), Fraction(5850)))
    assert all(figure in said for figure in ("$70.00", "$64.35", "$58.50", "10"))
