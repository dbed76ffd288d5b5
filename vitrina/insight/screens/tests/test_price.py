# SPDX-License-Identifier: Apache-2.0
"""Each price screen by hand on a plain example, and against its formula written once more, bid by bid."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.insight.screens import price
from vitrina.insight.screens.catalogue import BY_CODE, SCREENS, significant, values

BY_HAND = {  # bids 100, 110, 112, 118 with an estimate of 110
    "CV": math.sqrt((10**2 + 0 + 2**2 + 8**2) / 3) / 110,
    "SPD": 0.18,
    "DIFFP": 0.1,
    "RD": 10 / math.sqrt(((10 / 3) ** 2 + (4 / 3) ** 2 + (14 / 3) ** 2) / 2),
    "RDALT": 10 / 4,
    "RDNOR": 10 / 6,
    "KS-U": 10 / 18 - 1 / 4,
    "LCV": math.sqrt(52 / 3) / (340 / 3),
    "MAD": 4.0 / 111,  # distances from 111: 11, 1, 1, 7
    "WIN/EST": 100 / 110,
    "NEAR-EST": 0.5,
    "IDENT": 0,
    "ROUND": (2 / 3 + 1 / 3) / 4,
}


def one(*bids: float, estimate: float = math.nan) -> dict[str, float]:
    found = values(np.array([sorted(bids)], dtype=float), np.array([estimate]))
    return {code: float(column[0]) for code, column in found.items()}


@pytest.mark.parametrize("code", BY_HAND)
def test_by_hand(code: str) -> None:
    assert one(100, 110, 112, 118, estimate=110)[code] == pytest.approx(BY_HAND[code], rel=1e-8)


def test_identical_prices_are_counted_to_the_cent() -> None:
    assert one(100.001, 100.004, 100.10, 100.10)["IDENT"] == 2


def test_equal_steps_have_no_variation() -> None:
    assert one(100, 105, 110, 115)["STEP"] == 0
    assert one(100, 110, 121, 133.1)["STEP"] == pytest.approx(0, abs=1e-9)


def test_a_cartel_of_three_among_outsiders_shows_in_the_closest_triad() -> None:
    found = one(80, 100, 100.5, 101, 140)
    assert found["TRIAD-MIN"] == pytest.approx(statistics.stdev([100, 100.5, 101]) / 100.5)
    assert found["TRIAD-MAX"] > 0.2


def test_losers_that_are_all_equal_leave_rd_not_computable() -> None:
    assert math.isnan(one(90, 100, 100, 100)["RD"])


def test_equal_bids_throughout_are_no_error() -> None:
    found = one(100, 100, 100, 100)
    assert (found["CV"], found["IDENT"], found["TRIAD"]) == (0, 3, 0)
    assert all(math.isnan(found[code]) for code in ("RD", "RDALT", "SKEW", "KURT", "KS-U", "KS-N", "STEP"))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda s: s.code)
def test_with_one_bid_too_few_it_is_not_computable(screen) -> None:
    bids = [100.0, 107, 109, 120, 131]
    fewer, enough = (
        one(*bids[: screen.least - 1], estimate=105) if screen.least > 1 else {screen.code: math.nan},
        one(*bids[: screen.least], estimate=105),
    )
    assert math.isnan(fewer[screen.code])
    assert not math.isnan(enough[screen.code])


def test_without_an_estimate_what_needs_one_is_not_computable() -> None:
    found = one(100, 110, 120)
    assert {s.code for s in SCREENS if s.needs_estimate} == {"WIN/EST", "NEAR-EST"}
    assert math.isnan(found["WIN/EST"])
    assert math.isnan(found["NEAR-EST"])


# The formulas once more, for one tender, with the standard library.
def _skew(b: list[float]) -> float:
    n, m, s = len(b), statistics.fmean(b), statistics.stdev(b)
    return n / ((n - 1) * (n - 2)) * sum(((x - m) / s) ** 3 for x in b)


def _kurt(b: list[float]) -> float:
    n, m, s = len(b), statistics.fmean(b), statistics.stdev(b)
    whole = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * sum(((x - m) / s) ** 4 for x in b)
    return whole - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def _ks(u: list[float]) -> float:
    n = len(u)
    return max(max((i + 1) / n - x, x - i / n) for i, x in enumerate(u))


def _triads(b: list[float]) -> list[float]:
    return [statistics.stdev(t) / statistics.fmean(t) for t in itertools.combinations(b, 3)]


AGAIN: dict[str, Callable[[list[float]], float]] = {
    "CV": lambda b: statistics.stdev(b) / statistics.fmean(b),
    "SPD": lambda b: b[-1] / b[0] - 1,
    "DIFFP": lambda b: b[1] / b[0] - 1,
    "RD": lambda b: (b[1] - b[0]) / statistics.stdev(b[1:]),
    "RDALT": lambda b: (b[1] - b[0]) / statistics.fmean(y - x for x, y in itertools.pairwise(b[1:])),
    "RDNOR": lambda b: (b[1] - b[0]) / statistics.fmean(y - x for x, y in itertools.pairwise(b)),
    "SKEW": _skew,
    "KURT": _kurt,
    "KS-U": lambda b: _ks([(x - b[0]) / (b[-1] - b[0]) for x in b]),
    "KS-N": lambda b: _ks([statistics.NormalDist(statistics.fmean(b), statistics.stdev(b)).cdf(x) for x in b]),
    "LCV": lambda b: statistics.stdev(b[1:]) / statistics.fmean(b[1:]),
    "MAD": lambda b: statistics.median(abs(x - statistics.median(b)) for x in b) / statistics.median(b),
    "TOP3": lambda b: statistics.stdev(b[:3]) / statistics.fmean(b[:3]),
    "TRIAD-MIN": lambda b: min(_triads(b)),
    "TRIAD": lambda b: statistics.median(_triads(b)),
    "TRIAD-MAX": lambda b: max(_triads(b)),
    "TRIAD-MEAN": lambda b: statistics.fmean(_triads(b)),
    "WIN/EST": lambda b: b[0] / 5000,
    "NEAR-EST": lambda b: sum(4900 <= x <= 5100 for x in b) / len(b),
    "IDENT": lambda b: len(b) - len(set(b)),
    "ROUND": lambda b: statistics.fmean((len(str(x)) - len(str(x).rstrip("0"))) / len(str(x)) for x in b),
    "STEP": lambda b: min(
        statistics.stdev(g) / statistics.fmean(g)
        for g in ([y - x for x, y in itertools.pairwise(b)], [y / x - 1 for x, y in itertools.pairwise(b)])
    ),
}


def test_every_screen_is_written_twice() -> None:
    assert set(AGAIN) == set(BY_CODE)


@given(st.lists(st.integers(100, 100_000), min_size=4, max_size=9))
def test_the_formulas_agree(bids: list[int]) -> None:
    bids.sort()
    found = one(*bids, estimate=5000)
    for code, again in AGAIN.items():
        try:
            expected = again(bids)
        except (ZeroDivisionError, statistics.StatisticsError):
            assert math.isnan(found[code]), code
        else:
            assert found[code] == pytest.approx(expected, rel=1e-8, abs=1e-9), code


@given(st.lists(st.integers(100, 10**6), min_size=2, max_size=20), st.sampled_from([100, 0.01, 17.3]))
def test_another_currency_unit_changes_only_what_reads_digits(bids: list[int], unit: float) -> None:
    own, other = one(*bids, estimate=5000), one(*(b * unit for b in bids), estimate=5000 * unit)
    for code in set(BY_CODE) - {"ROUND", "IDENT", "NEAR-EST"}:
        assert other[code] == pytest.approx(own[code], rel=1e-7, abs=1e-9, nan_ok=True), code


def test_more_than_fifteen_bids_are_drawn_by_a_fixed_seed() -> None:
    bids = np.linspace(100, 150, 20)[None, :]
    whole = [statistics.stdev(t) / statistics.fmean(t) for t in itertools.combinations(bids[0], 3)]
    first, again = price.triads(bids), price.triads(bids)
    assert first["median"] == again["median"]
    assert first["median"][0] == pytest.approx(statistics.median(whole), rel=0.1)


def test_significant_digits() -> None:
    assert significant(np.array([123456.789, -0.00123456, 0.0, np.nan]), 3).tolist()[:3] == [123000, -0.00123, 0]
