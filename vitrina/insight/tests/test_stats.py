# SPDX-License-Identifier: Apache-2.0
"""Quantiles of type R-8 and ranks, against values worked by hand and a plain restatement."""

from __future__ import annotations

import math
import random

import ibis
import pytest

from vitrina.insight import stats


def plain(values: list[float], p: float) -> float:
    x = sorted(values)
    h = (len(x) + 1 / 3) * p + 1 / 3
    k = math.floor(h)
    if k <= 0:
        return x[0]
    if k >= len(x):
        return x[-1]
    return x[k - 1] + (h - k) * (x[k] - x[k - 1])


def table(groups: dict[str | None, list[float | None]]):
    return ibis.memtable(
        [{"g": g, "x": x} for g, xs in groups.items() for x in xs], schema={"g": "string", "x": "float64"}
    )


@pytest.mark.parametrize(
    ("values", "q1", "q3"),
    [
        ([1, 2, 3, 4], 1.4166666666666667, 3.5833333333333335),
        ([5], 5, 5),
        ([1, 2], 1.0, 2.0),
        ([0, 0, 0, 1], 0.0, 0.5833333333333334),
    ],
)
def test_published_vectors(values, q1, q3) -> None:
    row = stats.fences(table({"a": values}), ["g"], "x").to_pyarrow().to_pylist()[0]
    assert (row["q1"], row["q3"]) == pytest.approx((q1, q3))
    assert row["upper"] == pytest.approx(q3 + 1.5 * (q3 - q1))


def test_groups_nulls_and_ties_agree_with_a_plain_restatement() -> None:
    draw = random.Random(8)
    groups = {
        g: [draw.choice([1.0, 2.0, 2.5, draw.gauss(0, 9)]) for _ in range(n)]
        for g, n in zip("abcdef", (1, 2, 3, 10, 31, 200), strict=True)
    }
    groups[None] = [3.0, 1.0, 2.0]
    given = table({**groups, "a": [*groups["a"], None]})
    found = stats.r8(given, ["g"], "x", {"p10": 0.1, "p50": 0.5, "p99": 0.99}).to_pyarrow().to_pylist()
    assert len(found) == len(groups)
    for row in found:
        values = groups[row["g"]]
        assert row["n"] == len(values)
        for name, p in (("p10", 0.1), ("p50", 0.5), ("p99", 0.99)):
            assert row[name] == pytest.approx(plain(values, p), abs=1e-12)


def test_without_groups_and_without_values() -> None:
    assert stats.r8(table({"a": [1.0, 2.0, 3.0, 4.0]}), [], "x", {"q": 0.25}).to_pyarrow().to_pylist() == [
        {"n": 4, "q": pytest.approx(1.4166666666666667)}
    ]
    assert stats.r8(table({"a": [None]}), [], "x", {"q": 0.25}).to_pyarrow().num_rows == 0


def test_median_and_its_deviation() -> None:
    (row,) = stats.medians(table({"a": [1.0, 2.0, 4.0, 9.0, 100.0]}), ["g"], "x").to_pyarrow().to_pylist()
    assert (row["median"], row["mad"]) == (4.0, 3.0)


def test_ties_share_the_middle_rank() -> None:
    rows = stats.mid_rank(table({"a": [1.0, 2.0, 2.0, 5.0]}), ["g"], "x").order_by("x").to_pyarrow().to_pylist()
    assert [r["percentile"] for r in rows] == [0.125, 0.5, 0.5, 0.875]
    assert {r["peer_n"] for r in rows} == {4}
