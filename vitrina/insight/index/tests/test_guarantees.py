# SPDX-License-Identifier: Apache-2.0
"""What the index guarantees, a test each. The panels are invented."""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.insight.index import compat, score, weights
from vitrina.insight.index.run import run
from vitrina.insight.index.score import Cells
from vitrina.insight.index.tests.purchases import DOCUMENTS, together, toys, unit
from vitrina.insight.tests.tables import tables

W = weights.load()
CODES = list(weights.nominal(W))


def index(rows, **more) -> dict[str, pa.Table]:
    """The tables of the index over these rows; each takes a second or two, so one serves all that is asked of it."""
    with tables(**rows) as t:
        return run(t, **({"draws": 0, "years": (2000, 2100)} | more)).tables


def told(found: dict[str, pa.Table], column: str = "riesgo") -> dict[str, float | None]:
    return {row["unit"]: row[column] for row in found["index"].to_pylist()}


def riesgo(rows, column: str = "riesgo") -> dict[str, float | None]:
    return told(index(rows), column)


@pytest.fixture(scope="module")
def of_toys() -> dict[str, pa.Table]:
    """The index of the toys, which nobody changes."""
    return index(toys())


def panel(seed: int, n: int = 150) -> tuple[Cells, dict[str, np.ndarray]]:
    """Cells of one type and stratum, with ties, zeros, heavy tails and what is not applicable."""
    rng = np.random.default_rng(seed)
    names = np.array([f"u{i}" for i in range(n)], dtype=object)
    cells = Cells(
        names, names, np.array(["goods"] * n, dtype=object), np.full(n, 2020), rng.integers(50, 199, n), np.ones(n)
    )
    values = {}
    for code in CODES:
        x = np.round(rng.pareto(1.2, n), rng.integers(0, 3))
        x[rng.random(n) < 0.2] = 0
        x[rng.random(n) < 0.1] = np.nan
        values[code] = x
    return cells, values


def scored(cells: Cells, values, chosen=None) -> score.Scores:
    everything = np.ones(len(cells.n), dtype=bool) if chosen is None else chosen
    return score.score(cells, values, score.reference(cells, values, everything, W), W)


def test_orientation_the_worst_scores_highest(of_toys) -> None:
    found = told(of_toys)
    assert 100 >= found["worst"] > found["middle"] > found["best"] >= 0


def test_every_indicator_that_weighs_has_a_declared_side() -> None:
    assert all(W.indicators[code].sign in (1, -1) for code in CODES)
    assert W.indicators["T14"].sign == -1  # a social witness is a safeguard
    assert W.indicators["C15"].sign == -1  # more rivals per winner is better


@given(st.integers(0, 5), st.sampled_from(CODES), st.integers(0, 149), st.floats(0, 1e6))
@settings(max_examples=60, deadline=None)
def test_worsening_one_indicator_never_lowers_the_score(seed: int, code: str, at: int, by: float) -> None:
    cells, values = panel(seed)
    frozen = score.reference(cells, values, np.ones(150, dtype=bool), W)
    before = score.score(cells, values, frozen, W)
    worse = values[code].copy()
    worse[at] += by * W.indicators[code].sign
    after = score.score(cells, values | {code: worse}, frozen, W)
    assert not np.nan_to_num(after.riesgo[at]) < np.nan_to_num(before.riesgo[at]) - 1e-9
    # and it moves the score no more than its weight
    if not np.isnan(before.riesgo[at]):
        assert abs(after.riesgo[at] - before.riesgo[at]) <= 100 * before.used[code][at] + 1e-9
    others = np.arange(150) != at
    assert np.array_equal(after.riesgo[others], before.riesgo[others], equal_nan=True)


def test_who_stops_calling_for_bids_is_still_scored() -> None:
    peers = [unit(f"u{i}", 10_000 * (i + 1), direct=i / 10, single=0.5) for i in range(10)]
    found = riesgo(together(unit("x", 0, direct=1.0), *peers))
    assert found["x"] == max(found.values())


def test_more_direct_award_never_lowers_the_risk() -> None:
    peers = [unit(f"u{i}", 10_000 * (i + 1), direct=i / 10, single=0.5) for i in range(10)]
    found = [riesgo(together(unit("x", 0, direct=d, single=0.5), *peers))["x"] for d in (0.2, 0.3, 0.6, 1.0)]
    assert found == sorted(found)


def test_a_social_witness_never_raises_the_risk() -> None:
    peers = [unit(f"u{i}", 10_000 * (i + 1), witness=i / 10, amended=0.1) for i in range(10)]
    without = riesgo(together(unit("x", 0, witness=0), *peers))["x"]
    assert riesgo(together(unit("x", 0, witness=0.5), *peers))["x"] < without


@given(st.integers(0, 20), st.floats(1, 1e12))
@settings(max_examples=25, deadline=None)
def test_one_more_unit_moves_no_other_by_more_than_a_point(seed: int, size: float) -> None:
    cells, values = panel(seed)
    own = scored(cells, values).riesgo

    def added(x: np.ndarray, one: object) -> np.ndarray:
        return np.append(x, np.array([one], dtype=x.dtype))

    more = Cells(
        added(cells.agency, "z"), added(cells.unit, "z"), added(cells.kind, "goods"), added(cells.year, 2020),
        added(cells.n, 100), added(cells.value, size),
    )  # fmt: skip
    after = scored(more, {code: np.append(x, size) for code, x in values.items()}).riesgo[:-1]
    assert np.nanmax(np.abs(after - own)) <= 1


def test_the_same_outlier_upsets_the_published_construction() -> None:
    """Why ranks: with min-max the mean moves by tens of points."""
    _, values = panel(1)
    own = compat.compat_imco_v2(values)
    after = compat.compat_imco_v2({code: np.append(x, 1e9) for code, x in values.items()})[:-1]
    assert np.nanmax(np.abs(after - own)) > 20


def test_the_reference_is_frozen() -> None:
    cells, values = panel(3)
    later = Cells(
        cells.agency, cells.unit, cells.kind, np.where(np.arange(150) < 120, 2020, 2021), cells.n, cells.value
    )
    chosen = later.year == 2020
    first = scored(later, values, chosen).riesgo
    changed = {code: np.where(later.year == 2021, x * 3 + 1, x) for code, x in values.items()}
    assert np.array_equal(scored(later, changed, chosen).riesgo[:120], first[:120], equal_nan=True)


def test_ranks_are_linear_between_and_clipped_outside() -> None:
    points, ranks, n = score.curve(np.array([0.0, 0.0, 1.0, 3.0, np.nan]))
    assert (points.tolist(), ranks.tolist(), n) == ([0, 1, 3], [0.25, 0.625, 0.875], 4)
    assert np.interp([-9, 0.5, 2, 99], points, ranks).tolist() == [0.25, 0.4375, 0.75, 0.875]


def test_what_is_due_and_not_published_is_the_worst() -> None:
    peers = [unit(f"u{i}", 10_000 * (i + 1), documents=DOCUMENTS[: i % 6]) for i in range(12)]
    whole = riesgo(together(unit("x", 0), *peers), "transparency")["x"]
    found = index(together(unit("x", 0, documents=()), *peers))
    assert told(found, "transparency")["x"] > whole + 20
    assert next(row for row in found["indicators"].to_pylist() if row["unit"] == "x")["T10"] == 1


def test_a_source_without_documents_is_not_computable_rather_than_opaque(of_toys) -> None:
    bare = index(toys() | {"document": []})
    assert not {"T02", "T10", "T14"} & set(bare["indicators"].column_names)
    assert max(told(bare, "coverage").values()) < min(told(of_toys, "coverage").values())


def test_what_is_not_applicable_leaves_its_weight_to_the_others() -> None:
    cells, values = panel(2)
    some = {code: x.copy() for code, x in values.items()}
    some["C01"][7] = np.nan
    found = scored(cells, some)
    assert found.used["C01"][7] == 0
    assert sum(used[7] for used in found.used.values()) == pytest.approx(1)
    assert found.coverage[7] < 1


def test_little_coverage_has_no_score() -> None:
    cells, values = panel(2)
    kept = {code: x for code, x in values.items() if W.indicators[code].concept == "competition"}
    found = scored(cells, kept)
    assert np.isnan(found.riesgo).all()
    assert not np.isnan(found.raw).all()


def test_fewer_than_twenty_purchases_have_no_score_and_few_are_drawn_to_the_mean() -> None:
    assert riesgo(together(toys(), unit("few", 5000, n=19)))["few"] is None
    cells, values = panel(4)
    frozen = score.reference(cells, values, np.ones(150, dtype=bool), W)
    found = score.score(cells, values, frozen, W)
    mean = frozen.means["goods", 1]
    ok = ~np.isnan(found.riesgo)
    expected = (cells.n * found.raw + 20 * mean) / (cells.n + 20)
    assert np.allclose(found.riesgo[ok], expected[ok])


def test_order_of_rows_and_unit_of_money_change_nothing() -> None:
    rows = together(*(unit(f"u{i}", 10_000 * i, direct=i / 10, currency=None, amount=100 + i) for i in range(6)))
    rng = np.random.default_rng(1)
    other = {
        name: [
            given[i] | ({"amount": given[i]["amount"] * 100} if "amount" in given[i] else {})
            for i in rng.permutation(len(given))
        ]
        for name, given in rows.items()
    }
    assert riesgo(other, "raw") == pytest.approx(riesgo(rows, "raw"), rel=1e-12)


def test_intervals_hold_the_score_and_repeat() -> None:
    rows = together(*(unit(f"u{i}", 10_000 * i, direct=i / 10, single=i / 20, amended=0.1) for i in range(8)))
    with tables(**rows) as t:
        first = run(t, draws=40, years=(2000, 2100)).tables["index"]
        again = run(t, draws=40, years=(2000, 2100)).tables["index"]
    assert first.equals(again)
    found = first.to_pylist()
    assert all(row["low"] <= row["high"] for row in found)
    assert sum(row["low"] < row["high"] for row in found) >= 6
    assert sum(row["low"] <= row["riesgo"] <= row["high"] for row in found) >= 6
    assert all(1 <= row["rank_low"] <= row["rank_high"] <= 8 for row in found)
    assert any(row["rank_low"] < row["rank_high"] for row in found)


def test_a_file_of_weights_is_refused_when_it_does_not_fit(tmp_path) -> None:
    plain = msgspec.json.decode(weights.DEFAULT.read_bytes())
    for fault in (
        {"strata": [10]},
        {"concepts": dict.fromkeys(plain["concepts"], 0)},
        {"indicators": {"Z99": {"concept": "anomalies", "weight": 1, "sign": 1}}},
        {"indicators": {"C01": {"concept": "competition", "weight": 1, "sign": 0}}},
        {"surprise": 1},
    ):
        file = tmp_path / "weights.json"
        file.write_bytes(msgspec.json.encode(plain | fault))
        with pytest.raises(weights.BadWeights):
            weights.load(file)
    assert sum(weights.nominal(W).values()) == pytest.approx(1)
