# SPDX-License-Identifier: Apache-2.0
"""What a cartel charges more, estimated from the tenders of a newcomer; twenty seeds in `benchmarks/validity`."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.generate import write
from vitrina.insight.generate.golden import Reference
from vitrina.insight.screens.least_squares import effect, student
from vitrina.insight.screens.overcharge import run
from vitrina.insight.screens.tests.golden import ITEMS, world
from vitrina.insight.tests.tables import tables


def test_two_groups_that_differ_have_the_error_of_two_means():
    """CR2 with one row a cluster: s1^2 / n1 + s2^2 / n2, as Welch has it."""
    rng = np.random.default_rng(1)
    one, other = rng.normal(3, 1, 12), rng.normal(1, 5, 5)
    x = np.repeat([1.0, 0.0], [12, 5])
    found = effect(np.concatenate([one, other]), x, [], np.arange(17))

    assert found is not None
    assert found.value == pytest.approx(one.mean() - other.mean())
    assert found.se**2 == pytest.approx(one.var(ddof=1) / 12 + other.var(ddof=1) / 5)
    assert 4 <= found.dof <= 15
    assert found.high - found.value == pytest.approx(student(0.95, found.dof) * found.se)


def test_effects_are_taken_out_and_what_they_explain_wholly_is_told_as_nothing():
    rng = np.random.default_rng(2)
    trade, unit = rng.integers(0, 4, 200), rng.integers(0, 9, 200)
    x = rng.random(200)
    y = 0.7 * x + np.array([5.0, -2, 9, 0])[trade] + np.arange(9.0)[unit]
    found = effect(y, x, [trade, unit], unit)

    assert found is not None
    assert found.value == pytest.approx(0.7)
    assert effect(y, (trade == 1).astype(float), [trade], unit) is None


def test_errors_that_are_alike_within_a_cluster_widen_the_interval():
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(20), 10)
    x = (cluster % 2).astype(float)
    y = x + rng.normal(0, 1, 20)[cluster] + rng.normal(0, 0.1, 200)
    alone, together = effect(y, x, [], np.arange(200)), effect(y, x, [], cluster)

    assert alone is not None
    assert together is not None
    assert together.se > 2 * alone.se


@pytest.mark.parametrize(("dof", "t"), [(1, 12.706), (3, 3.182), (10, 2.228), (1e6, 1.960)])
def test_t_is_that_of_the_tables(dof: float, t: float):
    assert student(0.95, dof) == pytest.approx(t, abs=2e-3)


def test_the_overcharge_of_the_cartel_is_near_what_was_planted_and_the_twin_has_none():
    with tables(**world("cartel", 3).rows) as t:
        found = {one.item: one for one in run(t).found}
    with tables(**world("twin", 3).rows) as t:
        assert run(t).found == []

    assert set(found) == set(ITEMS)
    for item, planted in zip(ITEMS, (0.576, 0.229), strict=True):
        row = found[item].row()
        assert row["n_reference"] >= 5
        assert row["offered_over"] == pytest.approx(planted, abs=0.05)
        assert row["offered_low"] < planted < row["offered_high"]
        assert row["paid_share"] == pytest.approx(1 - 1 / (1 + row["paid_over"]))


def test_the_command_tells_each_product_and_what_the_twin_says(tmp_path):
    for name in ("cartel", "twin"):
        write.store(Reference(1, is_cartel=name == "cartel"), tmp_path / name)
    words = ["overcharge", "--store", str(tmp_path / "cartel"), "--twin", str(tmp_path / "twin")]
    told = CliRunner().invoke(app, words[:-2])
    rows = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)

    assert told.exit_code == 0
    assert told.stdout.rstrip().endswith("Indicio, no prueba.")
    assert {row["item"] for row in rows} == set(ITEMS)
    assert all(row["twin_paid_low"] < row["twin_paid_over"] < row["twin_paid_high"] for row in rows)
    assert CliRunner().invoke(app, ["overcharge", "--store", str(tmp_path / "no")]).exit_code == 2
